import { MINUTE } from '../core/clock';
import type { Request } from '../request/resource-properties';

/** What a step's decisions depend on, besides the users. */
export interface Terms {
  readonly request: Request;
  readonly generation: number;
  /** In milliseconds since 1970, like all times. */
  readonly now: number;
  /** When all work stops, because the answer is due. */
  readonly deadline: number;
  /** Something has begun that cannot be undone. From now on, errors are reported, but the deployment does not fail: that would restore no desktop. */
  readonly isIrreversible: boolean;
  /** An undesired desktop of a generation up to this one was in use before; -1 in a delete. */
  readonly keepUpTo: number;
  /** A desktop of a generation up to this one belongs to an earlier deployment; -1 in a create and a delete. */
  readonly deployedUpTo: number;
}

/**
 * How long a new desktop may be missing from DescribeWorkspaces. AWS says that an id "is not immediately available", and
 * gives no bound. A few minutes should be more than enough.
 */
export const INVISIBLE_FOR = 5 * MINUTE;
/** The same for a desktop whose id the service gave us. It was made; if we forgot it, it would cost money, and nobody would know of it. */
export const ABSENT_FOR = 15 * MINUTE;
