import type { FleetModel } from './model';
import type { Trouble } from './troubles';
import { SECOND } from '../../lambda/core/clock';
import { LONGEST_TIMEOUT } from '../../lambda/request/resource-properties';
import type { FleetProperties } from '../lambda/test-stack';

/**
 * Why CloudFormation sends an event. `undo` deletes what a create of the same operation on the stack has made. `rollback` reverts an
 * update. `removals` deletes a physical id of the resource for removals.
 */
export type Purpose = 'create' | 'update' | 'rollback' | 'delete' | 'undo' | 'removals';

/** The answer to one delivery of an event. */
export interface Answer {
  readonly event: EventRecord;
  readonly status: 'SUCCESS' | 'FAILED';
  readonly reason?: string;
  readonly data?: Readonly<Record<string, string>>;
  /** Who answered. It is the framework if our onEvent did not end. */
  readonly by: 'handler' | 'onEvent' | 'framework';
  readonly at: number;
  /** The time from the delivery to the answer, in milliseconds. */
  readonly took: number;
  readonly bytes: number;
  /** How many calls had a fault while the event was worked on. */
  readonly faults: number;
}

/** An event, and what the search knows about it but the handler does not. */
export class EventRecord {
  /** When the ledger first recorded it. */
  joinedAt?: number;
  /** When CloudFormation stopped waiting for it. */
  cancelledAt?: number;
  /** Whether it is delivered a second time while it is being worked on. */
  comesTwice = false;
  /** When CloudFormation's hour begins: with the first delivery. */
  deliveredAt = Infinity;
  /** Whether somebody has invented it. */
  isForged = false;
  /** Whether it is an invented Delete. While CloudFormation deletes the fleet, that asks for what is done anyway. */
  isForgedDelete = false;
  /** What has hit its calls: denials and throttling. */
  readonly troubles = new Set<Trouble>();
  /** How often the service has rejected one of its creates because of the quota. */
  quotaRejections = 0;
  readonly answers: Answer[] = [];

  constructor(
    readonly name: string,
    readonly fleet: FleetModel,
    readonly purpose: Purpose,
    readonly after: FleetProperties,
    readonly before: FleetProperties | undefined,
    readonly sentAt: number,
    /** For an undo or a rollback: the event of the same operation that it reverts. For removals: the update that they belong to. */
    readonly takesBack?: EventRecord,
  ) {}

  get isForward(): boolean {
    return this.purpose === 'create' || this.purpose === 'update';
  }

  get isDelete(): boolean {
    return this.purpose === 'delete' || this.purpose === 'undo';
  }

  /**
   * Whether the handler can know that this is a rollback: it must revert exactly the update before it. If that update never reached the handler,
   * or if the rollback reverts several updates (some failed and were not rolled back), the handler sees an ordinary update.
   */
  get isRecognized(): boolean {
    return this.purpose === 'rollback' && this.takesBack!.joinedAt !== undefined && this.fleet.stable === undefined;
  }

  /** How long its operation may take, in milliseconds. */
  get timeout(): number {
    return this.isForward ? Math.min(Number(this.after.TimeoutSeconds) * SECOND, LONGEST_TIMEOUT) : LONGEST_TIMEOUT;
  }

  /** Whether this event asks for a desktop for the user. */
  wants(user: string): boolean {
    return !this.isDelete && this.after.users!.some((each) => each.toLowerCase() === user.toLowerCase());
  }
}
