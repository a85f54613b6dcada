import { nameProblem, refuse } from './private/validation';

/**
 * How the picture gets from the desktop to its user. A bundle supports one or both of them.
 *
 * @see https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-protocols.html
 */
export class WorkspaceProtocol {
  /** PC-over-IP. */
  public static readonly PCOIP = WorkspaceProtocol.of('PCOIP');

  /** What the console and the guides call DCV; the API's name for it still is WSP, WorkSpaces Streaming Protocol. */
  public static readonly WSP = WorkspaceProtocol.of('WSP');

  /**
   * A protocol that has no member here yet.
   *
   * @param name The API's name, as in `Protocols` of CreateWorkspaces.
   * @throws when the name is empty.
   */
  public static of(name: string): WorkspaceProtocol {
    refuse(nameProblem('WorkspaceProtocol.of()', name, 'WSP'));
    return new WorkspaceProtocol(name);
  }

  /** @internal */
  public readonly _kind = 'WorkspaceProtocol';

  /** The API's name of the protocol. */
  public readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }
}
