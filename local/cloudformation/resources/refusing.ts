import { ServiceError } from '../../core/service';
import { ResourceFailure } from '../errors';

/** What another service refuses fails the resource, with the error's code, as CloudFormation's events have it. */
export function refusing<T>(service: 'Iam' | 'Kms', work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new ResourceFailure(`${error.message} (Service: ${service}, Status Code: ${error.status}, Error Code: ${error.code})`);
  }
}
