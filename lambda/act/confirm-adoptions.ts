import { rejection } from './denials';
import type { StepContext } from './step-context';
import { OWNERSHIP_TAG } from '../../src/private/contract';
import { log } from '../core/log';
import { lostTo } from '../decide/observe';
import type { DesktopUser } from '../ledger/user';
import type { DesktopRecord } from '../ledger/user-record';

/** As many as one call of the index of tags takes. */
export const CONFIRMED_AT_ONCE = 100;
/** For so few, DescribeTags is exact and quick enough. */
const READ_ONE_BY_ONE = 4;

/**
 * Two stacks may find the same desktop without a tag, and both write theirs. The last one stands. So the tag is read again, when no other
 * stack that saw the desktop without it can still write. Nothing was changed on the desktop until then.
 */
export async function confirmAdoptions(context: StepContext, users: readonly DesktopUser[]): Promise<void> {
  const batch = users.slice(0, CONFIRMED_AT_ONCE);
  const tags = batch.length > READ_ONE_BY_ONE ? await context.tagsInIndex(batch.map(({ record }) => record.id)) : undefined;
  for (const user of batch) {
    if (context.isTimeUp) break;
    // The index is believed only if it says that the desktop is this fleet's.
    if (tags?.get(user.record.id)?.[OWNERSHIP_TAG] === context.fleet.fleetId) context.records.set(user.key, confirmed(user.record));
    else await confirm(context, user);
  }
  await context.save();
}

async function confirm(context: StepContext, user: DesktopUser): Promise<void> {
  const { api, fleet, records, generation, clock } = context;
  const { key, record } = user;
  const { userName, settings, id, failure } = record;
  try {
    const tags = await api.tags(id);
    const owner = tags?.[OWNERSHIP_TAG];
    // A desktop that is gone has no tags. That is noticed when it is observed.
    if (!tags || owner === fleet.fleetId) return records.set(key, confirmed(record));
    log('adoption lost', { user: userName, desktop: id, owner });
    // The other fleet has let it go again: it is looked up once more.
    records.set(key, owner === undefined ? { state: 'unknown', why: 'exists', userName, settings } : lostTo(record, owner, { generation, now: clock.now() }));
  } catch (error) {
    records.set(key, { ...record, failure: rejection(context, error, failure) });
  }
}

/** Without the mark, and without a denial of this reading. */
function confirmed(record: DesktopRecord): DesktopRecord {
  if (record.state !== 'owned') return record;
  return { ...record, adoptedAt: undefined, failure: record.failure?.action === undefined ? record.failure : undefined };
}
