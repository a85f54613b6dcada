import { Clock, MINUTE, SECOND } from '../core/clock';

/** What one step passes to the next. Without it, two steps in a row would spend the burst twice. */
export interface PaceState {
  /** Calls that may be made at once. */
  readonly tokens: number;
  /** Calls a second. */
  readonly rate: number;
  /** The rate at which the last call was throttled; absent if none was. */
  readonly ceiling?: number;
  /** When this was written, in milliseconds since 1970. */
  readonly at: number;
}

/**
 * WorkSpaces allows an account two calls a second and five at once, over all its operations. More calls cause a
 * ThrottlingException, for everybody in the account
 * (https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-troubleshooting.html). We stay a little below
 * that, because calls may reach the service closer together than they were sent.
 */
const FULL_RATE = 1.99;
const BURST = 4.75;
/** If somebody else uses the account, a call every four seconds still gets through. */
const SLOWEST_RATE = 0.25;
const RECOVERS_IN = 10 * MINUTE;

/** After a throttled call, the rate is multiplied by this. */
const AFTER_THROTTLING = 0.6;
/** Up to this share of the throttled rate, the rate rises quickly. Then it rises slowly, because somebody else uses the rest. */
const NEAR_CEILING = 0.8;
const QUICKLY = 1.05;
/** If another client uses half the account's rate, fewer than 1 % of a fleet's calls are throttled (`npm run bench -- throttling`). */
const SLOWLY = 1.002;

/** One token bucket for all WorkSpaces calls of a stack. It slows down when throttled, and then speeds up again step by step. */
export class Pace {
  private tokens: number;
  private rate: number;
  private ceiling: number;
  private at: number;
  private isHurried = true;

  constructor(private readonly clock: Clock, from?: PaceState) {
    this.tokens = from?.tokens ?? BURST;
    this.at = from?.at ?? clock.now();
    // Somebody who used the account ten minutes ago may have stopped.
    const recovered = (Math.max(0, clock.now() - this.at) / RECOVERS_IN) * FULL_RATE;
    this.rate = Math.min(FULL_RATE, Math.max(SLOWEST_RATE, (from?.rate ?? FULL_RATE) + recovered));
    this.ceiling = Math.min(FULL_RATE, (from?.ceiling ?? FULL_RATE) + recovered);
  }

  /** How long it is until one more call may be made, in milliseconds. */
  get wait(): number {
    this.refill();
    return this.tokens < 1 ? Math.ceil(((1 - this.tokens) / this.rate) * SECOND) : 0;
  }

  /** Waits until one more call may be made. */
  async next(): Promise<void> {
    const { wait } = this;
    if (wait > 0) {
      await this.clock.sleep(wait);
      this.refill();
    }
    if (!this.isHurried) this.tokens = Math.min(1, this.tokens);
    this.tokens -= 1;
  }

  /** From now on, this step makes its calls one by one. Nobody waits for them, and others in the account may need the burst. */
  slowDown(): void {
    this.isHurried = false;
  }

  throttled(): void {
    this.ceiling = this.rate;
    this.rate = Math.max(SLOWEST_RATE, this.rate * AFTER_THROTTLING);
    this.tokens = Math.min(this.tokens, 0);
  }

  succeeded(): void {
    const near = this.ceiling * NEAR_CEILING;
    const next = this.rate < near ? Math.min(near, this.rate * QUICKLY) : this.rate * SLOWLY;
    this.rate = Math.min(FULL_RATE, Math.max(this.rate, next));
  }

  state(): PaceState {
    this.refill();
    const { tokens, rate, ceiling, at } = this;
    return ceiling < FULL_RATE ? { tokens, rate, ceiling, at } : { tokens, rate, at };
  }

  private refill(): void {
    const now = this.clock.now();
    // If somebody else uses the account, calls that we did not make are not saved up for us.
    const most = this.isHurried && this.rate >= FULL_RATE ? BURST : 1;
    this.tokens = Math.max(this.tokens, Math.min(most, this.tokens + (Math.max(0, now - this.at) / SECOND) * this.rate));
    this.at = now;
  }
}
