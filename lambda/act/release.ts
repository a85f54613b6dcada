import { rejection, tagStays } from './denials';
import { desktopsOf } from './look-up';
import { isStillOurs, tagsOf } from './ownership';
import type { StepContext } from './step-context';
import { ADOPTED_TAG, OWNERSHIP_TAG } from '../../src/private/contract';
import { actionOf, failureOf } from '../aws/errors';
import { isFinal } from '../decide/failures';
import { recordAfterLoss } from '../decide/observe';
import { type DesktopUser, hasDesktop } from '../ledger/user';
import { type DesktopRecord, owned, type RecordedFailure, type ReleasedDesktop } from '../ledger/user-record';

/**
 * Releases desktops that carry this fleet's tag, by removing the tag. The release is noted before the call: if the step dies in between, the next
 * one knows which desktops may have lost their tag.
 */
export async function release(context: StepContext, users: readonly DesktopUser[]): Promise<void> {
  const { records, generation, clock, time } = context;
  const ours: DesktopUser[] = [];
  // If calls are slow, release fewer at a time. Otherwise each step would be killed at the same point.
  const halfTime = clock.now() + (time.until - clock.now()) / 2;
  for (const user of users) {
    if (ours.length > 0 && clock.now() >= halfTime) break;
    if (await mayRelease(context, user)) ours.push(user);
  }
  const now = () => ours.map(({ key, userName }) => records.user(key, userName)).filter(hasDesktop);
  const left = now();
  for (const { key, record } of left) {
    records.set(key, released(record, generation, record.state === 'released' && record.untagged));
  }
  await context.save();
  let isUncertain = false;
  try {
    for (const user of now()) {
      if (isUncertain && context.isTimeUp) break;
      const failure = await releaseOne(context, user);
      const { key, record } = left.shift()!;
      if (failure) records.set(key, stays(context, record, failure));
      else isUncertain = true;
    }
  } catch (error) {
    isUncertain ||= failureOf(error) === 'unknown';
    throw error;
  } finally {
    if (!isUncertain) {
      for (const { key, record } of left) records.set(key, record);
    }
    await context.save();
  }
}

/** @returns why AWS denies it. Then the desktop has its tag */
async function releaseOne(context: StepContext, user: DesktopUser): Promise<RecordedFailure | undefined> {
  const { records, generation, api, fleet, denials } = context;
  const { key, record } = user;
  const others: string[] = [];
  let isThere: boolean;
  try {
    for (const id of await otherDesktops(context, user)) {
      const tags = await tagsOf(context, id);
      if (tags === 'unclear') return undefined;
      if (tags?.[OWNERSHIP_TAG] === fleet.fleetId) others.push(id);
    }
    for (const id of others) await api.untag(id, [OWNERSHIP_TAG]);
    isThere = await api.untag(record.id, record.adopted ? [OWNERSHIP_TAG, ADOPTED_TAG] : [OWNERSHIP_TAG]);
  } catch (error) {
    const isTagDenied = failureOf(error) === 'denied' && actionOf(error) === 'workspaces:DeleteTags';
    return isTagDenied && !record.leaves ? tagStays(context, error) : rejection(context, error, record.failure);
  }
  denials.passed('workspaces:DeleteTags');
  records.set(key, isThere ? released(record, generation, true) : undefined);
  return undefined;
}

/**
 * The record of a desktop that the service does not let us release. Only a leaver's is waited for. That of a failed deployment or of a delete counts as
 * released when the denial has lasted: it keeps the tag, and nothing else depends on it.
 */
function stays({ generation }: StepContext, record: DesktopRecord, failure: RecordedFailure): DesktopRecord {
  const holdsUp = record.leaves !== undefined || !isFinal(record, failure);
  return { ...(holdsUp ? record : released(record, generation, true)), failure };
}

function released(record: DesktopRecord, releasedIn: number, untagged: boolean): ReleasedDesktop {
  return { ...owned(record), state: 'released', releasedIn, untagged };
}

/** If a step died while it released this desktop, our tag may be gone already, and another fleet's tag may be there now. */
async function mayRelease(context: StepContext, user: DesktopUser): Promise<boolean> {
  const { key, record } = user;
  let owner: string | undefined;
  try {
    if (record.state !== 'released') return await isStillOurs(context, user);
    owner = (await context.api.tags(record.id))?.[OWNERSHIP_TAG];
  } catch (error) {
    context.records.set(key, stays(context, record, rejection(context, error, record.failure)));
    return false;
  }
  if (owner === undefined || owner === context.fleet.fleetId) return true;
  context.records.set(key, recordAfterLoss(record));
  return false;
}

/** During a migration the user has two desktops. When it ends, one of them is terminated. The answer that names the second one may be lost. */
async function otherDesktops(context: StepContext, user: DesktopUser): Promise<string[]> {
  const { id, migrating } = user.record;
  if (!migrating) return [];
  const ids = migrating.to === undefined ? (await desktopsOf(context, user)).map((each) => each.id) : [migrating.from];
  return ids.filter((each) => each !== id);
}
