import { GlobalAcceleratorProtocol } from './global-accelerator-protocol';
import { GLOBAL_ACCELERATOR } from './private/kinds';
import { acceleratorProtocolProblem, nameProblem, refuse } from './private/validation';

/**
 * Whether the traffic of a desktop goes through AWS Global Accelerator.
 *
 * @see https://docs.aws.amazon.com/workspaces/latest/api/API_GlobalAcceleratorForWorkSpace.html
 */
export class GlobalAccelerator {
  /**
   * For each connection, the service decides whether to use AWS Global Accelerator.
   *
   * @param preferredProtocol The network protocol that is preferred. If it is not given, WorkSpaces uses its own default.
   * @throws if the protocol is not a `GlobalAcceleratorProtocol`.
   */
  public static enabledAuto(preferredProtocol?: GlobalAcceleratorProtocol): GlobalAccelerator {
    refuse(acceleratorProtocolProblem('GlobalAccelerator.enabledAuto()', preferredProtocol));
    return new GlobalAccelerator('ENABLED_AUTO', preferredProtocol);
  }

  /** The traffic never goes through AWS Global Accelerator. */
  public static disabled(): GlobalAccelerator {
    return new GlobalAccelerator('DISABLED');
  }

  /** The setting of the desktop's directory applies. */
  public static inherited(): GlobalAccelerator {
    return new GlobalAccelerator('INHERITED');
  }

  /**
   * A mode that has no method in this class.
   *
   * @param mode The API's name: a value of `GlobalAccelerator.Mode` in CreateWorkspaces.
   * @param preferredProtocol The network protocol that is preferred. If it is not given, WorkSpaces uses its own default.
   * @throws if the name is empty, contains spaces, or is not in capitals.
   */
  public static of(mode: string, preferredProtocol?: GlobalAcceleratorProtocol): GlobalAccelerator {
    refuse(nameProblem('GlobalAccelerator.of()', mode, 'ENABLED_AUTO'));
    refuse(acceleratorProtocolProblem('GlobalAccelerator.of()', preferredProtocol));
    return new GlobalAccelerator(mode, preferredProtocol);
  }

  /** The API's name of the mode. */
  public readonly mode: string;

  /**
   * The network protocol that is preferred.
   *
   * @default - WorkSpaces uses its own default
   */
  public readonly preferredProtocol?: GlobalAcceleratorProtocol;

  private declare readonly kind: 'GlobalAccelerator';

  private constructor(mode: string, preferredProtocol?: GlobalAcceleratorProtocol) {
    this.mode = mode;
    this.preferredProtocol = preferredProtocol;
    GLOBAL_ACCELERATOR.keep(this, undefined);
  }
}
