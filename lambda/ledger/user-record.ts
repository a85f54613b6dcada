import type { DesktopSettings } from '../../src/private/contract';
import type { ChangeableSetting } from '../request/desktop-settings';

/**
 * What the ledger knows of one user: whether there is a desktop, and what happens to it.
 *
 * - `unknown`: there may be a desktop; look it up.
 * - `refused`: there is none, and the record says why.
 * - `owned`: the desktop is the fleet's.
 * - `terminating`: its termination has been requested, or is about to be.
 * - `released`: no longer the fleet's, or about to be released.
 */
export type UserRecord = UnknownDesktop | RefusedUser | DesktopRecord;
export type DesktopRecord = OwnedDesktop | TerminatingDesktop | ReleasedDesktop;

interface Recorded {
  readonly userName: string;
  /** Index into the settings of the row; -1 if the settings that the desktop was made with are no longer known. */
  readonly settings: number;
  /** The user has left the list. The clean-up of that update removes the desktop. */
  readonly leaves?: Leaving;
}

/** What an update has noted of a leaver. It was judged there, and is not judged again. */
export interface Leaving {
  readonly how: 'TERMINATE' | 'RELEASE';
  /** The generation of the update. It orders nothing before it has settled. */
  readonly generation: number;
  /** The generation of a later update, in which the user is on the list again before the desktop was removed. When it has settled, nobody leaves. */
  readonly returnedIn?: number;
}

export interface UnknownDesktop extends Recorded {
  readonly state: 'unknown';
  /** `call`: a call of CreateWorkspaces has begun, and we do not know its answer. `exists`: the service says that there is a desktop. */
  readonly why: 'call' | 'exists';
  /** The search of the directory has found a desktop under such a name. If the look-up finds none, it is somebody else's. */
  readonly listed?: true;
  /** The existing desktop is being terminated, by us or somebody else. */
  readonly leaving?: true;
  readonly adopted?: true;
  /** Why it cannot be looked up. */
  readonly failure?: RecordedFailure;
}

export interface RefusedUser extends Recorded {
  readonly state: 'refused';
  readonly failure: RecordedFailure;
}

/** A desktop whose id the service gave us for this user, or whose tag says that it is this fleet's. */
interface WithDesktop extends Recorded, ChangesOfDesktop {
  readonly id: string;
  /** It was somebody's before it became the fleet's. We never terminate it, only release it. */
  readonly adopted?: true;
  /**
   * The user had this desktop before the deployment that asked for one, and it has our tag. We must assume that it was retained.
   * The fleet may terminate it only after a deployment with it has succeeded.
   */
  readonly found?: true;
  /** An answer named nobody of whom it is. The user's name in this record is the desktop's id. */
  readonly unclaimed?: true;
  /** The last generation in which it was seen in the state asked for. */
  readonly readyIn?: number;
  /** The last generation in which we checked that the service would terminate it. */
  readonly removableIn?: number;
  /** Why it is broken, or why it cannot be looked at, terminated or released. */
  readonly failure?: RecordedFailure;
  /** It was in the state ERROR when a generation observed it that had neither made nor changed it. */
  readonly broken?: Pick<RecordedFailure, 'code' | 'message' | 'generation'>;
  /** The migration of which `id` is the new desktop, until the old one is gone. */
  readonly migrating?: Migrating;
  /** Another fleet of the stack had it before. */
  readonly comesFrom?: Origin;
}

export interface OwnedDesktop extends WithDesktop {
  readonly state: 'owned';
  /** When its tag was written to adopt it, in milliseconds since 1970. Absent once it is certain that no other stack's tag has replaced it. */
  readonly adoptedAt?: number;
}

export interface TerminatingDesktop extends WithDesktop {
  readonly state: 'terminating';
  /** When the service accepted the request, in milliseconds since 1970. Not known if a step died during the call. */
  readonly acceptedAt?: number;
  /** The user is desired again, and waits until it is gone. */
  readonly leaving?: true;
}

export interface ReleasedDesktop extends WithDesktop {
  readonly state: 'released';
  /** The generation that releases it. Noted before our tag is removed. */
  readonly releasedIn: number;
  /** Our tag has been removed. */
  readonly untagged: boolean;
}

