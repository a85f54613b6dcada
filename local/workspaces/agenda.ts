import type { Clock } from '../core/clock';

interface Entry { readonly at: number; readonly happens: () => void }

/**
 * What will happen, and when. There are no timers: before any call is answered, everything that is due happens, in the order of its time.
 * Therefore it works the same way under real, scaled and virtual time, and keeps no process alive.
 */
export class Agenda {
  /** The latest first. */
  private readonly entries: Entry[] = [];
  private current?: number;

  constructor(private readonly clock: Clock) {}

  /** While something happens, this is the time at which it was due, even if it is processed later. */
  now(): number {
    return this.current ?? this.clock.now();
  }

  /** If several things are due at the same time, the one that was added first happens first. */
  in(ms: number, happens: () => void): void {
    const at = this.now() + Math.max(0, ms);
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.entries[middle].at > at) low = middle + 1;
      else high = middle;
    }
    this.entries.splice(low, 0, { at, happens });
  }

  settle(): void {
    if (this.current !== undefined) return;
    const now = this.clock.now();
    try {
      for (let next = this.entries.at(-1); next && next.at <= now; next = this.entries.at(-1)) {
        this.entries.pop();
        this.current = next.at;
        next.happens();
      }
    } finally {
      this.current = undefined;
    }
  }
}
