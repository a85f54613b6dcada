import type { Clock } from '../core/clock';
import type { CurrentFleet } from '../ledger/current-fleet';
import { desktopRequest } from './desktop-request';
import { failureOf } from '../aws/errors';
import { userKey } from '../request/identity';
import type { CallRow, FleetKey, Ledger, Member } from '../ledger/ledger';
import { log } from '../core/log';
import { ABSENT_FOR, Found, INVISIBLE_FOR, lookedUp, observe, whatIsLeft } from '../decide/observe';
import type { Request, Unrecorded } from '../request/resource-properties';
import { actualSettings } from '../decide/settings-diff';
import type { FleetState, Subject } from '../ledger/state';
import type { TagIndex } from '../aws/tag-index';
import { BATCH, Desktop, isLeaving, Refused, WorkspacesApi } from '../aws/workspaces-api';
import { ADOPTED_TAG, OWNERSHIP_TAG } from '../../src/private/contract';

/** What actions work on. */
export interface Workplace {
  readonly api: WorkspacesApi;
  readonly tagIndex: (ids: readonly string[]) => ReturnType<TagIndex>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly fleet: FleetKey;
  readonly current: CurrentFleet;
  readonly generation: number;
  readonly state: FleetState;
  /** When to stop beginning anything, in milliseconds since 1970. */
  readonly workUntil: number;
}

/**
 * What became of a call of CreateWorkspaces.
 *
 * - `answered`: for every user there is a desktop or a refusal.
 * - `poisoned`: nothing was made, since at least one of several users is unacceptable: to be asked for in smaller groups.
 * - `unknown`: the service did not say; these users are to be looked up, by a later step.
 */
export type Created = 'answered' | 'poisoned' | 'unknown';

/** Makes the desktops of at most 25 users in one call. The ledger has the users before the call, and the answer after it. */
export async function create(place: Workplace, subjects: readonly Subject[], keyArns: Readonly<Record<string, string>>): Promise<Created> {
  const requests = subjects.map((each) => desktopRequest(each.wanted!, place.fleet.directoryId, place.fleet.fleetId, keyArns));
  const row = await open(place, subjects);
  const close = async (members: readonly Member[]) => {
    const closed: CallRow = { ...row, members };
    place.state.add(closed);
    await place.ledger.save(place.fleet, closed);
  };
  let answer: Awaited<ReturnType<WorkspacesApi['create']>>;
  try {
    answer = await place.api.create(requests);
  } catch (error) {
    const { name: code, message } = error as Error;
    const failure = failureOf(error);
    log('create failed', { users: subjects.length, failure, error: `${code}: ${message}` });
    if (failure === 'unknown') return 'unknown';
    // Nothing was done.
    if (failure === 'throttled' || failure === 'denied') {
      await close([]);
      throw error;
    }
    if (subjects.length > 1) {
      await close([]);
      return 'poisoned';
    }
    const wayOut = failure === 'quota' ? `${message} Ask AWS for a higher quota of WorkSpaces (Service Quotas, Amazon WorkSpaces)` : message;
    await close(row.members.map((member) => refusedMember(place, member, subjects[0], code, wayOut)));
    return 'answered';
  }
  // Not in the try: what the ledger's own failure is called says nothing about the call.
  await close(row.members.map((member, i) => answered(place, member, subjects[i], answer.made, answer.refused)));
  return 'answered';
}

/** Writes down whom a call is about to be made for. */
export async function open(place: Workplace, subjects: readonly Subject[], unknown: Member['unknown'] = 'call'): Promise<CallRow> {
  const { ledger, fleet, generation, clock, state } = place;
  const settings = [...new Set(subjects.map((each) => each.wanted!.settings))];
  const members = subjects.map(({ wanted }): Member => ({ userName: wanted!.userName, settings: settings.indexOf(wanted!.settings), unknown }));
  const row: CallRow = { number: state.next, generation, at: clock.now(), settings, members };
  await ledger.addCall(fleet, generation, row);
  state.add(row);
  return row;
}

