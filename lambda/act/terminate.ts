import { refusalOf, rejection } from './denials';
import { describe } from './describe';
import { isAdopted, isStillOurs, noteIrreversible } from './ownership';
import type { StepContext } from './step-context';
import { ADOPTED_TAG, OWNERSHIP_TAG } from '../../src/private/contract';
import { failureOf, isRejection } from '../aws/errors';
import { BATCH, isLeaving, type Refused } from '../aws/workspaces-api';
import { type DesktopUser, hasDesktop } from '../ledger/user';
import { isDesktop, owned, terminationOf } from '../ledger/user-record';

/** Up to so many, tags are read one by one: that shows also what changed a moment ago. */
const READ_ONE_BY_ONE = 4;

/**
 * Terminates at most 25 desktops. Only those that carry this fleet's tag now: if somebody has removed the tag, the desktop is no
 * longer the fleet's. For many desktops, one call of the tag index confirms the tag. If it does not confirm one, its tags are read.
 * @returns the keys of a call that the service has rejected because of somebody among them. Nothing was done
 */
export async function terminate(context: StepContext, users: readonly DesktopUser[], isFinal: boolean): Promise<readonly string[]> {
  const indexed = users.length > READ_ONE_BY_ONE ? await oursByIndex(context, users) : new Set<DesktopUser>();
  const others = await stillOurs(context, users.filter((each) => !indexed.has(each)));
  const ours = users.filter((each) => indexed.has(each) || others.has(each));
  // The index may be behind: then one of them is gone or has lost its tag, and our policy denies the call for all.
  const now = ours.map(({ key, userName }) => context.records.user(key, userName)).filter(hasDesktop);
  const isDone = now.length === 0 || await terminateOurs(context, now, isFinal);
  await context.save();
  return isDone ? [] : ours.map(({ key }) => key);
}

async function oursByIndex({ tagsInIndex, fleet }: StepContext, users: readonly DesktopUser[]): Promise<Set<DesktopUser>> {
  const tags = await tagsInIndex(users.map(({ record }) => record.id));
  return new Set(users.filter(({ record }) => {
    const each = tags.get(record.id);
    return each?.[OWNERSHIP_TAG] === fleet.fleetId && each[ADOPTED_TAG] === undefined;
  }));
}

async function stillOurs(context: StepContext, users: readonly DesktopUser[]): Promise<Set<DesktopUser>> {
  const ours = new Set<DesktopUser>();
  for (const user of users) {
    // If calls are slow, terminate fewer at a time. Otherwise each step would be killed at the same point.
    if (ours.size > 0 && context.isTimeUp) break;
    if (await mayTerminate(context, user)) ours.add(user);
  }
  return ours;
}

/** If its tags cannot be read, the index is asked. If it does not confirm them, that is noted. */
async function mayTerminate(context: StepContext, user: DesktopUser): Promise<boolean> {
  try {
    return await isStillOurs(context, user) && !isAdopted(context, user);
  } catch (error) {
    if ((await oursByIndex(context, [user])).has(user)) return true;
    context.records.set(user.key, { ...user.record, failure: rejection(context, error, user.record.failure) });
    return false;
  }
}

/**
 * Whether all these desktops can be terminated. This is checked before the first termination: if a later one then fails the deployment,
 * the terminated desktops cannot be restored. Each desktop is checked once in a generation.
 * @returns `later` if the step's time was up before all were checked
 */
export async function canTerminate(context: StepContext, users: readonly DesktopUser[]): Promise<'yes' | 'no' | 'later'> {
  const unasked = users.filter(({ record }) => record.removableIn !== context.generation);
  let can = true;
  for (let i = 0; i < unasked.length; i += BATCH) {
    if (i > 0 && context.isTimeUp) return 'later';
    const batch = unasked.slice(i, i + BATCH);
    const blocked = await suspended(context, batch);
    for (const user of batch) {
      const { key, record } = context.records.user(user.key, user.userName);
      if (!blocked.has(key) && isDesktop(record)) context.records.set(key, { ...record, removableIn: context.generation });
    }
    await context.save();
    can &&= blocked.size === 0;
  }
  return can ? 'yes' : 'no';
}

/** The desktops of ours in SUSPENDED, the only state in which the service does not terminate. They are recorded as failures. */
async function suspended(context: StepContext, batch: readonly DesktopUser[]): Promise<Set<string>> {
  const { records, generation, clock } = context;
  const { seen } = await describe(context, batch);
  const blocked = new Set<string>();
  for (const user of batch) {
    const { key, record } = user;
    if (seen.get(record.id)?.state !== 'SUSPENDED' || !(await mayTerminate(context, user))) continue;
    blocked.add(key);
    const failure = { code: 'SUSPENDED', message: 'an image is being made of it', attempts: 1, generation, at: clock.now() };
    records.set(key, { ...record, failure });
  }
  return blocked;
}

/** @returns false if the service has rejected the call for several */
async function terminateOurs(context: StepContext, users: readonly DesktopUser[], isFinal: boolean): Promise<boolean> {
  const { api, clock, records } = context;
  const nothingDone = isFinal ? await noteIrreversible(context) : async () => undefined;
  // Noted before the call: if this step dies, a rollback must find out which of them are still there.
  for (const { key, record } of users) records.set(key, { ...owned(record), state: 'terminating', acceptedAt: terminationOf(record)?.acceptedAt });
  await context.save();
  // As late as possible: a newer event may desire these users again.
  await context.requireCurrent();
  let refused: readonly Refused[];
  try {
    refused = await api.terminate(users.map(({ record }) => record.id));
  } catch (error) {
    if (failureOf(error) === 'unknown') throw error;
    for (const { key, record } of users) records.set(key, record);
    await nothingDone();
    if (!isRejection(error)) throw error;
    if (users.length > 1) return false;
    const [{ key, record }] = users;
    records.set(key, { ...record, failure: rejection(context, error, record.failure) });
    return true;
  }
  context.denials.passed('workspaces:TerminateWorkspaces');
  const refusals = await byDesktop(context, users, refused);
  if (refusals.size >= users.length) await nothingDone();
  const now = clock.now();
  for (const { key, record } of users) {
    const refusal = refusals.get(record.id);
    if (refusal) {
      const failure = refusalOf(context, refusal, 'workspaces:TerminateWorkspaces', record.failure);
      // The service may have accepted an earlier request.
      const before = terminationOf(record)?.acceptedAt;
      records.set(key, before === undefined ? { ...owned(record), failure } : { ...owned(record), state: 'terminating', acceptedAt: before, failure });
    } else {
      records.set(key, { ...owned(record), failure: undefined, state: 'terminating', acceptedAt: now });
    }
  }
  return true;
}

/** The refusals by id. If one names none of these desktops, those that are not being terminated are looked for: it is theirs. */
async function byDesktop({ api }: StepContext, users: readonly DesktopUser[], refused: readonly Refused[]): Promise<ReadonlyMap<string, Refused>> {
  const ids = users.map(({ record }) => record.id);
  const byId = new Map(refused.filter(({ who }) => ids.includes(who)).map((each) => [each.who, each]));
  const stray = refused.find(({ who }) => !ids.includes(who));
  if (!stray) return byId;
  const leaving = (await api.describe(ids)).filter(isLeaving).map(({ id }) => id);
  for (const id of ids) if (!byId.has(id) && !leaving.includes(id)) byId.set(id, stray);
  return byId;
}
