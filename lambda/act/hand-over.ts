import { rejection } from './denials';
import { isStillOurs, tagsOf } from './ownership';
import type { StepContext } from './step-context';
import { OWNERSHIP_TAG } from '../../src/private/contract';
import type { ObservedDesktop } from '../aws/workspaces-api';
import { log } from '../core/log';
import type { Holder } from '../decide/observe';
import { waitsSince, type Transfer } from '../ledger/rows';
import { type DesktopUser, hasDesktop, isRecorded } from '../ledger/user';
import { hasLeft, isComing, isDesktop, isStanding } from '../ledger/user-record';

// A user moves from one fleet of the stack to another, and keeps the desktop. The other fleet asks for it in its update, and records it. The desktop
// stays the first fleet's until the clean-up in which it would have been removed: then it gets the other fleet's tag. So a rollback has nothing to undo.

/** The other fleet of the stack that has this desktop. */
export async function holderInStack(
  { sisters, transfers, fleet, clock }: StepContext, key: string, { id }: ObservedDesktop, owner: string | undefined,
): Promise<Holder | undefined> {
  const sister = owner === undefined ? undefined : await sisters.find(owner);
  const { record } = sister?.records.user(key, '') ?? {};
  if (!isStanding(record) || record.id !== id || record.migrating) return undefined;
  const waited = clock.now() - waitsSince(fleet.current);
  const wasReady = record.readyIn !== undefined;
  // Another fleet to which it has not come yet must give it up, too.
  for (const { to } of (await transfers.of(sisters.keyOf(owner!))).filter((each) => each.id === id && each.to !== fleet.fleetId)) {
    const theirs = (await sisters.find(to))?.records.user(key, '').record;
    if (!isComing(theirs) || !isDesktop(theirs) || theirs.id !== id) continue;
    const givesUp = await sisters.givesUp(to, theirs, waited);
    if (givesUp !== 'yes') return { fleetId: to, givesUp, wasReady };
  }
  if (!(await sisters.isInStack(owner!))) return undefined;
  return { fleetId: owner!, givesUp: await sisters.givesUp(owner!, record, waited), wasReady };
}

/**
 * Asks for a desktop, before it is recorded. Also for one that does not come: then it is not removed as long as this fleet has its user on the list and
 * no other desktop for them.
 */
export async function askFor(context: StepContext, id: string, from: string): Promise<void> {
  await context.requireCurrent();
  await context.transfers.ask(context.sisters.keyOf(from), { id, to: context.fleet.fleetId });
}

/** Records which of the desktops that this fleet has asked for are its own now. */
export async function noteArrivals(context: StepContext): Promise<void> {
  const { transfers, sisters, fleet } = context;
  const coming = comingUsers(context);
  for (const from of new Set(coming.map(({ record }) => record.comesFrom!.fleetId))) {
    const asked = await transfers.of(sisters.keyOf(from));
    for (const { key, record } of coming.filter((each) => each.record.comesFrom!.fleetId === from)) {
      const transfer = asked.find(({ id, to }) => id === record.id && to === fleet.fleetId);
      if (transfer?.givenAt === undefined) continue;
      const isOver = !(await isRecordedBy(context, from, key, record.id));
      // A step of the other fleet has died in between.
      const tags = isOver ? undefined : await tagsOf(context, record.id);
      if (!isOver && (tags === 'unclear' || tags?.[OWNERSHIP_TAG] !== fleet.fleetId)) continue;
      await context.saveRecord(key, { ...record, comesFrom: { fleetId: from, givenAt: transfer.givenAt } });
      if (isOver) await transfers.forget(sisters.keyOf(from), transfer);
    }
  }
}

async function isRecordedBy({ sisters }: StepContext, fleetId: string, user: string, id: string): Promise<boolean> {
  const { record } = (await sisters.find(fleetId))?.records.user(user, '') ?? {};
  return isDesktop(record) && record.id === id;
}

/**
 * Takes over desktops that nobody hands over: the other fleet has lost their records, or it was removed from the stack and retained.
 * @param alsoRetained whether this is a deployment that goes forward
 */
export async function takeOver(context: StepContext, alsoRetained: boolean): Promise<void> {
  const { api, sisters, records, fleet, clock } = context;
  for (const { key, userName, record } of comingUsers(context)) {
    const { fleetId: from } = record.comesFrom!;
    if (context.isTimeUp || record.failure) continue;
    const isForgotten = await hasForgotten(context, from, key, record.id);
    if (!isForgotten && !(alsoRetained && !(await sisters.isInStack(from)))) continue;
    try {
      const tags = await tagsOf(context, record.id);
      if (tags === 'unclear' || tags?.[OWNERSHIP_TAG] !== from) continue;
      await context.requireCurrent();
      if (!(await api.tag(record.id, { [OWNERSHIP_TAG]: fleet.fleetId }))) continue;
      log('take over', { user: userName, desktop: record.id, from });
      records.set(key, { ...record, comesFrom: { fleetId: from, givenAt: clock.now() } });
    } catch (error) {
      records.set(key, { ...record, failure: rejection(context, error, record.failure) });
    }
    await context.save();
  }
}

