import fc from 'fast-check';
import { type Feature, FEATURES } from './features';
import { histories } from './histories';
import { History, show } from './history';
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
export async function playHistory(history: History, features: readonly Feature[] = FEATURES, onRest?: (play: Play) => boolean): Promise<Played> {
  const play = new Play(history, features, onRest);
  const { log } = console;
  console.log = (entry) => {
    const line = `          ${JSON.stringify(entry)}`;
    if (play.trace.at(-1) !== line) play.trace.push(line); // "not yet" is logged often
  };
  try {
    await play.run();
  } finally {
    console.log = log;
  }
  const { stack, events, faults, trace, invariants } = play;
  return { events, faults, effects: stack.effects.length, calls: stack.called.length, violations: invariants.violations, trace };
}

export interface SearchOptions {
  readonly runs: number;
  readonly seed: number;
  /** The path of a failure of an earlier run. Only that history is played. */
  readonly path?: string;
  readonly features?: readonly Feature[];
  /** Failures whose text contains one of these are ignored, to search beyond known ones. */
  readonly passOver?: readonly string[];
  /** Whether a failing history is reduced to a smaller one. */
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

/** Plays histories until one breaks a guarantee. */
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
  // An exception of this program itself is reported as such.
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
