import { ABSENT_FOR, INVISIBLE_FOR, type Terms } from './terms';
import type { DesktopSettings } from '../../src/private/contract';
import { isLeaving, type ObservedDesktop } from '../aws/workspaces-api';
import type { DesktopUser, RecordedUser } from '../ledger/user';
import { type DesktopRecord, type OwnedDesktop, type RecordedFailure, terminationOf, type UserRecord } from '../ledger/user-record';
import type { Request } from '../request/resource-properties';

// Pure functions: what an observation means for a user's record.

type Moment = Pick<Terms, 'generation' | 'now'>;

/** When desktops are observed. */
export interface Observation extends Moment {
  /** Desktops of a generation up to this one belong to earlier operations that have succeeded. */
  readonly settledUpTo: number;
  readonly startedAt: number;
}

/** States of a desktop that is built, and can be used or started. */
const BUILT = ['AVAILABLE', 'STOPPED', 'STOPPING'];

/**
 * The user's new record after DescribeWorkspaces was asked for the desktop's id.
 * @param desktop what it returned, if anything
 * @returns the new record; undefined if there is nothing left to record
 */
export function observe(user: DesktopUser, desktop: ObservedDesktop | undefined, waitFor: 'AVAILABLE' | 'EXISTS', now: Observation): UserRecord | undefined {
  const { record } = user;
  if (!desktop) {
    // This holds also for a desktop that was seen before: for a while, one answer may show it, and the next one not. If the service has
    // accepted our request to terminate it, we wait only the shorter time.
    const isAccepted = terminationOf(record)?.acceptedAt !== undefined;
    return now.now - user.madeAt < (isAccepted ? INVISIBLE_FOR : ABSENT_FOR) ? record : gone(user, now);
  }
  if (!user.desired || isLeaving(desktop)) return record;
  if (desktop.state === 'ERROR') {
    const why = failure(now, desktop.errorCode ?? 'ERROR', desktop.errorMessage ?? 'the WorkSpace is in the state ERROR');
    // If this deployment has not touched it, it is not this deployment that has failed.
    const isOurDoing = (user.madeIn > now.settledUpTo && !record.comesFrom) || (record.changing !== undefined && record.changing.at >= now.startedAt);
    return isOurDoing ? { ...record, failure: why } : { ...record, broken: why, readyIn: now.generation };
  }
  const wasReady = record.readyIn !== undefined && desktop.state !== 'PENDING';
  const isReady = waitFor === 'EXISTS' || BUILT.includes(desktop.state) || wasReady;
  return { ...record, readyIn: isReady ? now.generation : record.readyIn };
}

/**
 * The record after a desktop is gone. If it is desired, it is made again, but not by the deployment that made it: somebody is terminating
 * what that deployment makes.
 */
function gone({ desired, madeIn, record }: DesktopUser, now: Moment): UserRecord | undefined {
  if (!desired || madeIn !== now.generation) return recordAfterLoss(record);
  const { userName, settings, id } = record;
  return { state: 'refused', userName, settings, failure: failure(now, 'Terminated', `${id} was terminated by somebody else while it was being built`) };
}

/** The record after one desktop of a migration is gone: the other one may still exist. If the call's answer was lost, it has to be looked up. */
export function recordAfterLoss({ userName, settings, leaves, id, migrating, adopted }: DesktopRecord): UserRecord | undefined {
  if (!migrating) return undefined;
  return migrating.from === id
    ? { state: 'unknown', why: 'call', userName, settings, leaves, adopted }
    : { state: 'owned', userName, settings, leaves, adopted, id: migrating.from };
}

/** Another fleet of the stack that has a desktop. */
export interface Holder {
  readonly fleetId: string;
  /** Whether it gives the desktop up in this update of the stack. */
  readonly givesUp: 'yes' | 'not yet known' | 'no';
  /** Whether it was ready there. */
  readonly wasReady: boolean;
}

/** The desktop that was found for a user, and its owner: this fleet, another one (its id), or no fleet that we know. */
export interface Found {
  readonly desktop: ObservedDesktop;
  readonly ours: boolean;
  readonly owner?: string;
  /** It was somebody's before it became ours. */
  readonly adopted?: true;
  /** It has no fleet, or a fleet that the template names: we may adopt it. */
  readonly mayAdopt?: boolean;
  readonly holder?: Holder;
  readonly bundleChange: Request['bundleChange'];
}

/**
 * The user's new record after a look-up of their desktop.
 * @param found the desktop of this user in the directory, if one is visible
 */
