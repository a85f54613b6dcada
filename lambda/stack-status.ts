import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/**
 * What CloudFormation is doing with the stack. An update that takes back what the update before it had made, since
 * another resource has failed, carries the same properties as one in which somebody takes those users off the list;
 * only the stack's status tells them apart.
 */
export type StackStatus = (stackId: string) => Promise<string>;

export function awsStackStatus(client: CloudFormationClient): StackStatus {
  return async (stackId) => {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackId }));
    return Stacks?.[0]?.StackStatus ?? '';
  };
}

/** New resources are deleted in ..._ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS. */
export function isRollback(status: string): boolean {
  return /ROLLBACK.*IN_PROGRESS/.test(status);
}