function answered(place: Workplace, member: Member, subject: Subject, made: readonly Desktop[], refused: readonly Refused[]): Member {
  const key = userKey(member.userName);
  const { userName, settings } = member;
  const desktop = made.find((each) => userKey(each.userName) === key);
  if (desktop) return { userName, settings, id: desktop.id };
  const refusal = refused.find((each) => userKey(each.subject) === key);
  if (!refusal) return member; // in neither list: still unknown
  // Perhaps ours, from a call whose answer was lost.
  if (refusal.code.startsWith('ResourceExists')) return { userName, settings, unknown: 'exists' };
  return refusedMember(place, member, subject, refusal.code, refusal.message);
}

function refusedMember(place: Workplace, { userName, settings }: Member, { member: before }: Subject, code: string, message: string): Member {
  const { generation, clock } = place;
  const tried = before?.failure?.generation === generation && before.failure.code === code ? before.failure.attempts : 0;
  return { userName, settings, failure: { code, message, attempts: tried + 1, generation, at: clock.now() } };
}

/**
 * Looks whether a user has a desktop in the directory, and whether its tag says that it is ours; if not, but it may be, it becomes ours
 * here. Should a step die after that, its tags say what it is to the next one.
 */
export async function lookUp(place: Workplace, subject: Subject, { adopts, bundleChange }: Pick<Request, 'adopts' | 'bundleChange'>): Promise<void> {
  const { api, ledger, state, fleet, generation, clock } = place;
  const [desktop, source] = await desktopsOf(place, subject);
  const tags = desktop && await api.tags(desktop.id);
  if (desktop && !tags) return; // gone in between, or not to be seen everywhere yet: a later step looks again
  const owner = tags?.[OWNERSHIP_TAG];
  const ours = owner === fleet.fleetId;
  const mayAdopt = adopts !== undefined && (owner === undefined || adopts.includes(owner));
  const adopted = tags?.[ADOPTED_TAG] !== undefined || undefined;
  const found: Found | undefined = desktop && { desktop, owner, ours, mayAdopt, adopted, bundleChange };
  const after = lookedUp(subject, found, { generation, now: clock.now() });
  if (desktop && after?.adopted && !ours) {
    await ledger.requireCurrent(fleet, generation);
    if (!(await api.tag(desktop.id, { [OWNERSHIP_TAG]: fleet.fleetId, [ADOPTED_TAG]: 'true' }))) return;
    log('adopt', { user: subject.userName, owner });
  }
  state.set(subject.key, after);
  const wasThere = desktop && after?.id !== undefined && subject.wanted && subject.member!.unknown === 'exists';
  if (wasThere) state.setWith(subject.key, after, actualSettings(subject.wanted!.settings, desktop, tags!));
  if (source && !isLeaving(source) && after?.id === desktop.id) noteMigration(place, subject, source, desktop);
  await state.flush(ledger, fleet);
}

/** Two desktops of one user are those of a migration that the ledger has lost. */
function noteMigration({ state, clock }: Workplace, { key, userName }: Subject, source: Desktop, target: Desktop): void {
  const { member, madeWith } = state.subject(key, userName);
  const migrating = { from: source.id, bundleBefore: source.bundleId ?? '', at: clock.now(), to: target.id };
  if (madeWith) state.setWith(key, { ...member!, migrating }, { ...madeWith, BundleId: target.bundleId ?? madeWith.BundleId });
  else state.set(key, { ...member!, migrating });
}

/** One, or none; of a migration both, that which is to stay first. */
export async function desktopsOf({ api, fleet }: Workplace, { userName, key }: Subject): Promise<Desktop[]> {
  try {
    const found = (await api.find(fleet.directoryId, userName)).filter((each) => userKey(each.userName) === key);
    const rank = (each: Desktop) => (isLeaving(each) ? 2 : each.state === 'PENDING' ? 0 : 1);
    return found.sort((a, b) => rank(a) - rank(b));
  } catch (error) {
    // No directory has a user whose name the service does not even accept.
    if (['ValidationException', 'InvalidParameterValuesException'].includes((error as Error).name)) return [];
    throw error;
  }
}

