import { MINUTE } from '../core/clock';
import type { Request } from '../request/resource-properties';

/** What the decisions of a step rest on, beside the users. */
export interface Terms {
  readonly request: Request;
  readonly generation: number;
  /** In milliseconds since 1970, like all times. */
  readonly now: number;
  /** When the answer is due. */
  readonly deadline: number;
  /** When it must be given, if removals take that long. */
  readonly answerBy: number;
  /** Removals have begun: what breaks from now on is reported, but to fail would restore no desktop. */
  readonly isIrreversible: boolean;
  /** Up to this generation, a desktop that is not desired any more was in use before; -1 in a delete. */
  readonly keepUpTo: number;
  /** Up to this generation, a desktop belongs to the deployment before; -1 in a create and a delete. */
  readonly deployedUpTo: number;
}

/**
 * How long a new desktop may be missing from DescribeWorkspaces. AWS says that an id "is not immediately available" and
 * gives no bound; minutes are meant to be beyond any.
 */
export const INVISIBLE_FOR = 5 * MINUTE;
/** The same for a desktop whose id we were given: it was made, and to forget it would leave a bill that nobody sees. */
export const ABSENT_FOR = 15 * MINUTE;
/** So long after it was due can an answer be given at the latest. */
export const REMOVAL_GRACE = 1.5 * MINUTE;
