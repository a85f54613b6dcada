import { type Clock, SECOND } from './clock';

/** The longest time that one call of AWS can take: to connect, and to wait for the answer. The clients' timeouts keep it. */
export const LONGEST_CALL = 18 * SECOND;
/** So long before calls must have ended, no new work begins. Work that has begun may make one call after another in this time. */
export const CLOSING_TIME = 2 * LONGEST_CALL;

/**
 * The call was not made, because it might not have ended in time; or it was throttled for so long. A later step goes on from what is recorded.
 * With a cause: it was made before, and its answer was lost.
 */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/**
 * Whether there is time for more: in this step, before its function is killed, and in this operation, before its answer is due. Every call of
 * AWS except those of the ledger asks here first. Therefore no action can take a step, or an answer, past its time.
 */
export class TimeLeft {
  private limit = Infinity;
  private closing = CLOSING_TIME;

  /** @param workUntil when this step stops working and leaves the rest to the next one, in milliseconds since 1970 */
  constructor(private readonly clock: Clock, private readonly workUntil: number) {}

  /**
   * @param limit when this operation stops working
   * @param closing how long after that the last call may end
   */
  stopAt(limit: number, closing = CLOSING_TIME): void {
    this.limit = limit;
    this.closing = closing;
  }

  /** Nothing new begins from then on. */
  get until(): number {
    return Math.min(this.workUntil, this.limit);
  }

  get isUp(): boolean {
    return this.clock.now() >= this.until;
  }

  /** Whether this step's time is up, whatever time the operation has. */
  get isStepOver(): boolean {
    return this.clock.now() >= this.workUntil;
  }

  /**
   * Call this right before each call of AWS.
   * @param wait how long the call will have to wait before it is made
   * @throws OutOfTime if the call might not end in time
   */
  require(wait = 0): void {
    const end = Math.min(this.workUntil + CLOSING_TIME, this.limit + this.closing);
    if (this.clock.now() + wait + LONGEST_CALL > end) throw new OutOfTime('there is not enough time left for one more call');
  }
}
