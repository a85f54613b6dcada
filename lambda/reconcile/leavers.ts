import { isDeepStrictEqual } from 'node:util';
import type { StepContext } from '../act/step-context';
import { counted } from '../decide/text';
import { named } from '../decide/update-refusals';
import { leavingOf } from '../decide/verdict';
import type { Transfer } from '../ledger/rows';
import { isDesired, isRecorded, type RecordedUser, type User } from '../ledger/user';
import { hasLeft, isDesktop, type Leaving } from '../ledger/user-record';
import type { Request } from '../request/resource-properties';

/**
 * Notes who leaves, and what happens to their desktops in the clean-up. Until then, everything can be rolled back. Who is desired again does not leave.
 * @param keepUpTo up to this generation, a desktop was in use before
 * @param removedUsers absent in a rollback, in which nobody begins to leave
 * @returns everybody whose desktop is still to be removed, also those that an earlier clean-up has left
 */
export function noteLeavers(
  { records, generation }: StepContext, users: readonly User[], keepUpTo: number, removedUsers?: Request['removedUsers'],
): readonly RecordedUser[] {
  const note = <U extends RecordedUser>(user: U, leaves: Leaving | undefined): U => {
    if (isDeepStrictEqual(user.record.leaves, leaves)) return user;
    const record = { ...user.record, leaves };
    records.set(user.key, record);
    return { ...user, record };
  };
  for (const user of users.filter(isDesired).filter(isRecorded)) {
    const { leaves } = user.record;
    if (leaves) note(user, removedUsers && hasLeft(user.record, keepUpTo) ? { ...leaves, returnedIn: generation } : undefined);
  }
  return leavingOf(users).flatMap((user) => {
    const { how, generation: since } = user.record.leaves ?? {};
    // What a failed update has noted does not count: neither that they leave, nor that they have returned. Who is not desired after a rollback left before.
    if (how && (!removedUsers || hasLeft(user.record, keepUpTo))) return [note(user, { how, generation: since! })];
    if (!removedUsers || removedUsers === 'REFUSE' || user.madeIn > keepUpTo) {
      note(user, undefined);
      return [];
    }
    return [note(user, { how: removedUsers, generation })];
  });
}

/** In a delete: only what has settled counts. */
export function forgetLeavers({ records }: StepContext, users: readonly User[], settled: number): void {
  for (const { key, record } of users.filter(isRecorded)) {
    if (record.leaves && !hasLeft(record, settled)) records.set(key, { ...record, leaves: undefined });
  }
}

/** The users whose desktops a committed update has left to its clean-up. */
export function committedLeavers(users: readonly User[], settled: number): readonly RecordedUser[] {
  return leavingOf(users).filter(({ record }) => hasLeft(record, settled));
}

const DONE = { TERMINATE: 'terminated', RELEASE: 'released', HAND_OVER: 'handed over to the fleets of this stack that have asked for them, if they can take them,' } as const;

/**
 * What people are told of leavers.
 * @param asked what other fleets ask this one for
 * @param isRollback whether they are left from earlier updates
 */
export function leaversNotices(leavers: readonly RecordedUser[], asked: readonly Transfer[], isRollback: boolean): string[] {
  return (['TERMINATE', 'RELEASE', 'HAND_OVER'] as const).flatMap((how) => {
    const those = leavers.filter((each) => howOf(each, asked) === how);
    if (those.length === 0) return [];
    const when = isRollback ? 'in the clean-up of the next update' : 'in the clean-up of this update, when it can no longer be rolled back';
    return [`${counted(those.length, 'user')} left the list, and their WorkSpaces are ${DONE[how]} ${when}: ${named(those)}`];
  });
}

/** What happens to a leaver's desktop. Another fleet may still ask for it. */
export function howOf({ record }: RecordedUser, asked: readonly Transfer[]): Leaving['how'] | 'HAND_OVER' | undefined {
  if (isDesktop(record) && asked.some(({ id }) => id === record.id)) return 'HAND_OVER';
  return record.state !== 'refused' && record.state !== 'unknown' && record.adopted ? 'RELEASE' : record.leaves?.how;
}
