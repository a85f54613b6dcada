import type { Clock } from '../local/core/clock';
import { RESOURCE_TYPE } from '../src/private/contract';

/** A resource of the stack, as CloudFormation shows it. */
export interface ResourceStatus {
  readonly status: string;
  readonly type: string;
  /** Milliseconds since 1970. Two statuses never have the same time. */
  readonly since: number;
}

/** A stack of which only the statuses matter. */
export abstract class StackStatuses {
  abstract readonly clock: Clock;
  /** All statuses, the newest first, in the order of DescribeStackEvents. */
  protected readonly statuses = [{ status: 'CREATE_IN_PROGRESS', at: 0 }];
  /** By logical id. */
  protected readonly resources = new Map<string, ResourceStatus>();
  private latest = 0;

  /** The status that DescribeStacks returns. If it is set to another one, DescribeStackEvents returns both. */
  get status(): string {
    return this.statuses[0].status;
  }

  /** A resource on which the stack still worked has been cancelled when the stack goes on to something else. */
  set status(status: string) {
    if (status === this.status) return;
    this.statuses.unshift({ status, at: this.clock.now() });
    if (/^(CREATE|UPDATE)_IN_PROGRESS$/.test(status)) return;
    for (const [logicalId, { status: is }] of this.resources) {
      if (/^(CREATE|UPDATE)_IN_PROGRESS$/.test(is)) this.show(logicalId, is.replace('IN_PROGRESS', 'FAILED'));
    }
  }

  /** From now on, a resource is not in the stack. */
  forget(logicalId: string): void {
    this.resources.delete(logicalId);
  }

  /** From now on, a resource has this status. */
  show(logicalId: string, status: string, type = this.resources.get(logicalId)?.type ?? RESOURCE_TYPE, since = this.clock.now()): void {
    this.latest = Math.max(since, this.latest + 1);
    this.resources.set(logicalId, { status, type, since: this.latest });
  }
}
