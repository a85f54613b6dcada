import { Tokenization } from 'aws-cdk-lib';
import { FAILURE_TOLERANCE } from './private/kinds';
import { refuse, toleranceProblem } from './private/validation';

/**
 * How many users may be refused by the service (because the directory does not know them, say) before the deployment fails.
 *
 * Refused users are named in `refusedUsersSummary`; the others get their desktops.
 */
export class FailureTolerance {
  /** One refused user fails the deployment. */
  public static none(): FailureTolerance {
    return FailureTolerance.count(0);
  }

  /**
   * Up to this many users.
   *
   * @param users A whole number, 0 or more.
   * @throws when the number is negative or not whole.
   */
  public static count(users: number): FailureTolerance {
    refuse(toleranceProblem('FailureTolerance.count()', users));
    return new FailureTolerance(Tokenization.stringifyNumber(users));
  }

  /**
   * Up to this part of the users, rounded down: 10 % of 25 users are 2.
   *
   * @param percent A whole number from 0 to 100.
   * @throws when the number is out of this range or not whole.
   */
  public static percentage(percent: number): FailureTolerance {
    refuse(toleranceProblem('FailureTolerance.percentage()', percent, 100));
    return new FailureTolerance(`${Tokenization.stringifyNumber(percent)}%`);
  }

  private declare readonly kind: 'FailureTolerance';

  /** @param value As the provider reads it: `3` or `10%`. */
  private constructor(value: string) {
    FAILURE_TOLERANCE.keep(this, value);
  }
}
