import { isMigrated, isReplaced } from './bundle-diff';
import { MINUTE, SECOND } from '../core/clock';
import { attemptsFor } from '../aws/errors';
import type { Now } from './observe';
import { LONGEST_TIMEOUT, type Request } from '../request/resource-properties';
import { open } from './settings-diff';
import type { Subject } from '../ledger/state';

/**
 * Where a user's desktop stands.
 *
 * - `absent`: there is none that we know of.
 * - `unknown`: there may be one, or one that is on its way out; to be looked up.
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
/** A call whose answer is not waited for any longer may act so much later. */
const UNTAG_ARRIVES_WITHIN = 1 * MINUTE;

export function phaseOf({ member }: Subject, { generation, now }: Now): Phase {
  if (!member) return 'absent';
  const { failure } = member;
  if (failure?.generation === generation) {
    // One that was made and is broken is not made a second time.
    if (member.id || failure.attempts >= attemptsFor(failure.code)) return 'refused';
    return now - failure.at < RETRY_AFTER ? 'retry' : 'absent';
  }
  // Who left the list and is back on it gets another desktop when the one before has gone.
  if (member.terminatedAt !== undefined || member.terminating) return 'unknown';
  if (member.id) return member.readyIn === generation ? 'ready' : 'building';
  return member.unknown ? 'unknown' : 'absent';
}

/** What a plan rests on, beside the users. */
export interface Situation extends Now {
  /** Up to this generation, a desktop that is not wanted any more was somebody's. */
  readonly keep: number;
  /** Up to this generation, a desktop belongs to the deployment before. */
  readonly deployed: number;
  readonly request: Pick<Request, 'bundleChange'>;
}

/** What there is to do next. */
export interface Plan {
  /** Whether they have a desktop, and whose. */
  readonly lookUp: readonly Subject[];
  readonly create: readonly Subject[];
  /** What this deployment, or one that failed before it, has made and is not wanted; in a delete, all. What was adopted is released. */
  readonly terminate: readonly Subject[];
  /** Of users who have left the list, to be terminated or released, and those to be replaced: when everything else has succeeded. */
  readonly remove: readonly Subject[];
  /** Whose settings are to be changed in a way that can be taken back. */
  readonly change: readonly Subject[];
  /** The same where it cannot, or has to come after that: when everything else has succeeded. */
  readonly changeFinally: readonly Subject[];
  /** To another bundle: when everything else has succeeded. */
  readonly migrate: readonly Subject[];
  /** On the way to another bundle. */
  readonly follow: readonly Subject[];
  /** Released by an update that is taken back; and who was taken back, a little later. */
  readonly reclaim: readonly Subject[];
  /** What state they are in: every one of these keeps the deployment from being done. */
  readonly ask: readonly Subject[];
}

/** Asked to go, whether or not the service has taken that. */
function isGoing({ member }: Subject, { generation }: Now): boolean {
  return member?.terminatedAt !== undefined || member?.failure?.generation === generation;
}

/** Taken back by this rollback, and to be looked at once more. What a rollback that had no time has left so is left alone later. */
export function isReclaimed({ wanted, member }: Subject, now: number): boolean {
  return wanted !== undefined && member?.releasedIn === undefined && now - (member?.reclaimedAt ?? -Infinity) < LONGEST_TIMEOUT;
}

export function plan(subjects: readonly Subject[], now: Situation): Plan {
  const wanted = subjects.filter((each) => each.wanted).map((each) => ({ each, phase: phaseOf(each, now) }));
  const unwanted = subjects.filter((each) => !each.wanted && !each.member?.untagged);
  const inPhase = (phase: Phase) => wanted.filter((one) => one.phase === phase).map((one) => one.each);
  const toGo = unwanted.filter(({ member }) => member?.id && !(now.now - (member.terminatedAt ?? -Infinity) < TERMINATE_AGAIN_AFTER));
  const standing = wanted.filter(({ phase }) => phase !== 'refused').map(({ each }) => each);
  const changing = wanted.filter(({ phase }) => phase === 'building' || phase === 'ready').map(({ each }) => each);
  return {
    lookUp: [...inPhase('unknown'), ...unwanted.filter(({ member }) => member?.unknown)],
    create: inPhase('absent'),
    terminate: toGo.filter(({ madeIn }) => madeIn! > now.keep),
    remove: [...toGo.filter(({ madeIn }) => madeIn! <= now.keep), ...standing.filter((each) => isReplaced(each, now.request, now.deployed))],
    change: changing.filter((each) => open(each, now.generation, 'undoable').length > 0),
    changeFinally: changing.filter((each) => open(each, now.generation, 'final').length > 0),
    migrate: standing.filter((each) => isMigrated(each, now.request, now.generation, now.deployed)),
    follow: subjects.filter(({ wanted: isWanted, member }) => isWanted && member?.migrating),
    // Nobody's second look comes before somebody else's first.
    reclaim: [
      ...subjects.filter(({ wanted: isWanted, member }) => isWanted && member?.releasedIn !== undefined),
      ...subjects.filter((each) => isReclaimed(each, now.now) && now.now - each.member!.reclaimedAt! >= UNTAG_ARRIVES_WITHIN),
    ],
    ask: [
      ...inPhase('building').filter(({ member }) => !member?.migrating),
      ...unwanted.filter((each) => each.member?.id && (each.madeIn! > now.keep || isGoing(each, now))),
    ],
  };
}
