/** Time as the local cloud sees it, in milliseconds. Every delay and every rule about time goes through one of these. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
  /** @returns takes the timer back; without effect when it has fired */
  after(ms: number, fire: () => void): () => void;
}

/** The host's own time, or time that passes `factor` times as fast from the moment this is made. */
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
 * How many turns of the event loop must pass without anybody having set a timer before time moves on. One would do for code that is
 * only promises; streams and their callbacks need some more between two pieces of work.
 */
const QUIET_TURNS = 4;

/**
 * Time that stands still while anybody works, and jumps to the next timer when everybody waits for one. For any number of
 * activities in one process: they run one after the other, in the order of their timers, so that a run can be repeated.
 *
 * Work that leaves the event loop (files, sockets, other processes) must hold the clock meanwhile, or time passes it by.
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

  /** Forgets all timers: nothing that waits for one goes on. */
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

  /** Of several at the same time, the one that was set first. There are never many, so they are not kept in order. */
  private earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.timers) {
      if (!earliest || timer.at < earliest.at || (timer.at === earliest.at && timer.order < earliest.order)) earliest = timer;
    }
    return earliest;
  }
}

/** Work that leaves the event loop: virtual time stands still meanwhile. Running time goes on, as it does. */
export async function during<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  const release = clock instanceof VirtualClock ? clock.hold() : () => undefined;
  try {
    return await work();
  } finally {
    release();
  }
}
