import { GLOBAL_ACCELERATOR_PROTOCOL } from './private/kinds';
import { nameProblem, refuse } from './private/validation';

/**
 * The protocol that AWS Global Accelerator prefers for a desktop's traffic.
 *
 * @see https://docs.aws.amazon.com/workspaces/latest/api/API_GlobalAcceleratorForWorkSpace.html
 */
export class GlobalAcceleratorProtocol {
  /** TCP. */
  public static readonly TCP = GlobalAcceleratorProtocol.of('TCP');

  /** No preference. */
  public static readonly NONE = GlobalAcceleratorProtocol.of('NONE');

  /** What the desktop's directory says. */
  public static readonly INHERITED = GlobalAcceleratorProtocol.of('INHERITED');

  /**
   * A protocol that has no member here yet.
   *
   * @param name The API's name, as in `GlobalAccelerator.PreferredProtocol` of CreateWorkspaces.
   * @throws when the name is empty, has blanks, or is not in capitals.
   */
  public static of(name: string): GlobalAcceleratorProtocol {
    refuse(nameProblem('GlobalAcceleratorProtocol.of()', name, 'TCP'));
    return new GlobalAcceleratorProtocol(name);
  }

  /** The API's name of the protocol. */
  public readonly name: string;

  private declare readonly kind: 'GlobalAcceleratorProtocol';

  private constructor(name: string) {
    this.name = name;
    GLOBAL_ACCELERATOR_PROTOCOL.keep(this, undefined);
  }
}
