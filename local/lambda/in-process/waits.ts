import type { VirtualClock } from '../../core/clock';

/**
 * What a function waits for: timers and answers. If it works and waits for none of these, it computes or reads a file.
 * Then virtual time must not pass.
 */
export class Waits {
  private readonly pending = new Set<() => void>();
  private busy = false;
  private over = false;
  private release?: () => void;

  constructor(private readonly clock: VirtualClock) {}

  /** Call this with true when it starts or handles an invocation, and with false when it is done. */
  working(busy: boolean): void {
    this.busy = busy;
    this.update();
  }

  /**
   * @param cancel is called if the function ends first
   * @returns a function to call when the wait is over; it returns whether the function is still running
   */
  begin(cancel: () => void = () => undefined): () => boolean {
    if (this.over) return () => false;
    this.pending.add(cancel);
    this.update();
    return () => {
      const goesOn = this.pending.delete(cancel);
      this.update();
      return goesOn;
    };
  }

  get ended(): boolean {
    return this.over;
  }

  /** Cancels all waits. */
  end(): void {
    this.over = true;
    this.busy = false;
    for (const cancel of this.pending) cancel();
    this.pending.clear();
    this.update();
  }

  private update(): void {
    const computes = this.busy && this.pending.size === 0;
    if (computes) {
      this.release ??= this.clock.hold();
    } else {
      this.release?.();
      this.release = undefined;
    }
  }
}
