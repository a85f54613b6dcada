import { Clock, MINUTE, SECOND } from './clock';

/** What one step hands to the next, so that two steps in a row do not spend the burst twice. */
export interface PaceState {
  /** Calls that may be made at once. */
  readonly tokens: number;
  /** Calls a second. */
  readonly rate: number;
  /** When this was written, in milliseconds since 1970. */
  readonly at: number;
}

/**
 * WorkSpaces allows an account two calls a second and five at once, over all its operations; more is a
 * ThrottlingException, for everybody in the account
 * (https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-troubleshooting.html). A little less
 * than that, since calls reach the service closer together or further apart than they were sent.
 */
const FULL_RATE = 1.9;
const BURST = 4;
/** Somebody else is using the account; even then a call every four seconds gets through. */
const SLOWEST_RATE = 0.25;
const RECOVERS_IN = 10 * MINUTE;

/** One token bucket for all WorkSpaces calls of a stack: halves its rate when throttled, and recovers slowly. */
export class Pace {
  private tokens: number;
  private rate: number;
  private at: number;

  constructor(private readonly clock: Clock, from?: PaceState) {
    this.tokens = from?.tokens ?? BURST;
    this.at = from?.at ?? clock.now();
    // Whoever used the account ten minutes ago may have stopped.
    const recovered = (Math.max(0, clock.now() - this.at) / RECOVERS_IN) * FULL_RATE;
    this.rate = Math.min(FULL_RATE, Math.max(SLOWEST_RATE, (from?.rate ?? FULL_RATE) + recovered));
  }

  /** Waits until one more call may be made. */
  async next(): Promise<void> {
    this.refill();
    if (this.tokens < 1) {
      await this.clock.sleep(Math.ceil(((1 - this.tokens) / this.rate) * SECOND));
      this.refill();
    }
    this.tokens -= 1;
  }

  throttled(): void {
    this.rate = Math.max(SLOWEST_RATE, this.rate / 2);
    this.tokens = Math.min(this.tokens, 0);
  }

  succeeded(): void {
    this.rate = Math.min(FULL_RATE, this.rate * 1.05);
  }

  state(): PaceState {
    this.refill();
    return { tokens: this.tokens, rate: this.rate, at: this.at };
  }

  private refill(): void {
    const now = this.clock.now();
    this.tokens = Math.min(BURST, this.tokens + (Math.max(0, now - this.at) / SECOND) * this.rate);
    this.at = now;
  }
}
