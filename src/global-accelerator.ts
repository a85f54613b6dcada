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
   * The service decides per connection.
   *
   * @param preferredProtocol Without it, none is sent and the service's own default holds.
   */
  public static enabledAuto(preferredProtocol?: GlobalAcceleratorProtocol): GlobalAccelerator {
    refuse(acceleratorProtocolProblem('GlobalAccelerator.enabledAuto()', preferredProtocol));
    return new GlobalAccelerator('ENABLED_AUTO', preferredProtocol);
  }

  /** Never. */
  public static disabled(): GlobalAccelerator {
    return new GlobalAccelerator('DISABLED');
  }

  /** As the desktop's directory says. */
  public static inherited(): GlobalAccelerator {
    return new GlobalAccelerator('INHERITED');
  }

  /**
   * A mode that has no method here yet.
   *
   * @param mode The API's name, as in `GlobalAccelerator.Mode` of CreateWorkspaces.
   * @param preferredProtocol Without it, none is sent.
   * @throws when the name is empty, has blanks, or is not in capitals.
   */
  public static of(mode: string, preferredProtocol?: GlobalAcceleratorProtocol): GlobalAccelerator {
    refuse(nameProblem('GlobalAccelerator.of()', mode, 'ENABLED_AUTO'));
    refuse(acceleratorProtocolProblem('GlobalAccelerator.of()', preferredProtocol));
    return new GlobalAccelerator(mode, preferredProtocol);
  }

  /** The API's name of the mode. */
  public readonly mode: string;

  /**
   * The protocol that is preferred.
   *
   * @default - none is sent
   */
  public readonly preferredProtocol?: GlobalAcceleratorProtocol;

  private declare readonly kind: 'GlobalAccelerator';

  private constructor(mode: string, preferredProtocol?: GlobalAcceleratorProtocol) {
    this.mode = mode;
    this.preferredProtocol = preferredProtocol;
    GLOBAL_ACCELERATOR.keep(this, undefined);
  }
}