/**
 * Asks what state at most 25 desktops are in.
 * @returns those that are not as they should be: one proves that the fleet is not done
 */
export async function ask(place: Workplace, subjects: readonly Subject[], waitFor: 'AVAILABLE' | 'EXISTS'): Promise<string[]> {
  const desktops = new Map((await place.api.describe(subjects.map(({ member }) => member!.id!))).map((each) => [each.id, each]));
  const now = { generation: place.generation, now: place.clock.now() };
  const pending: string[] = [];
  for (const subject of subjects) {
    const after = observe(subject, desktops.get(subject.member!.id!), waitFor, now);
    place.state.set(subject.key, after);
    const isDone = after === undefined || (subject.wanted && (after.readyIn === place.generation || after.failure?.generation === place.generation));
    if (!isDone) pending.push(subject.key);
  }
  await place.state.flush(place.ledger, place.fleet);
  return pending;
}

/** So many are read one by one: that sees also what has changed a moment ago. */
const READ_ONE_BY_ONE = 4;

/**
 * Terminates at most 25 desktops, of those that carry this fleet's tag now: whoever took it off has taken the desktop out
 * of the fleet. Of many, the index of tags says so for all in one call; those of which it does not are read one by one.
 */
export async function terminate(place: Workplace, subjects: readonly Subject[], isFinal: boolean): Promise<void> {
  const indexed = subjects.length > READ_ONE_BY_ONE ? await oursByIndex(place, subjects) : new Set<Subject>();
  const others = await stillOurs(place, subjects.filter((each) => !indexed.has(each)));
  const ours = subjects.filter((each) => indexed.has(each) || others.has(each));
  try {
    if (ours.length > 0) await terminateOurs(place, ours, isFinal);
  } catch (error) {
    if (failureOf(error) !== 'denied' || indexed.size === 0) throw error;
    // The index is behind: one of them has gone, or has lost its tag, and our policy denies the call for all.
    const again = await stillOurs(place, ours.map(({ key, userName }) => place.state.subject(key, userName)));
    if (again.size > 0) await terminateOurs(place, [...again], isFinal);
  }
  await place.state.flush(place.ledger, place.fleet);
}

async function oursByIndex({ tagIndex, fleet }: Workplace, subjects: readonly Subject[]): Promise<Set<Subject>> {
  const tags = await tagIndex(subjects.map(({ member }) => member!.id!));
  return new Set(subjects.filter(({ member }) => {
    const each = tags.get(member!.id!);
    return each?.[OWNERSHIP_TAG] === fleet.fleetId && each[ADOPTED_TAG] === undefined;
  }));
}

async function stillOurs(place: Workplace, subjects: readonly Subject[]): Promise<Set<Subject>> {
  const ours = new Set<Subject>();
  for (const subject of subjects) {
    // Where calls are slow, fewer at a time: a step that is killed at this would be so again and again.
    if (ours.size > 0 && place.clock.now() >= place.workUntil) break;
    if (await isStillOurs(place, subject) && !isAdopted(place, subject)) ours.add(subject);
  }
  return ours;
}

/**
 * Whether all of these can be terminated: asked before the first of them is, since none can be brought back when another one then cannot
 * be and the deployment fails. Those who were asked about in this generation are not again.
 * @returns `later` when the step's time was up before all were asked about
 */
export async function canTerminate(place: Workplace, subjects: readonly Subject[]): Promise<'yes' | 'no' | 'later'> {
  const unasked = subjects.filter(({ member }) => member!.removableIn !== place.generation);
  let can = true;
  for (let i = 0; i < unasked.length; i += BATCH) {
    if (i > 0 && place.clock.now() >= place.workUntil) return 'later';
    const batch = unasked.slice(i, i + BATCH);
    const blocked = await suspended(place, batch);
    for (const { key, member } of batch) if (!blocked.has(key)) place.state.set(key, { ...member!, removableIn: place.generation });
    await place.state.flush(place.ledger, place.fleet);
    can &&= blocked.size === 0;
  }
  return can ? 'yes' : 'no';
}

