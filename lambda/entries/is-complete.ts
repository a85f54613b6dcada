import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { CdkCustomResourceIsCompleteResponse } from 'aws-lambda';
import { failure, unlessDenied } from './patience';
import type { StepResult } from '../../src/private/contract';
import { type Clock, MINUTE } from '../core/clock';
import { DeploymentFailure } from '../core/deployment-failure';
import { log } from '../core/log';
import { reasonOf } from '../decide/report';
import type { JoinedEvent } from '../request/events';

/** Runs one step. Throws if the step did not finish: it was killed, ran out of time, or threw. */
export type InvokeStep = (event: JoinedEvent) => Promise<StepResult>;

/** If no step has finished for this long after the answer was due, the deployment fails. */
const GRACE = 1.5 * MINUTE;
/** The same if no step could work. This is longer than a killed step can keep the next one waiting. */
const LONG_GRACE = 2 * MINUTE;

/** How long one invocation continues if a fleet has more to do at once. The framework's function waits for it, for at most 15 minutes. */
export const GOES_ON_FOR = 10 * MINUTE;

/**
 * The Provider framework fails the deployment at once if this function throws, dies or takes too long. Therefore another function
 * does the work. If that one crashes, the answer is "not yet", and the next step finishes the work. If this function throws, it means only
 * one thing: the deployment has failed.
 * @param goOnUntil until this time, a step that has more to do is followed by another one at once; in milliseconds since 1970
 */
export async function checkComplete(
  invoke: InvokeStep,
  clock: Clock,
  event: JoinedEvent,
  logGroupName: string,
  goOnUntil: number,
): Promise<CdkCustomResourceIsCompleteResponse> {
  let result: StepResult;
  const until = Math.min(goOnUntil, event.Deadline + LONG_GRACE);
  try {
    do result = await unlessDenied(clock, event, logGroupName, () => invoke(event)); while (result.Status === 'NOT_YET' && result.More && clock.now() < until);
  } catch (error) {
    if (error instanceof DeploymentFailure) throw error;
    const { name, message } = error as Error;
    log('step crashed', { error: `${name}: ${message}` });
    if (clock.now() > event.Deadline + GRACE) {
      throw failure(reasonOf(`the provider's step function kept crashing until the timeout, last with ${name}: ${message}. The ledger records what it made: deploy again to continue`, logGroupName));
    }
    return { IsComplete: false };
  }
  switch (result.Status) {
    case 'DONE': return { IsComplete: true, Data: { ...result.Attributes } };
    case 'NOT_YET':
      if (clock.now() <= event.Deadline + LONG_GRACE) return { IsComplete: false };
      throw failure(reasonOf('the provider did not finish this fleet in time: its steps kept crashing, or a newer deployment of the '
        + 'fleet, or other fleets of the stack, kept it busy. The ledger records what it made: deploy again to continue', logGroupName));
    case 'FAILED': throw failure(result.Reason);
  }
}

export function awsInvokeStep(client: LambdaClient, functionName: string): InvokeStep {
  return async (event) => {
    const answer = await client.send(new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) }));
    const payload = JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8') || 'null');
    if (answer.FunctionError || !payload?.Status) {
      throw Object.assign(new Error(payload?.errorMessage ?? 'no answer'), { name: payload?.errorType ?? answer.FunctionError ?? 'NoAnswer' });
    }
    return payload as StepResult;
  };
}
