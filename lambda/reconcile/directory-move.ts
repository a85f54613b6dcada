import { usersBefore } from '../decide/update-refusals';
import { FleetRecords } from '../ledger/fleet-records';
import type { Joining, Ledger } from '../ledger/ledger';
import type { CurrentGeneration, FleetKey, PropertiesDigests, SeenEvent } from '../ledger/rows';
import type { RecordedUser } from '../ledger/user';
import type { FleetEvent } from '../request/events';
import { digest, isTooLong, namedBy, userKey } from '../request/identity';
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
 * The directory that a failed update wanted to move the fleet to. CloudFormation never had the physical id there. Therefore only the rollback of that
 * update deletes the fleet there. Only onEvent can tell it from a move, because later the physical id is onEvent's answer.
 */
function abandoned(event: FleetEvent): string | undefined {
  const isStillHere = namedBy(event)?.directoryId === event.ResourceProperties.DirectoryId;
  return isStillHere ? movesFrom(event) : undefined;
}

/** Hashes of the properties before and after the event. */
export function digestsOf({ ResourceProperties, OldResourceProperties }: FleetEvent): PropertiesDigests {
  return { from: digest(OldResourceProperties ?? {}), to: digest(ResourceProperties) };
}

/** The event as onEvent notes it. @param now when it arrived */
export function seenIn(event: FleetEvent, now: number): SeenEvent {
  const abandons = abandoned(event);
  // A move to another directory begins a new fleet there. If a rollback moves back, the old fleet is still in its directory.
  const isMove = (movesFrom(event) !== undefined && abandons === undefined) || undefined;
  const requestType = isMove ? 'Create' : event.RequestType;
  return { requestType, requestId: event.RequestId, sentAt: sentAt(event, now), seenAt: now, digests: digestsOf(event), isMove, abandons };
}

/** A confirmed event as the abandoned fleet's ledger row records it. */
export function deletionIn({ id, requestId, sentAt: sent = 0, digests, rollsBack }: CurrentGeneration & { readonly id: string }): Joining {
  return { id, requestType: 'Delete', requestId: requestId ?? '', sentAt: sent, digests, rollsBack };
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
