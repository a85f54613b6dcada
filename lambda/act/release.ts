import { desktopsOf, isStillOurs, noteRemoving, type Workplace } from './act';
import { giveUp } from './migrate';
import type { Subject } from '../ledger/state';
import { ADOPTED_TAG, OWNERSHIP_TAG } from '../../src/private/contract';

/**
 * Lets go of desktops that carry this fleet's tag, by taking it off. That it is about to be is noted before: a step that dies
 * in between leaves no desktop without a tag that a rollback would not know of.
 */
export async function release(place: Workplace, subjects: readonly Subject[], isFinal: boolean): Promise<void> {
  const { state, generation, ledger, fleet } = place;
  const ours: Subject[] = [];
  // Where calls are slow, fewer at a time: a step that is killed at this would be so again and again.
  const halfTime = place.clock.now() + (place.workUntil - place.clock.now()) / 2;
  for (const subject of subjects) {
    if (ours.length > 0 && place.clock.now() >= halfTime) break;
    if (await mayRelease(place, subject)) ours.push(subject);
  }
  if (isFinal && ours.length > 0) await noteRemoving(place);
  const now = () => ours.map(({ key, userName }) => state.subject(key, userName));
  for (const { key, member } of now()) state.set(key, { ...member!, releasedIn: generation });
  await state.flush(ledger, fleet);
  for (const [i, subject] of now().entries()) {
    if (i > 0 && place.clock.now() >= place.workUntil) break;
    await letGo(place, subject);
  }
  await state.flush(ledger, fleet);
}

async function letGo(place: Workplace, subject: Subject): Promise<void> {
  const { state, generation, api, fleet } = place;
  const { key, member } = subject;
  const isThere = await api.untag(member!.id!, member!.adopted ? [OWNERSHIP_TAG, ADOPTED_TAG] : [OWNERSHIP_TAG]);
  for (const id of await otherDesktops(place, subject)) {
    const owner = (await api.tags(id))?.[OWNERSHIP_TAG];
    if (owner === fleet.fleetId) await api.untag(id, [OWNERSHIP_TAG]);
  }
  state.set(key, isThere ? { ...member!, releasedIn: generation, untagged: true } : undefined);
}

/** Of one that a step has died releasing, the tag may be off already, and another fleet's on it by now. */
async function mayRelease(place: Workplace, subject: Subject): Promise<boolean> {
  const { key, member } = subject;
  if (member!.releasedIn === undefined) return isStillOurs(place, subject);
  const owner = (await place.api.tags(member!.id!))?.[OWNERSHIP_TAG];
  if (owner === undefined || owner === place.fleet.fleetId) return true;
  place.state.set(key, undefined);
  return false;
}

/**
 * Takes back a desktop that an update has let go, unless it has gone or is somebody else's by now. The call that took our tag off, or a
 * repetition of it, may still be on its way: a while later it is looked at once more.
 */
export async function reclaim(place: Workplace, subject: Subject): Promise<void> {
  const { state, api, fleet, clock } = place;
  const { key, member } = subject;
  const tags = await api.tags(member!.id!);
  const others = await otherDesktops(place, subject);
  // In the next turn, the one that is there.
  if (tags === undefined && stays(place, subject, others)) return state.flush(place.ledger, fleet);

  const owner = tags?.[OWNERSHIP_TAG];
  const isFree = tags !== undefined && (owner === undefined || owner === fleet.fleetId);
  const tag = { [OWNERSHIP_TAG]: fleet.fleetId, ...(member!.adopted ? { [ADOPTED_TAG]: 'true' } : {}) };
  const isOurs = isFree && (owner !== undefined || await api.tag(member!.id!, tag));
  for (const id of isOurs ? others : []) {
    const otherTags = await api.tags(id);
    if (otherTags && otherTags[OWNERSHIP_TAG] === undefined) await api.tag(id, { [OWNERSHIP_TAG]: fleet.fleetId });
  }
  const isCertain = owner !== undefined && member!.releasedIn === undefined;
  state.set(key, isOurs ? { ...member!, releasedIn: undefined, untagged: undefined, reclaimedAt: isCertain ? undefined : clock.now() } : undefined);
  await state.flush(place.ledger, fleet);
}

/** During a migration the user has two desktops, one of which goes when it has ended, whichever way; the answer that names the second may be lost. */
async function otherDesktops(place: Workplace, subject: Subject): Promise<string[]> {
  const { id, migrating } = subject.member!;
  if (!migrating) return [];
  const ids = migrating.to === undefined ? (await desktopsOf(place, subject)).map((each) => each.id) : [migrating.from];
  return ids.filter((each) => each !== id);
}

/** Where the second desktop of a migration has gone, the first one stays: from here on, it is the one. */
function stays(place: Workplace, subject: Subject, others: readonly string[]): boolean {
  const { id, migrating } = subject.member!;
  if (!migrating || migrating.from === id || !others.includes(migrating.from)) return false;
  giveUp(place, subject, migrating);
  return true;
}
