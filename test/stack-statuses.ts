import type { Clock } from '../local/core/clock';

/** Of a stack of which only the status matters. */
export abstract class StackStatuses {
  abstract readonly clock: Clock;
  /** The newest first, as DescribeStackEvents has them. */
  protected readonly statuses = [{ status: 'CREATE_IN_PROGRESS', at: 0 }];

  /** What DescribeStacks says, and DescribeStackEvents has said from then on. */
  get status(): string {
    return this.statuses[0].status;
  }

  set status(status: string) {
    if (status !== this.status) this.statuses.unshift({ status, at: this.clock.now() });
  }
}
