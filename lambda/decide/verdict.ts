import { deniedFinally, denialsIn, failedChanges, WAY_OUT_OF_DENIAL } from './failures';
import { isBuilt, type Phase, phaseOf } from './phase';
import { isUnconfirmed, isUntagged, plan } from './plan';
import { openChanges } from './settings-diff';
import { stillThere } from './still-there';
import type { Terms } from './terms';
import { counted, list } from './text';
import { type DesktopUser, hasDesktop, isDesired, isRecorded, type RecordedUser, type User } from '../ledger/user';
import { isStanding, type UserRecord } from '../ledger/user-record';

/** A user, and the reason why they have no working desktop. */
export interface Refusal {
  readonly userName: string;
  readonly code: string;
  readonly message: string;
}

export type Verdict =
  | { readonly kind: 'done'; readonly ids: readonly string[]; readonly refused: readonly Refusal[]; readonly late: readonly string[] }
  | { readonly kind: 'not-yet' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Returns the reason if more users are refused than the tolerance allows. After that, nothing more is created. */
export function certainFailure(users: readonly User[], terms: Terms): string | undefined {
  if (terms.isIrreversible) return undefined;
  const refused = refusals(users, terms);
  return refused.length > terms.request.tolerated ? tooMany(refused, users, terms) : undefined;
}

/** Whether the deployment is done, goes on, or has failed. */
export function verdict(users: readonly User[], terms: Terms): Verdict {
  const onUsers = verdictOnUsers(users, terms);
  if (onUsers.kind !== 'done') return onUsers;

  if (terms.now < terms.deadline && isChanging(users, terms)) return { kind: 'not-yet' };
  return verdictOnUndone(users, terms) ?? onUsers;
}

/** In the clean-up of an update, CloudFormation gives up a resource whose delete fails, and never asks again. */
const DELETE_AGAIN = 'delete the stack again (or, if only the fleet was removed from a stack: put it back under the same id, deploy, and remove it again)';

/** Whether the desktops are gone that this operation takes back: those of a failed deployment, or, in a delete, all. Undefined if they are. */
function verdictOnUndone(users: readonly User[], terms: Terms): Verdict | undefined {
  // Leavers are removed in the clean-up.
  const undone = leavingOf(users).filter(({ madeIn }) => madeIn > terms.keepUpTo);
  if (undone.length === 0) return undefined;
  // What AWS denies in the end is not waited for.
  const isDenied = undone.every(({ record }) => deniedFinally(record, terms.generation));
  return terms.now < terms.deadline && !isDenied ? { kind: 'not-yet' } : { kind: 'failed', reason: stillThere(undone, terms.generation, terms.keepUpTo < 0 ? DELETE_AGAIN : 'deploy again') };
}

/** Whether the irreversible phase has more to do for desired users. */
function isChanging(users: readonly User[], terms: Terms): boolean {
  const { changeFinally, migrate, follow, replace } = plan(users, terms);
  return changeFinally.length + migrate.length + follow.length + replace.length > 0;
}

/** The same for desired users only. Every user is one of: ready, refused, late, nothing yet. */
export function verdictOnUsers(users: readonly User[], terms: Terms): Verdict {
  const failed = certainFailure(users, terms);
  if (failed) return { kind: 'failed', reason: failed };

  const desired = withPhases(users, terms);
  const late = desired.filter(({ phase }) => phase === 'building').map(({ user }) => user).filter(hasDesktop);
  const nothingYet = desired.filter(({ phase }) => phase === 'absent' || phase === 'unknown' || phase === 'retry');
  // Replacements are waited for.
  const isDue = terms.now >= terms.deadline || (terms.isIrreversible && terms.request.bundleChange !== 'REPLACE');
  const isChanged = !terms.isIrreversible && !isDue && desired.some(({ user, phase }) => isBuilt(phase) && openChanges(user, terms.generation, 'undoable').length > 0);
  const isUncertain = desired.some(({ user, phase }) => isBuilt(phase) && isUnconfirmed(user));
  if (!isDue && (late.length > 0 || nothingYet.length > 0 || isChanged || isUncertain)) return { kind: 'not-yet' };

  const refused = refusalsOf(desired, terms);
  if (refused.length > terms.request.tolerated && !terms.isIrreversible) {
    return { kind: 'failed', reason: tooMany(refused, users, terms) };
  }
  if (late.length > 0 && !terms.request.acceptLate && !terms.isIrreversible) return { kind: 'failed', reason: tooLate(late) };

  return {
    kind: 'done',
    ids: desired.map(({ user, phase }) => idInPhase(user, phase)),
    refused,
    late: late.map(({ userName }) => userName),
  };
}

/**
 * The verdict of a rollback. A rollback removes what the failed update made, and is done when that is gone. It makes no desktop, and waits
 * for none to become ready: a desktop that broke meanwhile must not prevent the rollback of the stack.
 */
export function rollbackVerdict(users: readonly User[], terms: Terms): Verdict {
  if (plan(users, terms).change.length > 0 && terms.now < terms.deadline) return { kind: 'not-yet' };
  const onUndone = verdictOnUndone(users, terms);
  if (onUndone) return onUndone;
  const desired = users.filter(isDesired);
  // Desktops that the failed update has terminated cannot be restored.
  const without = desired.filter(({ record }) => !isStanding(record));
  return {
    kind: 'done',
    ids: desired.map(({ record }) => (isStanding(record) ? record.id : '')),
    refused: without.map(({ userName, record }) => ({ userName, ...whyNothing(record) })),
    late: [],
  };
}

/** The id of the user's desktop after the deployment; empty if the user was refused. */
export function idOf(user: User, now: Pick<Terms, 'generation' | 'now'>): string {
  return idInPhase(user, phaseOf(user, now));
}

function idInPhase(user: User, phase: Phase): string {
  return isBuilt(phase) && hasDesktop(user) ? user.record.id : '';
}

interface UserInPhase {
  readonly user: User;
  readonly phase: Phase;
}

function withPhases(users: readonly User[], now: Pick<Terms, 'generation' | 'now'>): UserInPhase[] {
  return users.filter(isDesired).map((user) => ({ user, phase: phaseOf(user, now) }));
}

/** Everybody with a desktop who is not desired. */
export function leavingOf(users: readonly User[]): RecordedUser[] {
  return users.filter((each) => !each.desired && !isUntagged(each)).filter(isRecorded).filter(({ record }) => record.state !== 'refused');
}

function failureOf(record: UserRecord | undefined) {
  return record?.failure;
}

/** All users who are refused. */
export function refusals(users: readonly User[], terms: Terms): Refusal[] {
  return refusalsOf(withPhases(users, terms), terms);
}

/** The users who are refused finally; after the deadline also those for whom nothing was made. They do not count as late: they have nothing. */
function refusalsOf(users: readonly UserInPhase[], { now, deadline, isIrreversible, generation, request }: Terms): Refusal[] {
  const isDue = now >= deadline || (isIrreversible && request.bundleChange !== 'REPLACE');
  return users.flatMap(({ user, phase }) => {
    const { userName, record } = user;
    const failure = failureOf(record);
    if (phase === 'refused') return [{ userName, code: failure!.code, message: failure!.message }];
    if (isBuilt(phase)) {
      const [refused] = hasDesktop(user) ? failedChanges(user.record, generation, isDue) : [];
      return refused ? [{ userName, code: refused.code, message: refused.message }] : [];
    }
    if (!isDue) return [];
    return [{ userName, ...whyNothing(record) }];
  });
}

/** Codes of users for whom there was no time. */
const NO_TIME = ['NotCreated', 'NotLookedUp'];

/** Why a user has nothing when the time is up. */
function whyNothing(record: UserRecord | undefined): Pick<Refusal, 'code' | 'message'> {
  const failure = failureOf(record);
  if (failure) return { code: failure.code, message: failure.message };
  if (record?.state === 'unknown' || record?.state === 'released') {
    return { code: 'NotLookedUp', message: 'it was not found out before the timeout whether this user has a WorkSpace' };
  }
  return { code: 'NotCreated', message: 'no WorkSpace was made for this user before the timeout' };
}

function tooMany(refused: readonly Refusal[], users: readonly User[], terms: Terms): string {
  const { request: { tolerated }, generation, deployedUpTo } = terms;
  const desired = users.filter(isDesired);
  const names = list(refused, ({ userName, code, message }) => `${userName} (${code}: ${message})`);
  // How far the quota reached, for a person who asks for a higher one.
  const isQuota = refused.some(({ code }) => code.startsWith('ResourceLimitExceeded'));
  const made = isQuota ? `${desired.filter(({ record }) => isStanding(record)).length} were made before that. ` : '';
  const of = new Set(refused.map(({ userName }) => userName));
  const refusedUsers = desired.filter(({ userName }) => of.has(userName)).filter(isRecorded);
  const denied = refusedUsers.filter(({ record }) => denialsIn(record, generation).length > 0);
  // Whoever takes these off the list loses what is on their desktop.
  const kept = refusedUsers.filter(hasDesktop).filter(({ madeIn }) => madeIn <= deployedUpTo);
  const wayOut = [
    ...(refused.some(({ code }) => NO_TIME.includes(code)) ? ['For some there was no time: deploy again to continue'] : []),
    ...(denied.length > 0 ? [WAY_OUT_OF_DENIAL] : []),
    kept.length > 0 ? `Do not remove ${list(kept, ({ userName }) => userName)}: that would terminate a WorkSpace that is in use` : undefined,
    denied.length === refused.length || kept.length > 0 ? 'Correct what is asked for, or raise failureTolerance' : 'Correct or remove these users, or raise failureTolerance',
  ].filter((each) => each !== undefined).join('. ');
  return `${refused.length} of ${counted(desired.length, 'WorkSpace')} could not be made or changed, and failureTolerance allows ${tolerated}: ${names}. ${made}${wayOut}`;
}

function tooLate(late: readonly DesktopUser[]): string {
  return `${counted(late.length, 'WorkSpace')} not ready at the timeout: ${list(late, ({ userName, record }) => `${userName} (${record.id})`)}. Raise timeout, or set lateWorkspaces to LateWorkspaces.accept()`;
}
