import type { LocalCloud } from '../local/cloud';

/** Makes a role that may do everything, for functions and state machines whose permissions do not matter. @returns its ARN */
export function mightyRole(cloud: LocalCloud, name: string): string {
  const trust = { Effect: 'Allow', Principal: { AWS: '*', Service: ['lambda.amazonaws.com', 'states.amazonaws.com'] }, Action: 'sts:AssumeRole' } as const;
  const role = cloud.iam.createRole(name, { Version: '2012-10-17', Statement: [trust] });
  cloud.iam.putInlinePolicy(name, 'Everything', { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
  return role.arn;
}
