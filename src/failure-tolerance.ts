import { Tokenization } from 'aws-cdk-lib';
import { FAILURE_TOLERANCE } from './private/kinds';
import { refuse, toleranceProblem } from './private/validation';

/**
 * How many users WorkSpaces may refuse, for example because the directory does not have them. If it refuses more, the deployment fails.
 *
 * `refusedUsersSummary` names the refused users. The others get their desktops.
 */
export class FailureTolerance {
  /** No user. If WorkSpaces refuses one, the deployment fails. */
  public static none(): FailureTolerance {
    return FailureTolerance.count(0);
  }

  /**
   * A number of users.
   *
   * @param users A whole number, 0 or more.
   * @throws if the number is negative or not whole.
   */
  public static count(users: number): FailureTolerance {
    refuse(toleranceProblem('FailureTolerance.count()', users));
    return new FailureTolerance(Tokenization.stringifyNumber(users));
  }

  /**
   * A percentage of the users, rounded down: 10 % of 25 users are 2.
   *
   * @param percent A whole number from 0 to 100.
   * @throws if the number is out of this range or not whole.
   */
  public static percentage(percent: number): FailureTolerance {
    refuse(toleranceProblem('FailureTolerance.percentage()', percent, 100));
    return new FailureTolerance(`${Tokenization.stringifyNumber(percent)}%`);
  }

  private declare readonly kind: 'FailureTolerance';

  /** @param value In the form that the provider reads: `3` or `10%`. */
  private constructor(value: string) {
    FAILURE_TOLERANCE.keep(this, value);
  }
}
