import { hasFailed, isDue } from './failures';
import type { Terms } from './terms';
import type { User } from '../ledger/user';
import { terminationOf } from '../ledger/user-record';

/**
 * How far a user's desktop is.
 *
 * - `absent`: we know of none.
 * - `unknown`: there may be one, or one that is being terminated; look it up.
 * - `retry`: refused for now; ask again a little later.
 * - `refused`: there is none that works, and asking again in this deployment would not change that.
 * - `building`: ours, not yet seen in the state asked for in this deployment.
 * - `ready`: ours, seen in the state asked for.
 */
export type Phase = 'absent' | 'unknown' | 'retry' | 'refused' | 'building' | 'ready';

export function phaseOf({ record }: User, { generation, now }: Pick<Terms, 'generation' | 'now'>): Phase {
  if (!record) return 'absent';
  const { failure } = record;
  if (hasFailed(record, generation)) return 'refused';
  // Whether a release has taken the tag off is not certain.
  if (record.state === 'unknown' || record.state === 'released') return 'unknown';
  if (record.state === 'refused' && failure?.generation === generation) return isDue(failure, now) ? 'absent' : 'retry';
  if (record.state === 'refused') return 'absent';
  // A user who is desired again gets another desktop after the previous one is gone.
  if (terminationOf(record)) return 'unknown';
  return record.readyIn === generation ? 'ready' : 'building';
}

export function isBuilt(phase: Phase): boolean {
  return phase === 'ready' || phase === 'building';
}
