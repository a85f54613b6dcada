/** Time as the local cloud sees it, in milliseconds. Every delay and every rule about time goes through one of these. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
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
    return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms / this.factor)));
  }
}

/** Time that stands still until somebody sleeps: a sleep moves it on and returns at once. For one sequence of events. */
export class VirtualClock implements Clock {
  constructor(private time = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  async sleep(ms: number): Promise<void> {
    this.time += Math.max(0, ms);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
