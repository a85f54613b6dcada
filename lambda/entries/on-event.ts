import { failure } from './patience';
import { type Clock, HOUR, SECOND } from '../core/clock';
import { log } from '../core/log';
import type { SeenEvents } from '../ledger/seen-events';
import { seenIn } from '../reconcile/directory-move';
import { AnswerTime } from '../request/answer-time';
import type { FleetEvent, Joined } from '../request/events';
import { eventId, fleetOf, isTooLong } from '../request/identity';
import { sentAt } from '../request/sent-at';

/** The longest ServiceTimeout of a custom resource. */
const LONGEST_WAIT = 1 * HOUR;

/**
 * Answers with the physical id, and notes that the event was seen. It does nothing else: anybody may have invented it, and if onEvent fails, or the
 * framework fails after it, the framework never undoes what onEvent did. A step makes the event the current one when CloudFormation has confirmed it.
 */
export async function see(seenEvents: SeenEvents, clock: Clock, event: FleetEvent): Promise<Joined> {
  const { DirectoryId } = event.ResourceProperties;
  if (event.RequestType !== 'Delete') requireDirectoryId(DirectoryId);
  const now = clock.now();
  const sent = sentAt(event, now);
  requireInTime(sent, now);
  const fleet = fleetOf(event);
  if (!isTooLong(fleet.directoryId)) await seenEvents.note(fleet, eventId(event), seenIn(event, now));
  log('event', { type: event.RequestType, fleet: fleet.fleetId, directory: DirectoryId.slice(0, 200), sentSecondsAgo: Math.round((now - sent) / SECOND) });
  return { PhysicalResourceId: physicalIdFor(event), Deadline: AnswerTime.of(event, sent).due };
}

/**
 * CloudFormation waits for an hour at most. Lambda may deliver an event later than that.
 * @throws DeploymentFailure for an event that nobody waits for any more. Nothing is noted then
 */
export function requireInTime(sent: number, now: number): void {
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
  return event.RequestType === 'Delete' ? event.PhysicalResourceId! : `${fleetOf(event).fleetId}/${event.ResourceProperties.DirectoryId}`;
}
