import { ServiceError } from '../core/service';

/** The error for storing a policy that IAM does not accept. */
export function malformed(message: string): ServiceError {
  return new ServiceError('MalformedPolicyDocument', message);
}

/** The error for a policy that AWS would accept, but the local IAM cannot evaluate. If it ignored a part, it would evaluate another policy. */
export function unsupported(what: string): ServiceError {
  return malformed(`the local IAM does not have ${what}`);
}

export function noSuchEntity(message: string): ServiceError {
  return new ServiceError('NoSuchEntity', message, 404);
}
