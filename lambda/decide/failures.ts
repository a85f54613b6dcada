import { INVISIBLE_FOR } from './terms';
import { attemptsFor, isDenial } from '../aws/errors';
import { MINUTE, SECOND } from '../core/clock';
import { type ChangeFailure, type DesktopRecord, isDesktop, type RecordedFailure, type UserRecord } from '../ledger/user-record';

/** A new policy takes a while to be known everywhere. */
export const POLICY_DELAY = 2 * MINUTE;
/** The same for what a policy goes by: the tags of a new desktop, and grants for a key. */
export const DENIED_FOR = INVISIBLE_FOR + 1 * MINUTE;

/** The pause between two tries, if the reason of a refusal may pass. */
const RETRY_AFTER = 25 * SECOND;
const LONGEST_PAUSE = 2 * MINUTE;

/** Permissions without a resource level: nothing of the desktop decides. */
const BY_POLICY_ALONE = ['workspaces:CreateTags', 'workspaces:DeleteTags', 'workspaces:DescribeTags', 'workspaces:DescribeWorkspaces'];

/** Whether the failure stays, however often we ask again in this deployment. */
export function isFinal(record: Pick<UserRecord, 'state'>, failure: RecordedFailure): boolean {
  if (isDenied(failure)) return failure.at - (failure.since ?? -Infinity) >= patienceFor(failure.action);
  // A desktop that was made and is broken is not made a second time.
  return record.state !== 'refused' || failure.attempts >= attemptsFor(failure.code);
}

/** Whether something has failed for this user in this generation, and asking again would not change that. */
export function hasFailed(record: UserRecord, generation: number): boolean {
  return record.failure?.generation === generation && isFinal(record, record.failure);
}

/** The permission depends on the tags of desktops, or on a key and its grants. */
const BY_MORE_THAN_POLICY = ['workspaces:ModifyWorkspaceProperties', 'workspaces:MigrateWorkspace', 'workspaces:TerminateWorkspaces', 'kms:CreateGrant'];

/**
 * For how long a denial may pass that concerns so many that a step cannot go on.
 * @param takesBack a delete or a rollback, which lose nothing by waiting
 */
export function patienceForAll(action: string, takesBack: boolean): number {
  return takesBack || BY_MORE_THAN_POLICY.some((each) => action.includes(each)) ? POLICY_DELAY + DENIED_FOR : POLICY_DELAY;
}

/** Whether AWS denies a permission. Not every code says so: then the permission is noted. */
export function isDenied({ code, action }: RecordedFailure): boolean {
  return action !== undefined || isDenial(code);
}

function patienceFor(action: string | undefined): number {
  return action !== undefined && BY_POLICY_ALONE.includes(action) ? POLICY_DELAY : DENIED_FOR;
}

/** Whether it is time to ask again. Each pause is as long as all those before it. */
export function isDue(failure: RecordedFailure, now: number): boolean {
  const { at, since = at } = failure;
  const pause = isDenied(failure) ? Math.min(LONGEST_PAUSE, Math.max(RETRY_AFTER, at - since)) : RETRY_AFTER;
  return now - at >= pause;
}

/** Whether AWS denies something for this user in this generation. It may still pass. */
export function deniedIn(record: UserRecord | undefined, generation: number): RecordedFailure | undefined {
  const failure = record?.failure;
  return failure?.generation === generation && isDenied(failure) ? failure : undefined;
}

/**
 * The changes that have failed in this generation for good, the last one first.
 * @param isOver whether there is no time to try again
 */
export function failedChanges(record: DesktopRecord, generation: number, isOver = false): ChangeFailure[] {
  const failed: ChangeFailure[] = [];
  for (let each = record.changeFailure; each; each = each.earlier) {
    if (each.generation === generation && (isOver || isFinal(record, each))) failed.push(each);
  }
  return failed;
}

/** All that AWS denies for this user in this generation. */
export function denialsIn(record: UserRecord, generation: number): RecordedFailure[] {
  const failures = [record.failure, isDesktop(record) ? record.changeFailure : undefined];
  return failures.flatMap((each) => (each?.generation === generation && isDenied(each) ? [each] : []));
}

/** Whether AWS has denied something for this user a moment ago. */
export function isWaiting(record: UserRecord, generation: number, now: number): boolean {
  return denialsIn(record, generation).some((each) => !isDue(each, now));
}

/** The same, and it has lasted. */
export function deniedFinally(record: UserRecord | undefined, generation: number): RecordedFailure | undefined {
  const failure = deniedIn(record, generation);
  return failure && isFinal(record!, failure) ? failure : undefined;
}

/** What to do about a denial. */
export const WHERE_TO_LOOK = 'look for a service control policy, a permissions boundary or a key policy';
export const WAY_OUT_OF_DENIAL = `If the role's policy has the permission, ${WHERE_TO_LOOK}`;
