import { LONGEST_TIMEOUT, timeoutOf } from './resource-properties';
import { MINUTE } from '../core/clock';
import { CLOSING_TIME, LONGEST_CALL } from '../core/time-left';

/** How much later than it is due an answer may come, if removals take that long. */
const REMOVAL_GRACE = 1.5 * MINUTE;

/**
 * When the answer of an operation is due, and when the work for it stops: earlier, so that the last call has ended and the answer is given in
 * time. It counts from when CloudFormation sent the event, because CloudFormation waits from then on. All times are in milliseconds since 1970.
 */
export class AnswerTime {
  /** For an event whose operation is not known yet: an update may be a rollback, which gets the longest time. */
  static of(event: Parameters<typeof timeoutOf>[0], sentAt: number): AnswerTime {
    return new AnswerTime(sentAt, event.RequestType === 'Update' ? LONGEST_TIMEOUT : timeoutOf(event));
  }

  /** How long before the answer is due the work stops. */
  readonly closing: number;
  private readonly reserved: number;

  /** @param reserved time for removals, so that all of them have been requested before the answer is due; at most half of the time */
  constructor(private readonly sentAt: number, private readonly timeout: number, reserved = 0) {
    this.closing = Math.min(CLOSING_TIME, Math.max(LONGEST_CALL, timeout / 4));
    this.reserved = Math.min(reserved, (timeout - this.closing) / 2);
  }

  get due(): number {
    return this.sentAt + this.timeout;
  }

  /** Until then, desktops are looked up, made and changed. */
  get deadline(): number {
    return this.replacesUntil - this.reserved;
  }

  /** Until then, desktops are made for those that were replaced. */
  get replacesUntil(): number {
    return this.due - this.closing;
  }

  /** Until then, desktops are removed. */
  get removesUntil(): number {
    return Math.min(this.due + REMOVAL_GRACE, this.sentAt + LONGEST_TIMEOUT) - this.closing;
  }
}
