import { MAY_BE_OLD_FOR } from './admit';
import { stillWaits } from './confirm';
import type { Services } from './services';
import type { StepContext } from '../act/step-context';
import { SECOND } from '../core/clock';
import { log } from '../core/log';
import { OutOfTime } from '../core/time-left';
import { comesAfter } from '../ledger/order';
import type { SeenEvent } from '../ledger/rows';
import type { FleetEvent } from '../request/events';

// An event that was seen, and is newer than the current one, has not been confirmed yet: it may be real, or invented. Until that is known, the current one
// begins nothing that the newer one would have to undo.

/** By then, a step has confirmed an event that CloudFormation has sent, or has refused it. */
const KNOWN_AFTER = MAY_BE_OLD_FOR + 30 * SECOND;

/** Whether desktops may be made: no newer event was seen, or CloudFormation still waits for this one. */
export async function mayCreate(services: Services, context: StepContext, event: FleetEvent): Promise<boolean> {
  return (await newerEvents(services, context)).length === 0 || waits(services, event);
}

/** Whether something may be done that cannot be undone: CloudFormation still waits for this event, and no other could be the one that it has sent. */
export async function mayTakeAway(services: Services, context: StepContext, event: FleetEvent): Promise<boolean> {
  const { clock } = services;
  const isOpen = ({ seenAt }: SeenEvent) => clock.now() - seenAt < KNOWN_AFTER;
  return !(await newerEvents(services, context)).some(isOpen) && waits(services, event);
}

async function newerEvents({ seenEvents }: Services, { fleet: { key, row, current } }: StepContext): Promise<SeenEvent[]> {
  const seen = [...await seenEvents.all(key)].filter(([id]) => row.events[id] === undefined).map(([, event]) => event);
  return seen.filter((event) => comesAfter(event, current));
}

async function waits(services: Services, event: FleetEvent): Promise<boolean> {
  try {
    return await stillWaits(services, event);
  } catch (error) {
    if (error instanceof OutOfTime) throw error;
    log('the stack is unknown', { error: `${(error as Error).name}: ${(error as Error).message}` });
    return false;
  }
}
