/** The local cloud's time, in milliseconds. Every delay and every rule about time uses a clock. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
  /** @returns a function that cancels the timer; no effect if it has fired */
  after(ms: number, fire: () => void): () => void;
}

/** The host's time, or time that passes `factor` times faster from the creation of this clock. */
export class RunningClock implements Clock {
  private readonly start = Date.now();

  constructor(public readonly factor = 1) {
    if (!(factor > 0)) throw new Error(`a clock's factor must be above 0, got ${factor}`);
  }

  now(): number {
    return this.start + (Date.now() - this.start) * this.factor;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  after(ms: number, fire: () => void): () => void {
    const timer = setTimeout(fire, Math.max(0, ms / this.factor));
    return () => clearTimeout(timer);
  }
}

interface Timer { readonly at: number; readonly order: number; readonly fire: () => void }

/**
 * How many turns of the event loop must pass without a new timer before time moves on. One is enough for code that uses only promises.
 * Streams and their callbacks need some more turns between two pieces of work.
 */
const QUIET_TURNS = 4;

/**
 * Time that stands still while any code works, and jumps to the next timer when everything waits for one. It works for any number of
 * activities in one process. They run one after the other, in the order of their timers, so that a run can be repeated.
 *
 * Work that leaves the event loop (files, sockets, other processes) must hold the clock meanwhile. Otherwise time moves on without it.
 */
export class VirtualClock implements Clock {
  private readonly timers = new Set<Timer>();
  private order = 0;
  private holds = 0;
  private running = false;

  constructor(private time = Date.UTC(2026, 0, 1)) {}

  private released: () => void = () => undefined;

  now(): number {
    return this.time;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  after(ms: number, fire: () => void): () => void {
    const timer: Timer = { at: this.time + (ms > 0 ? ms : 0), order: this.order++, fire };
    this.timers.add(timer);
    if (!this.running) void this.run();
    return () => void this.timers.delete(timer);
  }

  /** Time stands still until the hold is released. */
  hold(): () => void {
    this.holds += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.holds -= 1;
      if (this.holds === 0) this.released();
    };
  }

  /** Cancels all timers. Code that waits for one never continues. */
  stop(): void {
    this.timers.clear();
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.timers.size > 0) {
      await this.quiet();
      const next = this.earliest();
      if (!next) break;
      this.timers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.fire();
    }
    this.running = false;
  }

  private async quiet(): Promise<void> {
    for (let turns = 0, seen = this.order; turns < QUIET_TURNS; turns++) {
      if (this.holds > 0) await new Promise<void>((resolve) => { this.released = resolve; });
      await new Promise((resolve) => setImmediate(resolve));
      if (this.holds > 0 || seen !== this.order) turns = -1;
      seen = this.order;
    }
  }

  /** The next timer; of several at the same time, the one that was set first. They are not sorted, because there are never many. */
  private earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.timers) {
      if (!earliest || timer.at < earliest.at || (timer.at === earliest.at && timer.order < earliest.order)) earliest = timer;
    }
    return earliest;
  }
}

/** Runs work that leaves the event loop. Virtual time stands still meanwhile; running time does not. */
export async function during<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  const release = clock instanceof VirtualClock ? clock.hold() : () => undefined;
  try {
    return await work();
  } finally {
    release();
  }
}
