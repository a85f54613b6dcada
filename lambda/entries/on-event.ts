import type { Clock } from '../core/clock';
import { DeploymentFailure } from '../core/deployment-failure';
import { log } from '../core/log';
import type { Ledger } from '../ledger/ledger';
import { abandoned, digestsOf, deletionIn, movesFrom } from '../reconcile/directory-move';
import { AnswerTime } from '../request/answer-time';
import type { FleetEvent, Joined } from '../request/events';
import { eventId, fleetId, isTooLong, physicalId } from '../request/identity';

/**
 * Answers with the physical id, and records the event. It does nothing else: if onEvent fails, or the framework fails after it, the
 * framework never undoes what onEvent did.
 */
export async function join(ledger: Pick<Ledger, 'join'>, clock: Clock, event: FleetEvent): Promise<Joined> {
  const { DirectoryId } = event.ResourceProperties;
  if (event.RequestType !== 'Delete' && isTooLong(DirectoryId)) {
    throw new DeploymentFailure(`directoryId must be the id of a directory, like "d-90670b2f8c", got ${JSON.stringify(DirectoryId.slice(0, 63))}... with ${DirectoryId.length} characters: correct the value that the template takes it from`);
  }
  const digests = digestsOf(event);
  const left = abandoned(event);
  // A move to another directory begins a new fleet there. If a rollback moves back, the old fleet is still in its directory.
  const isMove = movesFrom(event) !== undefined && !left;
  const joining = { id: eventId(event), requestType: isMove ? 'Create' : event.RequestType, isMove, digests };
  const startedAt = await ledger.join({ fleetId: fleetId(event), directoryId: DirectoryId }, joining, clock.now());
  if (left) await ledger.join(left, deletionIn(event), clock.now());
  log('event', { type: event.RequestType, fleet: fleetId(event), directory: DirectoryId });
  return { PhysicalResourceId: physicalIdFor(event), Deadline: AnswerTime.of(event, startedAt).due, ...left && { Abandons: left.directoryId } };
}

function physicalIdFor(event: FleetEvent): string {
  // A Delete must return the id that it came with, even one that CloudFormation has invented. If an update returns a new id, CloudFormation
  // deletes the fleet in the old directory after the update has succeeded.
  return event.RequestType === 'Delete' ? event.PhysicalResourceId! : physicalId(event, event.ResourceProperties.DirectoryId);
}
