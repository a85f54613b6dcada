import type { Said } from './confirm';
import { Manifests } from './manifests';
import { failed } from './results';
import type { Services } from './services';
import { LONGEST_OPERATION } from './stack-operation';
import type { StepResult } from '../../src/private/contract';
import { MINUTE } from '../core/clock';
import { log } from '../core/log';
import { attributesOf } from '../decide/report';
import { named } from '../decide/update-refusals';
import { idOf } from '../decide/verdict';
import { FleetRecords } from '../ledger/fleet-records';
import { type FleetKey, type FleetRow, type SeenEvent, sentAtOf } from '../ledger/rows';
import { hasDesktop, isDesired } from '../ledger/user';
import type { FleetEvent } from '../request/events';
import { eventId, isTooLong } from '../request/identity';
import { LONGEST_TIMEOUT, parseProperties } from '../request/resource-properties';

// A rollback or a delete about which CloudFormation cannot be asked. A stack that can be neither rolled back nor deleted is stuck for good, so these do not
// just fail.

/** A Delete about which CloudFormation cannot be asked ends after this time. */
const DELETE_WAITS = 10 * MINUTE;
/** A rollback waits until so long before its answer is due. */
const BEFORE_DUE = 5 * MINUTE;

interface Unknown {
  readonly row?: FleetRow;
  readonly seen: SeenEvent;
  readonly said: Extract<Said, { says: 'unknown' }>;
}

/** @returns `fails` for a Create, and for an Update that is no rollback */
export async function endUnconfirmed(services: Services, event: FleetEvent, key: FleetKey, unknown: Unknown): Promise<StepResult | 'fails'> {
  if (event.RequestType === 'Delete') return endDelete(services, event, key, unknown);
  if (event.RequestType === 'Create' || !isRollback(unknown)) return 'fails';
  return endRollback(services, event, key, unknown);
}

/** If CloudFormation says nothing at all, the properties tell: a rollback goes back to what was deployed, or undoes the update before it. */
function isRollback({ row, seen: { digests, sentAt }, said: { rollsBack } }: Unknown): boolean {
  if (rollsBack !== undefined) return rollsBack;
  if (!row || digests.from === digests.to) return false;
  const { current, settled } = row;
  if (settled.to?.properties === digests.to) return true;
  const isSwapped = current.digests.from === digests.to && current.digests.to === digests.from;
  return isSwapped && sentAt - sentAtOf(current) < LONGEST_OPERATION;
}

/** Nothing is removed, and the answer names what stays. The next event that CloudFormation confirms removes it. */
async function endRollback(services: Services, event: FleetEvent, key: FleetKey, { row, seen, said }: Unknown): Promise<StepResult> {
  const now = services.clock.now();
  if (now < seen.sentAt + LONGEST_TIMEOUT - BEFORE_DUE) return { Status: 'NOT_YET' };
  const manifests = new Manifests(services, key);
  const request = await manifests.readDeployed(event.ResourceProperties, parseProperties);
  const records = new FleetRecords(await services.ledger.calls(key), row?.nextCall ?? 0);
  const users = records.users(request.desired);
  const ids = users.filter(isDesired).map((user) => ({ user, id: idOf(user, { generation: row?.generation ?? 0, now }) }));
  const stays = users.filter(hasDesktop).filter(({ desired, record }) => !desired && record.state === 'owned');
  const notices = [
    `CloudFormation could not be asked whether this is a rollback (${said.error}), so nothing was changed`,
    ...stays.length > 0 ? [`the WorkSpaces of these users stay until the next deployment, although the rollback does not want them: ${named(stays)}`] : [],
  ];
  for (const notice of notices) log('notice', { notice });
  if (row) await services.ledger.change(key, row.generation, { heldBack: seen.digests });
  await services.seenEvents.forget(key, eventId(event));
  const refused = ids.filter(({ id }) => id === '').map(({ user: { userName } }) => ({ userName, code: 'NotRolledBack', message: 'nothing was changed' }));
  const removals = row?.removals ?? 0;
  const outcome = { ids: ids.map(({ id }) => id), countsIds: request.countsIds, refused, late: [], notices, fleetId: key.fleetId, removals };
  return { Status: 'DONE', Attributes: attributesOf(event, outcome) };
}

async function endDelete(services: Services, event: FleetEvent, key: FleetKey, { row, seen, said }: Unknown): Promise<StepResult> {
  if (services.clock.now() - seen.seenAt < DELETE_WAITS) return { Status: 'NOT_YET' };
  await services.seenEvents.forget(key, eventId(event));
  if (isTooLong(key.directoryId) || await hasNothing(services, key, row)) {
    const outcome = { ids: [], countsIds: false, refused: [], late: [], notices: [], fleetId: key.fleetId, removals: 0 };
    return { Status: 'DONE', Attributes: attributesOf(event, outcome) };
  }
  return failed(services, `CloudFormation could not be asked whether it deletes this fleet (${said.error}). No WorkSpace was terminated. Allow the provider's step function `
    + 'cloudformation:DescribeStackResource and cloudformation:DescribeStackEvents on its own stack, and try again; or delete the stack and retain this resource, and terminate its WorkSpaces yourself');
}

/** Whether the fleet has no desktop, as far as a complete ledger and the index of tags show. */
async function hasNothing({ ledger, ownedInIndex }: Services, key: FleetKey, row: FleetRow | undefined): Promise<boolean> {
  const records = new FleetRecords(await ledger.calls(key), row?.nextCall ?? 0);
  const mayHave = records.users(new Map()).some(({ record }) => record?.state !== 'refused');
  if (row?.lost || records.missing.length > 0 || mayHave) return false;
  try {
    return (await ownedInIndex(key.fleetId)).length === 0;
  } catch (error) {
    log('tag index', { error: `${(error as Error).name}: ${(error as Error).message}` });
    return false;
  }
}
