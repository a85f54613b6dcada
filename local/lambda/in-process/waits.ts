import type { VirtualClock } from '../../core/clock';

/**
 * What a function waits for: timers and answers. While it works and waits for none of these it computes, or reads a file,
 * and virtual time must not pass.
 */
export class Waits {
  private readonly pending = new Set<() => void>();
  private busy = false;
  private over = false;
  private release?: () => void;

  constructor(private readonly clock: VirtualClock) {}

  /** Whether it handles an invocation, or starts. */
  working(busy: boolean): void {
    this.busy = busy;
    this.update();
  }

  /**
   * @param cancel is called when the function ends before
   * @returns to be called when the wait is over; whether the function is still there to go on
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

  /** Nothing that is waited for comes any longer. */
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
