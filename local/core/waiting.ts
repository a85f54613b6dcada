import type { Clock } from './clock';

/** A clock's sleep cannot be taken back, so long ones are cut: what is left of one after an abort is at most this long. */
const SLICE_MS = 1_000;

/** Sleeps, or wakes up (soon) after `signal` has been aborted. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const end = clock.now() + ms;
  for (let left = ms; left > 0 && !signal.aborted; left = end - clock.now()) await clock.sleep(Math.min(left, SLICE_MS));
}

/** The value of `promise`, or undefined when `ms` have passed first. */
export async function within<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<{ readonly value: T } | undefined> {
  const settled = new AbortController();
  const wrapped = promise.then((value) => ({ value })).finally(() => settled.abort());
  return Promise.race([wrapped, pause(clock, ms, settled.signal).then(() => (settled.signal.aborted ? wrapped : undefined))]);
}
