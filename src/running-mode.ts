import { Duration } from 'aws-cdk-lib';
import { RUNNING_MODE } from './private/kinds';
import { autoStopProblem, refuse } from './private/validation';

/**
 * How long a desktop runs, and with that how it is billed: by the hour (auto-stop) or by the month (always on).
 *
 * @see https://docs.aws.amazon.com/workspaces/latest/adminguide/running-mode.html
 */
export class RunningMode {
  /**
   * Billed by the hour: the desktop stops some time after its user has disconnected, and starts again at the next login.
   *
   * @param timeout Time between disconnecting and stopping: whole hours, at least one. Without it, the service's 60 minutes.
   * @throws when the time is not a whole number of hours: the service stops desktops "in 60-minute intervals".
   */
  public static autoStop(timeout?: Duration): RunningMode {
    if (timeout) refuse(autoStopProblem(timeout));
    return new RunningMode('AUTO_STOP', timeout);
  }

  /**
   * Billed by the month: the desktop keeps running, and a login takes no waiting.
   */
  public static alwaysOn(): RunningMode {
    return new RunningMode('ALWAYS_ON');
  }

  /**
   * Neither stopped nor started by the service: for WorkSpaces Core, and only for accounts that AWS has enabled for it.
   */
  public static manual(): RunningMode {
    return new RunningMode('MANUAL');
  }

  /** The API's name of the mode: `AUTO_STOP`, `ALWAYS_ON` or `MANUAL`. */
  public readonly mode: string;

  /**
   * Time between disconnecting and stopping, for auto-stop.
   *
   * @default - the service's, which is 60 minutes
   */
  public readonly autoStopTimeout?: Duration;

  private declare readonly kind: 'RunningMode';

  private constructor(mode: string, autoStopTimeout?: Duration) {
    this.mode = mode;
    this.autoStopTimeout = autoStopTimeout;
    RUNNING_MODE.keep(this, undefined);
  }
}
