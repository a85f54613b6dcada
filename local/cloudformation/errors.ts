import { ServiceError } from '../core/service';

export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}

/** Why a resource failed, and the physical id of what it may have left behind. */
export class ResourceFailure extends Error {
  /** @param isAnswer whether the resource itself answered that it failed */
  constructor(message: string, readonly physicalId?: string, readonly isAnswer = false) {
    super(message);
  }
}
