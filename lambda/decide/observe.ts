import { ABSENT_FOR, INVISIBLE_FOR, type Terms } from './terms';
import type { DesktopSettings } from '../../src/private/contract';
import { isLeaving, type ObservedDesktop } from '../aws/workspaces-api';
import type { DesktopUser, RecordedUser } from '../ledger/user';
import type { DesktopRecord, OwnedDesktop, RecordedFailure, UserRecord } from '../ledger/user-record';
import type { Request } from '../request/resource-properties';

// What an observation means for the record of a user: pure, from what was asked and answered.

type Moment = Pick<Terms, 'generation' | 'now'>;

/** States in which a desktop has been built, and can be used or started. */
const BUILT = ['AVAILABLE', 'STOPPED', 'STOPPING'];

/**
 * What becomes of a user's record when DescribeWorkspaces was asked for the id.
 * @param desktop what it returned, if anything
 * @returns the new record; undefined when there is nothing left to remember
 */
export function observe(user: DesktopUser, desktop: ObservedDesktop | undefined, waitFor: 'AVAILABLE' | 'EXISTS', now: Moment): UserRecord | undefined {
  const { record } = user;
  if (!desktop) {
    // Also when it has been seen: for a while, one answer may show it and the next may not. What the service has taken our
    // request to terminate is not ours to wait for any longer than that.
    const isAccepted = record.state === 'terminating' && record.acceptedAt !== undefined;
    return now.now - user.madeAt < (isAccepted ? INVISIBLE_FOR : ABSENT_FOR) ? record : gone(user, now);
  }
  if (!user.desired || isLeaving(desktop)) return record;
  if (desktop.state === 'ERROR') {
    return { ...record, failure: failure(now, desktop.errorCode ?? 'ERROR', desktop.errorMessage ?? 'the WorkSpace is in the state ERROR') };
  }
  const wasReady = record.readyIn !== undefined && desktop.state !== 'PENDING';
  const isReady = waitFor === 'EXISTS' || BUILT.includes(desktop.state) || wasReady;
  return { ...record, readyIn: isReady ? now.generation : record.readyIn };
}

/**
 * A desktop that is desired and has gone is made again, but not by the deployment that made it: somebody terminates what
 * it makes.
 */
function gone({ desired, madeIn, record }: DesktopUser, now: Moment): UserRecord | undefined {
  if (!desired || madeIn !== now.generation) return whatIsLeft(record);
  const { userName, settings, id } = record;
  return { state: 'refused', userName, settings, failure: failure(now, 'Terminated', `${id} was terminated by somebody else while it was being built`) };
}

/** Of the two of a migration, the first may still be there when the other has gone; and the other, where the call's answer was lost. */
export function whatIsLeft({ userName, settings, id, migrating, adopted }: DesktopRecord): UserRecord | undefined {
  if (!migrating) return undefined;
  return migrating.from === id
    ? { state: 'unknown', why: 'call', userName, settings, adopted }
    : { state: 'owned', userName, settings, adopted, id: migrating.from };
}

/** Who has the desktop that was found for a user: this fleet, or (by its id) another, or nobody that we know. */
export interface Found {
  readonly desktop: ObservedDesktop;
  readonly ours: boolean;
  readonly owner?: string;
  /** It was somebody's before it was ours. */
  readonly adopted?: true;
  /** It is nobody's, or a fleet's that was named: to be taken. */
  readonly mayAdopt?: boolean;
  readonly bundleChange: Request['bundleChange'];
}

/**
 * What becomes of a user's record when it was looked up whether they have a desktop.
 * @param found the desktop of this user in the directory, if one is visible
 */
export function lookedUp(user: RecordedUser, found: Found | undefined, now: Moment): UserRecord | undefined {
  const { record } = user;
  const { userName, settings } = record;
  if (!found) return notFound(user, now);
  if (user.desired && isLeaving(found.desktop)) return record.state === 'unknown' || record.state === 'terminating' ? { ...record, leaving: true } : record;
  if (found.ours) return ours(user, found, now);
  // One that is being built may be ours, and its tags not be seen everywhere yet.
  if (!found.owner && found.desktop.state === 'PENDING' && now.now - user.madeAt < INVISIBLE_FOR) return record;
  if (!user.desired) return undefined;
  if (found.mayAdopt) return { state: 'owned', userName, settings, id: found.desktop.id, adopted: true };
  const owner = found.owner ? `which belongs to the fleet ${found.owner}` : 'which was not made by this fleet';
  const wayOut = found.owner ? `ExistingWorkspaces.adopt({ fromFleets: ["${found.owner}"] })` : 'ExistingWorkspaces.adopt()';
  const message = `the user has the WorkSpace ${found.desktop.id} already, ${owner}: to have it in this one, write "existingWorkspaces: ${wayOut}"`;
  return { state: 'refused', userName, settings, failure: failure(now, 'ResourceExists.WorkSpace', message) };
}

/**
 * A desktop with our tag: made by a call whose answer was lost, or, where the service had one already, adopted, or made by a fleet that
 * was retained.
 */
function ours({ record, madeIn, desired }: RecordedUser, found: Found, now: Moment): UserRecord {
  const { userName, settings } = record;
  const { desktop, adopted } = found;
  // Of before any generation that we know: somebody's, and ready once.
  const ofBefore = madeIn === 0 ? { readyIn: 0 } : {};
  const desktopRecord: OwnedDesktop = { state: 'owned', userName, settings, id: desktop.id, adopted, ...ofBefore };
  const wasThere = record.state === 'unknown' && record.why === 'exists';
  if (!wasThere || !desired || adopted) return desktopRecord;
  const other = differenceFrom(desired.settings, found);
  if (other === undefined) return { ...desktopRecord, found: true };
  const message = `the user has the WorkSpace ${desktop.id} of this fleet from before, with another ${other}: ask for that, set bundleChange, or terminate the WorkSpace first`;
  return { state: 'refused', userName, settings, failure: failure(now, 'ResourceExists.WorkSpace', message) };
}

/** What of a desktop that exists can never become what is asked for. */
function differenceFrom(desired: DesktopSettings, { desktop, bundleChange }: Found): string | undefined {
  if (bundleChange === 'REFUSE' && desktop.bundleId !== undefined && desktop.bundleId !== desired.BundleId) return `bundle (${desktop.bundleId}, not ${desired.BundleId})`;
  if (bundleChange === 'REPLACE') return undefined;
  const flags = [['root', desired.RootVolumeEncryptionEnabled, desktop.rootEncrypted], ['user', desired.UserVolumeEncryptionEnabled, desktop.userEncrypted]] as const;
  const volume = flags.find(([, asked, is]) => (asked === 'true') !== is)?.[0];
  return volume && `encryption of the ${volume} volume`;
}

function notFound({ record, madeAt, desired }: RecordedUser, now: Moment): UserRecord | undefined {
  if (record.state === 'terminating' || (record.state === 'unknown' && record.leaving)) return undefined;
  if (now.now - madeAt < INVISIBLE_FOR) return record; // may be on its way
  if (!desired || (record.state === 'unknown' && record.why === 'call')) return undefined;
  const { userName, settings } = record;
  const message = 'the service says that the user has a WorkSpace already, but does not show it';
  return { state: 'refused', userName, settings, failure: failure(now, 'ResourceExists.WorkSpace', message) };
}

function failure({ generation, now }: Moment, code: string, message: string): RecordedFailure {
  return { code, message, attempts: 1, generation, at: now };
}
