import { CloudFormationClient, DescribeStackEventsCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/**
 * What CloudFormation is doing with the stack. The rollback of an update that added users, since another resource has
 * failed, has the same properties as an update in which somebody removes those users; only the stack's status tells
 * them apart.
 */
export type StackStatus = (stackId: string) => Promise<string>;

/**
 * The update of a stack that runs, in ms since 1970: from when, and, if it is rolled back, since when. What the stack's events do not say is
 * absent. Updates that failed without a rollback are one with the next: a rollback undoes all of them.
 */
export interface StackUpdate {
  readonly beganAt?: number;
  readonly rollsBackSince?: number;
}

export type LastUpdate = (stackId: string) => Promise<StackUpdate>;

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

/** Of about 100 events each, the newest first: an update of 500 resources that is rolled back has some 2,000 events. */
const MOST_PAGES = 25;

export function awsLastUpdate(client: CloudFormationClient): LastUpdate {
  return async (stackId) => {
    let beganAt: number | undefined;
    let rollsBackSince: number | undefined;
    let before = '';
    let NextToken: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const { StackEvents = [], NextToken: next } = await client.send(new DescribeStackEventsCommand({ StackName: stackId, NextToken }));
      for (const { PhysicalResourceId, ResourceStatus = '', Timestamp } of StackEvents) {
        if (PhysicalResourceId !== stackId || !Timestamp) continue;
        const isAnother = before === 'UPDATE_IN_PROGRESS' && ResourceStatus !== 'UPDATE_FAILED';
        if (isAnother) return { beganAt, rollsBackSince };
        if (ResourceStatus === 'UPDATE_IN_PROGRESS') beganAt = Timestamp.getTime();
        // A rollback that failed and was continued began when it began first.
        if (ResourceStatus === 'UPDATE_ROLLBACK_IN_PROGRESS') rollsBackSince = Timestamp.getTime();
        before = ResourceStatus;
      }
      if (next === undefined) break;
      NextToken = next;
    }
    return { beganAt, rollsBackSince };
  };
}
