import { confirmDelete } from './confirm-delete';
import { abandoned, deletionIn, deletionOf, digestsOf } from './directory-move';
import type { Services } from './services';
import { Step } from './step';
import type { StepResult } from '../../src/private/contract';
import { failureOf } from '../aws/errors';
import { Pace } from '../aws/pace';
import { SECOND } from '../core/clock';
import { DeploymentFailure } from '../core/deployment-failure';
import { log } from '../core/log';
import { CLOSING_TIME, TimeLeft } from '../core/time-left';
import { POLICY_DELAY, WAY_OUT_OF_DENIAL } from '../decide/failures';
import { reasonOf } from '../decide/report';
import type { Asking, Turn } from '../ledger/lease';
import { SupersededError } from '../ledger/ledger';
import { type FleetKey, type FleetRow, sentAtOf } from '../ledger/rows';
import { AnswerTime } from '../request/answer-time';
import type { FleetEvent } from '../request/events';
import { eventId, fleetId } from '../request/identity';
import { timeoutOf } from '../request/resource-properties';

/** While it waits for the lease, the next fleet asks so often. */
const ASKS_EVERY = 3 * SECOND;

/**
 * One step of reconciling observed desktops with desired users, for any event. Each step reads everything again. Therefore a step may die
 * anywhere, come twice, or come late.
 * @param holder the name of this run in the lease
 * @param workUntil when to stop working and leave the rest to the next step, in milliseconds since 1970
 */
export async function runStep(services: Services, event: FleetEvent, holder: string, workUntil: number): Promise<StepResult> {
  const key: FleetKey = { fleetId: fleetId(event), directoryId: event.ResourceProperties.DirectoryId };
  const row = await services.ledger.fleet(key);
  const overtaken = answerOfOvertaken(services, row, event);
  if (overtaken) return overtaken;
  const { due: dueAt } = new AnswerTime(row ? sentAtOf(row.current) : services.clock.now(), timeoutOf(event));
  const asking: Asking = { holder, fleet: `${key.fleetId}/${key.directoryId}`, dueAt };
  const lease = await turnOf(services, asking, workUntil);
  if (lease.turn !== 'taken') return { Status: 'NOT_YET' };

  const pace = new Pace(services.clock, lease.pace);
  let result: StepResult;
  let othersWait = true;
  try {
    result = await runAlone(services, event, key, pace, new TimeLeft(services.clock, workUntil));
  } finally {
    othersWait = await services.lease.release(asking, pace.state());
  }
  return result.Status === 'NOT_YET' && othersWait ? { Status: 'NOT_YET' } : result;
}

/** Who is next waits for the lease, so that it is not free until the waiter asks again. But not for longer than half of the step's time. */
async function turnOf({ lease, clock }: Services, asking: Asking, workUntil: number): Promise<Turn> {
  const waitUntil = clock.now() + (workUntil - clock.now()) / 2;
  for (;;) {
    const turn = await lease.take(asking);
    if (turn.turn !== 'next' || clock.now() + ASKS_EVERY > waitUntil) return turn;
    await clock.sleep(ASKS_EVERY);
  }
}

/** With the lease. */
async function runAlone(services: Services, event: FleetEvent, key: FleetKey, pace: Pace, time: TimeLeft): Promise<StepResult> {
  const { ledger, clock } = services;
  // Read again: now no other step can change it.
  const row = await ledger.fleet(key);
  try {
    if (!row) return failed(services, `the ledger of this fleet was deleted while its ${event.RequestType} was running. That did not touch any WorkSpace: deploy again`);
    const overtaken = answerOfOvertaken(services, row, event);
    if (overtaken) return overtaken;
    const isConfirmed = await confirmDelete(services, event, key, row);
    if (!isConfirmed) return { Status: 'NOT_YET' };
    const left = abandoned(event);
    // Here `abandoned` cannot tell a move from its rollback, because the physical id is already onEvent's answer. But onEvent joins only a
    // rollback to the abandoned fleet. If somebody has deleted that row since, the event is joined again.
    const isGone = left && event.Abandons === left.directoryId && !(await ledger.fleet(left));
    if (isGone) await ledger.join(left, deletionIn(event, clock.now()), clock.now());
    const there = left && await ledger.fleet(left);
    if (there && isCurrent(there, event)) {
      const result = await new Step(services, deletionOf(event), left, there, pace, time).run();
      if (result.Status !== 'DONE') return result;
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

function isCurrent(row: FleetRow, event: FleetEvent): boolean {
  return row.events[eventId(event)] === row.generation;
}

/**
 * What an event is answered that is not the current one; undefined for the current one. CloudFormation does not wait for it any more, so it fails at
 * once. But if it has the RequestId of the current one, both answers go to the same place, and only the current one's may: then it is sent the
 * answer of the current one if it asks for the same, and none before the current one has ended if it asks for something else.
 */
function answerOfOvertaken(services: Services, row: FleetRow | undefined, event: FleetEvent): StepResult | undefined {
  if (!row || isCurrent(row, event)) return undefined;
  const { requestId, requestType, digests } = row.current;
  if (requestId !== event.RequestId) return failed(services, `a newer event of this fleet has come since this ${event.RequestType} was sent. The handler works for the newer one`);
  const { from, to } = digestsOf(event);
  const asksTheSame = requestType === event.RequestType && digests.from === from && digests.to === to;
  return asksTheSame ? undefined : { Status: 'NOT_YET' };
}

function failed({ logGroupName }: Services, message: string): StepResult {
  log('failed', { reason: message });
  return { Status: 'FAILED', Reason: reasonOf(message, logGroupName) };
}

/** The time to write to the ledger, after the last call. */
const WRITING_TIME = 4 * SECOND;

/** How long a step works: the function's remaining time, minus what the last calls and writes may take. */
export function workFor(remainingMs: number): number {
  return Math.max(0, remainingMs - CLOSING_TIME - WRITING_TIME);
}
