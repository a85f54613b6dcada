import { WORKSPACE_PROTOCOL } from './private/kinds';
import { nameProblem, refuse } from './private/validation';

/**
 * How the picture gets from the desktop to its user. A bundle supports one or both of them.
 *
 * @see https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-protocols.html
 */
export class WorkspaceProtocol {
  /** PC-over-IP. */
  public static readonly PCOIP = WorkspaceProtocol.of('PCOIP');

  /** Amazon DCV. The API's name for it is WSP, as it was called before. */
  public static readonly DCV = WorkspaceProtocol.of('WSP');

  /** WorkSpaces Streaming Protocol: the name of DCV before, and in the API. The same value as `DCV`. */
  public static readonly WSP = WorkspaceProtocol.of('WSP');

  /**
   * A protocol that has no member here yet.
   *
   * @param name The API's name, as in `Protocols` of CreateWorkspaces.
   * @throws when the name is empty, has blanks, or is not in capitals.
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
