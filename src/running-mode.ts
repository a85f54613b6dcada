import { Duration } from 'aws-cdk-lib';
import { RUNNING_MODE } from './private/kinds';
import { autoStopProblem, refuse } from './private/validation';

/**
 * When a desktop stops. This decides how it is billed: by the hour (auto-stop) or by the month (always on).
 *
 * @see https://docs.aws.amazon.com/workspaces/latest/adminguide/running-mode.html
 */
export class RunningMode {
  /**
   * The desktop stops some time after its user disconnects, and starts again when the user logs in. It is billed by the hour.
   *
   * @param timeout The time between disconnecting and stopping: whole hours, at least one. If it is not given, WorkSpaces uses 60 minutes.
   * @throws if the time is not a whole number of hours, because WorkSpaces stops desktops "in 60-minute intervals".
   */
  public static autoStop(timeout?: Duration): RunningMode {
    if (timeout) refuse(autoStopProblem(timeout));
    return new RunningMode('AUTO_STOP', timeout);
  }

  /**
   * The desktop always runs, so a user who logs in does not wait for it to start. It is billed by the month.
   */
  public static alwaysOn(): RunningMode {
    return new RunningMode('ALWAYS_ON');
  }

  /**
   * WorkSpaces neither stops nor starts the desktop. This mode is for WorkSpaces Core, and only for accounts for which AWS has enabled it.
   */
  public static manual(): RunningMode {
    return new RunningMode('MANUAL');
  }

  /** The API's name of the mode: `AUTO_STOP`, `ALWAYS_ON` or `MANUAL`. */
  public readonly mode: string;

  /**
   * The time between disconnecting and stopping. Only for `AUTO_STOP`.
   *
   * @default - WorkSpaces uses 60 minutes
   */
  public readonly autoStopTimeout?: Duration;

  private declare readonly kind: 'RunningMode';

  private constructor(mode: string, autoStopTimeout?: Duration) {
    this.mode = mode;
    this.autoStopTimeout = autoStopTimeout;
    RUNNING_MODE.keep(this, undefined);
  }
}
