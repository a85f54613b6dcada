import { LONGEST_TIMEOUT, timeoutOf } from './resource-properties';
import { CLOSING_TIME, LONGEST_CALL } from '../core/time-left';

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

  constructor(readonly sentAt: number, private readonly timeout: number) {
    this.closing = Math.min(CLOSING_TIME, Math.max(LONGEST_CALL, timeout / 4));
  }

  get due(): number {
    return this.sentAt + this.timeout;
  }

  /** Until then, the operation works. */
  get deadline(): number {
    return this.due - this.closing;
  }
}
