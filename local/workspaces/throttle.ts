import type { WorkspacesOptions } from './service-options';
import type { Clock } from '../core/clock';

/** One bucket of tokens for all operations of the account. */
export class Throttle {
  private tokens?: number;
  private filledAt = 0;

  constructor(private readonly clock: Clock) {}

  /** @returns whether the call is allowed */
  admits({ throttle, throttledCall }: Pick<WorkspacesOptions, 'throttle' | 'throttledCall'>): boolean {
    if (throttle === 'off') return true;
    const now = this.clock.now();
    const earned = ((now - this.filledAt) / 1_000) * throttle.perSecond;
    this.tokens = Math.min(throttle.burst, (this.tokens ?? throttle.burst) + earned);
    this.filledAt = now;
    if (this.tokens >= 1) {
      this.tokens -= 1;
      return true;
    }
    if (throttledCall === 'costs') this.tokens = 0;
    return false;
  }
}
