import { Tokenization } from 'aws-cdk-lib';
import { TERMINATION_LIMIT } from './private/kinds';
import { refuse, limitProblem } from './private/validation';

/**
 * How many desktops one update may terminate because their users have left the list, or to replace them (`BundleChange.replace()`).
 *
 * An update that would terminate more changes nothing and fails, with the count and the names: a list that was cut by mistake must not cost
 * anybody their work. The rollback of a failed update may always remove what that update has made, and deleting the fleet is not an update.
 */
export class TerminationLimit {
  /**
   * Up to this many desktops.
   *
   * @param desktops A whole number, 0 or more; with 0 an update never terminates a desktop.
   * @throws when the number is negative or not whole.
   */
  public static count(desktops: number): TerminationLimit {
    refuse(limitProblem('TerminationLimit.count()', desktops));
    return new TerminationLimit(Tokenization.stringifyNumber(desktops));
  }

  /**
   * Up to this part of the desktops that there were before the update, rounded down: 10 % of 25 are 2.
   *
   * @param percent A whole number from 0 to 100.
   * @throws when the number is out of this range or not whole.
   */
  public static percentage(percent: number): TerminationLimit {
    refuse(limitProblem('TerminationLimit.percentage()', percent, 100));
    return new TerminationLimit(`${Tokenization.stringifyNumber(percent)}%`);
  }

  /** Whoever is not on the list any more loses their desktop, even if that is everybody but one. */
  public static unlimited(): TerminationLimit {
    return new TerminationLimit('unlimited');
  }

  private declare readonly kind: 'TerminationLimit';

  /** @param value As the provider reads it: `3`, `10%` or `unlimited`. */
  private constructor(value: string) {
    TERMINATION_LIMIT.keep(this, value);
  }
}
