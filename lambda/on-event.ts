import type { CdkCustomResourceResponse } from 'aws-lambda';
import type { Clock } from './clock';
import type { FleetEvent } from './events';
import { digest, eventId, fleetId, physicalId } from './identity';
import type { Ledger } from './ledger';
import { log } from './log';
import { timeoutOf } from './properties';

/**
 * Answers with the physical id and notes that the event came: nothing else, since what onEvent has done when it fails,
 * or when the framework fails after it, the framework never undoes.
 */
export async function join(ledger: Pick<Ledger, 'join'>, clock: Clock, event: FleetEvent): Promise<CdkCustomResourceResponse> {
  const { DirectoryId } = event.ResourceProperties;
  const changes = { from: digest(event.OldResourceProperties ?? {}), to: digest(event.ResourceProperties) };
  const joining = { id: eventId(event), requestType: event.RequestType, changes };
  const startedAt = await ledger.join({ fleetId: fleetId(event), directoryId: DirectoryId }, joining, clock.now());
  log('event', { type: event.RequestType, fleet: fleetId(event), directory: DirectoryId });
  return { PhysicalResourceId: physicalIdFor(event), Deadline: startedAt + timeoutOf(event) };
}

function physicalIdFor(event: FleetEvent): string {
  // A Delete must echo the id that it came with, also one that CloudFormation has invented. An update to another
  // directory is going to be refused, and a new id would make CloudFormation delete the fleet that stays.
  return event.RequestType === 'Create' ? physicalId(event, event.ResourceProperties.DirectoryId) : event.PhysicalResourceId!;
}
