import { desktopRequest, type KeyArns } from './desktop-request';
import type { StepContext } from './step-context';
import { failureOf } from '../aws/errors';
import type { ObservedDesktop, Refused, WorkspacesApi } from '../aws/workspaces-api';
import { log } from '../core/log';
import type { CallRow } from '../ledger/rows';
import type { DesiredUser, User } from '../ledger/user';
import type { UnknownDesktop, UserRecord } from '../ledger/user-record';
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
    // Nothing was done.
    if (failure === 'throttled' || failure === 'denied') {
      await close([]);
      throw error;
    }
    if (users.length > 1) {
      await close([]);
      return 'poisoned';
    }
    const wayOut = failure === 'quota' ? `${message} Ask AWS for a higher quota of WorkSpaces (Service Quotas, Amazon WorkSpaces)` : message;
    await close(row.records.map((record) => refused(context, record, users[0], code, wayOut)));
    return 'answered';
  }
  // Not in the try: the name of a ledger error says nothing about the call.
  await close(row.records.map((record, i) => answered(context, record, users[i], answer.made, answer.refused)));
  return 'answered';
}

/** Notes the users that the next call is for. */
export async function beginCall(context: StepContext, users: readonly DesiredUser[], why: UnknownDesktop['why'] = 'call'): Promise<CallRow> {
  const { ledger, fleet, clock, records } = context;
  const settings = [...new Set(users.map(({ desired }) => desired.settings))];
  const unknown = users.map(({ desired }): UserRecord => (
    { state: 'unknown', why, userName: desired.userName, settings: settings.indexOf(desired.settings) }
  ));
  const row: CallRow = { number: records.next, generation: fleet.generation, at: clock.now(), settings, records: unknown };
  await ledger.addCall(fleet.key, fleet.generation, row);
  records.add(row);
  return row;
}

function answered(context: StepContext, record: UserRecord, user: User, made: readonly ObservedDesktop[], refusals: readonly Refused[]): UserRecord {
  const key = userKey(record.userName);
  const { userName, settings } = record;
  const desktop = made.find((each) => userKey(each.userName) === key);
  if (desktop) return { state: 'owned', userName, settings, id: desktop.id };
  const refusal = refusals.find((each) => userKey(each.who) === key);
  if (!refusal) return record; // in neither list: still unknown
  // It may be ours, from a call whose answer was lost.
  if (refusal.code.startsWith('ResourceExists')) return { state: 'unknown', why: 'exists', userName, settings };
  return refused(context, record, user, refusal.code, refusal.message);
}

function refused(context: StepContext, { userName, settings }: UserRecord, { record: before }: User, code: string, message: string): UserRecord {
  const { generation, clock } = context;
  const last = before?.state === 'refused' ? before.failure : undefined;
  const tried = last?.generation === generation && last.code === code ? last.attempts : 0;
  return { state: 'refused', userName, settings, failure: { code, message, attempts: tried + 1, generation, at: clock.now() } };
}
