import { Tokenization } from 'aws-cdk-lib';
import { TERMINATION_LIMIT } from './private/kinds';
import { refuse, limitProblem } from './private/validation';

/**
 * How many desktops one update may terminate, because their users left the list or to replace them (`BundleChange.replace()`).
 *
 * If an update would terminate more, it fails before it changes anything, and its message has the number and the names. A list that was cut by
 * mistake must not cost people their work. The limit does not apply when a rollback terminates the desktops that the failed update created,
 * or when the fleet is deleted.
 */
export class TerminationLimit {
  /**
   * A number of desktops.
   *
   * @param desktops A whole number, 0 or more. With 0, an update never terminates a desktop.
   * @throws if the number is negative or not whole.
   */
  public static count(desktops: number): TerminationLimit {
    refuse(limitProblem('TerminationLimit.count()', desktops));
    return new TerminationLimit(Tokenization.stringifyNumber(desktops));
  }

  /**
   * A percentage of the desktops that existed before the update, rounded down: 10 % of 25 desktops are 2.
   *
   * @param percent A whole number from 0 to 100.
   * @throws if the number is out of this range or not whole.
   */
  public static percentage(percent: number): TerminationLimit {
    refuse(limitProblem('TerminationLimit.percentage()', percent, 100));
    return new TerminationLimit(`${Tokenization.stringifyNumber(percent)}%`);
  }

  /** No limit. An update may terminate the desktops of all users who left the list, even if only one user is left. */
  public static unlimited(): TerminationLimit {
    return new TerminationLimit('unlimited');
  }

  private declare readonly kind: 'TerminationLimit';

  /** @param value In the form that the provider reads: `3`, `10%` or `unlimited`. */
  private constructor(value: string) {
    TERMINATION_LIMIT.keep(this, value);
  }
}
