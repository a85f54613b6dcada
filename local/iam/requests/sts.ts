import type { ServiceRequests } from './requests';
import type { Policy } from '../policy';

export interface StsFacts {
  /** The trust policy: who may assume a role. */
  trustOf(roleArn: string): Policy | undefined;
}

export function stsRequests(facts: StsFacts): ServiceRequests {
  return {
    GetCallerIdentity: () => [],
    AssumeRole: ({ input: { RoleArn, RoleSessionName, ExternalId } }) => [{
      action: 'sts:AssumeRole',
      resource: String(RoleArn),
      context: {
        ...(RoleSessionName !== undefined && { 'sts:RoleSessionName': String(RoleSessionName) }),
        ...(ExternalId !== undefined && { 'sts:ExternalId': String(ExternalId) }),
      },
      resourcePolicy: facts.trustOf(String(RoleArn)),
    }],
  };
}
