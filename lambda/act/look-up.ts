import { rejection } from './denials';
import { askFor, holderInStack } from './hand-over';
import { tagsOf } from './ownership';
import type { StepContext } from './step-context';
import { ADOPTED_TAG, OWNERSHIP_TAG } from '../../src/private/contract';
import { isLeaving, type ObservedDesktop } from '../aws/workspaces-api';
import { log } from '../core/log';
import { type Found, lookedUp } from '../decide/observe';
import { actualSettings } from '../decide/settings-diff';
import { bareName } from '../decide/user-names';
import { hasDesktop, type RecordedUser, type User } from '../ledger/user';
import { isComing, isDesktop, owned, type UserRecord } from '../ledger/user-record';
import { userKey } from '../request/identity';
import type { Request } from '../request/resource-properties';

/**
 * Finds out whether a user has a desktop in the directory, and whether its tag says that it is ours. If it is not, but we may adopt it, it is
 * adopted here. If the step dies after that, the tags tell the next step.
 */
export async function lookUp(context: StepContext, user: RecordedUser, request: Request): Promise<void> {
  const { failure } = user.record;
  try {
    await find(context, failure?.action === undefined ? user : { ...user, record: { ...user.record, failure: undefined } as UserRecord }, request);
  } catch (error) {
    await context.saveRecord(user.key, { ...user.record, failure: rejection(context, error, failure) });
  }
}

async function find(context: StepContext, user: RecordedUser, { adopts, bundleChange, takesOver }: Request): Promise<void> {
  const { api, records, fleet, generation, clock } = context;
  const [desktop, source] = await desktopsOf(context, user);
  const tags = desktop && await tagsOf(context, desktop.id);
  if (tags === 'unclear' || (desktop && !tags)) return; // gone meanwhile, or not visible everywhere yet: a later step looks again
  const owner = tags?.[OWNERSHIP_TAG];
  const ours = owner === fleet.fleetId;
  const mayAdopt = adopts !== undefined && (owner === undefined || adopts.includes(owner));
  const adopted = tags?.[ADOPTED_TAG] !== undefined || undefined;
  const holder = desktop && takesOver ? await holderInStack(context, user.key, desktop, owner) : undefined;
  const found: Found | undefined = desktop && { desktop, owner, ours, mayAdopt, holder, adopted, bundleChange };
  let after = lookedUp(user, found, { generation, now: clock.now() });
  if (desktop && isDesktop(after) && after.adopted && !ours && !isComing(after)) {
    await context.requireCurrent();
    if (!(await api.tag(desktop.id, { [OWNERSHIP_TAG]: fleet.fleetId, [ADOPTED_TAG]: 'true' }))) return;
    log('adopt', { user: user.userName, owner });
    after = { ...owned(after), adoptedAt: clock.now() };
  }
  if (holder && holder.givesUp !== 'not yet known') await askFor(context, desktop!.id, owner!);
  if (isDesktop(after)) records.set(userKey(after.id), undefined); // it was unclaimed
  records.set(user.key, after);
  const wasThere = user.record.state === 'unknown' && user.record.why === 'exists';
  if (wasThere && desktop && isDesktop(after) && user.desired) {
    records.setWith(user.key, after, actualSettings(user.desired.settings, desktop, tags!));
  }
  if (source && !isLeaving(source) && isDesktop(after) && after.id === desktop.id) noteMigration(context, user, source, desktop);
  await context.save();
}

/** If one user has two desktops, they belong to a migration that the ledger has lost. */
function noteMigration({ records, clock }: StepContext, { key, userName }: User, source: ObservedDesktop, target: ObservedDesktop): void {
  const user = records.user(key, userName);
  if (!hasDesktop(user)) return;
  const { record, recordedSettings } = user;
  const migrating = { from: source.id, bundleBefore: source.bundleId ?? '', at: clock.now(), to: target.id };
  if (!recordedSettings) return records.set(key, { ...record, migrating });
  records.setWith(key, { ...record, migrating }, { ...recordedSettings, BundleId: target.bundleId ?? recordedSettings.BundleId });
}

/** The service was asked for this user's desktops. It may show the name in another way, or none, but not a desktop that another user of the fleet has. */
function isTheirs({ records }: StepContext, key: string, userName: string, id: string, shown: string): boolean {
  const holder = records.holderOf(id);
  if (holder !== undefined && holder !== key && holder !== userKey(id)) return false;
  return shown === '' || bareName(shown) === bareName(userName);
}

/** The user's desktop, if there is one. During a migration both, and first the one that will stay. */
export async function desktopsOf(context: StepContext, { userName, key }: User): Promise<ObservedDesktop[]> {
  const { api, fleet } = context;
  try {
    const found = (await api.find(fleet.directoryId, userName)).filter(({ id, userName: shown }) => isTheirs(context, key, userName, id, shown));
    const rank = (each: ObservedDesktop) => (isLeaving(each) ? 2 : each.state === 'PENDING' ? 0 : 1);
    return found.sort((a, b) => rank(a) - rank(b));
  } catch (error) {
    // If the service does not accept the name, no directory has such a user.
    if (['ValidationException', 'InvalidParameterValuesException'].includes((error as Error).name)) return [];
    throw error;
  }
}
