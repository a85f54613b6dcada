import type { StepContext } from './step-context';
import { ADOPTED_TAG, OWNERSHIP_TAG } from '../../src/private/contract';
import { recordAfterLoss } from '../decide/observe';
import { ABSENT_FOR, INVISIBLE_FOR } from '../decide/terms';
import type { DesktopUser } from '../ledger/user';
import { type DesktopRecord, isDesktop } from '../ledger/user-record';

/**
 * A desktop's tags. An answer without any tag is not believed while the index has this fleet's: then it is not clear whose the desktop is, and a later
 * step reads them again.
 */
export async function tagsOf(
  { api, tagsInIndex, fleet }: StepContext, id: string,
): Promise<Readonly<Record<string, string>> | 'unclear' | undefined> {
  const tags = await api.tags(id);
  if (!tags || Object.keys(tags).length > 0) return tags;
  return (await tagsInIndex([id])).get(id)?.[OWNERSHIP_TAG] === fleet.fleetId ? 'unclear' : tags;
}

/**
 * Whether a desktop carries this fleet's tag now. If somebody has removed the tag, the desktop is no longer the fleet's, and its record is
 * deleted. The record of a desktop that is gone is deleted too.
 */
export async function isStillOurs(context: StepContext, { key, record, madeAt }: DesktopUser): Promise<boolean> {
  const { clock, records, fleet } = context;
  const tags = await tagsOf(context, record.id);
  const age = clock.now() - madeAt;
  if (tags === 'unclear') return false;
  if (!tags) {
    // A young desktop may not be visible yet, and we know its id from its creation. But a desktop that is gone has no tags. If we included it,
    // our policy would deny the call for all 25.
    if (age >= ABSENT_FOR) records.set(key, recordAfterLoss(record));
    return age < INVISIBLE_FOR;
  }
  if (tags[OWNERSHIP_TAG] === fleet.fleetId) {
    // The tag counts, even if the ledger says otherwise or has lost it.
    if (tags[ADOPTED_TAG] !== undefined && !record.adopted) records.set(key, { ...record, adopted: true });
    return true;
  }
  const mayBeLate = isTagLate(record, tags[OWNERSHIP_TAG], age, clock.now());
  if (!mayBeLate) records.set(key, recordAfterLoss(record));
  return false;
}

/** Whether what DescribeTags shows may be from before the desktop was made, or handed over. */
function isTagLate({ comesFrom }: DesktopRecord, owner: string | undefined, age: number, now: number): boolean {
  if (comesFrom?.givenAt !== undefined && owner === comesFrom.fleetId) return now - comesFrom.givenAt < INVISIBLE_FOR;
  return owner === undefined && age < INVISIBLE_FOR;
}

/** Judged by the tag, which has just been read. An adopted desktop is released, never terminated. */
export function isAdopted({ records }: StepContext, { key, userName }: DesktopUser): boolean {
  const { record } = records.user(key, userName);
  return isDesktop(record) && record.adopted === true;
}

/**
 * Call this before the first desktop is terminated, released or migrated.
 * @returns call it if it is certain that nothing was done: then the deployment may still fail
 */
export async function noteIrreversible({ fleet }: StepContext): Promise<() => Promise<void>> {
  if (fleet.current.isIrreversible) return async () => undefined;
  await fleet.progress({ isIrreversible: true });
  return () => fleet.progress({ isIrreversible: false });
}
