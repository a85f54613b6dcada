import type { StepContext } from './step-context';
import { ADOPTED_TAG, OWNERSHIP_TAG } from '../../src/private/contract';
import { whatIsLeft } from '../decide/observe';
import { ABSENT_FOR, INVISIBLE_FOR } from '../decide/terms';
import type { DesktopUser } from '../ledger/user';
import { isDesktop } from '../ledger/user-record';

/**
 * Whether a desktop carries this fleet's tag now. If somebody has removed it, the desktop is no longer the fleet's, and is forgotten; one that
 * has gone is forgotten as well.
 */
export async function isStillOurs(context: StepContext, { key, record, madeAt }: DesktopUser): Promise<boolean> {
  const { api, clock, records, fleet } = context;
  const tags = await api.tags(record.id);
  const age = clock.now() - madeAt;
  if (!tags) {
    // Not to be seen yet: we know the id from its creation. But one that has gone has no tags for our policy to see, which would then deny
    // the call for all 25.
    if (age >= ABSENT_FOR) records.set(key, whatIsLeft(record));
    return age < INVISIBLE_FOR;
  }
  if (tags[OWNERSHIP_TAG] === fleet.fleetId) {
    // Whatever the ledger says, or has lost.
    if (tags[ADOPTED_TAG] !== undefined && !record.adopted) records.set(key, { ...record, adopted: true });
    return true;
  }
  const mayBeLate = tags[OWNERSHIP_TAG] === undefined && age < INVISIBLE_FOR;
  if (!mayBeLate) records.set(key, undefined);
  return false;
}

/** By its tag, which has just been read: such a desktop is released, never terminated. */
export function isAdopted({ records }: StepContext, { key, userName }: DesktopUser): boolean {
  const { record } = records.user(key, userName);
  return isDesktop(record) && record.adopted === true;
}

/** Before the first desktop goes. */
export async function noteIrreversible({ fleet }: StepContext): Promise<void> {
  if (!fleet.current.isIrreversible) await fleet.progress({ isIrreversible: true });
}
