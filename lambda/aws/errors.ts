import { OutOfTime } from '../core/time-left';

/**
 * What to do after a failed call. Decided by the error's name, never by its text.
 *
 * - `throttled`: the call did nothing, or there was no time for it. Ask again, more slowly.
 * - `denied`: the call did nothing. A new policy takes a while to be known everywhere.
 * - `poison`: the call did nothing. The service does not accept at least one member of the batch, and rejects the whole batch. Also any
 *   error that we do not know, if the service says that the request is at fault.
 * - `quota`: the call did nothing. The account may not have that many.
 * - `unknown`: the call may have acted or not. The connection broke, or the service failed.
 */
export type Failure = 'throttled' | 'denied' | 'poison' | 'quota' | 'unknown';

const FAILURES: Readonly<Record<string, Failure>> = {
  ThrottlingException: 'throttled',
  Throttling: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  AccessDeniedException: 'denied',
  AccessDenied: 'denied',
  UnrecognizedClientException: 'denied',
  ExpiredTokenException: 'denied',
  InvalidSignatureException: 'denied',
  InvalidParameterValuesException: 'poison',
  InvalidParameterCombinationException: 'poison',
  UnsupportedWorkspaceConfigurationException: 'poison',
  OperationNotSupportedException: 'poison',
  ResourceNotFoundException: 'poison',
  ValidationException: 'poison',
  ResourceLimitExceededException: 'quota',
};

export function failureOf(error: unknown): Failure {
  const failure = judged(error);
  // What the table does not accept says nothing about a desktop.
  return isOfLedger(error) && failure !== 'throttled' && failure !== 'denied' ? 'unknown' : failure;
}

function judged(error: unknown): Failure {
  if (error instanceof OutOfTime) return error.cause === undefined ? 'throttled' : 'unknown';
  const { name = '', $metadata } = (error ?? {}) as { name?: string; $metadata?: { httpStatusCode?: number } };
  if (Object.hasOwn(FAILURES, name)) return FAILURES[name];
  const status = $metadata?.httpStatusCode;
  // Whatever its name is: the service has read the request and does not accept it.
  return status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'poison' : 'unknown';
}

/** Whether the call did nothing, because of what it asked for. Each half of what it asked for can be asked for by itself. A write of the ledger has no halves. */
export function isRejection(error: unknown): boolean {
  return !isOfLedger(error) && ['denied', 'poison', 'quota'].includes(failureOf(error));
}

/** Whether the code of an error, or of a refusal in FailedRequests, says that AWS denies a permission. AWS publishes no list of values. */
export function isDenial(code: string): boolean {
  return failureOf({ name: code }) === 'denied' || /denied|forbidden|not.?authori[sz]ed|unauthori[sz]ed/i.test(code);
}

/** The permission that a call takes, as policies name it; of errors that `named` has thrown. */
export function actionOf(error: unknown): string | undefined {
  return (error as { readonly action?: string } | undefined)?.action;
}

/** Runs a call. If it fails, the error says which permission it takes. */
export async function named<T>(action: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw Object.assign(error as Error, { action });
  }
}

/** Whether a call of the ledger's table has failed. Actions on desktops write to the ledger, too. */
function isOfLedger(error: unknown): boolean {
  return actionOf(error)?.startsWith('dynamodb:') === true;
}

/** Codes of FailedRequests that say that the service is at fault, not the request. */
const TRANSIENT_CODES = [/throttl/i, /internal/i, /unavailable/i, /inprogress/i, /timeout/i, /toomanyrequests/i];

/** Codes of FailedRequests that stay the same, however often one asks. */
const FINAL_CODES = [/^Terminated$/, /^ResourceNotFound/, /^ResourceExists/, /^ResourceLimitExceeded/, /^Invalid/, /^AutoStop/, /^OperationNotSupported/, /^Validation/, /^Unsupported/];

/**
 * How often a desktop that was refused with this code is asked for, in total. AWS publishes no list of values for ErrorCode.
 * Therefore we try a few times before a code that we do not know counts. A denial counts by its time: see `isFinal`.
 */
export function attemptsFor(code: string): number {
  if (FINAL_CODES.some((pattern) => pattern.test(code))) return 1;
  return TRANSIENT_CODES.some((pattern) => pattern.test(code)) ? 8 : 3;
}