/** Changes of settings, and their results. */
export interface ChangesOfDesktop {
  /** A change that was asked for. Noted before the call; removed when the desktop shows it. */
  readonly changing?: Changing;
  /** Changes that are left for a later deployment. */
  readonly notes?: { readonly generation: number; readonly notes: readonly Note[] };
  /** The service has refused a change. */
  readonly changeFailure?: ChangeFailure;
  /** When the service accepted a change after which the next one has to wait. By kind of change, in milliseconds since 1970. */
  readonly changedAt?: Readonly<Record<string, number>>;
  /** Values that the template did not specify, as they were before a generation changed them. Its rollback needs them. */
  readonly settingsBefore?: { readonly generation: number; readonly settings: Partial<DesktopSettings> };
}

/** Why a user has no working desktop, or not the one that was asked for. */
export interface RecordedFailure {
  readonly code: string;
  readonly message: string;
  /** How often it was asked for in `generation`. */
  readonly attempts: number;
  readonly generation: number;
  /** When the answer came, in milliseconds since 1970. */
  readonly at: number;
  /** Of a denial: when it came first in `generation`, in milliseconds since 1970. Absent in records of earlier versions: it is final. */
  readonly since?: number;
  /** Of a denial: the permission. */
  readonly action?: string;
}

export interface ChangeFailure extends RecordedFailure {
  readonly property?: ChangeableSetting;
  /** Of another setting, in the same generation. */
  readonly earlier?: ChangeFailure;
}

/** The fleet that hands a desktop over. */
export interface Origin {
  readonly fleetId: string;
  /** Since when the desktop is ours, in milliseconds since 1970. Absent as long as it is still the other fleet's: then nothing on it is changed. */
  readonly givenAt?: number;
}

/** A change of one setting. */
export interface Changing {
  readonly property: ChangeableSetting;
  /** The recorded settings before the change. */
  readonly from: DesktopSettings;
  /** Only in the table, instead of `from`: their place in the settings of the row. In rows of earlier versions there is `from`. */
  readonly fromSettings?: number;
  /** The time of the call, in milliseconds since 1970. */
  readonly at: number;
  /** The service has accepted it. */
  readonly isTaken: boolean;
  readonly asked: Readonly<Record<string, unknown>>;
}

/** A change that is left for later, and why. */
export interface Note {
  readonly property: ChangeableSetting | 'BundleId' | 'Encryption';
  readonly text: string;
}

/** A call of MigrateWorkspace, noted before it is made. */
export interface Migrating {
  readonly from: string;
  readonly bundleBefore: string;
  readonly at: number;
  /** The id of the new desktop; absent until the call's answer is known. */
  readonly to?: string;
}

export function isDesktop(record: UserRecord | undefined): record is DesktopRecord {
  return record !== undefined && record.state !== 'unknown' && record.state !== 'refused';
}

/** What has been asked for to terminate it. */
export function terminationOf(record: UserRecord | undefined): Pick<TerminatingDesktop, 'acceptedAt'> | undefined {
  return record?.state === 'terminating' ? { acceptedAt: record.acceptedAt } : undefined;
}

/** Whether there is a desktop of ours that is neither being terminated nor released. */
export function isStanding(record: UserRecord | undefined): record is OwnedDesktop {
  return record?.state === 'owned';
}

/** Whether the desktop is still another fleet's, which will hand it over. */
export function isComing(record: UserRecord | undefined): boolean {
  return isDesktop(record) && record.comesFrom !== undefined && record.comesFrom.givenAt === undefined;
}

/** Whether an update up to this generation has noted that the user leaves, and none that they have returned. */
export function hasLeft({ leaves }: UserRecord, upTo: number): boolean {
  return leaves !== undefined && leaves.generation <= upTo && !(leaves.returnedIn !== undefined && leaves.returnedIn <= upTo);
}

/** The same desktop, neither being terminated nor released. */
export function owned(desktop: DesktopRecord): OwnedDesktop {
  const { userName, settings, leaves, id, adopted, found, unclaimed, readyIn, removableIn, failure, broken, migrating, comesFrom } = desktop;
  const { changing, notes, changeFailure, changedAt, settingsBefore } = desktop;
  const changes: ChangesOfDesktop = { changing, notes, changeFailure, changedAt, settingsBefore };
  return { state: 'owned', userName, settings, leaves, id, adopted, found, unclaimed, readyIn, removableIn, failure, broken, migrating, comesFrom, ...changes };
}
