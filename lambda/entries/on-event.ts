import type { Clock } from '../core/clock';
import { log } from '../core/log';
import type { Ledger } from '../ledger/ledger';
import { abandoned, digestsOf, deletionIn, movesFrom } from '../reconcile/directory-move';
import type { FleetEvent, Joined } from '../request/events';
import { eventId, fleetId, physicalId } from '../request/identity';
import { LONGEST_TIMEOUT, timeoutOf } from '../request/resource-properties';

/**
 * Answers with the physical id and notes that the event came: nothing else, since what onEvent has done when it fails,
 * or when the framework fails after it, the framework never undoes.
 */
export async function join(ledger: Pick<Ledger, 'join'>, clock: Clock, event: FleetEvent): Promise<Joined> {
  const { DirectoryId } = event.ResourceProperties;
  const digests = digestsOf(event);
  const left = abandoned(event);
  // To another directory is a fleet of its own; back from there, in a rollback, it is the one that has never left.
  const isMove = movesFrom(event) !== undefined && !left;
  const joining = { id: eventId(event), requestType: isMove ? 'Create' : event.RequestType, isMove, digests };
  const startedAt = await ledger.join({ fleetId: fleetId(event), directoryId: DirectoryId }, joining, clock.now());
  if (left) await ledger.join(left, deletionIn(event), clock.now());
  log('event', { type: event.RequestType, fleet: fleetId(event), directory: DirectoryId });
  // Whether an update is a rollback, which is given as long as there is, only the step sees.
  const timeout = event.RequestType === 'Update' ? LONGEST_TIMEOUT : timeoutOf(event);
  return { PhysicalResourceId: physicalIdFor(event), Deadline: startedAt + timeout, ...left && { Abandons: left.directoryId } };
}

function physicalIdFor(event: FleetEvent): string {
  // A Delete must echo the id that it came with, also one that CloudFormation has invented. Of an update, another id than before makes
  // CloudFormation delete the fleet in the directory before, when everything has succeeded.
  return event.RequestType === 'Delete' ? event.PhysicalResourceId! : physicalId(event, event.ResourceProperties.DirectoryId);
}
