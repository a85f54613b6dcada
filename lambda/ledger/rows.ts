import type { UserRecord } from './user-record';
import type { DesktopSettings } from '../../src/private/contract';

/** One fleet in one directory. */
export interface FleetKey {
  readonly fleetId: string;
  readonly directoryId: string;
}

/** What the ledger knows of a fleet as a whole. */
export interface FleetRow {
  /** Of the resource in the stack. Absent in rows of earlier versions. */
  readonly logicalId?: string;
  /** Grows by one with every new event; a step for an older one does nothing. */
  readonly generation: number;
  /** The generations of the events that CloudFormation has confirmed, by event id. A Delete does not remove them. */
  readonly events: Readonly<Record<string, number>>;
  readonly current: CurrentGeneration;
  /** The generation before the current one; absent if nothing is known of the time before this row. */
  readonly previous?: EarlierGeneration;
  readonly settled: SettledGeneration;
  /** The generation that succeeded before the settled one. */
  readonly settledBefore: number;
  /** Absent if the row before this one is lost. */
  readonly created?: Created;
  /** How many call rows there have been. It shows whether one is missing. */
  readonly nextCall: number;
  /** This row was made for an update or a delete: an earlier row is lost. */
  readonly lost: boolean;
  readonly polling?: Polling;
  /** The last generation that has noted leavers. Absent if there was none. */
  readonly removals?: number;
  /** How often steps have written it. A write that arrives late, after another one, does nothing. Absent in rows of earlier versions. */
  readonly writes?: number;
  /** The rollback that was answered last without CloudFormation's confirmation. It has changed nothing. */
  readonly heldBack?: PropertiesDigests;
}

export interface EarlierGeneration {
  /** When it began, in milliseconds since 1970. */
  readonly startedAt: number;
  /** When CloudFormation sent its event, in milliseconds since 1970. Absent in rows of earlier versions. */
  readonly sentAt?: number;
  readonly digests: PropertiesDigests;
}

/** An event that has arrived. It changes nothing before CloudFormation has confirmed it. */
export interface SeenEvent {
  readonly requestType: string;
  readonly requestId: string;
  /** When CloudFormation sent it, in milliseconds since 1970. */
  readonly sentAt: number;
  /** When it arrived, in milliseconds since 1970. */
  readonly seenAt: number;
  readonly digests: PropertiesDigests;
  /** The fleet comes from another directory. Or this is the rollback of such a move, and the fleet's row here is lost. */
  readonly isMove?: boolean;
  readonly abandons?: string;
}

/** The progress of the current generation. A new event begins without it. */
export interface CurrentGeneration extends EarlierGeneration {
  readonly requestType?: string;
  readonly requestId?: string;
  /** Since when the resource had the status that has confirmed the event, in milliseconds since 1970. CloudFormation sends one event for it. */
  readonly statusSince?: number;
  /** If CloudFormation has sent the event again: when it sent it first, in milliseconds since 1970. The answer is due from then on. */
  readonly firstSentAt?: number;
  /** Whether the stack rolls back; absent if CloudFormation has not said so. */
  readonly rollsBack?: boolean;
  /** When the operation on the stack began, if it rolls back, in milliseconds since 1970. */
  readonly stackBeganAt?: number;
  /** The directory whose fleet a rollback of a move deletes. */
  readonly abandons?: string;
  /** In rows of earlier versions: CloudFormation has confirmed that it sent this Delete. Now every current event is confirmed. */
  readonly isConfirmed?: true;
  /** Users without a record have been noted, to be looked up. */
  readonly lostUsersNoted?: true;
  /** Directory, bundles and keys have been checked. */
  readonly isChecked?: true;
  /** The same, in rows of earlier versions. They had the ARNs of keys, by the text that names each key in the template. */
  readonly checkedKeys?: Readonly<Record<string, string>>;
  /** The termination limit was checked, and allows the removals. */
  readonly removalsAllowed?: true;
  /** The irreversible phase has begun. */
  readonly isIrreversible?: boolean;
  readonly denied?: Denied;
  /** How far the directory has been searched for users who already have a desktop. */
  readonly search?: DirectorySearch;
}

export interface Denied {
  /** Since when AWS denies something without which a step cannot go on, in milliseconds since 1970. Absent once a step has gone on. */
  readonly since?: number;
  /** AWS's words. */
  readonly message?: string;
  /** The permission to remove tags has been denied for so long that it is not waited for any more. */
  readonly tagsStay?: true;
}

export interface DirectorySearch {
  readonly isDone: boolean;
  readonly token: string;
  readonly pages: number;
  /** The user who was looked up last. */
  readonly after: string;
}

/** The last generation that succeeded. */
export interface SettledGeneration {
  readonly generation: number;
  /** When it began, and a hash of its properties. A rollback of a later update goes back to these. */
  readonly to?: { readonly at: number; readonly properties: string };
}

/** The generation of the last Create. Until it has settled, a delete undoes it. */
export interface Created {
  readonly generation: number;
  /** That of the Create before it. */
  readonly before: number;
}

/** When CloudFormation sent the event of a generation: from then on it waits. In milliseconds since 1970. */
export function sentAtOf({ sentAt, startedAt }: EarlierGeneration): number {
  return sentAt ?? startedAt;
}

/** From when on the time counts until the answer to the current event is due. In milliseconds since 1970. */
export function waitsSince(current: CurrentGeneration): number {
  return current.firstSentAt ?? sentAtOf(current);
}

/** Where the last observation of desktops stopped. */
export interface Polling {
  /** The user who was asked about last. The next step continues after them. */
  readonly cursor?: string;
  /** Some users who were not ready. The next step asks about them first: one who is still not ready proves that the fleet is not done. */
  readonly pending: readonly string[];
}

/** Hashes of the properties before and after. A create has none before. */
export interface PropertiesDigests {
  readonly from: string;
  readonly to: string;
}

/** One call of CreateWorkspaces. Written before the call, with all users unknown, and again after it. */
export interface CallRow {
  readonly number: number;
  readonly generation: number;
  /** When the call was made, in milliseconds since 1970. */
  readonly at: number;
  /** How often the row was written. A write that arrives late, after another one, does nothing. Absent in rows of earlier versions. */
  readonly writes?: number;
  readonly settings: readonly DesktopSettings[];
  readonly records: readonly UserRecord[];
}

/** A part of the list of leavers whose desktops a clean-up removes, for people. */
export interface RemovalOrder {
  /** The last generation that has noted leavers. */
  readonly generation: number;
  readonly part: number;
  /** When the clean-up began, in milliseconds since 1970. */
  readonly at: number;
  /** JSON: a list of `{ userName, id, how }`. */
  readonly users: string;
  /** When nobody of them was left, in milliseconds since 1970. Of the first part. */
  readonly doneAt?: number;
}

/** A desktop that another fleet of the stack asks for. */
export interface Transfer {
  readonly id: string;
  /** The fleet that asks. */
  readonly to: string;
  /** Since when the desktop is that fleet's, in milliseconds since 1970. Absent as long as it is not. */
  readonly givenAt?: number;
}

/** A part of the copy of a manifest. */
export interface ManifestPart {
  /** The generation that succeeded with this manifest. */
  readonly generation: number;
  /** Where the manifest was in S3. */
  readonly bucket: string;
  readonly key: string;
  readonly part: number;
  /** How many parts the copy has. */
  readonly parts: number;
  /** Compressed, in base64. */
  readonly text: string;
}
