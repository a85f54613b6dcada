import type { FleetModel } from './model';
import type { FleetProperties } from '../lambda/test-stack';

/**
 * Why CloudFormation sends an event: `undo` deletes what a create of the same operation on the stack has made, `rollback` takes an update
 * back.
 */
export type Purpose = 'create' | 'update' | 'rollback' | 'delete' | 'undo';

/** What one delivery of an event was answered with. */
export interface Answer {
  readonly event: EventRecord;
  readonly status: 'SUCCESS' | 'FAILED';
  readonly reason?: string;
  readonly data?: Readonly<Record<string, string>>;
  /** Who says so: the framework, where our onEvent did not come to its end. */
  readonly by: 'handler' | 'onEvent' | 'framework';
  readonly at: number;
  /** From the delivery, in milliseconds. */
  readonly took: number;
  readonly bytes: number;
}

/** An event, and what we know of it that the handler does not. */
export class EventRecord {
  /** When the ledger had it for the first time. */
  joinedAt?: number;
  /** When CloudFormation stopped waiting for it. */
  cancelledAt?: number;
  /** It is delivered once more while it is under way. */
  comesTwice = false;
  readonly answers: Answer[] = [];

  constructor(
    readonly name: string,
    readonly fleet: FleetModel,
    readonly purpose: Purpose,
    readonly after: FleetProperties,
    readonly before: FleetProperties | undefined,
    readonly sentAt: number,
    /** Of an undo or a rollback: the event of the same operation that it takes back. */
    readonly takesBack?: EventRecord,
  ) {}

  get isForward(): boolean {
    return this.purpose === 'create' || this.purpose === 'update';
  }

  get isDelete(): boolean {
    return this.purpose === 'delete' || this.purpose === 'undo';
  }

  /**
   * Whether the handler can know that it is a rollback: one that takes back the update before it, and nothing else. One of an update that never
   * reached it, or of several at once (after some that failed and were left as they are), is to it an update like any other.
   */
  get isRecognized(): boolean {
    return this.purpose === 'rollback' && this.takesBack!.joinedAt !== undefined && this.fleet.stable === undefined;
  }

  /** Whether this event wants a desktop for them. */
  wants(user: string): boolean {
    return !this.isDelete && this.after.users!.some((each) => each.toLowerCase() === user.toLowerCase());
  }
}
