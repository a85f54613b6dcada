import { MINUTE, SECOND } from '../core/clock';

/** One fleet that waits for the lease. All times are in milliseconds since 1970. */
export interface Claim {
  /** Since when it waits. */
  readonly since: number;
  /** When its answer is due. */
  readonly dueAt: number;
  /** When it asked last. */
  readonly askedAt: number;
}

/** A fleet that waits asks again well within this time. One that has not is gone, and nobody waits for it. */
const ASKS_WITHIN = 75 * SECOND;
/** Around the time when its answer is due, a fleet goes first: it may have to conclude. Not long after it: it would keep the others away. */
const DUE_SOON = 4 * MINUTE;
const DUE_BEFORE = 2 * MINUTE;

/** Whether a fleet still waits. */
export function isWaiting({ askedAt }: Claim, now: number): boolean {
  return now - askedAt < ASKS_WITHIN;
}

/**
 * Whose turn it is next, of the fleets of a stack: those whose answer is due soon come first, in the order in which they are due; then the one
 * that has waited longest. So each of n fleets waits for n - 1 steps at most, however much the others have to do.
 */
export function nextTurn(claims: ReadonlyMap<string, Claim>, now: number): string | undefined {
  const isDue = ({ dueAt }: Claim) => dueAt - now < DUE_SOON && now - dueAt < DUE_BEFORE;
  const order = ([nameA, a]: [string, Claim], [nameB, b]: [string, Claim]) => (
    Number(isDue(b)) - Number(isDue(a)) || (isDue(a) ? a.dueAt - b.dueAt : 0) || a.since - b.since || (nameA < nameB ? -1 : 1)
  );
  return [...claims].filter(([, claim]) => isWaiting(claim, now)).sort(order)[0]?.[0];
}
