import { ServiceError } from '../core/service';

export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}

/** Why a resource failed, and the physical id under which something may have been left behind. */
export class ResourceFailure extends Error {
  constructor(message: string, readonly physicalId?: string) {
    super(message);
  }
}
