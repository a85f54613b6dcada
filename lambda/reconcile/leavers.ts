import type { StepContext } from '../act/step-context';
import { counted } from '../decide/text';
import { named } from '../decide/update-refusals';
import { leavingOf } from '../decide/verdict';
import { isDesired, isRecorded, type RecordedUser, type User } from '../ledger/user';
import type { Leaving } from '../ledger/user-record';
import type { Request } from '../request/resource-properties';

/** An update that has leavers: they were judged, and may go. */
interface Judged extends Pick<Request, 'removedUsers'> {
  /** Up to this generation, a desktop was in use before the update. */
  readonly keepUpTo: number;
}

/**
 * Notes who leaves, and what happens to their desktops in the clean-up. Until then, everything can be rolled back. Who is desired again does not leave.
 * @param judged absent in a rollback, in which nobody begins to leave
 * @returns everybody whose desktop is still to be removed, also those that an earlier clean-up has left
 */
export function noteLeavers({ records, generation }: StepContext, users: readonly User[], judged?: Judged): readonly RecordedUser[] {
  for (const { key, record } of users.filter(isDesired).filter(isRecorded)) {
    if (record.leaves) records.set(key, { ...record, leaves: undefined });
  }
  return leavingOf(users).flatMap((each) => {
    const { key, record, madeIn } = each;
    const before = record.leaves;
    if (before && (!judged || before.generation <= judged.keepUpTo)) return [each];
    if (!judged || judged.removedUsers === 'REFUSE' || madeIn > judged.keepUpTo) return [];
    const leaving = { ...record, leaves: { how: judged.removedUsers, generation } };
    records.set(key, leaving);
    return [{ ...each, record: leaving }];
  });
}

/** The users whose desktops a committed update has left to its clean-up. */
export function committedLeavers(users: readonly User[], settled: number): readonly RecordedUser[] {
  return leavingOf(users).filter(({ record }) => record.leaves !== undefined && record.leaves.generation <= settled);
}

/** What people are told of leavers. @param isRollback whether they are left from earlier updates */
export function leaversNotices(leavers: readonly RecordedUser[], isRollback: boolean): string[] {
  return (['TERMINATE', 'RELEASE'] as const).flatMap((how) => {
    const those = leavers.filter((each) => howOf(each) === how);
    if (those.length === 0) return [];
    const done = how === 'TERMINATE' ? 'terminated' : 'released';
    const when = isRollback ? 'in the clean-up of the next update' : 'in the clean-up of this update, when it can no longer be rolled back';
    return [`${counted(those.length, 'user')} left the list, and their WorkSpaces are ${done} ${when}: ${named(those)}`];
  });
}

function howOf({ record }: RecordedUser): Leaving['how'] | undefined {
  return record.state !== 'refused' && record.state !== 'unknown' && record.adopted ? 'RELEASE' : record.leaves?.how;
}
