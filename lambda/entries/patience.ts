import { failureOf } from '../aws/errors';
import { type Clock, SECOND } from '../core/clock';
import { DeploymentFailure } from '../core/deployment-failure';
import { log } from '../core/log';
import { POLICY_DELAY, WAY_OUT_OF_DENIAL } from '../decide/failures';
import { reasonOf } from '../decide/report';
import type { FleetEvent } from '../request/events';

/** The pause between two tries, if AWS denies a call. */
const TRIES_EVERY = 10 * SECOND;

/** What the person who deploys does after the denial is mended. */
const THEN = {
  Create: 'Then deploy again',
  Update: 'Then deploy again, or, if the stack is in UPDATE_ROLLBACK_FAILED, continue its rollback (aws cloudformation continue-update-rollback)',
  Delete: 'Then delete the stack again, or continue its rollback (aws cloudformation continue-update-rollback)',
};

/**
 * Repeats what AWS denies: a new policy takes a while to be known everywhere. For what a step needs of WorkSpaces, the step does that itself. This is for
 * what comes before it: to call the step, and to reach the ledger.
 * @throws a reason for people, if the denial lasts
 */
export async function unlessDenied<T>(
  clock: Clock, { RequestType }: Pick<FleetEvent, 'RequestType'>, logGroupName: string | undefined, call: () => Promise<T>,
): Promise<T> {
  const since = clock.now();
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (failureOf(error) !== 'denied') throw error;
      const { name, message } = error as Error;
      log('denied', { error: `${name}: ${message}` });
      if (clock.now() - since >= POLICY_DELAY) {
        const reason = `AWS denies what the provider's functions need: ${message}. ${WAY_OUT_OF_DENIAL}. ${THEN[RequestType]}`;
        throw failure(reasonOf(reason, logGroupName));
      }
      await clock.sleep(TRIES_EVERY);
    }
  }
}

/** The framework reports the error's stack. A reason for people needs no stack trace. */
export function failure(reason: string): DeploymentFailure {
  const error = new DeploymentFailure(reason);
  error.stack = `Error: ${reason}`;
  return error;
}
