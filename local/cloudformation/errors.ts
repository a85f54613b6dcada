import { ServiceError } from '../core/service';

export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}

/** Why a resource failed, and the physical id of what it may have left behind. */
export class ResourceFailure extends Error {
  constructor(message: string, readonly physicalId?: string) {
    super(message);
  }
}
