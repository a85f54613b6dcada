import type { UserRecord } from './user-record';
import type { DesktopSettings } from '../../src/private/contract';

/** One fleet in one directory. */
export interface FleetKey {
  readonly fleetId: string;
  readonly directoryId: string;
}

/** What is known of a fleet as a whole. */
export interface FleetRow {
  /** Grows by one with every new event; a step for an older one does nothing. */
  readonly generation: number;
  /** The generations of the events seen so far, by event id. They outlive a Delete. */
  readonly events: Readonly<Record<string, number>>;
  readonly current: CurrentGeneration;
  /** The generation before the current one; absent when nothing is known of what was before this row. */
  readonly previous?: EarlierGeneration;
  readonly settled: SettledGeneration;
  /** The generation that had succeeded before the settled one. */
  readonly settledBefore: number;
  /** Absent when what was before this row is lost. */
  readonly created?: Created;
  /** How many call rows there have been: a missing one shows. */
  readonly nextCall: number;
  /** This row was made for an update or a delete: what was before it is lost. */
  readonly lost: boolean;
  readonly polling?: Polling;
}

export interface EarlierGeneration {
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  readonly digests: PropertiesDigests;
}

/** How far the current generation has come. A new event begins with nothing of this. */
export interface CurrentGeneration extends EarlierGeneration {
  /** Whether the stack rolls back; absent until CloudFormation has said so. */
  readonly rollsBack?: boolean;
  /** Users without a record have been noted for looking up. */
  readonly lostUsersNoted?: true;
  /** Directory, bundles and keys have been looked at and found good: the ARNs of keys by the text that the template has for them. */
  readonly checkedKeys?: Readonly<Record<string, string>>;
  /** Removals have been held against the termination limit, and are allowed. */
  readonly removalsAllowed?: true;
  /** Something has been removed that cannot come back. */
  readonly isIrreversible?: true;
  /** How far the directory has been searched for desktops of users who are to get one. */
  readonly search?: DirectorySearch;
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
  /** When it began, and its properties, hashed: what a rollback of what comes after it goes back to. */
  readonly to?: { readonly at: number; readonly properties: string };
}

/** The generation of the last Create: until it has settled, a delete undoes it. */
export interface Created {
  readonly generation: number;
  /** That of the Create before it. */
  readonly before: number;
}

/** Where the last look at the desktops has stopped. */
export interface Polling {
  /** The user who was asked about last: the next step goes on after them. */
  readonly cursor?: string;
  /** Some of those who were not ready: the next step asks about them first, since one who still is not is enough to know. */
  readonly pending: readonly string[];
}

/** From which properties to which, hashed; a create has nothing before. */
export interface PropertiesDigests {
  readonly from: string;
  readonly to: string;
}

/** One call of CreateWorkspaces: written before it, with nothing known of its users, and again after it. */
export interface CallRow {
  readonly number: number;
  readonly generation: number;
  /** When the call was made, in milliseconds since 1970. */
  readonly at: number;
  readonly settings: readonly DesktopSettings[];
  readonly records: readonly UserRecord[];
}
