import { Clock, MINUTE, SECOND } from '../core/clock';

/** What one step hands to the next, so that two steps in a row do not spend the burst twice. */
export interface PaceState {
  /** Calls that may be made at once. */
  readonly tokens: number;
  /** Calls a second. */
  readonly rate: number;
  /** The rate at which the last call was throttled; absent when none was. */
  readonly ceiling?: number;
  /** When this was written, in milliseconds since 1970. */
  readonly at: number;
}

/**
 * WorkSpaces allows an account two calls a second and five at once, over all its operations; more is a
 * ThrottlingException, for everybody in the account
 * (https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-troubleshooting.html). A little less
 * than that, since calls reach the service closer together or further apart than they were sent.
 */
const FULL_RATE = 1.99;
const BURST = 4.75;
/** Somebody else is using the account; even then a call every four seconds gets through. */
const SLOWEST_RATE = 0.25;
const RECOVERS_IN = 10 * MINUTE;

/** What is left of the rate at which a call was throttled. */
const AFTER_THROTTLING = 0.6;
/** Up to this much of it, it comes back quickly; from there on slowly, since somebody else has the rest. */
const NEAR_CEILING = 0.8;
const QUICKLY = 1.05;
/** Next to another client at half the account's rate, fewer than 1 % of the calls for a fleet are throttled (`npm run bench -- throttling`). */
const SLOWLY = 1.002;

/** One token bucket for all WorkSpaces calls of a stack: slows down when throttled, and feels its way back. */
export class Pace {
  private tokens: number;
  private rate: number;
  private ceiling: number;
  private at: number;
  private isHurried = true;

  constructor(private readonly clock: Clock, from?: PaceState) {
    this.tokens = from?.tokens ?? BURST;
    this.at = from?.at ?? clock.now();
    // Whoever used the account ten minutes ago may have stopped.
    const recovered = (Math.max(0, clock.now() - this.at) / RECOVERS_IN) * FULL_RATE;
    this.rate = Math.min(FULL_RATE, Math.max(SLOWEST_RATE, (from?.rate ?? FULL_RATE) + recovered));
    this.ceiling = Math.min(FULL_RATE, (from?.ceiling ?? FULL_RATE) + recovered);
  }

  /** Waits until one more call may be made. */
  async next(): Promise<void> {
    this.refill();
    if (this.tokens < 1) {
      await this.clock.sleep(Math.ceil(((1 - this.tokens) / this.rate) * SECOND));
      this.refill();
    }
    if (!this.isHurried) this.tokens = Math.min(1, this.tokens);
    this.tokens -= 1;
  }

  /** From here on, calls of this step come one by one: nobody waits for them, and others in the account may. */
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
    // When somebody else is using the account, what we have not used for a while is not there to be spent at once.
    const most = this.isHurried && this.rate >= FULL_RATE ? BURST : 1;
    this.tokens = Math.max(this.tokens, Math.min(most, this.tokens + (Math.max(0, now - this.at) / SECOND) * this.rate));
    this.at = now;
  }
}
