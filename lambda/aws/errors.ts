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
  if (error instanceof OutOfTime) return error.cause === undefined ? 'throttled' : 'unknown';
  const { name = '', $metadata } = (error ?? {}) as { name?: string; $metadata?: { httpStatusCode?: number } };
  if (Object.hasOwn(FAILURES, name)) return FAILURES[name];
  const status = $metadata?.httpStatusCode;
  // Whatever its name is: the service has read the request and does not accept it.
  return status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'poison' : 'unknown';
}

/** Codes of FailedRequests that say that the service is at fault, not the request. */
const TRANSIENT_CODES = [/throttl/i, /internal/i, /unavailable/i, /inprogress/i, /timeout/i, /toomanyrequests/i];

/** Codes of FailedRequests that stay the same, however often one asks. */
const FINAL_CODES = [/^Terminated$/, /^ResourceNotFound/, /^ResourceExists/, /^ResourceLimitExceeded/, /^Invalid/, /^AutoStop/, /^OperationNotSupported/, /^AccessDenied/, /^Validation/, /^Unsupported/];

/**
 * How often a desktop that was refused with this code is asked for, in total. AWS publishes no list of values for ErrorCode.
 * Therefore we try a few times before a code that we do not know counts.
 */
export function attemptsFor(code: string): number {
  if (FINAL_CODES.some((pattern) => pattern.test(code))) return 1;
  return TRANSIENT_CODES.some((pattern) => pattern.test(code)) ? 8 : 3;
}