/** Whether the other fleet's ledger is whole, and does not have the desktop. */
async function hasForgotten(context: StepContext, from: string, user: string, id: string): Promise<boolean> {
  const sister = await context.sisters.find(from);
  return sister !== undefined && !sister.row.lost && sister.records.missing.length === 0 && !(await isRecordedBy(context, from, user, id));
}

function comingUsers({ records }: StepContext): DesktopUser[] {
  return records.recorded().filter(isRecorded).filter(hasDesktop).filter(({ record }) => isComing(record));
}

/** What becomes of a desktop of a user who is not desired any more, instead of being removed. */
export type HandOver =
  /** It is another fleet's still, and is not asked for any more. */
  | { readonly user: DesktopUser; readonly how: 'stays' }
  /** Another fleet has asked for it, and its deployment has succeeded. `isNoted`: that fleet knows already that it has the desktop. */
  | { readonly user: DesktopUser; readonly how: 'goes'; readonly transfer: Transfer; readonly isNoted: boolean }
  /** Another fleet has asked for it, and it is not known whether it wants it now. */
  | { readonly user: DesktopUser; readonly how: 'waits'; readonly transfer: Transfer; readonly why: string };

/** @param asked what other fleets ask this one for */
export async function handOversAmong(context: StepContext, users: readonly DesktopUser[], asked: readonly Transfer[]): Promise<HandOver[]> {
  const handOvers: HandOver[] = [];
  for (const user of users.filter(({ desired }) => !desired)) {
    if (isComing(user.record)) {
      handOvers.push({ user, how: 'stays' });
      continue;
    }
    const wanted: HandOver[] = [];
    for (const transfer of asked.filter(({ id }) => id === user.record.id)) {
      const found = await wantedBy(context, user, transfer);
      if (found) wanted.push(found);
      else await context.transfers.forget(context.fleet.key, transfer);
    }
    const first = wanted.find(({ how }) => how === 'goes') ?? wanted.at(0);
    // When the whole stack is deleted, nobody waits.
    if (first && (first.how === 'goes' || !(await context.sisters.areDeleted()))) handOvers.push(first);
  }
  return handOvers;
}

/** Whether the fleet that has asked still wants it, as its ledger says. */
async function wantedBy({ sisters, fleet }: StepContext, user: DesktopUser, transfer: Transfer): Promise<HandOver | undefined> {
  const waits = (why: string): HandOver => ({ user, how: 'waits', transfer, why });
  const sister = await sisters.find(transfer.to);
  const theirs = sister?.records.user(user.key, user.userName);
  // A fleet that was deleted has a row, too.
  const isLost = !sister || sister.row.lost || sister.records.missing.length > 0;
  if (isLost && !theirs?.record) return waits('its ledger was deleted: deploy that fleet again');
  if (!sister || !theirs || !isRecorded(theirs)) return undefined;
  const settled = sister.row.settled.generation;
  const { record } = theirs;
  if (hasLeft(record, settled)) return undefined;
  if (record.state === 'refused' || record.state === 'unknown') {
    // If the user was not on its last list, the record is from an earlier deployment.
    return (record.failure?.generation ?? theirs.madeIn) >= settled ? waits('could not: the user is on its list, and was refused there') : undefined;
  }
  if (record.id !== user.record.id || record.comesFrom?.fleetId !== fleet.fleetId) return undefined;
  if (theirs.madeIn > settled) return waits('its deployment has not succeeded');
  return { user, how: 'goes', transfer, isNoted: !isComing(record) };
}

export async function handOver(context: StepContext, { user, ...what }: HandOver): Promise<void> {
  const { transfers, fleet, clock, generation, sisters } = context;
  const { key, record } = user;
  switch (what.how) {
    case 'stays':
      await context.saveRecord(key, undefined);
      return transfers.forget(sisters.keyOf(record.comesFrom!.fleetId), { id: record.id, to: fleet.fleetId });
    case 'waits': {
      const message = `it is for the fleet ${what.transfer.to}, and ${what.why}`;
      return context.saveRecord(key, { ...record, failure: { code: 'NotHandedOver', message, attempts: 1, generation, at: clock.now() } });
    }
    case 'goes':
      return give(context, user, what.transfer, what.isNoted);
  }
}

/**
 * Three writes, of which any may be the last one before the step dies: the transfer is noted, the tag changed, and our record deleted. Only a desktop that
 * carries this fleet's tag now is handed over: if somebody has removed the tag, it is no longer the fleet's.
 */
async function give(context: StepContext, user: DesktopUser, transfer: Transfer, isNoted: boolean): Promise<void> {
  const { api, transfers, fleet, clock } = context;
  const { key, userName, record } = user;
  try {
    const tags = await tagsOf(context, record.id);
    const isDone = tags !== undefined && tags !== 'unclear' && tags[OWNERSHIP_TAG] === transfer.to;
    if (!isDone && !(await isStillOurs(context, user))) return await context.save();
    await context.requireCurrent();
    await transfers.give(fleet.key, transfer, clock.now());
    if (!isDone) await api.tag(record.id, { [OWNERSHIP_TAG]: transfer.to });
  } catch (error) {
    return context.saveRecord(key, { ...record, failure: rejection(context, error, record.failure) });
  }
  log('hand over', { user: userName, desktop: record.id, to: transfer.to });
  await context.saveRecord(key, undefined);
  if (isNoted) await transfers.forget(fleet.key, transfer);
}
