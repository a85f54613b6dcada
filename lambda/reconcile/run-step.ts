import { admit, overtaken } from './admit';
import { deletionIn, deletionOf } from './directory-move';
import { failed, isCurrent } from './results';
import type { Services } from './services';
import { inTime } from './services-in-time';
import { Step } from './step';
import { withLease } from './with-lease';
import type { StepResult } from '../../src/private/contract';
import { failureOf } from '../aws/errors';
import type { Pace } from '../aws/pace';
import { SECOND } from '../core/clock';
import { DeploymentFailure } from '../core/deployment-failure';
import { CLOSING_TIME, OutOfTime, TimeLeft } from '../core/time-left';
import { POLICY_DELAY, WAY_OUT_OF_DENIAL } from '../decide/failures';
import type { Asking } from '../ledger/lease';
import { SupersededError } from '../ledger/ledger';
import { type FleetKey, waitsSince } from '../ledger/rows';
import { AnswerTime } from '../request/answer-time';
import type { FleetEvent } from '../request/events';
import { eventId, fleetOf } from '../request/identity';
import { timeoutOf } from '../request/resource-properties';

/**
 * One step of reconciling observed desktops with desired users, for any event. Each step reads everything again. Therefore a step may die
 * anywhere, come twice, or come late.
 * @param holder the name of this run in the lease
 * @param workUntil when to stop working and leave the rest to the next step, in milliseconds since 1970
 */
export async function runStep(services: Services, event: FleetEvent, holder: string, workUntil: number): Promise<StepResult> {
  const key: FleetKey = fleetOf(event);
  const time = new TimeLeft(services.clock, workUntil);
  const refused = await admitInTime(inTime(services, time), event, key);
  if (refused) return refused;
  const row = await services.ledger.fleet(key);
  const { due: dueAt } = new AnswerTime(row ? waitsSince(row.current) : services.clock.now(), timeoutOf(event));
  const asking: Asking = { holder, fleet: `${key.fleetId}/${key.directoryId}`, dueAt };
  return withLease(services, asking, workUntil, (pace) => runAlone(services, event, key, pace, time));
}

/** Without the lease: an event that CloudFormation does not confirm must not keep the others waiting. */
async function admitInTime(services: Services, event: FleetEvent, key: FleetKey): Promise<StepResult | undefined> {
  try {
    return await admit(services, event, key);
  } catch (error) {
    if (error instanceof OutOfTime) return { Status: 'NOT_YET' };
    throw error;
  }
}

/** With the lease. */
async function runAlone(services: Services, event: FleetEvent, key: FleetKey, pace: Pace, time: TimeLeft): Promise<StepResult> {
  const { ledger, clock } = services;
  // Read again: now no other step can change it.
  const row = await ledger.fleet(key);
  try {
    if (!row) return failed(services, `the ledger of this fleet was deleted while its ${event.RequestType} was running. That did not touch any WorkSpace: deploy again`);
    if (!isCurrent(row, event)) return overtaken(services, row, event);
    const { abandons } = row.current;
    if (abandons !== undefined) {
      const left = { fleetId: key.fleetId, directoryId: abandons };
      const joined = await ledger.join(left, deletionIn({ ...row.current, id: eventId(event) }), clock.now());
      const there = joined === 'current' ? await ledger.fleet(left) : undefined;
      if (there && isCurrent(there, event)) {
        const result = await new Step(services, deletionOf(event), left, there, pace, time).run();
        if (result.Status !== 'DONE') return result;
      }
    }
    return await new Step(services, event, key, row, pace, time).run();
  } catch (error) {
    if (error instanceof DeploymentFailure) return failed(services, error.message);
    if (error instanceof SupersededError) return { Status: 'NOT_YET' };
    if (failureOf(error) !== 'denied') throw error;
    if (clock.now() - row!.current.startedAt < POLICY_DELAY) return { Status: 'NOT_YET' };
    return failed(services, `AWS denies what the provider's role needs: ${(error as Error).message}. ${WAY_OUT_OF_DENIAL}`);
  }
}

/** The time to write to the ledger, after the last call. */
const WRITING_TIME = 4 * SECOND;

/** How long a step works: the function's remaining time, minus what the last calls and writes may take. */
export function workFor(remainingMs: number): number {
  return Math.max(0, remainingMs - CLOSING_TIME - WRITING_TIME);
}
