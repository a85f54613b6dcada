import { noted } from './apply-settings';
import { rejection } from './denials';
import { desktopsOf } from './look-up';
import { noteIrreversible, tagsOf } from './ownership';
import type { StepContext } from './step-context';
import { ADOPTED_TAG, OWNERSHIP_TAG } from '../../src/private/contract';
import { failureOf } from '../aws/errors';
import { isLeaving, type ObservedDesktop } from '../aws/workspaces-api';
import { log } from '../core/log';
import { ABSENT_FOR, INVISIBLE_FOR } from '../decide/terms';
import { type DesiredUser, type DesktopUser, hasDesktop } from '../ledger/user';
import type { DesktopRecord, Migrating, RecordedFailure } from '../ledger/user-record';

/** https://docs.aws.amazon.com/workspaces/latest/adminguide/migrate-workspaces.html */
const MIGRATABLE = ['AVAILABLE', 'STOPPED', 'ERROR'];

/**
 * Asks for the migration of one desktop, or checks its progress. The service makes a new desktop, with a new id. When that is ready, the
 * service terminates the old one. If the new one cannot be made, the old one stays.
 * @param seen the desktop of the record, and the one that it replaces, by id
 */
export async function migrate(context: StepContext, user: DesktopUser & DesiredUser, seen: ReadonlyMap<string, ObservedDesktop>): Promise<'asked' | 'waits'> {
  const { migrating } = user.record;
  if (!migrating) return begin(context, user, seen.get(user.record.id));
  await (migrating.to === undefined ? lookForTarget(context, user, migrating) : follow(context, user, migrating, seen));
  await context.save();
  return 'waits';
}

async function begin(context: StepContext, user: DesktopUser & DesiredUser, desktop: ObservedDesktop | undefined): Promise<'asked' | 'waits'> {
  const { key, userName, record, recordedSettings, desired } = user;
  const { api, clock, fleet, generation, records } = context;
  if (!desktop || isLeaving(desktop)) {
    records.set(key, { ...record, readyIn: undefined }); // so that it is observed again: it may be gone
    await context.save();
    return 'waits';
  }
  const bundle = desired.settings.BundleId;
  if (desktop.bundleId === bundle) { // migrated by somebody else, or by a call of ours that was not recorded
    records.setWith(key, record, { ...recordedSettings!, BundleId: bundle });
    await context.save();
    return 'waits';
  }
  const leave = async (text: string) => {
    records.set(key, noted(record, generation, { property: 'BundleId', text }));
    await context.save();
    return 'waits' as const;
  };
  const isChanging = Object.values(desktop.changes).some((each) => each !== 'UPDATE_FAILED');
  if (!MIGRATABLE.includes(desktop.state) || isChanging) return leave(`migrated to ${bundle} when it is AVAILABLE or STOPPED; it is ${isChanging ? 'being changed' : desktop.state}`);
  let tags: Awaited<ReturnType<typeof tagsOf>>;
  try {
    tags = await tagsOf(context, desktop.id);
  } catch (error) {
    noteDenial(context, user, error);
    await context.save();
    return 'waits';
  }
  if (tags === 'unclear') return 'waits';
  if (tags?.[OWNERSHIP_TAG] !== fleet.fleetId) return leave(`not migrated to ${bundle}: it no longer carries the tag of this fleet`);
  if (tags[ADOPTED_TAG] !== undefined) { // the tag counts, even if the ledger says otherwise or has lost it
    records.set(key, { ...record, adopted: true });
    await context.save();
    return 'asked';
  }

  const migrating: Migrating = { from: desktop.id, bundleBefore: recordedSettings!.BundleId, at: clock.now() };
  records.setWith(key, { ...record, migrating }, { ...recordedSettings!, BundleId: bundle });
  await context.save();
  await context.requireCurrent();
  log('migrate', { user: userName, to: bundle });
  const nothingDone = await noteIrreversible(context);
  try {
    const to = await api.migrate(desktop.id, bundle);
    context.denials.passed('workspaces:MigrateWorkspace');
    const begun = records.user(key, userName);
    // Without an id, as when the answer is lost: the desktop is looked for.
    if (to !== undefined && hasDesktop(begun)) records.set(key, { ...begun.record, id: to, readyIn: undefined, migrating: { ...migrating, to } });
  } catch (error) {
    const { name, message } = error as Error;
    const failure = failureOf(error);
    log('migrate failed', { user: userName, failure, error: `${name}: ${message}` });
    if (failure !== 'unknown') {
      await nothingDone();
      abandonMigration(context, user, migrating, failure === 'throttled' || failure === 'denied' ? undefined : { code: name, message });
    }
    if (failure === 'denied') noteDenial(context, user, error);
    await context.save();
    if (failure === 'throttled') throw error;
    return 'asked';
  }
  await context.save();
  return 'asked';
}

function noteDenial(context: StepContext, { key, userName }: DesktopUser, error: unknown): void {
  const now = context.records.user(key, userName);
  if (!hasDesktop(now)) return;
  const { record } = now;
  context.records.set(key, { ...record, changeFailure: rejection(context, error, record.changeFailure) });
}

/** The call's answer was lost, or does not name the new desktop. It is known by its tags: they are those of the old one. */
async function lookForTarget(context: StepContext, user: DesktopUser, migrating: Migrating): Promise<void> {
  const { key, record } = user;
  const { clock, fleet, records } = context;
  const others = (await desktopsOf(context, user)).filter((each) => each.id !== migrating.from && !isLeaving(each));
  for (const { id } of others) {
    const tags = await tagsOf(context, id);
    if (tags === 'unclear') return;
    if (tags?.[OWNERSHIP_TAG] !== fleet.fleetId) continue;
    records.set(key, { ...record, id, readyIn: undefined, migrating: { ...migrating, to: id } });
    return;
  }
  if (clock.now() - migrating.at >= INVISIBLE_FOR) abandonMigration(context, user, migrating);
}

async function follow(context: StepContext, user: DesktopUser, migrating: Migrating, seen: ReadonlyMap<string, ObservedDesktop>): Promise<void> {
  const { key, record } = user;
  const { clock, records } = context;
  const [target, source] = [seen.get(migrating.to!), seen.get(migrating.from)];
  const isThere = target !== undefined && !isLeaving(target);
  if (isThere && (!source || isLeaving(source))) {
    if (target.state === 'PENDING' || source) return;
    records.set(key, { ...record, migrating: undefined });
  } else if (!isThere && source && !isLeaving(source) && (target !== undefined || clock.now() - migrating.at >= ABSENT_FOR)) {
    const message = `the migration to another bundle has failed; the user keeps the WorkSpace ${migrating.from}`;
    abandonMigration(context, user, migrating, { code: 'MigrationFailed', message });
  } else if (!target && !source && clock.now() - migrating.at >= ABSENT_FOR) {
    records.set(key, undefined); // both are gone
  }
}

/** Records the desktop as it was before the migration. */
export function abandonMigration({ records, generation, clock }: StepContext, { key, userName }: DesktopUser, migrating: Migrating, failure?: Pick<RecordedFailure, 'code' | 'message'>): void {
  const user = records.user(key, userName);
  if (!hasDesktop(user)) return;
  const before: DesktopRecord = { ...user.record, id: migrating.from, migrating: undefined };
  const changeFailure = failure && { ...failure, attempts: 1, generation, at: clock.now() };
  records.setWith(key, failure ? { ...before, changeFailure } : before, { ...user.recordedSettings!, BundleId: migrating.bundleBefore });
}
