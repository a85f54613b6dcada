import { IDS_RESOURCE_TYPE, type StepResult } from '../../src/private/contract';
import { type Clock, MINUTE } from '../core/clock';
import { log } from '../core/log';
import { POLICY_DELAY } from '../decide/failures';
import { idsAttributes, reasonOf } from '../decide/report';
import { idOf } from '../decide/verdict';
import { FleetRecords } from '../ledger/fleet-records';
import type { Services } from '../reconcile/services';
import type { IdsEvent, Joined } from '../request/events';
import { fleetId, userKey } from '../request/identity';
import { sentAt } from '../request/sent-at';

// If a fleet's ids do not fit one answer, separate resources read them from the ledger after the fleet's deployment, without a call of WorkSpaces.

/** A read takes a second. If it keeps crashing for so long, it has failed. */
const MAY_TAKE = 5 * MINUTE;

export function isRead(event: { readonly ResourceType?: string }): event is IdsEvent {
  return event.ResourceType === IDS_RESOURCE_TYPE;
}

/** A read has nothing to undo. Any physical id works that stays the same. */
export function joinRead(clock: Clock, event: IdsEvent): Joined {
  return { PhysicalResourceId: event.PhysicalResourceId ?? `${fleetId(event)}/ids`, Deadline: clock.now() + MAY_TAKE };
}

/** Whether CloudFormation works on this read. Whoever may invoke the step must not learn ids. If CloudFormation does not answer, that fails no deployment. */
async function isAskedFor({ showResource }: ReadServices, { StackId, LogicalResourceId }: IdsEvent): Promise<boolean> {
  try {
    const shown = await showResource(StackId, LogicalResourceId);
    return shown?.type === IDS_RESOURCE_TYPE && /^(CREATE|UPDATE|UPDATE_ROLLBACK)_IN_PROGRESS$/.test(shown.status ?? '');
  } catch (error) {
    log('the stack is unknown', { error: `${(error as Error).name}: ${(error as Error).message}` });
    return true;
  }
}

/** The services that a read needs. */
export type ReadServices = Pick<Services, 'clock' | 'ledger' | 'stackStatus' | 'showResource' | 'logGroupName'>;

/** The ids of the users that the event names, as recorded by the fleet's last deployment. */
export async function readIds(services: ReadServices, event: IdsEvent): Promise<StepResult> {
  const { clock, ledger, stackStatus, logGroupName } = services;
  if (event.RequestType === 'Delete') return { Status: 'DONE', Attributes: { Ids: '' } };
  if (!(await isAskedFor(services, event))) {
    log('failed', { reason: 'a read that CloudFormation does not ask for' });
    const isNew = clock.now() - sentAt(event, clock.now()) < POLICY_DELAY;
    return isNew ? { Status: 'NOT_YET' } : { Status: 'FAILED', Reason: reasonOf('CloudFormation does not ask for these ids', logGroupName) };
  }
  const { FleetId, DirectoryId, UserNames } = event.ResourceProperties;
  const key = { fleetId: FleetId, directoryId: DirectoryId };
  const [fleet, rows] = [await ledger.fleet(key), await ledger.calls(key)];
  const records = new FleetRecords(rows, fleet?.nextCall ?? 0);
  const users = UserNames.map((name) => records.user(userKey(name), name));
  const unrecorded = users.filter(({ record }) => !record);
  const isDamaged = !fleet || records.missing.length > 0;
  log('read ids', { users: UserNames.length, unrecorded: unrecorded.length });
  // A rollback must finish, and does not need the ids.
  if (isDamaged && unrecorded.length > 0 && !/ROLLBACK/.test(await stackStatus(event.StackId))) {
    const reason = `the ledger has no record of ${unrecorded.length} of the users whose WorkSpace ids are asked for, such as ${unrecorded[0].userName}: rows of the ledger were deleted. `
      + 'This did not touch the WorkSpaces: deploy the fleet again with another value of refresh to look them up';
    return { Status: 'FAILED', Reason: reasonOf(reason, logGroupName) };
  }
  const now = { generation: fleet?.generation ?? 0, now: clock.now() };
  try {
    return { Status: 'DONE', Attributes: idsAttributes(event, users.map((each) => idOf(each, now))) };
  } catch (error) {
    return { Status: 'FAILED', Reason: reasonOf((error as Error).message, logGroupName) };
  }
}
