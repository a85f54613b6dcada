import { failure } from './patience';
import { type Clock, HOUR, SECOND } from '../core/clock';
import { log } from '../core/log';
import type { Ledger } from '../ledger/ledger';
import { abandoned, digestsOf, deletionIn, movesFrom } from '../reconcile/directory-move';
import { AnswerTime } from '../request/answer-time';
import type { FleetEvent, Joined } from '../request/events';
import { eventId, fleetId, isTooLong, physicalId } from '../request/identity';
import { sentAt } from '../request/sent-at';

/** The longest ServiceTimeout of a custom resource. */
const LONGEST_WAIT = 1 * HOUR;

/**
 * Answers with the physical id, and records the event. It does nothing else: if onEvent fails, or the framework fails after it, the
 * framework never undoes what onEvent did.
 */
export async function join(ledger: Pick<Ledger, 'join'>, clock: Clock, event: FleetEvent): Promise<Joined> {
  const { DirectoryId } = event.ResourceProperties;
  if (event.RequestType !== 'Delete') requireDirectoryId(DirectoryId);
  const now = clock.now();
  const sent = sentAt(event, now);
  requireInTime(sent, now);
  const digests = digestsOf(event);
  const left = abandoned(event);
  // A move to another directory begins a new fleet there. If a rollback moves back, the old fleet is still in its directory.
  const isMove = movesFrom(event) !== undefined && !left;
  const requestType = isMove ? 'Create' : event.RequestType;
  const joining = { id: eventId(event), requestType, requestId: event.RequestId, sentAt: sent, isMove, digests };
  const isCurrent = await ledger.join({ fleetId: fleetId(event), directoryId: DirectoryId }, joining, now);
  if (left && isCurrent) await ledger.join(left, deletionIn(event, now), now);
  log('event', { type: event.RequestType, fleet: fleetId(event), directory: DirectoryId, sentSecondsAgo: Math.round((now - sent) / SECOND), isCurrent });
  return { PhysicalResourceId: physicalIdFor(event), Deadline: AnswerTime.of(event, sent).due, ...left && { Abandons: left.directoryId } };
}

/**
 * CloudFormation waits for an hour at most. Lambda may deliver an event later than that.
 * @throws DeploymentFailure for an event that nobody waits for any more. Nothing is noted then
 */
function requireInTime(sent: number, now: number): void {
  if (now - sent <= LONGEST_WAIT) return;
  throw failure(`this event was sent ${Math.round((now - sent) / 60 / SECOND)} minutes ago, and CloudFormation waits for an hour at most. Nothing was changed`);
}

/** @throws DeploymentFailure if it is too long for the keys of the ledger */
function requireDirectoryId(directoryId: string): void {
  if (!isTooLong(directoryId)) return;
  const got = `${JSON.stringify(directoryId.slice(0, 63))}... with ${directoryId.length} characters`;
  throw failure(`directoryId must be the id of a directory, like "d-90670b2f8c", got ${got}: correct the value that the template takes it from`);
}

function physicalIdFor(event: FleetEvent): string {
  // A Delete must return the id that it came with, even one that CloudFormation has invented. If an update returns a new id, CloudFormation
  // deletes the fleet in the old directory after the update has succeeded.
  return event.RequestType === 'Delete' ? event.PhysicalResourceId! : physicalId(event, event.ResourceProperties.DirectoryId);
}
