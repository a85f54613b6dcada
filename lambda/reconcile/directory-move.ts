import { membersBefore } from '../decide/update-refusals';
import type { FleetEvent } from '../request/events';
import { digest, eventId, fleetId, physicalId, userKey } from '../request/identity';
import type { Changes, FleetKey, Joining, Ledger } from '../ledger/ledger';
import type { Unrecorded } from '../request/resource-properties';
import { counted, list } from '../decide/report';
import { FleetState, Subject } from '../ledger/state';

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
export function changesOf({ ResourceProperties, OldResourceProperties }: FleetEvent): Changes {
  return { from: digest(OldResourceProperties ?? {}), to: digest(ResourceProperties) };
}

/** How the ledger of that fleet knows the event. */
export function deletionIn(event: FleetEvent): Joining {
  return { id: eventId(event), requestType: 'Delete', changes: changesOf(event) };
}

/** As the delete of that fleet. */
export function deletionOf(event: FleetEvent): FleetEvent {
  return { ...event, RequestType: 'Delete', ResourceProperties: event.OldResourceProperties!, OldResourceProperties: undefined };
}

/** Whether CloudFormation is going to delete what the fleet has in the directory before. */
export function deletesBefore({ ResourceProperties, OldResourceProperties }: FleetEvent): boolean {
  return [ResourceProperties, OldResourceProperties].some((each) => each?.RetainOnReplace !== 'true');
}

/** From a directory to another one. */
interface Move {
  readonly from: string;
  readonly to: string;
  /** The template keeps what it leaves from now on, and did not before. */
  readonly retains: boolean;
}

/** Whether a move would terminate more desktops than it may, as a sentence. */
export function moveRefused(standing: readonly Subject[], { from, to, retains }: Move, limitOf: (desktops: number) => number): string | undefined {
  const removed = standing.filter(({ member }) => !member!.adopted);
  const limit = limitOf(standing.length);
  if (removed.length <= limit) return undefined;
  return `this update moves the fleet from the directory ${from} to ${to}, which would terminate the WorkSpaces of ${counted(removed.length, 'user')} in ${from}, `
    + `and terminationLimit allows ${limit}: ${namesOf(removed)}. Nothing was changed. Put the directoryId back`
    + `${retains ? ' and deploy the new removalPolicy, which' : ', keep them with "removalPolicy: RemovalPolicy.RETAIN", which'} `
    + `has to be deployed before the directoryId is changed, or write "terminationLimit: TerminationLimit.count(${removed.length})" for this deployment`;
}

/**
 * Who has a desktop of this fleet in a directory; where its rows are lost, also whoever was deployed there.
 */
export async function standingIn(ledger: Ledger, key: FleetKey, deployedThere: () => Promise<readonly Unrecorded[]>): Promise<Subject[]> {
  const [fleet, rows] = [await ledger.fleet(key), await ledger.calls(key)];
  const recorded = membersBefore(new FleetState(rows, 0).subjects(new Map()), Infinity);
  if (fleet && !fleet.lost && rows.length >= fleet.nextCall) return recorded;
  const known = new Set(recorded.map((each) => each.key));
  const others = (await deployedThere()).filter(({ userName }) => !known.has(userKey(userName)));
  return [...recorded, ...others.map(({ userName }): Subject => ({ key: userKey(userName), userName, member: { userName, settings: -1, unknown: 'call' } }))];
}

/** Who stays behind, for people. */
export function leftBehind(standing: readonly Subject[], from: string): string[] {
  return standing.length === 0 ? [] : [`the WorkSpaces of ${counted(standing.length, 'user')} in the directory ${from} stay there: ${namesOf(standing)}`];
}

function namesOf(subjects: readonly Subject[]): string {
  return list(subjects, ({ userName, member }) => `${userName} (${member!.id ?? 'being made'})`);
}
