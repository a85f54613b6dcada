import { see } from './on-event';
import { isForRemovals, joinRemovals } from './order-removals';
import { isRead, joinRead, readIds } from './read-ids';
import type { StepResult } from '../../src/private/contract';
import { removeLeavers } from '../reconcile/remove-leavers';
import { runStep } from '../reconcile/run-step';
import type { Services } from '../reconcile/services';
import type { FleetEvent, IdsEvent, Joined, RemovalsEvent } from '../request/events';

// One provider serves three types of custom resources.

/** An event of any of them. */
export type AnyEvent = FleetEvent | RemovalsEvent | IdsEvent;

/** The answer of onEvent. Only a fleet's event is noted. */
export async function joinAny({ clock, seenEvents }: Pick<Services, 'clock' | 'seenEvents'>, event: AnyEvent): Promise<Joined> {
  if (isRead(event)) return joinRead(clock, event);
  if (isForRemovals(event)) return joinRemovals(clock, event);
  return see(seenEvents, clock, event);
}

/** One step. @param holder the name of this run in the lease @param workUntil when to stop working, in milliseconds since 1970 */
export async function stepOf(services: Services, event: AnyEvent, holder: string, workUntil: number): Promise<StepResult> {
  if (isRead(event)) return readIds(services, event);
  if (isForRemovals(event)) return removeLeavers(services, event, holder, workUntil);
  return runStep(services, event, holder, workUntil);
}
