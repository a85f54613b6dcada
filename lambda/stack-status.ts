import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/**
 * Whether CloudFormation is rolling the stack back. An update that takes back what the update before it had made, since
 * another resource has failed, carries the same properties as one in which somebody takes those users off the list;
 * only the stack's status tells them apart.
 */
export type IsRollingBack = (stackId: string) => Promise<boolean>;

export function awsStackStatus(client: CloudFormationClient): IsRollingBack {
  return async (stackId) => {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackId }));
    // New resources are deleted in ..._ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS.
    return /ROLLBACK.*IN_PROGRESS/.test(Stacks?.[0]?.StackStatus ?? '');
  };
}
