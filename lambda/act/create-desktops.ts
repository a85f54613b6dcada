import { denialOf, rejection } from './denials';
import { desktopRequest, type KeyArns } from './desktop-request';
import { HIGHER_QUOTA, isQuota } from './quota';
import type { StepContext } from './step-context';
import { failureOf, isDenial } from '../aws/errors';
import type { ObservedDesktop, WorkspacesApi } from '../aws/workspaces-api';
import { log } from '../core/log';
import { type Matched, matchAnswer } from '../decide/user-names';
import type { CallRow } from '../ledger/rows';
import type { DesiredUser } from '../ledger/user';
import type { RecordedFailure, UnknownDesktop, UserRecord } from '../ledger/user-record';
import { userKey } from '../request/identity';

/**
 * The outcome of a call of CreateWorkspaces.
 *
 * - `answered`: every user has a desktop or a refusal.
 * - `poisoned`: nothing was made, because the service does not accept at least one of several users. Ask again in smaller groups.
 * - `unknown`: the service did not say. A later step looks these users up.
 */
export type Created = 'answered' | 'poisoned' | 'unknown';

/** Makes the desktops of at most 25 users in one call. The users are written to the ledger before the call, and the answer after it. */
export async function createDesktops(context: StepContext, users: readonly DesiredUser[], keyArns: KeyArns): Promise<Created> {
  const { fleet, ledger, records, api } = context;
  const requests = users.map(({ desired }) => desktopRequest(desired, fleet.directoryId, fleet.fleetId, keyArns));
  const row = await beginCall(context, users);
  const close = async (closed: readonly UserRecord[]) => {
    const closedRow: CallRow = { ...row, records: closed };
    records.add(closedRow);
    await ledger.save(fleet.key, closedRow);
  };
  let answer: Awaited<ReturnType<WorkspacesApi['create']>>;
  try {
    answer = await api.create(requests);
  } catch (error) {
    const { name: code, message } = error as Error;
    const failure = failureOf(error);
    log('create failed', { users: users.length, failure, error: `${code}: ${message}` });
    if (failure === 'unknown') return 'unknown';
    // Nothing was done. What is known of earlier tries stays.
    const before = row.records.flatMap(({ settings }, i) => {
      const { record } = users[i];
      return record?.state === 'refused' ? [{ ...record, settings }] : [];
    });
    await close(before);
    if (failure === 'throttled') throw error;
    if (users.length > 1) return 'poisoned';
    const [user] = users;
    if (failure === 'denied') {
      const action = deniedAction(user, keyArns, code);
      rejection(context, Object.assign(error as Error, { action, message: `${message} (${action})` }), user.record?.failure); // throws if it is denied for many
    }
    await close(row.records.map((record) => refused(context, record, user, keyArns, code, message)));
    return 'answered';
  }
  context.denials.passed('workspaces:CreateWorkspaces');
  // An id that another user of the fleet has already says nothing about this one, who is looked up.
  const made = answer.made.filter(({ id }) => records.holderOf(id) === undefined);
  const matched = matchAnswer(row.records.map(({ userName }) => userName), { made, refused: answer.refused });
  // Not in the try: the name of a ledger error says nothing about the call.
  await close([
    ...row.records.map((record, i) => answered(context, record, users[i], keyArns, matched)),
    ...matched.unclaimed.map(unclaimed),
  ]);
  return 'answered';
}

/** Notes users who may have a desktop: those that the next call is for, or those that a search has found. */
export async function beginCall(
  context: StepContext, users: readonly DesiredUser[], why: Pick<UnknownDesktop, 'why' | 'listed'> = { why: 'call' },
): Promise<CallRow> {
  const { ledger, fleet, clock, records } = context;
  const settings = [...new Set(users.map(({ desired }) => desired.settings))];
  const unknown = users.map(({ desired }): UserRecord => (
    { state: 'unknown', ...why, userName: desired.userName, settings: settings.indexOf(desired.settings) }
  ));
  return records.begin(ledger, fleet.key, fleet.generation, { generation: fleet.generation, at: clock.now(), settings, records: unknown });
}

/** The service has made it, so it is the fleet's, although it is not clear whose it is. It is terminated unless a look-up shows that it is a user's. */
function unclaimed({ id, userName }: ObservedDesktop): UserRecord {
  log('unclaimed', { desktop: id, userName });
  return { state: 'owned', userName: id, settings: -1, id, unclaimed: true };
}

function answered(context: StepContext, record: UserRecord, user: DesiredUser, keyArns: KeyArns, { made, refused: refusals }: Matched): UserRecord {
  const key = userKey(record.userName);
  const { userName, settings } = record;
  const desktop = made.get(key);
  if (desktop) return { state: 'owned', userName, settings, id: desktop.id };
  const refusal = refusals.get(key);
  if (!refusal) return record; // in neither list: still unknown
  // It may be ours, from a call whose answer was lost.
  if (refusal.code.startsWith('ResourceExists')) return { state: 'unknown', why: 'exists', userName, settings };
  return refused(context, record, user, keyArns, refusal.code, refusal.message);
}

function refused(
  context: StepContext, { userName, settings }: UserRecord, user: DesiredUser, keyArns: KeyArns, code: string, message: string,
): UserRecord {
  const before = user.record?.state === 'refused' ? user.record.failure : undefined;
  const action = deniedAction(user, keyArns, code);
  const failure = action === undefined
    ? againRefused(context, before, code, isQuota(code) ? `${message} ${HIGHER_QUOTA}` : message)
    : denialOf(context, { code, message }, action, before);
  return { state: 'refused', userName, settings, failure };
}

function againRefused({ generation, clock }: StepContext, last: RecordedFailure | undefined, code: string, message: string): RecordedFailure {
  const tried = last?.generation === generation && last.code === code ? last.attempts : 0;
  return { code, message, attempts: tried + 1, generation, at: clock.now() };
}

/**
 * The permission that AWS denies, if the code says so. For an encrypted desktop, WorkSpaces uses the key in the name of the role. KMS has described the
 * key a moment ago: so if WorkSpaces says that the key cannot be used, it is the role that may not.
 */
function deniedAction({ desired: { settings } }: DesiredUser, keyArns: KeyArns, code: string): string | undefined {
  const key = settings.VolumeEncryptionKey;
  if (key !== undefined && /key|kms/i.test(code)) return `kms:CreateGrant on ${keyArns[key]}`;
  if (key !== undefined && isDenial(code)) return `workspaces:CreateWorkspaces or kms:CreateGrant on ${keyArns[key]}`;
  return isDenial(code) ? 'workspaces:CreateWorkspaces' : undefined;
}
