/**
 * What a failed call means for what to do next. Decided by the error's name, never by its text.
 *
 * - `throttled`: did nothing; ask again, more slowly.
 * - `denied`: did nothing; a fresh policy takes a while to be known everywhere.
 * - `poison`: did nothing; at least one member of the batch is unacceptable, and fails all of it. Also what is new to us, if
 *   the service says that the request is at fault.
 * - `quota`: did nothing; the account may not have that many.
 * - `unknown`: may or may not have acted: the connection broke, or the service failed.
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
  const { name = '', $metadata } = (error ?? {}) as { name?: string; $metadata?: { httpStatusCode?: number } };
  if (Object.hasOwn(FAILURES, name)) return FAILURES[name];
  const status = $metadata?.httpStatusCode;
  // Whatever it is called: the service has read the request and does not take it.
  return status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'poison' : 'unknown';
}

/** Codes of FailedRequests that say the service, not the request, is the trouble. */
const TRANSIENT_CODES = [/throttl/i, /internal/i, /unavailable/i, /inprogress/i, /timeout/i, /toomanyrequests/i];

/** Codes of FailedRequests that will be the same however often one asks. */
const FINAL_CODES = [/^Terminated$/, /^ResourceNotFound/, /^ResourceExists/, /^ResourceLimitExceeded/, /^Invalid/, /^AutoStop/, /^OperationNotSupported/, /^AccessDenied/, /^Validation/, /^Unsupported/];

/**
 * How often a desktop refused with this code is asked for, in all. ErrorCode is an unconstrained string without a
 * published list, so a code that we do not know is tried a few times before it counts.
 */
export function attemptsFor(code: string): number {
  if (FINAL_CODES.some((pattern) => pattern.test(code))) return 1;
  return TRANSIENT_CODES.some((pattern) => pattern.test(code)) ? 8 : 3;
}
