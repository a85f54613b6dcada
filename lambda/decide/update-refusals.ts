import { isReplaced, isSame, valueIn } from './bundle-diff';
import { shrunk, stable } from './settings-diff';
import { counted, list } from './text';
import { hasDesktop, isRecorded, type RecordedUser, type User } from '../ledger/user';
import { hasLeft, isComing } from '../ledger/user-record';
import { ENCRYPTION, FIXED, type Setting } from '../request/desktop-settings';
import type { Request } from '../request/resource-properties';

/**
 * The reason to refuse an update, or a create over a retained fleet, that asks for something impossible.
 *
 * Some settings are fixed when a desktop is made, and must be the same now. They are compared with what was recorded when the
 * desktop was made, not with the previous properties.
 */
export function refusedChange(users: readonly User[], { bundleChange }: Pick<Request, 'bundleChange'>): string | undefined {
  // Settings of an adopted desktop that cannot be changed are accepted as they are.
  const existing = users.filter(isRecorded).filter((each) => each.desired && each.recordedSettings && staysRecorded(each) && !isAdopted(each));
  const changed = (membersOf: (user: User) => readonly Setting[]) => existing.flatMap((user) => {
    const members = membersOf(user);
    return members.length > 0 ? [{ user, members }] : [];
  });
  const sentence = (found: ReturnType<typeof changed>, what: string, wayOut: string) => {
    if (found.length === 0) return undefined;
    const names = list(found, ({ user, members }) => `${user.userName}: ${members.map((member) => difference(user, member)).join(', ')}`);
    return `the WorkSpaces of ${counted(found.length, 'user')} exist, and this deployment asks for ${what}: ${names}. Nothing was changed. ${wayOut}`;
  };
  const differing = (members: readonly Setting[], onlySpecified = false) => ({ recordedSettings, desired }: User) => members.filter((member) => {
    const asked = valueIn(desired!.settings, member);
    return !isSame(member, valueIn(recordedSettings!, member), asked) && !(onlySpecified && asked === undefined);
  });
  return (bundleChange === 'REFUSE' ? sentence(changed(differing(['BundleId'])), 'another bundle',
    'Put the old bundle back for these users, or write "bundleChange: BundleChange.newUsersOnly()" to leave them as they are, BundleChange.migrate() to migrate them '
    + '(the user volume is kept), or BundleChange.replace() to terminate them and make others (what is on them is lost)') : undefined)
    ?? (bundleChange === 'REPLACE' ? undefined : sentence(changed(differing(ENCRYPTION)), 'other encryption',
      'The service cannot change the encryption of a WorkSpace: put the old settings back for these users, or write '
      + '"bundleChange: BundleChange.replace()" to terminate them and make others (what is on them is lost)'))
    ?? sentence(changed(differing(FIXED, true)), 'other settings', 'They cannot be changed on an existing WorkSpace: put the old settings back for these users')
    ?? sentence(changed(shrunk), 'smaller volumes', 'Volumes can only grow: put the old sizes back for these users');
}

/** The users who had a desktop of the fleet before this deployment. Desktops that are being terminated do not count, nor leavers of earlier updates. */
export function usersBefore(users: readonly User[], keepUpTo: number): RecordedUser[] {
  return users.filter(isRecorded).filter((each) => each.madeIn <= keepUpTo && staysRecorded(each))
    .filter(({ desired, record }) => desired !== undefined || !hasLeft(record, keepUpTo));
}

/** Whether there is a desktop, or may be one. A user whose desktop is being terminated gets another one if they are desired again. */
function staysRecorded({ record }: RecordedUser): boolean {
  switch (record.state) {
    case 'unknown':
    case 'owned': return true;
    case 'terminating': return record.acceptedAt === undefined;
    default: return false;
  }
}

function isAdopted({ record }: RecordedUser): boolean {
  return record.state !== 'refused' && record.adopted === true;
}

type Limits = Pick<Request, 'removedUsers' | 'terminationLimit' | 'bundleChange'>;

