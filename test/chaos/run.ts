import fc from 'fast-check';
import { type Feature, FEATURES } from './features';
import { histories, History, show } from './history';
import type { Violation } from './invariants';
import { Play } from './play';

export interface Played {
  readonly events: number;
  readonly faults: number;
  readonly effects: number;
  readonly calls: number;
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
}

/** Plays one history. The handler's own log goes into the trace. */
export async function playHistory(history: History, features: readonly Feature[] = FEATURES): Promise<Played> {
  const play = new Play(history, features);
  const { log } = console;
  console.log = (entry) => {
    const line = `          ${JSON.stringify(entry)}`;
    if (play.trace.at(-1) !== line) play.trace.push(line); // it says "not yet" often
  };
  try {
    await play.run();
  } finally {
    console.log = log;
  }
  const { stack, events, faults, trace, invariants } = play;
  return { events, faults, effects: stack.effects.length, calls: stack.calls, violations: invariants.violations, trace };
}

export interface SearchOptions {
  readonly runs: number;
  readonly seed: number;
  /** Of a run that failed before: only that history is played. */
  readonly path?: string;
  readonly features?: readonly Feature[];
  /** Texts: what is found and has one of them in it is passed over, so as to look past what is known. */
  readonly passOver?: readonly string[];
  /** Whether a history that fails is made smaller. */
  readonly shrink?: boolean;
  readonly onProgress?: (totals: Totals) => void;
}

export interface Totals {
  histories: number;
  events: number;
  faults: number;
  effects: number;
  calls: number;
}

export interface Found extends Totals {
  readonly failure?: {
    readonly seed: number;
    readonly path: string;
    readonly history: string;
    readonly what: readonly string[];
    readonly guarantees: readonly number[];
    readonly trace: readonly string[];
  };
}

/** Plays histories until one shows something that must never be. */
export async function search({ runs, seed, path, features = FEATURES, shrink = true, passOver = [], onProgress }: SearchOptions): Promise<Found> {
  const totals: Totals = { histories: 0, events: 0, faults: 0, effects: 0, calls: 0 };
  const playOn = async (history: History): Promise<Played> => {
    const played = await playHistory(history, features);
    return { ...played, violations: played.violations.filter(({ message }) => !passOver.some((text) => message.includes(text))) };
  };
  const property = fc.asyncProperty(histories(features), async (history) => {
    const played = await playOn(history);
    totals.histories += 1;
    for (const count of ['events', 'faults', 'effects', 'calls'] as const) totals[count] += played[count];
    onProgress?.(totals);
    if (played.violations.length > 0) throw played.violations[0];
  });
  const details = await fc.check(property, { numRuns: runs, seed, path, endOnFailure: !shrink });
  if (!details.failed) return totals;
  const [history] = details.counterexample!;
  const { violations, trace } = await playOn(history);
  // What failed by an exception of this program itself is told as such.
  const what = violations.length > 0 ? violations.map(({ message }) => message) : [String((details.errorInstance as Error)?.stack)];
  return {
    ...totals,
    failure: {
      seed: details.seed,
      path: details.counterexamplePath!,
      history: show(history),
      what,
      guarantees: violations.map(({ guarantee }) => guarantee),
      trace,
    },
  };
}
