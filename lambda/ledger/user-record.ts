import type { DesktopSettings } from '../../src/private/contract';
import type { ChangeableSetting } from '../request/desktop-settings';

/**
 * What the ledger knows of one user: whether there is a desktop, and what is being done with it.
 *
 * - `unknown`: there may be a desktop; it has to be looked up.
 * - `refused`: there is none, and the service has said why.
 * - `owned`: the fleet's.
 * - `terminating`: about to be terminated, or already asked to be.
 * - `released`: no longer the fleet's, or about to be so; a rollback can reclaim it.
 */
export type UserRecord = UnknownDesktop | RefusedUser | DesktopRecord;
export type DesktopRecord = OwnedDesktop | TerminatingDesktop | ReleasedDesktop;

interface Recorded {
  readonly userName: string;
  /** Index into the settings of the row; -1 when what the desktop was made with is not known any more. */
  readonly settings: number;
}

export interface UnknownDesktop extends Recorded {
  readonly state: 'unknown';
  /** `call`: a call of CreateWorkspaces has begun, and its answer is not known. `exists`: the service says that there is a desktop. */
  readonly why: 'call' | 'exists';
  /** The desktop that stands in the way is on its way out, whoever terminates it. */
  readonly leaving?: true;
  readonly adopted?: true;
}

export interface RefusedUser extends Recorded {
  readonly state: 'refused';
  readonly failure: RecordedFailure;
}

/** A desktop whose id the service has given for this user, or whose tag says that it is this fleet's. */
interface WithDesktop extends Recorded, ChangesOfDesktop {
  readonly id: string;
  /** It was somebody's before it became the fleet's: never terminated by us, only released. */
  readonly adopted?: true;
  /**
   * The user had this desktop before the deployment that asked for it, and it has our tag: from a fleet that was retained, by all we know. It is
   * this fleet's to terminate only when a deployment with it has succeeded.
   */
  readonly found?: true;
  /** The last generation in which it was seen in the state asked for. */
  readonly readyIn?: number;
  /** The last generation in which the service would have terminated it. */
  readonly removableIn?: number;
  /** It is broken, or the service has refused to terminate it. */
  readonly failure?: RecordedFailure;
  /** The desktop that `id` takes the place of, until it is gone. */
  readonly migrating?: Migrating;
}

export interface OwnedDesktop extends WithDesktop {
  readonly state: 'owned';
  /** When a rollback has put our tag on again, in milliseconds since 1970; until it is certain that it stays. */
  readonly reclaimedAt?: number;
}

export interface TerminatingDesktop extends WithDesktop {
  readonly state: 'terminating';
  /** When the service took the request, in milliseconds since 1970. Not known yet, or any more, when a step has died at the call. */
  readonly acceptedAt?: number;
  /** The user is desired again, and waits until it has gone. */
  readonly leaving?: true;
}

export interface ReleasedDesktop extends WithDesktop {
  readonly state: 'released';
  /** The generation that releases it; noted before our tag is removed, so that a rollback knows what to reclaim. */
  readonly releasedIn: number;
  /** Our tag has been removed. */
  readonly untagged: boolean;
  /** It was terminating when it was released: once it is reclaimed, it may still go. */
  readonly termination?: Termination;
}

interface Termination {
  /** As of `TerminatingDesktop`. */
  readonly acceptedAt?: number;
}

/** Changes of settings, and what they have left behind. */
export interface ChangesOfDesktop {
  /** A change that is asked for; noted before the call, until the desktop shows it. */
  readonly changing?: Changing;
  /** What is left for a later deployment. */
  readonly notes?: { readonly generation: number; readonly notes: readonly Note[] };
  /** The service has refused a change. */
  readonly changeFailure?: RecordedFailure & { readonly property?: ChangeableSetting };
  /** When the service took a change for which the next one has to wait, by what waits; in milliseconds since 1970. */
  readonly changedAt?: Readonly<Record<string, number>>;
  /** What the desktop was like where the template did not say, before a generation changed that: for its rollback. */
  readonly settingsBefore?: { readonly generation: number; readonly settings: Partial<DesktopSettings> };
}

/** Why a user has no working desktop, or not the one that was asked for. */
export interface RecordedFailure {
  readonly code: string;
  readonly message: string;
  /** How often it was asked for in `generation`. */
  readonly attempts: number;
  readonly generation: number;
  /** When it was answered so, in milliseconds since 1970. */
  readonly at: number;
}

/** A change of one setting. */
export interface Changing {
  readonly property: ChangeableSetting;
  /** What the record said before. */
  readonly from: DesktopSettings;
  /** Of the call, in milliseconds since 1970. */
  readonly at: number;
  /** The service has taken it. */
  readonly isTaken: boolean;
  readonly asked: Readonly<Record<string, unknown>>;
}

/** A change that is left for later, and why. */
export interface Note {
  readonly property: ChangeableSetting | 'BundleId' | 'Encryption';
  readonly text: string;
}

/** A MigrateWorkspace, noted before the call. */
export interface Migrating {
  readonly from: string;
  readonly bundleBefore: string;
  readonly at: number;
  /** The id of the new desktop; not known while the call's answer is not. */
  readonly to?: string;
}

export function isDesktop(record: UserRecord | undefined): record is DesktopRecord {
  return record !== undefined && record.state !== 'unknown' && record.state !== 'refused';
}

/** What has been asked for to terminate it, also when it was released after that. */
export function terminationOf(record: UserRecord | undefined): Termination | undefined {
  if (record?.state === 'terminating') return { acceptedAt: record.acceptedAt };
  return record?.state === 'released' ? record.termination : undefined;
}

/** Whether there is a desktop of ours, and nobody has begun to take it away. */
export function isStanding(record: UserRecord | undefined): record is OwnedDesktop {
  return record?.state === 'owned';
}

/** The same desktop, neither on its way out nor released. */
export function owned(desktop: DesktopRecord): OwnedDesktop {
  const { userName, settings, id, adopted, found, readyIn, removableIn, failure, migrating } = desktop;
  const { changing, notes, changeFailure, changedAt, settingsBefore } = desktop;
  const changes: ChangesOfDesktop = { changing, notes, changeFailure, changedAt, settingsBefore };
  return { state: 'owned', userName, settings, id, adopted, found, readyIn, removableIn, failure, migrating, ...changes };
}
