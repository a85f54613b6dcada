import type { ServiceRequests } from './requests';
import { arn } from '../../core/account';

export interface CloudFormationFacts {
  /** Of the stack of that name or id. */
  stackIdOf(nameOrId: string): string | undefined;
}

/**
 * Operations that look. Those that change a stack would need the permissions for all that is in it, since CloudFormation works in the name
 * of its caller; nobody but the deployer has those here.
 */
const ON_STACK = [
  'DescribeStacks', 'DescribeStackEvents', 'DescribeStackResources', 'ListStackResources', 'GetTemplate', 'DescribeChangeSet',
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
