import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { CdkCustomResourceIsCompleteResponse } from 'aws-lambda';
import type { StepResult } from '../../src/private/contract';
import { type Clock, MINUTE } from '../core/clock';
import { log } from '../core/log';
import { reasonOf } from '../decide/report';
import type { JoinedEvent } from '../request/events';

/** Runs one step. Throws when the step did not come to an end: it was killed, ran out of time, or threw. */
export type InvokeStep = (event: JoinedEvent) => Promise<StepResult>;

/** The last word, when no step has come to an end for this long after the answer was due. */
const GRACE = 1.5 * MINUTE;
/** ... or none has come to work: this is longer than a step that was killed can keep the next one waiting. */
const LONG_GRACE = 2 * MINUTE;

/** One invocation goes on for so long while a fleet has more to do at once; the framework's own function, which waits for it, has 15 minutes. */
export const GOES_ON_FOR = 10 * MINUTE;

/**
 * The Provider framework fails the deployment at once when this throws, dies or takes too long. So the work is another
 * function's: when that crashes the answer is "not yet", and the next step finishes its work. A throw from here means
 * one thing: the deployment has failed.
 * @param goOnUntil a step that has more to do at once is followed by another one until then, in milliseconds since 1970
 */
export async function checkComplete(
  invoke: InvokeStep,
  clock: Clock,
  event: JoinedEvent,
  logGroupName: string,
  goOnUntil: number,
): Promise<CdkCustomResourceIsCompleteResponse> {
  let result: StepResult;
  try {
    do result = await invoke(event); while (result.Status === 'NOT_YET' && result.More && clock.now() < goOnUntil);
  } catch (error) {
    const { name, message } = error as Error;
    log('step crashed', { error: `${name}: ${message}` });
    if (clock.now() > event.Deadline + GRACE) {
      throw failure(reasonOf(`the provider's step function kept crashing until the timeout, last with ${name}: ${message}. What it made is in the ledger; deploy again`, logGroupName));
    }
    return { IsComplete: false };
  }
  switch (result.Status) {
    case 'DONE': return { IsComplete: true, Data: { ...result.Attributes } };
    case 'NOT_YET':
      if (clock.now() <= event.Deadline + LONG_GRACE) return { IsComplete: false };
      throw failure(reasonOf('the provider did not come to an end with this fleet in time: its steps kept crashing, or a newer deployment of the '
        + 'fleet, or the other fleets of the stack, kept it busy. What it made is in the ledger; deploy again', logGroupName));
    case 'FAILED': throw failure(result.Reason);
  }
}

/** The framework reports the stack: a reason for people has none. */
function failure(reason: string): Error {
  const error = new Error(reason);
  error.stack = `Error: ${reason}`;
  return error;
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
