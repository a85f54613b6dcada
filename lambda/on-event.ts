import type { CdkCustomResourceResponse } from 'aws-lambda';
import type { Clock } from './clock';
import type { FleetEvent } from './events';
import { digest, eventId, fleetId, physicalId } from './identity';
import type { Ledger } from './ledger';
import { log } from './log';
import { abandoned, movesFrom } from './moves';
import { timeoutOf } from './properties';

/**
 * Answers with the physical id and notes that the event came: nothing else, since what onEvent has done when it fails,
 * or when the framework fails after it, the framework never undoes.
 */
export async function join(ledger: Pick<Ledger, 'join'>, clock: Clock, event: FleetEvent): Promise<CdkCustomResourceResponse> {
  const { DirectoryId } = event.ResourceProperties;
  const changes = { from: digest(event.OldResourceProperties ?? {}), to: digest(event.ResourceProperties) };
  // To another directory is a fleet of its own.
  const joining = { id: eventId(event), requestType: movesFrom(event) === undefined ? event.RequestType : 'Create', changes };
  const startedAt = await ledger.join({ fleetId: fleetId(event), directoryId: DirectoryId }, joining, clock.now());
  const left = abandoned(event);
  if (left) await ledger.join(left, { ...joining, requestType: 'Delete' }, clock.now());
  log('event', { type: event.RequestType, fleet: fleetId(event), directory: DirectoryId });
  return { PhysicalResourceId: physicalIdFor(event), Deadline: startedAt + timeoutOf(event) };
}

function physicalIdFor(event: FleetEvent): string {
  // A Delete must echo the id that it came with, also one that CloudFormation has invented. Of an update, another id than before makes
  // CloudFormation delete the fleet in the directory before, when everything has succeeded.
  return event.RequestType === 'Delete' ? event.PhysicalResourceId! : physicalId(event, event.ResourceProperties.DirectoryId);
}
