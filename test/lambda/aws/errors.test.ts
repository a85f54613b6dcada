import { attemptsFor, failureOf, isDenial } from '../../../lambda/aws/errors';


test.each([
  ['ResourceNotFound.User', 1], ['ResourceExists.WorkSpace', 1], ['ResourceLimitExceeded', 1], ['Terminated', 1],
  ['InvalidParameterValues.X', 1], ['AutoStopNotSupported', 1], ['OperationNotSupportedException', 1],
  ['ValidationException', 1], ['UnsupportedWorkspaceConfiguration', 1],
  ['InternalFailure', 8], ['ThrottlingException', 8], ['ServiceUnavailable', 8], ['WorkspaceInProgress', 8], ['RequestTimeout', 8],
  ['TooManyRequestsException', 8], ['NotTerminated', 3], ['400', 3], ['', 3],
])('a desktop refused with %j is asked for %i times', (code, attempts) => {
  expect(attemptsFor(code)).toBe(attempts);
});

test.each(['AccessDeniedException', 'AccessDenied', 'AccessDenied.Key', 'AccessDeniedByKms', 'UnauthorizedOperation', 'NotAuthorized', 'UnrecognizedClientException', 'Forbidden'])('%s is a denial', (code) => {
  expect(isDenial(code)).toBe(true);
});

test.each(['ResourceNotFound.User', 'ValidationException', 'SUSPENDED', 'ERROR', '400', ''])('%j is no denial', (code) => {
  expect(isDenial(code)).toBe(false);
});

test.each([
  ...['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'RequestLimitExceeded'].map((name) => [{ name }, 'throttled'] as const),
  ...['AccessDeniedException', 'AccessDenied', 'UnrecognizedClientException', 'ExpiredTokenException', 'InvalidSignatureException']
    .map((name) => [{ name }, 'denied'] as const),
  ...['InvalidParameterValuesException', 'InvalidParameterCombinationException', 'UnsupportedWorkspaceConfigurationException',
    'OperationNotSupportedException', 'ResourceNotFoundException', 'ValidationException'].map((name) => [{ name }, 'poison'] as const),
  [{ name: 'ResourceLimitExceededException' }, 'quota'],
  ...[400, 404, 499].map((httpStatusCode) => [{ name: 'New', $metadata: { httpStatusCode } }, 'poison'] as const),
  ...[200, 408, 429, 500, 503].map((httpStatusCode) => [{ name: 'New', $metadata: { httpStatusCode } }, 'unknown'] as const),
  [{ name: 'constructor' }, 'unknown'], [undefined, 'unknown'], [new Error('socket hang up'), 'unknown'],
] as const)('%j means %s', (error, failure) => {
  expect(failureOf(error)).toBe(failure);
});
