import { MINUTE, SECOND } from './clock';
import { attemptsFor } from './errors';
import type { Now } from './observe';
import type { Subject } from './state';

/**
 * Where a user's desktop stands.
 *
 * - `absent`: there is none that we know of.
 * - `unknown`: there may be one; to be looked up.
 * - `retry`: refused for now; to be asked for again a little later.
 * - `refused`: there is none, or none that works, and asking again in this deployment would not change that.
 * - `building`: ours, not seen in the state asked for in this deployment.
 * - `ready`: ours, seen in the state asked for.
 */
export type Phase = 'absent' | 'unknown' | 'retry' | 'refused' | 'building' | 'ready';

/** Between two tries for a desktop that was refused for a reason that may pass. */
const RETRY_AFTER = 25 * SECOND;
/** Termination takes about five minutes; a request that has had no effect for longer is made again. */
const TERMINATE_AGAIN_AFTER = 15 * MINUTE;

export function phaseOf({ member }: Subject, { generation, now }: Now): Phase {
  if (!member) return 'absent';
  const { failure } = member;
  if (failure?.generation === generation) {
    // One that was made and is broken is not made a second time.
    if (member.id || failure.attempts >= attemptsFor(failure.code)) return 'refused';
    return now - failure.at < RETRY_AFTER ? 'retry' : 'absent';
  }
  if (member.id) return member.readyIn === generation ? 'ready' : 'building';
  return member.unknown ? 'unknown' : 'absent';
}

/** What there is to do next. */
export interface Plan {
  /** Whether they have a desktop, and whose. */
  readonly lookUp: readonly Subject[];
  readonly create: readonly Subject[];
  readonly terminate: readonly Subject[];
  /** What state they are in: every one of these keeps the deployment from being done. */
  readonly ask: readonly Subject[];
}

export function plan(subjects: readonly Subject[], now: Now): Plan {
  const wanted = subjects.filter((each) => each.wanted).map((each) => ({ each, phase: phaseOf(each, now) }));
  const unwanted = subjects.filter((each) => !each.wanted);
  const inPhase = (phase: Phase) => wanted.filter((one) => one.phase === phase).map((one) => one.each);
  return {
    lookUp: [...inPhase('unknown'), ...unwanted.filter(({ member }) => member?.unknown)],
    create: inPhase('absent'),
    terminate: unwanted.filter(({ member }) => member?.id && !(now.now - (member.terminatedAt ?? -Infinity) < TERMINATE_AGAIN_AFTER)),
    ask: [...inPhase('building'), ...unwanted.filter(({ member }) => member?.id)],
  };
}
