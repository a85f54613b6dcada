import { isMigrated, isReplaced } from './bundle-diff';
import { hasFailed } from './failures';
import { isBuilt, type Phase, phaseOf } from './phase';
import { openChanges } from './settings-diff';
import type { Terms } from './terms';
import { MINUTE } from '../core/clock';
import { type DesiredUser, type DesktopUser, hasDesktop, isDesired, isRecorded, type RecordedUser, type User } from '../ledger/user';
import { type DesktopRecord, terminationOf } from '../ledger/user-record';
import { LONGEST_TIMEOUT } from '../request/resource-properties';

/** Termination takes about five minutes. If a request has no effect for longer than this, it is repeated. */
const TERMINATE_AGAIN_AFTER = 15 * MINUTE;
/** So long after it has read a desktop's tags, another stack may still write its own. */
const TAG_IS_REPLACED_WITHIN = 1 * MINUTE;
/** A call may still act so long after we have stopped waiting for its answer. */
const UNTAG_ARRIVES_WITHIN = 1 * MINUTE;

type DesiredDesktopUser = DesktopUser & DesiredUser;

/** What to do next. */
export interface Plan {
  /** Find out whether they have a desktop, and whose it is. */
  readonly lookUp: readonly RecordedUser[];
  /** Adopted a little while ago: another stack may have adopted it at the same time. */
  readonly confirm: readonly DesiredDesktopUser[];
  readonly create: readonly DesiredUser[];
  /** Not desired, and made by this deployment or by a failed one before it; in a delete, all. An adopted desktop is released instead. */
  readonly terminate: readonly DesktopUser[];
  /** To be terminated or released because the user is no longer desired, or to be replaced: after everything else has succeeded. */
  readonly remove: readonly DesktopUser[];
  /** Settings to change in a way that can be undone. */
  readonly change: readonly DesiredDesktopUser[];
  /** Changes that cannot be undone, or must follow one that cannot: after everything else has succeeded. */
  readonly changeFinally: readonly DesiredDesktopUser[];
  /** To migrate to another bundle: after everything else has succeeded. */
  readonly migrate: readonly DesiredDesktopUser[];
  /** Being migrated to another bundle. */
  readonly follow: readonly DesiredDesktopUser[];
  /** Released by the update that is being rolled back; and reclaimed a little while ago, to be checked again. */
  readonly reclaim: readonly DesiredDesktopUser[];
  /** To observe: the deployment is not done before all of these are. */
  readonly poll: readonly DesktopUser[];
}

export function plan(users: readonly User[], terms: Terms): Plan {
  const desired = users.filter(isDesired).map((each) => ({ each, phase: phaseOf(each, terms) }));
  const undesired = users.filter((each) => !each.desired && !isUntagged(each));
  const inPhases = (are: (phase: Phase) => boolean) => desired.filter(({ phase }) => are(phase)).map(({ each }) => each);
  const removable = undesired.filter(hasDesktop).filter(({ record }) => terms.now - acceptedAt(record) >= TERMINATE_AGAIN_AFTER);
  const standing = inPhases((phase) => phase !== 'refused').filter(isDesiredDesktop);
  const changing = inPhases(isBuilt).filter(isDesiredDesktop).filter((each) => !isUnconfirmed(each));
  const built = users.filter(isDesiredDesktop);
  const unknown = inPhases((phase) => phase === 'unknown');
  return {
    lookUp: [
      ...unknown.filter(isRecorded),
      ...undesired.filter(isRecorded).filter(({ record }) => record.state === 'unknown'),
    ],
    confirm: standing.filter((each) => isUnconfirmed(each) && terms.now - adoptedAt(each)! >= TAG_IS_REPLACED_WITHIN),
    create: inPhases((phase) => phase === 'absent'),
    // While somebody is looked up, an unclaimed desktop may be theirs.
    terminate: removable.filter(({ madeIn, record }) => madeIn > terms.keepUpTo && !(record.unclaimed && unknown.length > 0)),
    remove: [
      ...removable.filter(({ madeIn }) => madeIn <= terms.keepUpTo),
      ...standing.filter((each) => isReplaced(each, terms.request, terms.deployedUpTo)),
    ],
    change: changing.filter((each) => openChanges(each, terms.generation, 'undoable').length > 0),
    changeFinally: changing.filter((each) => openChanges(each, terms.generation, 'final').length > 0),
    migrate: standing.filter((each) => isMigrated(each, terms.request, terms.generation, terms.deployedUpTo)),
    follow: built.filter(({ record }) => record.migrating),
    // First everybody is reclaimed, then they are checked again.
    reclaim: [
      ...built.filter((each) => isToReclaim(each, terms)),
      ...built.filter((each) => isReclaimed(each, terms) && terms.now - reclaimedAt(each)! >= UNTAG_ARRIVES_WITHIN),
    ],
    poll: [
      ...inPhases((phase) => phase === 'building').filter(hasDesktop).filter(({ record }) => !record.migrating),
      ...undesired.filter(hasDesktop).filter((each) => each.madeIn > terms.keepUpTo || isTerminationAsked(each, terms)),
    ],
  };
}

/** Released, and no longer this fleet's. */
export function isUntagged({ record }: User): boolean {
  return record?.state === 'released' && record.untagged;
}

/** Whether it is released and its user is desired. What cannot be reclaimed stays released for this time. */
export function isToReclaim({ desired, record }: User, { generation }: Pick<Terms, 'generation'>): boolean {
  return desired !== undefined && record?.state === 'released' && !hasFailed(record, generation);
}

/** Whether this rollback has reclaimed it and must check it again. If a rollback ran out of time, later operations do not check. */
export function isReclaimed(user: User, { generation, now }: Pick<Terms, 'generation' | 'now'>): boolean {
  if (user.desired === undefined || user.record === undefined || hasFailed(user.record, generation)) return false;
  return now - (reclaimedAt(user) ?? -Infinity) < LONGEST_TIMEOUT;
}

function reclaimedAt({ record }: User): number | undefined {
  return record?.state === 'owned' ? record.reclaimedAt : undefined;
}

/** Whether it was adopted, and it is not certain yet that it is this fleet's. */
export function isUnconfirmed(user: User): boolean {
  return adoptedAt(user) !== undefined;
}

function adoptedAt({ record }: User): number | undefined {
  return record?.state === 'owned' ? record.adoptedAt : undefined;
}

/** Whether the service was asked to terminate it, and has accepted or refused. */
function isTerminationAsked({ record }: DesktopUser, { generation }: Terms): boolean {
  return acceptedAt(record) > -Infinity || record.failure?.generation === generation;
}

/** When the service accepted our request to terminate it; -Infinity if it has not. */
function acceptedAt(record: DesktopRecord): number {
  return terminationOf(record)?.acceptedAt ?? -Infinity;
}

function isDesiredDesktop(user: User): user is DesiredDesktopUser {
  return hasDesktop(user) && isDesired(user);
}