export function lookedUp(user: RecordedUser, found: Found | undefined, now: Moment): UserRecord | undefined {
  const { record } = user;
  const { userName, settings } = record;
  if (!found) return notFound(user, now);
  if (user.desired && isLeaving(found.desktop)) return record.state === 'unknown' || record.state === 'terminating' ? { ...record, leaving: true } : record;
  if (found.ours) return ours(user, found, now);
  // A desktop that is being built may be ours: its tags may not be visible everywhere yet.
  if (!found.owner && found.desktop.state === 'PENDING' && now.now - user.madeAt < INVISIBLE_FOR) return record;
  if (!user.desired) return undefined;
  if (found.mayAdopt) return { state: 'owned', userName, settings, id: found.desktop.id, adopted: true };
  if (found.holder) return coming(user, found, found.holder, now);
  const owner = found.owner ? `which belongs to the fleet ${found.owner}` : 'which was not made by this fleet';
  const wayOut = found.owner ? `ExistingWorkspaces.adopt({ fromFleets: ["${found.owner}"] })` : 'ExistingWorkspaces.adopt()';
  const message = `the user already has the WorkSpace ${found.desktop.id}, ${owner}: to take it into this fleet, write "existingWorkspaces: ${wayOut}"`;
  return { state: 'refused', userName, settings, failure: failure(now, 'ResourceExists.WorkSpace', message) };
}

/** The record for a desktop that another fleet of the stack has. It must be as asked for, like one of this fleet. */
function coming({ record, desired }: RecordedUser, found: Found, { fleetId, givesUp, wasReady }: Holder, now: Moment): UserRecord {
  const { userName, settings } = record;
  const { desktop, adopted } = found;
  if (givesUp === 'not yet known') return record;
  const other = adopted ? undefined : differenceFrom(desired!.settings, found);
  if (givesUp === 'yes' && other === undefined) {
    const readiness = wasReady ? { readyIn: 0 } : {};
    return { state: 'owned', userName, settings, id: desktop.id, adopted, comesFrom: { fleetId: found.owner! }, ...readiness };
  }
  const why = givesUp === 'no'
    ? 'of this stack and stays on its list: take the user off one of both lists'
    : `of this stack, with another ${other}: ask for what it has, set bundleChange, or leave the user in that fleet`;
  const message = `the user already has the WorkSpace ${desktop.id}, which belongs to the fleet ${fleetId} ${why}`;
  return { state: 'refused', userName, settings, failure: failure(now, 'ResourceExists.WorkSpace', message) };
}

/** The record after another fleet has adopted the desktop in the same moment. Whose tag stands has it: otherwise both would take it from each other. */
export function lostTo({ userName, settings, id }: DesktopRecord, owner: string, now: Moment): UserRecord {
  const message = `the fleet ${owner} has adopted the WorkSpace ${id} at the same time, and has it now: take the user off one of both lists`;
  return { state: 'refused', userName, settings, failure: failure(now, 'ResourceExists.WorkSpace', message) };
}

/**
 * The record for a desktop with our tag. A call whose answer was lost has made it. Or, if the service says that it existed before, it was
 * adopted or retained.
 */
function ours({ record, madeIn, desired }: RecordedUser, found: Found, now: Moment): UserRecord {
  const { userName, settings, leaves } = record;
  const { desktop, adopted } = found;
  // It is older than any generation that we know: people use it, and it has been ready before.
  const readiness = madeIn === 0 ? { readyIn: 0 } : {};
  const desktopRecord: OwnedDesktop = { state: 'owned', userName, settings, leaves, id: desktop.id, adopted, ...readiness };
  const wasThere = record.state === 'unknown' && record.why === 'exists';
  if (!wasThere || !desired || adopted) return desktopRecord;
  const other = differenceFrom(desired.settings, found);
  if (other === undefined) return { ...desktopRecord, found: true };
  const message = `the user already has the WorkSpace ${desktop.id} of this fleet, with another ${other}: ask for what it has, set bundleChange, or terminate the WorkSpace first`;
  return { state: 'refused', userName, settings, failure: failure(now, 'ResourceExists.WorkSpace', message) };
}

/** The setting of an existing desktop that can never become what is asked for. */
function differenceFrom(desired: DesktopSettings, { desktop, bundleChange }: Found): string | undefined {
  if (bundleChange === 'REFUSE' && desktop.bundleId !== undefined && desktop.bundleId !== desired.BundleId) return `bundle (${desktop.bundleId}, not ${desired.BundleId})`;
  if (bundleChange === 'REPLACE') return undefined;
  const flags = [['root', desired.RootVolumeEncryptionEnabled, desktop.rootEncrypted], ['user', desired.UserVolumeEncryptionEnabled, desktop.userEncrypted]] as const;
  const volume = flags.find(([, asked, is]) => (asked === 'true') !== is)?.[0];
  return volume && `encryption of the ${volume} volume`;
}

function notFound({ record, madeAt, desired }: RecordedUser, now: Moment): UserRecord | undefined {
  if (terminationOf(record) || (record.state === 'unknown' && (record.leaving || record.listed))) return undefined;
  if (now.now - madeAt < INVISIBLE_FOR) return record; // it may become visible later
  if (!desired || (record.state === 'unknown' && record.why === 'call')) return undefined;
  const { userName, settings } = record;
  const message = 'the service says that the user already has a WorkSpace, but does not show it';
  return { state: 'refused', userName, settings, failure: failure(now, 'ResourceExists.WorkSpace', message) };
}

function failure({ generation, now }: Moment, code: string, message: string): RecordedFailure {
  return { code, message, attempts: 1, generation, at: now };
}
