import { type CurrentGeneration, sentAtOf } from './rows';
import { SECOND } from '../core/clock';

/** Two events whose times are closer than this may have been sent in either order: a ResponseURL has whole seconds only. */
const SAME_TIME = 2 * SECOND;

/**
 * Whether an event was sent after the current one. Of two at the same time, a Delete is the later one, because it undoes the other; else the one that
 * arrives later is.
 */
export function comesAfter({ sentAt, requestType }: { readonly sentAt: number; readonly requestType: string }, current: CurrentGeneration): boolean {
  const later = sentAt - sentAtOf(current);
  if (later < -SAME_TIME) return false;
  return later > SAME_TIME || current.requestType !== 'Delete' || requestType === 'Delete';
}
