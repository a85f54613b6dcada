import { GLOBAL_ACCELERATOR_PROTOCOL } from './private/kinds';
import { nameProblem, refuse } from './private/validation';

/**
 * The network protocol that AWS Global Accelerator prefers for a desktop's traffic.
 *
 * @see https://docs.aws.amazon.com/workspaces/latest/api/API_GlobalAcceleratorForWorkSpace.html
 */
export class GlobalAcceleratorProtocol {
  /** TCP. */
  public static readonly TCP = GlobalAcceleratorProtocol.of('TCP');

  /** No preference. */
  public static readonly NONE = GlobalAcceleratorProtocol.of('NONE');

  /** The preference of the desktop's directory. */
  public static readonly INHERITED = GlobalAcceleratorProtocol.of('INHERITED');

  /**
   * A protocol that has no member in this class.
   *
   * @param name The API's name: a value of `GlobalAccelerator.PreferredProtocol` in CreateWorkspaces.
   * @throws if the name is empty, contains spaces, or is not in capitals.
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
