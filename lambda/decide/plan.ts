import { isMigrated, isReplaced } from './bundle-diff';
import { isBuilt, type Phase, phaseOf } from './phase';
import { openChanges } from './settings-diff';
import type { Terms } from './terms';
import { MINUTE } from '../core/clock';
import { type DesiredUser, type DesktopUser, hasDesktop, isDesired, isRecorded, type RecordedUser, type User } from '../ledger/user';
import { type DesktopRecord, terminationOf } from '../ledger/user-record';
import { LONGEST_TIMEOUT } from '../request/resource-properties';

/** Termination takes about five minutes; a request that has had no effect for longer is made again. */
const TERMINATE_AGAIN_AFTER = 15 * MINUTE;
/** A call whose answer is not waited for any longer may act so much later. */
const UNTAG_ARRIVES_WITHIN = 1 * MINUTE;

type DesiredDesktopUser = DesktopUser & DesiredUser;

/** What there is to do next. */
export interface Plan {
  /** Whether they have a desktop, and whose. */
  readonly lookUp: readonly RecordedUser[];
  readonly create: readonly DesiredUser[];
  /** What this deployment, or one that failed before it, has made and is not desired; in a delete, all. What was adopted is released. */
  readonly terminate: readonly DesktopUser[];
  /** Of users who are not desired any more, to be terminated or released, and those to be replaced: when everything else has succeeded. */
  readonly remove: readonly DesktopUser[];
  /** Whose settings are to be changed in a way that can be undone. */
  readonly change: readonly DesiredDesktopUser[];
  /** The same where it cannot, or has to come after that: when everything else has succeeded. */
  readonly changeFinally: readonly DesiredDesktopUser[];
  /** To another bundle: when everything else has succeeded. */
  readonly migrate: readonly DesiredDesktopUser[];
  /** On the way to another bundle. */
  readonly follow: readonly DesiredDesktopUser[];
  /** Released by the update that is rolled back; and those reclaimed, once more a little later. */
  readonly reclaim: readonly DesiredDesktopUser[];
  /** What state they are in: every one of these keeps the deployment from being done. */
  readonly poll: readonly DesktopUser[];
}

export function plan(users: readonly User[], terms: Terms): Plan {
  const desired = users.filter(isDesired).map((each) => ({ each, phase: phaseOf(each, terms) }));
  const undesired = users.filter((each) => !each.desired && !isUntagged(each));
  const inPhases = (are: (phase: Phase) => boolean) => desired.filter(({ phase }) => are(phase)).map(({ each }) => each);
  const toGo = undesired.filter(hasDesktop).filter(({ record }) => terms.now - acceptedAt(record) >= TERMINATE_AGAIN_AFTER);
  const standing = inPhases((phase) => phase !== 'refused').filter(isDesiredDesktop);
  const changing = inPhases(isBuilt).filter(isDesiredDesktop);
  const built = users.filter(isDesiredDesktop);
  return {
    lookUp: [
      ...inPhases((phase) => phase === 'unknown').filter(isRecorded),
      ...undesired.filter(isRecorded).filter(({ record }) => record.state === 'unknown'),
    ],
    create: inPhases((phase) => phase === 'absent'),
    terminate: toGo.filter(({ madeIn }) => madeIn > terms.keepUpTo),
    remove: [
      ...toGo.filter(({ madeIn }) => madeIn <= terms.keepUpTo),
      ...standing.filter((each) => isReplaced(each, terms.request, terms.deployedUpTo)),
    ],
    change: changing.filter((each) => openChanges(each, terms.generation, 'undoable').length > 0),
    changeFinally: changing.filter((each) => openChanges(each, terms.generation, 'final').length > 0),
    migrate: standing.filter((each) => isMigrated(each, terms.request, terms.generation, terms.deployedUpTo)),
    follow: built.filter(({ record }) => record.migrating),
    // Nobody's second look comes before somebody else's first.
    reclaim: [
      ...built.filter(({ record }) => record.state === 'released'),
      ...built.filter((each) => isReclaimed(each, terms.now) && terms.now - reclaimedAt(each)! >= UNTAG_ARRIVES_WITHIN),
    ],
    poll: [
      ...inPhases((phase) => phase === 'building').filter(hasDesktop).filter(({ record }) => !record.migrating),
      ...undesired.filter(hasDesktop).filter((each) => each.madeIn > terms.keepUpTo || isGoing(each, terms)),
    ],
  };
}

/** Released, and no longer this fleet's. */
export function isUntagged({ record }: User): boolean {
  return record?.state === 'released' && record.untagged;
}

export function isReleased({ record }: User): boolean {
  return record?.state === 'released';
}

/** Reclaimed by this rollback, and to be looked at once more. What a rollback that had no time has left so is left alone later. */
export function isReclaimed(user: User, now: number): boolean {
  return user.desired !== undefined && now - (reclaimedAt(user) ?? -Infinity) < LONGEST_TIMEOUT;
}

function reclaimedAt({ record }: User): number | undefined {
  return record?.state === 'owned' ? record.reclaimedAt : undefined;
}

/** Asked to go, whether or not the service has taken that. */
function isGoing({ record }: DesktopUser, { generation }: Terms): boolean {
  return acceptedAt(record) > -Infinity || record.failure?.generation === generation;
}

/** When the service took our request to terminate it; the beginning of time when it has not. */
function acceptedAt(record: DesktopRecord): number {
  return terminationOf(record)?.acceptedAt ?? -Infinity;
}

function isDesiredDesktop(user: User): user is DesiredDesktopUser {
  return hasDesktop(user) && isDesired(user);
}