/** Whether an update would terminate this user's desktop. A release is not a termination. */
export function isTerminated(user: RecordedUser, request: Pick<Request, 'removedUsers' | 'bundleChange'>, deployedUpTo: number): boolean {
  if (user.desired) return hasDesktop(user) && isReplaced(user, request, deployedUpTo);
  return request.removedUsers === 'TERMINATE' && !isAdopted(user) && !isComing(user.record);
}

/** Who leaves the list with a desktop, and the template does not say what becomes of it. */
export function unansweredLeavers(before: readonly RecordedUser[], { removedUsers }: Pick<Request, 'removedUsers'>): RecordedUser[] {
  return removedUsers === 'REFUSE' ? before.filter(({ desired }) => !desired) : [];
}

/** That users leave the list, which the template does not allow, as a sentence. What was adopted is not lost, but it would have no owner. */
export function leaversRefused(leavers: readonly RecordedUser[]): string | undefined {
  if (leavers.length === 0) return undefined;
  return `this update takes ${counted(leavers.length, 'user')} with a WorkSpace off the list: ${named(leavers)}. Nothing was changed. `
    + 'Put these users back into "users", or write "removedUsers: RemovedUsers.terminate()" to terminate their WorkSpaces (what is on them is lost for ever; adopted ones are released), '
    + 'or RemovedUsers.release() to leave them running without an owner. Who moves to another fleet of this stack keeps the WorkSpace either way';
}

/**
 * The reason to refuse an update that would terminate more desktops than the limit allows.
 * @param deployedUpTo up to this generation, a desktop belongs to the deployment before
 */
export function removalsRefused(before: readonly RecordedUser[], request: Limits, deployedUpTo: number): string | undefined {
  const removed = before.filter((each) => isTerminated(each, request, deployedUpTo));
  const limit = request.terminationLimit(before.length);
  if (removed.length <= limit) return undefined;
  const wayOut = removed.every(({ desired }) => desired) ? 'set another bundleChange than BundleChange.replace()' : 'put these users back into "users"';
  return `this update would terminate the ${removed.length === 1 ? 'WorkSpace' : 'WorkSpaces'} of ${removed.length} of ${counted(before.length, 'user')}, `
    + `and terminationLimit allows ${limit}: ${named(removed)}. Nothing was changed. Terminating a WorkSpace deletes everything on it: ${wayOut}, `
    + `or write "terminationLimit: TerminationLimit.count(${removed.length})" for this deployment`;
}

/**
 * The reason to refuse a move to another directory that would terminate more desktops than the limit allows.
 * @param present the users who have a desktop in the directory that the fleet leaves
 */
export function moveRefused(present: readonly RecordedUser[], move: Move, limitOf: Request['terminationLimit']): string | undefined {
  const { from, to, retains } = move;
  const removed = present.filter((each) => !isAdopted(each));
  const limit = limitOf(present.length);
  if (removed.length <= limit) return undefined;
  return `this update moves the fleet from the directory ${from} to ${to}, which would terminate the WorkSpaces of ${counted(removed.length, 'user')} in ${from}, `
    + `and terminationLimit allows ${limit}: ${named(removed)}. Nothing was changed. Put the directoryId back`
    + `${retains ? ' and deploy the new removalPolicy, which' : ', keep them with "removalPolicy: RemovalPolicy.RETAIN", which'} `
    + `has to be deployed before the directoryId is changed, or write "terminationLimit: TerminationLimit.count(${removed.length})" for this deployment`;
}

/** A move from one directory to another. */
interface Move {
  readonly from: string;
  readonly to: string;
  /** The new template retains the desktops in the old directory, but the deployed one does not. */
  readonly retains: boolean;
}

/** The first few users, with their desktops. */
export function named(users: readonly RecordedUser[]): string {
  return list(users, (each) => `${each.userName} (${hasDesktop(each) ? each.record.id : 'being made'})`);
}

/** `BundleId wsb-a -> wsb-b`. */
function difference({ recordedSettings, desired }: User, member: Setting): string {
  return `${member} ${stable(recordedSettings![member])} -> ${stable(desired!.settings[member])}`;
}
