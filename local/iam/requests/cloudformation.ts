import type { ServiceRequests } from './requests';
import { arn } from '../../core/account';

export interface CloudFormationFacts {
  /** The id of the stack with this name or id. */
  stackIdOf(nameOrId: string): string | undefined;
}

/**
 * Operations that only read. An operation that changes a stack needs permissions for all its resources, because CloudFormation works in
 * its caller's name. Here, only the deployer has these.
 */
const ON_STACK = [
  'DescribeStacks', 'DescribeStackEvents', 'DescribeStackResource', 'DescribeStackResources', 'ListStackResources', 'GetTemplate', 'DescribeChangeSet',
];

export function cloudformationRequests(facts: CloudFormationFacts): ServiceRequests {
  const stackArn = (name: unknown) => {
    if (typeof name !== 'string' || name === '') return '*';
    return facts.stackIdOf(name) ?? (name.startsWith('arn:') ? name : arn('cloudformation', `stack/${name}/*`));
  };
  return {
    ...Object.fromEntries(ON_STACK.map((operation) => [operation, ({ input }: { input: any }) => [
      { action: `cloudformation:${operation}`, resource: stackArn(input.StackName) },
    ]])),
    ListStacks: () => [{ action: 'cloudformation:ListStacks', resource: '*' }],
    ListExports: () => [{ action: 'cloudformation:ListExports', resource: '*' }],
  };
}
