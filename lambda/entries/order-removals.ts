import { requireInTime } from './on-event';
import { REMOVALS_RESOURCE_TYPE } from '../../src/private/contract';
import { type Clock, MINUTE } from '../core/clock';
import type { Joined, RemovalsEvent } from '../request/events';
import { removalsId } from '../request/identity';
import { LONGEST_TIMEOUT } from '../request/resource-properties';
import { sentAt } from '../request/sent-at';

// The resource by which CloudFormation orders removals. Its physical id changes with every update that has leavers.

/** Only a deletion has something to do. If the step keeps crashing for so long, it has failed. */
const MAY_TAKE = 5 * MINUTE;

export function isForRemovals(event: { readonly ResourceType?: string }): event is RemovalsEvent {
  return event.ResourceType === REMOVALS_RESOURCE_TYPE;
}

/** Answers with the physical id. It records nothing. */
export function joinRemovals(clock: Clock, event: RemovalsEvent): Joined {
  const now = clock.now();
  const sent = sentAt(event, now);
  requireInTime(sent, now);
  const { RequestType, PhysicalResourceId, ResourceProperties: { FleetId, Removals } } = event;
  if (RequestType === 'Delete') return { PhysicalResourceId: PhysicalResourceId!, Deadline: sent + LONGEST_TIMEOUT };
  return { PhysicalResourceId: removalsId(FleetId, Removals), Deadline: sent + MAY_TAKE };
}
