import { usersBefore } from '../decide/update-refusals';
import { FleetRecords } from '../ledger/fleet-records';
import type { Joining, Ledger } from '../ledger/ledger';
import type { PropertiesDigests, FleetKey } from '../ledger/rows';
import type { RecordedUser } from '../ledger/user';
import type { FleetEvent } from '../request/events';
import { digest, eventId, fleetId, isTooLong, physicalId, userKey } from '../request/identity';
import type { Unrecorded } from '../request/resource-properties';
import { sentAt } from '../request/sent-at';

// A fleet moves to another directory. Desktops cannot move, so new ones are made there. After the update has succeeded, CloudFormation deletes
// the fleet in the old directory by its physical id, or retains it if the template's policy says so.

/** The directory that an update moves the fleet away from. In a rollback, the directory that the failed update wanted to move to. */
export function movesFrom({ RequestType, ResourceProperties, OldResourceProperties }: FleetEvent): string | undefined {
  const before = OldResourceProperties?.DirectoryId;
  const isMove = RequestType === 'Update' && before !== undefined && before !== ResourceProperties.DirectoryId;
  // An id that onEvent has refused is not a directory that a fleet could have been in.
  return isMove && !isTooLong(before) ? before : undefined;
}

/**
 * The fleet in the directory that a failed update wanted to move to. CloudFormation never had its physical id. Therefore only the rollback
 * of that update deletes it.
 */
export function abandoned(event: FleetEvent): FleetKey | undefined {
  const directoryId = movesFrom(event);
  const isStillHere = event.PhysicalResourceId === physicalId(event, event.ResourceProperties.DirectoryId);
  return directoryId !== undefined && isStillHere ? { fleetId: fleetId(event), directoryId } : undefined;
}

/** Hashes of the properties before and after the event. */
export function digestsOf({ ResourceProperties, OldResourceProperties }: FleetEvent): PropertiesDigests {
  return { from: digest(OldResourceProperties ?? {}), to: digest(ResourceProperties) };
}

/** The event as the abandoned fleet's ledger row records it. */
export function deletionIn(event: FleetEvent, now: number): Joining {
  return { id: eventId(event), requestType: 'Delete', requestId: event.RequestId, sentAt: sentAt(event, now), digests: digestsOf(event) };
}

/** The event as the delete of the abandoned fleet. */
export function deletionOf(event: FleetEvent): FleetEvent {
  return { ...event, RequestType: 'Delete', ResourceProperties: event.OldResourceProperties!, OldResourceProperties: undefined };
}

/** Whether CloudFormation will delete the fleet in the old directory. */
export function deletesBefore({ ResourceProperties, OldResourceProperties }: FleetEvent): boolean {
  return [ResourceProperties, OldResourceProperties].some((each) => each?.RetainOnReplace !== 'true');
}

/** The users with a desktop of this fleet in a directory. If its rows are lost, also every user who was deployed there. */
export async function usersInDirectory(ledger: Ledger, key: FleetKey, deployedThere: () => Promise<readonly Unrecorded[]>): Promise<RecordedUser[]> {
  const [fleet, rows] = [await ledger.fleet(key), await ledger.calls(key)];
  const records = new FleetRecords(rows, fleet?.nextCall ?? 0);
  const recorded = usersBefore(records.users(new Map()), Infinity);
  if (fleet && !fleet.lost && records.missing.length === 0) return recorded;
  const known = new Set(recorded.map((each) => each.key));
  const others = (await deployedThere()).filter(({ userName }) => !known.has(userKey(userName)));
  return [...recorded, ...others.map(({ userName }): RecordedUser => (
    { key: userKey(userName), userName, madeIn: 0, madeAt: 0, record: { state: 'unknown', why: 'call', userName, settings: -1 } }
  ))];
}
