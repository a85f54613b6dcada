import { denialOf, rejection } from './denials';
import { desktopRequest, type KeyArns } from './desktop-request';
import { HIGHER_QUOTA, isQuota } from './quota';
import type { StepContext } from './step-context';
import { failureOf, isDenial } from '../aws/errors';
import type { ObservedDesktop, WorkspacesApi } from '../aws/workspaces-api';
import { log } from '../core/log';
import { type Matched, matchAnswer } from '../decide/user-names';
import { recordedCode } from '../ledger/bounds';
import type { NewRecord } from '../ledger/call-row';
import type { CallRow } from '../ledger/rows';
import type { DesiredUser } from '../ledger/user';
import type { RecordedFailure, UnknownDesktop, UserRecord } from '../ledger/user-record';
import { userKey } from '../request/identity';

/**
 * The outcome of a call of CreateWorkspaces, and the users for whom it was made.
 *
 * - `answered`: every user has a desktop or a refusal.
 * - `poisoned`: nothing was made, because the service does not accept at least one of several users. Ask again in smaller groups.
 * - `unknown`: the service did not say. A later step looks these users up.
 */
export type Created = 'answered' | 'poisoned' | 'unknown';

/**
 * Makes desktops in one call: of at most 25 users, and of fewer if their settings take much room. The users are written to the ledger before the call,
 * and the answer after it.
 * @returns what became of it, and for how many of the users it was made: the first ones
 */
export async function createDesktops(
  context: StepContext, users: readonly DesiredUser[], keyArns: KeyArns,
): Promise<{ readonly created: Created; readonly asked: number }> {
  const row = await beginCall(context, users);
  const asked = row.records.length;
  log('create', { users: asked });
  return { created: await call(context, row, users.slice(0, asked), keyArns), asked };
}

async function call(context: StepContext, row: CallRow, users: readonly DesiredUser[], keyArns: KeyArns): Promise<Created> {
  const { fleet, ledger, records, api, generation } = context;
  const requests = users.map(({ desired }) => desktopRequest(desired, fleet.directoryId, fleet.fleetId, keyArns));
  const close = (closed: readonly UserRecord[]) => records.answer(ledger, fleet.key, generation, row, closed);
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

/** Notes the users that the next call is for. */
function beginCall({ ledger, fleet, clock, records }: StepContext, users: readonly DesiredUser[]): Promise<CallRow> {
  const { key, generation } = fleet;
  return records.begin(ledger, key, generation, { generation, at: clock.now() }, users.map((each) => unknownUser(each, { why: 'call' })));
}

/** A user who may have a desktop, as the ledger has to note it. */
export function unknownUser({ desired: { userName, settings } }: DesiredUser, why: Pick<UnknownDesktop, 'why' | 'listed'>): NewRecord {
  return { state: 'unknown', ...why, userName, asked: settings };
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

/** The failure of a user who is refused once more. */
export function againRefused({ generation, clock }: StepContext, last: RecordedFailure | undefined, code: string, message: string): RecordedFailure {
  const tried = last?.generation === generation && last.code === recordedCode(code) ? last.attempts : 0;
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