/** Those of ours that are in the only state in which the service does not terminate; they are noted as failures. */
async function suspended(place: Workplace, batch: readonly Subject[]): Promise<Set<string>> {
  const states = new Map((await place.api.describe(batch.map(({ member }) => member!.id!))).map((each) => [each.id, each.state]));
  const blocked = new Set<string>();
  for (const subject of batch) {
    const { key, member } = subject;
    if (states.get(member!.id!) !== 'SUSPENDED' || !(await isStillOurs(place, subject)) || isAdopted(place, subject)) continue;
    blocked.add(key);
    const failure = { code: 'SUSPENDED', message: 'an image is being made of it', attempts: 1, generation: place.generation, at: place.clock.now() };
    place.state.set(key, { ...member!, failure });
  }
  return blocked;
}

/** By its tag, which has just been read: such a desktop is released instead. */
function isAdopted({ state }: Workplace, { key, userName }: Subject): boolean {
  return state.subject(key, userName).member?.adopted ?? false;
}

/** By its tag, as it is now. */
export async function isStillOurs(place: Workplace, { key, member, madeAt }: Subject): Promise<boolean> {
  const tags = await place.api.tags(member!.id!);
  if (!tags) {
    // Not to be seen yet: we know the id from its creation. But one that has gone has no tags for our policy to see, which would then deny
    // the call for all 25.
    const age = place.clock.now() - madeAt!;
    if (age >= ABSENT_FOR) place.state.set(key, whatIsLeft(member!));
    return age < INVISIBLE_FOR;
  }
  if (tags[OWNERSHIP_TAG] === place.fleet.fleetId) {
    // Whatever the ledger says, or has lost.
    if (tags[ADOPTED_TAG] !== undefined && !member!.adopted) place.state.set(key, { ...member!, adopted: true });
    return true;
  }
  const mayBeLate = tags[OWNERSHIP_TAG] === undefined && place.clock.now() - madeAt! < INVISIBLE_FOR;
  if (!mayBeLate) place.state.set(key, undefined);
  return false;
}

/** Before the first one goes. */
export async function noteRemoving({ current, generation }: Workplace): Promise<void> {
  if (current.row.removingIn !== generation) await current.note({ removingIn: generation });
}

async function terminateOurs(place: Workplace, subjects: readonly Subject[], isFinal: boolean): Promise<void> {
  if (isFinal) await noteRemoving(place);
  // Noted before: should this step die now, a rollback has to look which of them are still there.
  for (const { key, member } of subjects) place.state.set(key, { ...member!, terminating: true });
  await place.state.flush(place.ledger, place.fleet);
  // The last moment: a newer event may want them.
  await place.ledger.requireCurrent(place.fleet, place.generation);
  const refused = await place.api.terminate(subjects.map(({ member }) => member!.id!));
  const now = place.clock.now();
  for (const { key, member } of subjects) {
    const refusal = refused.find((each) => each.subject === member!.id);
    if (refusal) {
      const { code, message } = refusal;
      place.state.set(key, { ...member!, terminating: undefined, failure: { code, message, attempts: 1, generation: place.generation, at: now } });
    } else {
      place.state.set(key, { ...member!, terminatedAt: now });
    }
  }
}

/**
 * Notes users whose rows the ledger has lost, so that they are looked up.
 * @param madeIn the generation that made what they may have; 0 for one before any that an update could take back
 * @param at when it may have made it at the latest; 0, the beginning of time, when nothing is on its way
 */
export async function noteUnrecorded(place: Workplace, users: readonly Unrecorded[], madeIn: number, at = 0): Promise<void> {
  const { ledger, fleet, generation, state } = place;
  for (let i = 0; i < users.length; i += BATCH) {
    const batch = users.slice(i, i + BATCH);
    const settings = [...new Set(batch.flatMap((each) => each.settings ?? []))];
    const members = batch.map((each): Member => ({ userName: each.userName, settings: settings.indexOf(each.settings!), unknown: 'call' }));
    const row: CallRow = { number: state.next, generation: madeIn, at, settings, members };
    await ledger.addCall(fleet, generation, row);
    state.add(row);
  }
}
