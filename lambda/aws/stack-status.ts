import { CloudFormationClient, DescribeStackEventsCommand, DescribeStackResourceCommand, DescribeStacksCommand, type StackEvent } from '@aws-sdk/client-cloudformation';

/**
 * The stack's status, as CloudFormation gives it. If an update that added users is rolled back because another resource
 * failed, the event has the same properties as an update that removes those users. Only the stack's status tells them apart.
 */
export type StackStatus = (stackId: string) => Promise<string>;

/**
 * When the running update of a stack began, and, if it is rolled back, when the rollback began; in milliseconds since 1970. What the stack's
 * events do not say is absent. Updates that failed without a rollback count as one with the next update: a rollback undoes all of them.
 */
export interface StackUpdate {
  readonly beganAt?: number;
  readonly rollsBackSince?: number;
}

/** @param beforeCall runs before each call; what it throws ends the reading */
export type LastUpdate = (stackId: string, beforeCall?: () => void) => Promise<StackUpdate>;

export function awsStackStatus(client: CloudFormationClient): StackStatus {
  return async (stackId) => {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackId }));
    return Stacks?.[0]?.StackStatus ?? '';
  };
}

/** Includes ..._ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS, in which new resources are deleted. */
export function isRollback(status: string): boolean {
  return /ROLLBACK.*IN_PROGRESS/.test(status);
}

/** The status of a resource of a stack; undefined if the stack has no such resource. */
export type ResourceStatus = (stackId: string, logicalId: string) => Promise<string | undefined>;

export function awsResourceStatus(client: CloudFormationClient): ResourceStatus {
  return async (stackId, logicalId) => {
    try {
      const { StackResourceDetail } = await client.send(new DescribeStackResourceCommand({ StackName: stackId, LogicalResourceId: logicalId }));
      return StackResourceDetail?.ResourceStatus;
    } catch (error) {
      // CloudFormation has no error code of its own for this.
      if ((error as Error).name === 'ValidationError' && (error as Error).message.includes('does not exist')) return undefined;
      throw error;
    }
  };
}

/** A physical resource, of which the logical id alone says too little: in a replacement, the logical id shows the new resource already. */
export interface PhysicalResource {
  readonly logicalId: string;
  readonly physicalId: string;
}

/** The last status of a physical resource among the events since a time, in milliseconds since 1970; undefined if there is none. */
export type LastStatus = (stackId: string, resource: PhysicalResource, since: number) => Promise<string | undefined>;

export function awsLastStatus(client: CloudFormationClient): LastStatus {
  return async (stackId, { logicalId, physicalId }, since) => {
    for await (const event of eventsOf(client, stackId)) {
      if (event.LogicalResourceId === logicalId && event.PhysicalResourceId === physicalId) return event.ResourceStatus;
      if (event.Timestamp && event.Timestamp.getTime() < since) return undefined;
    }
    return undefined;
  };
}

/** A page has about 100 events, the newest first. An update of 500 resources that is rolled back has some 2,000 events. */
const MOST_PAGES = 25;

/** The events of a stack, the newest first. @param beforeCall runs before each call; what it throws ends the reading */
async function* eventsOf(client: CloudFormationClient, stackId: string, beforeCall?: () => void): AsyncGenerator<StackEvent> {
  let NextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    beforeCall?.();
    const { StackEvents = [], NextToken: next } = await client.send(new DescribeStackEventsCommand({ StackName: stackId, NextToken }));
    yield* StackEvents;
    if (next === undefined) return;
    NextToken = next;
  }
}

export function awsLastUpdate(client: CloudFormationClient): LastUpdate {
  return async (stackId, beforeCall) => {
    let beganAt: number | undefined;
    let rollsBackSince: number | undefined;
    let before = '';
    for await (const { PhysicalResourceId, ResourceStatus = '', Timestamp } of eventsOf(client, stackId, beforeCall)) {
      if (PhysicalResourceId !== stackId || !Timestamp) continue;
      const isAnother = before === 'UPDATE_IN_PROGRESS' && ResourceStatus !== 'UPDATE_FAILED';
      if (isAnother) break;
      if (ResourceStatus === 'UPDATE_IN_PROGRESS') beganAt = Timestamp.getTime();
      // If a rollback failed and was continued, the first beginning counts.
      if (ResourceStatus === 'UPDATE_ROLLBACK_IN_PROGRESS') rollsBackSince = Timestamp.getTime();
      before = ResourceStatus;
    }
    return { beganAt, rollsBackSince };
  };
}
