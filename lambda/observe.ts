import { MINUTE } from './clock';
import type { Member } from './ledger';
import type { Subject } from './state';
import type { Desktop } from './workspaces-api';

/**
 * How long a new desktop may be missing from DescribeWorkspaces. AWS says that an id "is not immediately available" and
 * gives no bound; minutes are meant to be beyond any.
 */
export const INVISIBLE_FOR = 5 * MINUTE;

/** The generation and time of a step. */
export interface Now {
  readonly generation: number;
  readonly now: number;
}

/** What stands in the way of a user's desktop, or of knowing: pure, from what was asked and answered. */
export type Observation = Member | undefined;

const LEAVING = ['TERMINATING', 'TERMINATED'];
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
    // Also when it has been seen: for a while, one answer may show it and the next may not.
    return now.now - subject.madeAt! < INVISIBLE_FOR ? member : gone(subject, now);
  }
  if (!subject.wanted || LEAVING.includes(desktop.state)) return member;
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
  if (!subject.wanted || subject.madeIn !== now.generation) return undefined;
  const { userName, settings, id } = subject.member!;
  return { userName, settings, failure: failure(now, 'Terminated', `${id} was terminated by somebody else while it was being built`) };
}

/** Who has the desktop that was found for a user: this fleet, or (by its id) another, or nobody that we know. */
export interface Found {
  readonly desktop: Desktop;
  readonly ours: boolean;
  readonly owner?: string;
}

/**
 * What becomes of a user's record when it was looked up whether they have a desktop.
 * @param found the desktop of this user in the directory, if one is visible
 */
export function lookedUp(subject: Subject, found: Found | undefined, now: Now): Observation {
  const member = subject.member!;
  const { userName, settings } = member;
  if (!found) return notFound(subject, now);
  if (subject.wanted && LEAVING.includes(found.desktop.state)) return { ...member, leaving: true };
  if (found.ours) return { userName, settings, id: found.desktop.id, found: member.unknown === 'exists' ? true : undefined };
  if (!subject.wanted) return undefined;
  const owner = found.owner ? `which belongs to the fleet ${found.owner}` : 'which was not made by this fleet';
  return { userName, settings, failure: failure(now, 'ResourceExists.WorkSpace', `the user has the WorkSpace ${found.desktop.id} already, ${owner}`) };
}

function notFound(subject: Subject, now: Now): Observation {
  const member = subject.member!;
  if (member.leaving) return undefined;
  if (now.now - subject.madeAt! < INVISIBLE_FOR) return member; // may be on its way
  if (!subject.wanted || member.unknown === 'call') return undefined;
  const { userName, settings } = member;
  return { userName, settings, failure: failure(now, 'ResourceExists.WorkSpace', 'the service says that the user has a WorkSpace already, but does not show it') };
}

function failure({ generation, now }: Now, code: string, message: string) {
  return { code, message, attempts: 1, generation, at: now };
}
