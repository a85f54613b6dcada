import { nameProblem, refuse } from './private/validation';

/**
 * The protocol that AWS Global Accelerator prefers for a desktop's traffic.
 */
export enum PreferredProtocol {
  /** TCP. */
  TCP = 'TCP',
  /** No preference. */
  NONE = 'NONE',
  /** What the desktop's directory says. */
  INHERITED = 'INHERITED',
}

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
  public static enabledAuto(preferredProtocol?: PreferredProtocol): GlobalAccelerator {
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
   * @param preferredProtocol The API's name of a protocol; none is sent without it.
   * @throws when a name is empty.
   */
  public static of(mode: string, preferredProtocol?: string): GlobalAccelerator {
    refuse(nameProblem('GlobalAccelerator.of()', mode, 'ENABLED_AUTO'));
    if (preferredProtocol !== undefined) refuse(nameProblem('GlobalAccelerator.of()', preferredProtocol, 'TCP'));
    return new GlobalAccelerator(mode, preferredProtocol);
  }

  /** @internal */
  public readonly _kind = 'GlobalAccelerator';

  /** The API's name of the mode. */
  public readonly mode: string;

  /**
   * The API's name of the preferred protocol.
   *
   * @default - none is sent
   */
  public readonly preferredProtocol?: string;

  private constructor(mode: string, preferredProtocol?: string) {
    this.mode = mode;
    this.preferredProtocol = preferredProtocol;
  }
}
