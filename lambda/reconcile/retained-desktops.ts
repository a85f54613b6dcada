import { CLOCKS_DIFFER, LONGEST_OPERATION, mayUndoCreate, type StackOperation } from './stack-operation';
import type { StepContext } from '../act/step-context';
import { isRecorded, type User } from '../ledger/user';
import { isDesktop, type UserRecord } from '../ledger/user-record';
import { namedBy } from '../request/identity';

/**
 * Removes retained desktops from the ledger without changing them, because people may have worked on them before this fleet found them. There are
 * two cases: a deployment found them and did not succeed; or they were retained when the fleet was removed from the stack, and the create
 * over them does not ask for them or has failed.
 */
export async function disownRetained(context: StepContext, operation: StackOperation, users: readonly User[]): Promise<void> {
  const undone = undoesCreate(context, operation, users);
  const retainedUpTo = retained(context, operation, undone);
  for (const { key, desired, record, madeIn } of users.filter(isRecorded)) {
    const isFound = isDesktop(record) && record.found === true;
    const wasRetained = madeIn <= retainedUpTo || (isFound && (madeIn > operation.settledUpTo || undone));
    if (isReleasedForGood(context, operation, record) || (!desired && wasRetained)) context.records.set(key, undefined);
  }
  await context.save();
}

/** Whether an earlier deployment released it, has succeeded, and is not being rolled back. Then it is no longer ours. */
function isReleasedForGood({ generation }: StepContext, { kind, settledUpTo }: StackOperation, record: UserRecord): boolean {
  if (record.state !== 'released' || !record.untagged) return false;
  // If it stays with its tag, a notice says so at the end.
  if (kind === 'delete') return record.failure?.generation !== generation;
  return record.releasedIn <= settledUpTo && record.releasedIn !== generation;
}

/** The last generation before a create. Desktops of a generation up to it were retained, not made by this create. */
function retained({ fleet, generation }: StepContext, { kind, event }: StackOperation, undone: boolean): number {
  const { created, settled, settledBefore, current: { startedAt, stackBeganAt = 0 }, previous } = fleet.row;
  // CloudFormation has invented the physical id: the create never reached us, and existing desktops were retained long before it.
  const isOurs = namedBy(event)?.directoryId === fleet.directoryId;
  if (kind === 'delete' && !isOurs && startedAt - (previous?.startedAt ?? startedAt) > LONGEST_OPERATION) return generation;
  // The rollback of an update deletes only what the update has created, and the create that has succeeded is older.
  if (kind === 'delete' && settled.to && settled.to.at < stackBeganAt - CLOCKS_DIFFER) return settled.generation;
  if (kind === 'create') return settled.generation < generation ? settled.generation : -1;
  if (kind !== 'delete' || created === undefined) return -1;
  if (settled.generation < created.generation) return settled.generation;
  return undone ? settledBefore : -1;
}

/** If CloudFormation does not answer, this counts as yes: retained desktops can still be terminated by hand. */
function undoesCreate(context: StepContext, operation: StackOperation, users: readonly User[]): boolean {
  return operation.kind === 'delete' && mayUndoCreate(context, users) && operation.stackRollsBack !== false;
}
