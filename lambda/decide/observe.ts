import { MINUTE } from '../core/clock';
import type { Member } from '../ledger/ledger';
import type { Request } from '../request/resource-properties';
import type { Subject } from '../ledger/state';
import { type Desktop, isLeaving } from '../aws/workspaces-api';
import type { DesktopSettings } from '../../src/private/contract';

/**
 * How long a new desktop may be missing from DescribeWorkspaces. AWS says that an id "is not immediately available" and
 * gives no bound; minutes are meant to be beyond any.
 */
export const INVISIBLE_FOR = 5 * MINUTE;
/** The same for a desktop whose id we were given: it was made, and to forget it would leave a bill that nobody sees. */
export const ABSENT_FOR = 15 * MINUTE;

/** The generation and time of a step. */
export interface Now {
  readonly generation: number;
  readonly now: number;
}

/** What stands in the way of a user's desktop, or of knowing: pure, from what was asked and answered. */
export type Observation = Member | undefined;

/** States in which a desktop has been built, and can be used or started. */
const BUILT = ['AVAILABLE', 'STOPPED', 'STOPPING'];

/**
 * What becomes of a user's record when DescribeWorkspaces was asked for the id.
 * @param desktop what it returned, if anything
 * @returns the new record; undefined when there is nothing left to remember
 */
export function observe(subject: Subject, desktop: Desktop | undefined, waitFor: 'AVAILABLE' | 'EXISTS', now: Now): Observation {
  const member = subject.member!;
  if (!desktop) {
    // Also when it has been seen: for a while, one answer may show it and the next may not. What the service has taken our
    // request to terminate is not ours to wait for any longer than that.
    const patience = member.terminatedAt === undefined ? ABSENT_FOR : INVISIBLE_FOR;
    return now.now - subject.madeAt! < patience ? member : gone(subject, now);
  }
  if (!subject.wanted || isLeaving(desktop)) return member;
  if (desktop.state === 'ERROR') {
    return { ...member, failure: failure(now, desktop.errorCode ?? 'ERROR', desktop.errorMessage ?? 'the WorkSpace is in the state ERROR') };
  }
  const wasReady = member.readyIn !== undefined && desktop.state !== 'PENDING';
  const isReady = waitFor === 'EXISTS' || BUILT.includes(desktop.state) || wasReady;
  return { ...member, readyIn: isReady ? now.generation : member.readyIn };
}

/**
 * A desktop that is wanted and has gone is made again, but not by the deployment that made it: somebody terminates what
 * it makes.
 */
function gone(subject: Subject, now: Now): Observation {
  if (!subject.wanted || subject.madeIn !== now.generation) return whatIsLeft(subject.member!);
  const { userName, settings, id } = subject.member!;
  return { userName, settings, failure: failure(now, 'Terminated', `${id} was terminated by somebody else while it was being built`) };
}

/** Of the two of a migration, the first may still be there when the other has gone; and the other, where the call's answer was lost. */
export function whatIsLeft({ userName, settings, id, migrating, adopted }: Member): Observation {
  if (!migrating) return undefined;
  return migrating.from === id ? { userName, settings, adopted, unknown: 'call' } : { userName, settings, adopted, id: migrating.from };
}

/** Who has the desktop that was found for a user: this fleet, or (by its id) another, or nobody that we know. */
export interface Found {
  readonly desktop: Desktop;
  readonly ours: boolean;
  readonly owner?: string;
  /** It was somebody's before it was ours. */
  readonly adopted?: boolean;
  /** It is nobody's, or a fleet's that was named: to be taken. */
  readonly mayAdopt?: boolean;
  readonly bundleChange: Request['bundleChange'];
}

/**
 * What becomes of a user's record when it was looked up whether they have a desktop.
 * @param found the desktop of this user in the directory, if one is visible
 */
export function lookedUp(subject: Subject, found: Found | undefined, now: Now): Observation {
  const member = subject.member!;
  const { userName, settings } = member;
  if (!found) return notFound(subject, now);
  if (subject.wanted && isLeaving(found.desktop)) return { ...member, leaving: true };
  if (found.ours) return ours(subject, found, now);
  // One that is being built may be ours, and its tags not be seen everywhere yet.
  if (!found.owner && found.desktop.state === 'PENDING' && now.now - subject.madeAt! < INVISIBLE_FOR) return member;
  if (!subject.wanted) return undefined;
  if (found.mayAdopt) return { userName, settings, id: found.desktop.id, adopted: true };
  const owner = found.owner ? `which belongs to the fleet ${found.owner}` : 'which was not made by this fleet';
  const wayOut = found.owner ? `ExistingWorkspaces.adoptFrom("${found.owner}")` : 'ExistingWorkspaces.adopt()';
  const message = `the user has the WorkSpace ${found.desktop.id} already, ${owner}: to have it in this one, write "existingWorkspaces: ${wayOut}"`;
  return { userName, settings, failure: failure(now, 'ResourceExists.WorkSpace', message) };
}

/**
 * A desktop with our tag: made by a call whose answer was lost, or, where the service had one already, adopted, or made by a fleet that
 * was kept.
 */
function ours(subject: Subject, found: Found, now: Now): Observation {
  const { userName, settings, unknown } = subject.member!;
  const { desktop, adopted } = found;
  // Of before any generation that we know: somebody's, and ready once.
  const member: Member = { userName, settings, id: desktop.id, adopted, ...subject.madeIn === 0 && { readyIn: 0 } };
  if (unknown !== 'exists' || !subject.wanted || adopted) return member;
  const other = differenceFrom(subject.wanted.settings, found);
  if (other === undefined) return { ...member, found: true };
  const message = `the user has the WorkSpace ${desktop.id} of this fleet from before, with another ${other}: ask for that, set bundleChange, or terminate the WorkSpace first`;
  return { userName, settings, failure: failure(now, 'ResourceExists.WorkSpace', message) };
}

/** What of a desktop that exists can never become what is asked for. */
function differenceFrom(wanted: DesktopSettings, { desktop, bundleChange }: Found): string | undefined {
  if (bundleChange === 'REFUSE' && desktop.bundleId !== undefined && desktop.bundleId !== wanted.BundleId) return `bundle (${desktop.bundleId}, not ${wanted.BundleId})`;
  if (bundleChange === 'REPLACE') return undefined;
  const flags = [['root', wanted.RootVolumeEncryptionEnabled, desktop.rootEncrypted], ['user', wanted.UserVolumeEncryptionEnabled, desktop.userEncrypted]] as const;
  const volume = flags.find(([, asked, is]) => (asked === 'true') !== is)?.[0];
  return volume && `encryption of the ${volume} volume`;
}

function notFound(subject: Subject, now: Now): Observation {
  const member = subject.member!;
  if (member.leaving || member.terminatedAt !== undefined || member.terminating) return undefined;
  if (now.now - subject.madeAt! < INVISIBLE_FOR) return member; // may be on its way
  if (!subject.wanted || member.unknown === 'call') return undefined;
  const { userName, settings } = member;
  return { userName, settings, failure: failure(now, 'ResourceExists.WorkSpace', 'the service says that the user has a WorkSpace already, but does not show it') };
}

function failure({ generation, now }: Now, code: string, message: string) {
  return { code, message, attempts: 1, generation, at: now };
}
