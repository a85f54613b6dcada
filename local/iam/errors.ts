import { ServiceError } from '../core/service';

/** What IAM says when a policy is stored that it does not take. */
export function malformed(message: string): ServiceError {
  return new ServiceError('MalformedPolicyDocument', message);
}

/** A policy that AWS would take, but that the local IAM could not evaluate: ignoring part of it would make it another policy. */
export function unsupported(what: string): ServiceError {
  return malformed(`the local IAM does not have ${what}`);
}

export function noSuchEntity(message: string): ServiceError {
  return new ServiceError('NoSuchEntity', message, 404);
}
