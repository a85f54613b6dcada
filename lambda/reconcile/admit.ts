import { ask, type Confirmed, type Said } from './confirm';
import { digestsOf } from './directory-move';
import { failed, isCurrent } from './results';
import type { Services } from './services';
import { endUnconfirmed } from './unconfirmed';
import type { StepResult } from '../../src/private/contract';
import { MINUTE } from '../core/clock';
import { log } from '../core/log';
import { POLICY_DELAY } from '../decide/failures';
import { comesAfter } from '../ledger/order';
import type { FleetKey, FleetRow, PropertiesDigests, SeenEvent } from '../ledger/rows';
import type { FleetEvent } from '../request/events';
import { eventId, fleetId } from '../request/identity';
import { timeoutOf } from '../request/resource-properties';

/** An event that CloudFormation does not confirm fails after this time: what CloudFormation shows may be a little old. */
export const MAY_BE_OLD_FOR = POLICY_DELAY;
/** A Create or an Update about which CloudFormation cannot be asked fails after this time, within five minutes. */
const MAY_BE_UNKNOWN_FOR = 4 * MINUTE;

/**
 * Makes an event the fleet's current one when CloudFormation has confirmed it. Until then it changes nothing, whoever has sent it.
 * @returns undefined if the step may work for the event, else the step's result
 */
export async function admit(services: Services, event: FleetEvent, key: FleetKey): Promise<StepResult | undefined> {
  const { ledger, seenEvents } = services;
  const id = eventId(event);
  const row = await ledger.fleet(key);
  if (row && isCurrent(row, event)) return asCurrent(services, event, row);
  const seen = await seenEvents.find(key, id);
  if (!seen) {
    // A second delivery may have made it current since the row was read.
    const now = await ledger.fleet(key);
    if (now && isCurrent(now, event)) return asCurrent(services, event, now);
    return now ? overtaken(services, now, event) : lost(services, event);
  }
  if (!isSame(seen.digests, event)) return otherProperties(services, event);
  if (row && (row.events[id] !== undefined || !comesAfter(seen, row.current))) return overtaken(services, row, event);
  const said = await ask(services, event, seen, services.clock.now() - seen.seenAt < POLICY_DELAY);
  return said.says === 'yes' ? begin(services, event, key, { row, seen, said }) : wait(services, event, key, { row, seen, said });
}

/** Two Deletes of a fleet are one, whatever else they have. */
function asCurrent(services: Services, event: FleetEvent, { current }: FleetRow): StepResult | undefined {
  return event.RequestType === 'Delete' || isSame(current.digests, event) ? undefined : otherProperties(services, event);
}

interface Known<S extends Said> {
  readonly row?: FleetRow;
  readonly seen: SeenEvent;
  readonly said: S;
}

async function begin(services: Services, event: FleetEvent, key: FleetKey, { row, seen, said }: Known<Confirmed>): Promise<StepResult | undefined> {
  const { ledger, seenEvents, clock } = services;
  const id = eventId(event);
  const isRefused = key.fleetId !== fleetId(event) && event.RequestType === 'Update' && !said.rollsBack;
  if (isRefused) {
    await seenEvents.forget(key, id);
    return failed(services, `the resource ${event.LogicalResourceId} has the physical id ${event.PhysicalResourceId}, which is that of another logical id: put the logical id back. `
      + 'Nothing was changed');
  }
  const { says: _, ...confirmation } = said;
  const joined = await ledger.join(key, { ...seen, ...confirmation, id, logicalId: event.LogicalResourceId }, clock.now());
  log('confirmed', { type: event.RequestType, fleet: key.fleetId, directory: key.directoryId, rollback: said.rollsBack, joined });
  if (joined === 'taken') return wait(services, event, key, { row, seen, said: { says: 'no', shows: 'it has sent another event' } });
  await seenEvents.forget(key, id);
  return joined === 'current' ? undefined : overtaken(services, (await ledger.fleet(key))!, event);
}

async function wait(
  services: Services, event: FleetEvent, key: FleetKey, { row, seen, said }: Known<Exclude<Said, Confirmed>>,
): Promise<StepResult> {
  const { seenEvents, clock } = services;
  const waited = clock.now() - seen.seenAt;
  log('not confirmed', { type: event.RequestType, fleet: key.fleetId, says: said.says === 'no' ? said.shows : said.error });
  if (said.says === 'unknown') {
    const ended = await endUnconfirmed(services, event, key, { row, seen, said });
    if (ended !== 'fails') return ended;
  }
  // A create may have a short timeout. An update may be a rollback, which has the longest one.
  const patience = event.RequestType === 'Create' ? timeoutOf(event) / 2 : Infinity;
  if (waited < Math.min(said.says === 'no' ? MAY_BE_OLD_FOR : MAY_BE_UNKNOWN_FOR, patience)) return { Status: 'NOT_YET' };
  await seenEvents.forget(key, eventId(event));
  if (row?.current.requestId === event.RequestId) return { Status: 'NOT_YET' };
  const { contradicted, unknown, unchanged } = REFUSED[event.RequestType];
  if (said.says === 'no') return failed(services, `${contradicted}: ${said.shows}. ${unchanged}`);
  return failed(services, `${unknown} (${said.error}). ${unchanged}. ${ALLOW}, and deploy again`);
}

const REFUSED = {
  Create: {
    contradicted: 'CloudFormation does not create this fleet',
    unknown: 'CloudFormation could not be asked whether it creates this fleet',
    unchanged: 'Nothing was changed',
  },
  Update: {
    contradicted: 'CloudFormation does not update this fleet',
    unknown: 'CloudFormation could not be asked whether it updates this fleet',
    unchanged: 'Nothing was changed',
  },
  Delete: {
    contradicted: 'CloudFormation does not delete this fleet',
    unknown: 'CloudFormation could not be asked whether it deletes this fleet',
    unchanged: 'No WorkSpace was terminated',
  },
};
const ALLOW = 'Allow the provider\'s step function cloudformation:DescribeStackResource, cloudformation:DescribeStacks and cloudformation:DescribeStackEvents on its own stack';

/** Only what onEvent has noted is worked on. A step that is invoked with anything else does nothing. */
function isSame(noted: PropertiesDigests, event: FleetEvent): boolean {
  const { from, to } = digestsOf(event);
  return noted.from === from && noted.to === to;
}

function otherProperties(services: Services, event: FleetEvent): StepResult {
  return failed(services, `this ${event.RequestType} has other properties than when it was sent. Nothing was changed`);
}

function lost(services: Services, event: FleetEvent): StepResult {
  return failed(services, `the ledger of this fleet was deleted while its ${event.RequestType} was running, or does not know the event. That did not touch any WorkSpace: deploy again`);
}

/**
 * What an event is answered that is not the current one. CloudFormation does not wait for it any more, so it fails at once. But if it has the RequestId of
 * the current one, both answers go to the same place, and only the current one's may: then it is sent none.
 */
export function overtaken(services: Services, { current: { requestId } }: FleetRow, event: FleetEvent): StepResult {
  if (requestId === event.RequestId) return { Status: 'NOT_YET' };
  return failed(services, `a newer event of this fleet has come since this ${event.RequestType} was sent. The handler works for the newer one`);
}
