import { WORKSPACE_PROTOCOL } from './private/kinds';
import { nameProblem, refuse } from './private/validation';

/**
 * The streaming protocol between a desktop and its user. A bundle supports PCoIP, DCV or both.
 *
 * @see https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-protocols.html
 */
export class WorkspaceProtocol {
  /** PC-over-IP. */
  public static readonly PCOIP = WorkspaceProtocol.of('PCOIP');

  /** Amazon DCV. The API calls it WSP, which was its earlier name. */
  public static readonly DCV = WorkspaceProtocol.of('WSP');

  /** WorkSpaces Streaming Protocol, the earlier name of DCV. The same value as `DCV`. */
  public static readonly WSP = WorkspaceProtocol.of('WSP');

  /**
   * A protocol that has no member in this class.
   *
   * @param name The API's name: a value of `Protocols` in CreateWorkspaces.
   * @throws if the name is empty, contains spaces, or is not in capitals.
   */
  public static of(name: string): WorkspaceProtocol {
    refuse(nameProblem('WorkspaceProtocol.of()', name, 'WSP'));
    return new WorkspaceProtocol(name);
  }

  /** The API's name of the protocol. */
  public readonly name: string;

  private declare readonly kind: 'WorkspaceProtocol';

  private constructor(name: string) {
    this.name = name;
    WORKSPACE_PROTOCOL.keep(this, undefined);
  }
}
