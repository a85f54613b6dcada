import type { Clock } from '../local/core/clock';

/** A stack of which only the statuses matter. */
export abstract class StackStatuses {
  abstract readonly clock: Clock;
  /** All statuses, the newest first, in the order of DescribeStackEvents. */
  protected readonly statuses = [{ status: 'CREATE_IN_PROGRESS', at: 0 }];

  /** The status that DescribeStacks returns. If it is set to another one, DescribeStackEvents returns both. */
  get status(): string {
    return this.statuses[0].status;
  }

  set status(status: string) {
    if (status !== this.status) this.statuses.unshift({ status, at: this.clock.now() });
  }
}
