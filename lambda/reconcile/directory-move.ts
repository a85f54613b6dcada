import { usersBefore } from '../decide/update-refusals';
import { FleetRecords } from '../ledger/fleet-records';
import type { Joining, Ledger } from '../ledger/ledger';
import type { PropertiesDigests, FleetKey } from '../ledger/rows';
import type { RecordedUser } from '../ledger/user';
import type { FleetEvent } from '../request/events';
import { digest, eventId, fleetId, physicalId, userKey } from '../request/identity';
import type { Unrecorded } from '../request/resource-properties';

// A fleet that moves to another directory: desktops cannot, so others are made there. CloudFormation deletes the fleet in the directory before
// when the update has succeeded, by its physical id, or leaves it, by the template's policy.

/** Where an update takes the fleet from; in a rollback, where the failed update had wanted to have it. */
export function movesFrom({ RequestType, ResourceProperties, OldResourceProperties }: FleetEvent): string | undefined {
  const before = OldResourceProperties?.DirectoryId;
  return RequestType === 'Update' && before !== undefined && before !== ResourceProperties.DirectoryId ? before : undefined;
}

/**
 * The fleet in a directory that a failed update wanted to move to. CloudFormation has never had its physical id, so nobody but the rollback
 * of that update deletes it.
 */
export function abandoned(event: FleetEvent): FleetKey | undefined {
  const directoryId = movesFrom(event);
  const isStillHere = event.PhysicalResourceId === physicalId(event, event.ResourceProperties.DirectoryId);
  return directoryId !== undefined && isStillHere ? { fleetId: fleetId(event), directoryId } : undefined;
}

/** From which properties an event leads to which. */
export function digestsOf({ ResourceProperties, OldResourceProperties }: FleetEvent): PropertiesDigests {
  return { from: digest(OldResourceProperties ?? {}), to: digest(ResourceProperties) };
}

/** How the ledger of that fleet knows the event. */
export function deletionIn(event: FleetEvent): Joining {
  return { id: eventId(event), requestType: 'Delete', digests: digestsOf(event) };
}

/** As the delete of that fleet. */
export function deletionOf(event: FleetEvent): FleetEvent {
  return { ...event, RequestType: 'Delete', ResourceProperties: event.OldResourceProperties!, OldResourceProperties: undefined };
}

/** Whether CloudFormation is going to delete what the fleet has in the directory before. */
export function deletesBefore({ ResourceProperties, OldResourceProperties }: FleetEvent): boolean {
  return [ResourceProperties, OldResourceProperties].some((each) => each?.RetainOnReplace !== 'true');
}

/** Who has a desktop of this fleet in a directory; where its rows are lost, also whoever was deployed there. */
export async function standingIn(ledger: Ledger, key: FleetKey, deployedThere: () => Promise<readonly Unrecorded[]>): Promise<RecordedUser[]> {
  const [fleet, rows] = [await ledger.fleet(key), await ledger.calls(key)];
  const recorded = usersBefore(new FleetRecords(rows, 0).users(new Map()), Infinity);
  if (fleet && !fleet.lost && rows.length >= fleet.nextCall) return recorded;
  const known = new Set(recorded.map((each) => each.key));
  const others = (await deployedThere()).filter(({ userName }) => !known.has(userKey(userName)));
  return [...recorded, ...others.map(({ userName }): RecordedUser => (
    { key: userKey(userName), userName, madeIn: 0, madeAt: 0, record: { state: 'unknown', why: 'call', userName, settings: -1 } }
  ))];
}
