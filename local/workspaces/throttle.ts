import type { WorkspacesSettings } from './settings';
import type { Clock } from '../core/clock';

/** One bucket of tokens for all operations of the account. */
export class Throttle {
  private tokens?: number;
  private filledAt = 0;

  constructor(private readonly clock: Clock) {}

  /** @returns whether the call may go on; one that may not costs nothing */
  admits(limit: WorkspacesSettings['throttle']): boolean {
    if (limit === 'off') return true;
    const now = this.clock.now();
    const earned = ((now - this.filledAt) / 1_000) * limit.perSecond;
    this.tokens = Math.min(limit.burst, (this.tokens ?? limit.burst) + earned);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
