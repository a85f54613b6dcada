import { MAY_BE_OLD_FOR } from './admit';
import { stillWaits } from './confirm';
import type { Services } from './services';
import type { StepContext } from '../act/step-context';
import { SECOND } from '../core/clock';
import { log } from '../core/log';
import { OutOfTime } from '../core/time-left';
import { comesAfter } from '../ledger/order';
import { type SeenEvent, sentAtOf } from '../ledger/rows';
import type { FleetEvent } from '../request/events';

// An event that was seen, and is newer than the current one, has not been confirmed yet: it may be real, or invented. Until that is known, the current one
// begins nothing that the newer one would have to undo.

/** By then, a step has confirmed an event that CloudFormation has sent, or has refused it. */
const KNOWN_AFTER = MAY_BE_OLD_FOR + 30 * SECOND;

/** Whether a newer event leaves desktops to be made, or to be terminated in a delete: none was seen, or CloudFormation still waits for this one. */
export async function mayBegin(services: Services, context: StepContext, event: FleetEvent): Promise<boolean> {
  const newer = await newerEvents(services, context);
  return newer.length === 0 || waits(services, context, event, newer);
}

/** Whether something may be done that cannot be undone: CloudFormation still waits for this event, and no other could be the one that it has sent. */
export async function mayTakeAway(services: Services, context: StepContext, event: FleetEvent): Promise<boolean> {
  const { clock } = services;
  const newer = await newerEvents(services, context);
  const isOpen = ({ seenAt }: SeenEvent) => clock.now() - seenAt < KNOWN_AFTER;
  return !newer.some(isOpen) && waits(services, context, event, newer);
}

async function newerEvents({ seenEvents }: Services, { fleet: { key, row, current } }: StepContext): Promise<SeenEvent[]> {
  const seen = [...await seenEvents.all(key)].filter(([id]) => row.events[id] === undefined).map(([, event]) => event);
  return seen.filter((event) => comesAfter(event, current));
}

/** If CloudFormation does not answer, it counts as cancelled. If another event was seen, the very status that has confirmed this one must last. */
async function waits(
  services: Services, { fleet: { current } }: StepContext, event: FleetEvent, newer: readonly SeenEvent[],
): Promise<boolean> {
  try {
    return await stillWaits(services, event, sentAtOf(current), newer.length > 0 ? current.statusSince : undefined);
  } catch (error) {
    if (error instanceof OutOfTime) throw error;
    log('the stack is unknown', { error: `${(error as Error).name}: ${(error as Error).message}` });
    return false;
  }
}
