import { rejection, tagStays } from './denials';
import { desktopsOf } from './look-up';
import { abandonMigration } from './migrate';
import { isStillOurs, noteIrreversible, tagsOf } from './ownership';
import type { StepContext } from './step-context';
import { ADOPTED_TAG, OWNERSHIP_TAG } from '../../src/private/contract';
import { actionOf, failureOf } from '../aws/errors';
import { isFinal as hasLasted } from '../decide/failures';
import { recordAfterLoss } from '../decide/observe';
import { type DesktopUser, hasDesktop } from '../ledger/user';
import { type DesktopRecord, owned, type RecordedFailure, type ReleasedDesktop, terminationOf } from '../ledger/user-record';

/**
 * Releases desktops that carry this fleet's tag, by removing the tag. The release is noted before the call. If the step dies in between, a
 * rollback still knows which desktops may have lost their tag.
 * @param isFinal the desktops of users who leave the list; else those that a failed deployment or a delete lets go. If AWS denies that, they
 *   keep the tag: nothing else depends on it
 */
export async function release(context: StepContext, users: readonly DesktopUser[], isFinal: boolean): Promise<void> {
  const { records, generation, clock, time } = context;
  const ours: DesktopUser[] = [];
  // If calls are slow, release fewer at a time. Otherwise each step would be killed at the same point.
  const halfTime = clock.now() + (time.until - clock.now()) / 2;
  for (const user of users) {
    if (ours.length > 0 && clock.now() >= halfTime) break;
    if (await mayRelease(context, user, isFinal)) ours.push(user);
  }
  const now = () => ours.map(({ key, userName }) => records.user(key, userName)).filter(hasDesktop);
  const left = now();
  const nothingDone = isFinal && left.length > 0 ? await noteIrreversible(context) : async () => undefined;
  for (const { key, record } of left) {
    records.set(key, released(record, generation, record.state === 'released' && record.untagged));
  }
  await context.save();
  let isUncertain = false;
  try {
    for (const user of now()) {
      if (isUncertain && context.isTimeUp) break;
      const failure = await releaseOne(context, user, isFinal);
      const { key, record } = left.shift()!;
      if (failure) records.set(key, stays(context, record, failure, isFinal));
      else isUncertain = true;
    }
  } catch (error) {
    isUncertain ||= failureOf(error) === 'unknown';
    throw error;
  } finally {
    if (!isUncertain) {
      for (const { key, record } of left) records.set(key, record);
      await nothingDone();
    }
    await context.save();
  }
}

/** @returns why AWS denies it. Then the desktop has its tag */
async function releaseOne(context: StepContext, user: DesktopUser, isFinal: boolean): Promise<RecordedFailure | undefined> {
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
    return isTagDenied && !isFinal ? tagStays(context, error) : rejection(context, error, record.failure);
  }
  denials.passed('workspaces:DeleteTags');
  records.set(key, isThere ? released(record, generation, true) : undefined);
  return undefined;
}

/** The record of a desktop that the service does not let us release. If it must not hold up anything, it counts as released when that has lasted. */
function stays({ generation }: StepContext, record: DesktopRecord, failure: RecordedFailure, isFinal: boolean): DesktopRecord {
  const holdsUp = isFinal || !hasLasted(record, failure);
  return { ...(holdsUp ? record : released(record, generation, true)), failure };
}

function released(record: DesktopRecord, releasedIn: number, untagged: boolean): ReleasedDesktop {
  return { ...owned(record), state: 'released', releasedIn, untagged, termination: terminationOf(record) };
}

/** If a step died while it released this desktop, our tag may be gone already, and another fleet's tag may be there now. */
async function mayRelease(context: StepContext, user: DesktopUser, isFinal: boolean): Promise<boolean> {
  const { key, record } = user;
  let owner: string | undefined;
  try {
    if (record.state !== 'released') return await isStillOurs(context, user);
    owner = (await context.api.tags(record.id))?.[OWNERSHIP_TAG];
  } catch (error) {
    context.records.set(key, stays(context, record, rejection(context, error, record.failure), isFinal));
    return false;
  }
  if (owner === undefined || owner === context.fleet.fleetId) return true;
  context.records.set(key, recordAfterLoss(record));
  return false;
}

/**
 * Reclaims a desktop that an update has released, unless it is gone or belongs to somebody else by now. The call that removed our tag, or a
 * repetition of it, may still arrive late. Therefore the desktop is checked again a little later.
 */
export async function reclaim(context: StepContext, user: DesktopUser): Promise<void> {
  try {
    await takeBack(context, user);
  } catch (error) {
    // If that lasts, the desktop stays released: a stack that cannot roll back is stuck. The next deployment reclaims it.
    await context.saveRecord(user.key, { ...user.record, failure: rejection(context, error, user.record.failure) });
  }
}

async function takeBack(context: StepContext, user: DesktopUser): Promise<void> {
  const { api, fleet, clock } = context;
  const { key, record } = user;
  const tags = await api.tags(record.id);
  const others = await otherDesktops(context, user);
  // The next turn reclaims the desktop that is still there.
  if (tags === undefined && returnsToFirst(context, user, others)) return context.save();

  const owner = tags?.[OWNERSHIP_TAG];
  const mayClaim = tags !== undefined && (owner === undefined || owner === fleet.fleetId);
  const tag = { [OWNERSHIP_TAG]: fleet.fleetId, ...(record.adopted ? { [ADOPTED_TAG]: 'true' } : {}) };
  const isOurs = mayClaim && (owner !== undefined || await api.tag(record.id, tag));
  for (const id of isOurs ? others : []) {
    const otherTags = await api.tags(id);
    if (otherTags && otherTags[OWNERSHIP_TAG] === undefined) await api.tag(id, { [OWNERSHIP_TAG]: fleet.fleetId });
  }
  const isCertain = owner !== undefined && record.state !== 'released';
  if (!isOurs) return context.saveRecord(key, undefined);
  const termination = terminationOf(record);
  // Whether it goes is to be looked up, and then it is known.
  if (termination) return context.saveRecord(key, { ...owned(record), state: 'terminating', ...termination });
  await context.saveRecord(key, { ...owned(record), failure: undefined, reclaimedAt: isCertain ? undefined : clock.now() });
}

/** During a migration the user has two desktops. When it ends, one of them is terminated. The answer that names the second one may be lost. */
async function otherDesktops(context: StepContext, user: DesktopUser): Promise<string[]> {
  const { id, migrating } = user.record;
  if (!migrating) return [];
  const ids = migrating.to === undefined ? (await desktopsOf(context, user)).map((each) => each.id) : [migrating.from];
  return ids.filter((each) => each !== id);
}

/** If the second desktop of a migration is gone, the first one stays. From then on, it is the user's desktop. */
function returnsToFirst(context: StepContext, user: DesktopUser, others: readonly string[]): boolean {
  const { id, migrating } = user.record;
  if (!migrating || migrating.from === id || !others.includes(migrating.from)) return false;
  abandonMigration(context, user, migrating);
  return true;
}
