import { desktopsOf } from './look-up';
import { giveUp } from './migrate';
import { isStillOurs, noteIrreversible } from './ownership';
import type { StepContext } from './step-context';
import { ADOPTED_TAG, OWNERSHIP_TAG } from '../../src/private/contract';
import { type DesktopUser, hasDesktop } from '../ledger/user';
import { type DesktopRecord, owned, type ReleasedDesktop, terminationOf } from '../ledger/user-record';

/**
 * Releases desktops that carry this fleet's tag, by removing it. That it is about to be removed is noted before: a step that dies
 * in between leaves no desktop without a tag that a rollback would not know of.
 */
export async function release(context: StepContext, users: readonly DesktopUser[], isFinal: boolean): Promise<void> {
  const { records, generation, clock, workUntil } = context;
  const ours: DesktopUser[] = [];
  // Where calls are slow, fewer at a time: a step that is killed at this would be so again and again.
  const halfTime = clock.now() + (workUntil - clock.now()) / 2;
  for (const user of users) {
    if (ours.length > 0 && clock.now() >= halfTime) break;
    if (await mayRelease(context, user)) ours.push(user);
  }
  if (isFinal && ours.length > 0) await noteIrreversible(context);
  const now = () => ours.map(({ key, userName }) => records.user(key, userName)).filter(hasDesktop);
  for (const { key, record } of now()) {
    records.set(key, released(record, generation, record.state === 'released' && record.untagged));
  }
  await context.save();
  for (const [i, user] of now().entries()) {
    if (i > 0 && context.isTimeUp) break;
    await releaseOne(context, user);
  }
  await context.save();
}

async function releaseOne(context: StepContext, user: DesktopUser): Promise<void> {
  const { records, generation, api, fleet } = context;
  const { key, record } = user;
  const isThere = await api.untag(record.id, record.adopted ? [OWNERSHIP_TAG, ADOPTED_TAG] : [OWNERSHIP_TAG]);
  for (const id of await otherDesktops(context, user)) {
    const owner = (await api.tags(id))?.[OWNERSHIP_TAG];
    if (owner === fleet.fleetId) await api.untag(id, [OWNERSHIP_TAG]);
  }
  records.set(key, isThere ? released(record, generation, true) : undefined);
}

function released(record: DesktopRecord, releasedIn: number, untagged: boolean): ReleasedDesktop {
  return { ...owned(record), state: 'released', releasedIn, untagged, termination: terminationOf(record) };
}

/** Of one that a step has died releasing, the tag may be removed already, and another fleet's on it by now. */
async function mayRelease(context: StepContext, user: DesktopUser): Promise<boolean> {
  const { key, record } = user;
  if (record.state !== 'released') return isStillOurs(context, user);
  const owner = (await context.api.tags(record.id))?.[OWNERSHIP_TAG];
  if (owner === undefined || owner === context.fleet.fleetId) return true;
  context.records.set(key, undefined);
  return false;
}

/**
 * Reclaims a desktop that an update has released, unless it has gone or is somebody else's by now. The call that removed our tag, or a
 * repetition of it, may still be on its way: a while later it is looked at once more.
 */
export async function reclaim(context: StepContext, user: DesktopUser): Promise<void> {
  const { api, fleet, clock } = context;
  const { key, record } = user;
  const tags = await api.tags(record.id);
  const others = await otherDesktops(context, user);
  // In the next turn, the one that is there.
  if (tags === undefined && stays(context, user, others)) return context.save();

  const owner = tags?.[OWNERSHIP_TAG];
  const isFree = tags !== undefined && (owner === undefined || owner === fleet.fleetId);
  const tag = { [OWNERSHIP_TAG]: fleet.fleetId, ...(record.adopted ? { [ADOPTED_TAG]: 'true' } : {}) };
  const isOurs = isFree && (owner !== undefined || await api.tag(record.id, tag));
  for (const id of isOurs ? others : []) {
    const otherTags = await api.tags(id);
    if (otherTags && otherTags[OWNERSHIP_TAG] === undefined) await api.tag(id, { [OWNERSHIP_TAG]: fleet.fleetId });
  }
  const isCertain = owner !== undefined && record.state !== 'released';
  if (!isOurs) return context.saveRecord(key, undefined);
  const termination = terminationOf(record);
  // Whether it goes is to be looked up, and then it is known.
  if (termination) return context.saveRecord(key, { ...owned(record), state: 'terminating', ...termination });
  await context.saveRecord(key, { ...owned(record), reclaimedAt: isCertain ? undefined : clock.now() });
}

/** During a migration the user has two desktops, one of which goes when it has ended, whichever way; the answer that names the second may be lost. */
async function otherDesktops(context: StepContext, user: DesktopUser): Promise<string[]> {
  const { id, migrating } = user.record;
  if (!migrating) return [];
  const ids = migrating.to === undefined ? (await desktopsOf(context, user)).map((each) => each.id) : [migrating.from];
  return ids.filter((each) => each !== id);
}

/** Where the second desktop of a migration has gone, the first one stays: from here on, it is the one. */
function stays(context: StepContext, user: DesktopUser, others: readonly string[]): boolean {
  const { id, migrating } = user.record;
  if (!migrating || migrating.from === id || !others.includes(migrating.from)) return false;
  giveUp(context, user, migrating);
  return true;
}
