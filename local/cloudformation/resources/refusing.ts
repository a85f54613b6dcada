import { ServiceError } from '../../core/service';
import { ResourceFailure } from '../errors';

/** If another service refuses the work, the resource fails with the error's code, as in CloudFormation's events. */
export function refusing<T>(service: 'Iam' | 'Kms', work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new ResourceFailure(`${error.message} (Service: ${service}, Status Code: ${error.status}, Error Code: ${error.code})`);
  }
}
