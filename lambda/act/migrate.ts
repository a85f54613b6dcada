import { desktopsOf, type Workplace } from './act';
import { noted } from './apply-settings';
import { failureOf } from '../aws/errors';
import type { Member, MemberFailure, Migrating } from '../ledger/ledger';
import { log } from '../core/log';
import { ABSENT_FOR, INVISIBLE_FOR } from '../decide/observe';
import type { Subject } from '../ledger/state';
import { type Desktop, isLeaving } from '../aws/workspaces-api';
import { ADOPTED_TAG, OWNERSHIP_TAG } from '../../src/private/contract';

/** https://docs.aws.amazon.com/workspaces/latest/adminguide/migrate-workspaces.html */
const MIGRATABLE = ['AVAILABLE', 'STOPPED', 'ERROR'];

/**
 * Asks for the migration of one desktop, or looks how it goes. The service makes another one, with a new id, and terminates the first
 * when that is ready; if it cannot make it, the first one stays.
 * @param seen the desktop of the record, and the one before it, by id
 */
export async function migrate(place: Workplace, subject: Subject, seen: ReadonlyMap<string, Desktop>): Promise<'asked' | 'waits'> {
  const { migrating } = subject.member!;
  if (!migrating) return begin(place, subject, seen.get(subject.member!.id!));
  await (migrating.to === undefined ? lookForTarget(place, subject, migrating) : follow(place, subject, migrating, seen));
  await place.state.flush(place.ledger, place.fleet);
  return 'waits';
}

async function begin(place: Workplace, subject: Subject, desktop: Desktop | undefined): Promise<'asked' | 'waits'> {
  const { key, userName, member, madeWith, wanted } = subject;
  const { api, clock, ledger, fleet, generation, state } = place;
  if (!desktop || isLeaving(desktop)) {
    state.set(key, { ...member!, readyIn: undefined }); // to be asked about: it may have gone
    await state.flush(ledger, fleet);
    return 'waits';
  }
  const bundle = wanted!.settings.BundleId;
  if (desktop.bundleId === bundle) { // by somebody else, or by a call of ours that nobody knows of
    state.setWith(key, member!, { ...madeWith!, BundleId: bundle });
    await state.flush(ledger, fleet);
    return 'waits';
  }
  const leave = async (text: string) => {
    state.set(key, noted(member!, generation, { property: 'BundleId', text }));
    await state.flush(ledger, fleet);
    return 'waits' as const;
  };
  const isChanging = Object.values(desktop.changes).some((each) => each !== 'UPDATE_FAILED');
  if (!MIGRATABLE.includes(desktop.state) || isChanging) return leave(`migrated to ${bundle} when it is AVAILABLE or STOPPED; it is ${isChanging ? 'being changed' : desktop.state}`);
  const tags = await api.tags(desktop.id);
  if (tags?.[OWNERSHIP_TAG] !== fleet.fleetId) return leave(`not migrated to ${bundle}: it does not carry the tag of this fleet any more`);
  if (tags[ADOPTED_TAG] !== undefined) { // whatever the ledger says, or has lost
    state.set(key, { ...member!, adopted: true });
    await state.flush(ledger, fleet);
    return 'asked';
  }

  const migrating: Migrating = { from: desktop.id, bundleBefore: madeWith!.BundleId, at: clock.now() };
  state.setWith(key, { ...member!, migrating }, { ...madeWith!, BundleId: bundle });
  await state.flush(ledger, fleet);
  await ledger.requireCurrent(fleet, generation);
  log('migrate', { user: userName, to: bundle });
  try {
    const to = await api.migrate(desktop.id, bundle);
    const { id: _, readyIn: __, ...others } = state.subject(key, userName).member!;
    state.set(key, { ...others, id: to, migrating: { ...migrating, to } });
  } catch (error) {
    const { name, message } = error as Error;
    const failure = failureOf(error);
    log('migrate failed', { user: userName, failure, error: `${name}: ${message}` });
    const mayPass = failure === 'throttled' || failure === 'denied';
    if (failure !== 'unknown') giveUp(place, subject, migrating, mayPass ? undefined : { code: name, message });
    await state.flush(ledger, fleet);
    if (mayPass) throw error;
    return 'asked';
  }
  await state.flush(ledger, fleet);
  return 'asked';
}

/** The call's answer was lost: it carries the tags of the one before it. */
async function lookForTarget(place: Workplace, subject: Subject, migrating: Migrating): Promise<void> {
  const { key, member } = subject;
  const { api, clock, fleet, state } = place;
  const others = (await desktopsOf(place, subject)).filter((each) => each.id !== migrating.from && !isLeaving(each));
  for (const { id } of others) {
    if ((await api.tags(id))?.[OWNERSHIP_TAG] !== fleet.fleetId) continue;
    const { readyIn: _, ...kept } = member!;
    state.set(key, { ...kept, id, migrating: { ...migrating, to: id } });
    return;
  }
  if (clock.now() - migrating.at >= INVISIBLE_FOR) giveUp(place, subject, migrating);
}

async function follow(place: Workplace, subject: Subject, migrating: Migrating, seen: ReadonlyMap<string, Desktop>): Promise<void> {
  const { key, member } = subject;
  const { clock, state } = place;
  const [target, source] = [seen.get(migrating.to!), seen.get(migrating.from)];
  const isThere = target !== undefined && !isLeaving(target);
  if (isThere && (!source || isLeaving(source))) {
    if (target.state === 'PENDING' || source) return;
    state.set(key, { ...member!, migrating: undefined });
  } else if (!isThere && source && !isLeaving(source) && (target !== undefined || clock.now() - migrating.at >= ABSENT_FOR)) {
    const message = `the migration to another bundle has failed; the user keeps the WorkSpace ${migrating.from}`;
    giveUp(place, subject, migrating, { code: 'MigrationFailed', message });
  } else if (!target && !source && clock.now() - migrating.at >= ABSENT_FOR) {
    state.set(key, undefined); // both have gone
  }
}

/** As it was before. */
export function giveUp(place: Workplace, { key, userName }: Subject, migrating: Migrating, failure?: Pick<MemberFailure, 'code' | 'message'>): void {
  const { state, generation, clock } = place;
  const { member, madeWith } = state.subject(key, userName);
  const before: Member = { ...member!, id: migrating.from, migrating: undefined };
  const changeFailure: Member['changeFailure'] = failure && { ...failure, attempts: 1, generation, at: clock.now() };
  state.setWith(key, failure ? { ...before, changeFailure } : before, { ...madeWith!, BundleId: migrating.bundleBefore });
}
