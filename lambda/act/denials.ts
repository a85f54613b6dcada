import type { StepContext } from './step-context';
import { actionOf, failureOf, isDenial, isRejection } from '../aws/errors';
import type { Refused } from '../aws/workspaces-api';
import { log } from '../core/log';
import { isDenied, POLICY_DELAY } from '../decide/failures';
import type { RecordedFailure } from '../ledger/user-record';

/**
 * Why the service rejects a call about one user's desktop. It is noted in the user's record, and the others go on.
 * @param before what was noted before
 * @throws the error itself, if it is not a rejection; or if AWS denies the same for many others
 */
export function rejection(context: StepContext, error: unknown, before: RecordedFailure | undefined): RecordedFailure {
  if (!isRejection(error)) throw error;
  const { name: code, message } = error as Error;
  const action = actionOf(error) ?? 'workspaces:*';
  if (isDenial(code) && !earlierDenial(context, before) && context.denials.add(action)) throw error;
  return refusalOf(context, { code, message }, action, before);
}

/**
 * Why AWS denies to remove a tag. That permission has no resource level: what is denied for one desktop is denied for all, and the step waits a while
 * in case that the policy is new. Then nothing waits for tags any more.
 * @throws the error itself until then, or if it is another
 */
export async function tagStays(context: StepContext, error: unknown): Promise<RecordedFailure> {
  if (failureOf(error) !== 'denied') throw error;
  const { fleet, clock } = context;
  const { denied = {} } = fleet.current;
  if (!denied.tagsStay) {
    if (denied.since === undefined || clock.now() - denied.since < POLICY_DELAY) throw error;
    await fleet.progress({ denied: { ...denied, tagsStay: true } });
  }
  const { name: code, message } = error as Error;
  return { ...denialOf(context, { code, message }, actionOf(error) ?? 'workspaces:DeleteTags', undefined), since: 0 };
}

/** Why the service refuses a request; if AWS denies it, also since when. */
export function refusalOf(
  context: StepContext, refusal: Pick<Refused, 'code' | 'message'>, action: string, before: RecordedFailure | undefined,
): RecordedFailure {
  if (isDenial(refusal.code)) return denialOf(context, refusal, action, before);
  const { generation, clock } = context;
  return { code: refusal.code, message: refusal.message, attempts: 1, generation, at: clock.now() };
}

/** That AWS denies a permission, and since when. */
export function denialOf(
  context: StepContext, { code, message }: Pick<Refused, 'code' | 'message'>, action: string, before: RecordedFailure | undefined,
): RecordedFailure {
  const { generation, clock } = context;
  const { attempts = 0, since = clock.now() } = earlierDenial(context, before) ?? {};
  log('denied', { action, error: `${code}: ${message}` });
  return { code, message: `AWS denies ${action}: ${message}`, attempts: attempts + 1, generation, at: clock.now(), since, action };
}

function earlierDenial({ generation }: StepContext, before: RecordedFailure | undefined): RecordedFailure | undefined {
  return before?.generation === generation && isDenied(before) ? before : undefined;
}
