import { isMigrated, isReplaced } from './bundle-diff';
import { isBuilt, type Phase, phaseOf } from './phase';
import { openChanges } from './settings-diff';
import type { Terms } from './terms';
import { MINUTE } from '../core/clock';
import { type DesiredUser, type DesktopUser, hasDesktop, isDesired, isRecorded, type RecordedUser, type User } from '../ledger/user';
import { type DesktopRecord, terminationOf } from '../ledger/user-record';

/** Termination takes about five minutes. If a request has no effect for longer than this, it is repeated. */
const TERMINATE_AGAIN_AFTER = 15 * MINUTE;
/** So long after it has read a desktop's tags, another stack may still write its own. */
const TAG_IS_REPLACED_WITHIN = 1 * MINUTE;

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
  /** To be terminated, and made again from another bundle: after everything else has succeeded. */
  readonly replace: readonly DesiredDesktopUser[];
  /** Settings to change in a way that can be undone. */
  readonly change: readonly DesiredDesktopUser[];
  /** Changes that cannot be undone, or must follow one that cannot: after everything else has succeeded. */
  readonly changeFinally: readonly DesiredDesktopUser[];
  /** To migrate to another bundle: after everything else has succeeded. */
  readonly migrate: readonly DesiredDesktopUser[];
  /** Being migrated to another bundle. */
  readonly follow: readonly DesiredDesktopUser[];
  /** To observe: the deployment is not done before all of these are. */
  readonly poll: readonly DesktopUser[];
}

export function plan(users: readonly User[], terms: Terms): Plan {
  const desired = users.filter(isDesired).map((each) => ({ each, phase: phaseOf(each, terms) }));
  const undesired = users.filter((each) => !each.desired && !isUntagged(each));
  const inPhases = (are: (phase: Phase) => boolean) => desired.filter(({ phase }) => are(phase)).map(({ each }) => each);
  const removable = undesired.filter(hasDesktop).filter((each) => isRemovable(each, terms.now));
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
    replace: standing.filter((each) => isReplaced(each, terms.request, terms.deployedUpTo)),
    change: changing.filter((each) => openChanges(each, terms.generation, 'undoable').length > 0),
    changeFinally: changing.filter((each) => openChanges(each, terms.generation, 'final').length > 0),
    migrate: standing.filter((each) => isMigrated(each, terms.request, terms.generation, terms.deployedUpTo)),
    follow: built.filter(({ record }) => record.migrating),
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

/** Whether it was adopted, and it is not certain yet that it is this fleet's. */
export function isUnconfirmed(user: User): boolean {
  return adoptedAt(user) !== undefined;
}

function adoptedAt({ record }: User): number | undefined {
  return record?.state === 'owned' ? record.adoptedAt : undefined;
}

/** Whether a leaver's desktop is removable now: it is not being terminated, or that takes too long. */
export function isRemovable({ record }: DesktopUser, now: number): boolean {
  return now - acceptedAt(record) >= TERMINATE_AGAIN_AFTER;
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
