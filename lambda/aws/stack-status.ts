import {
  CloudFormationClient, DescribeStackEventsCommand, DescribeStackResourceCommand, DescribeStacksCommand, GetTemplateCommand, type StackEvent,
} from '@aws-sdk/client-cloudformation';

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

/** A resource of a stack, as CloudFormation shows it. */
export interface ShownResource {
  readonly status?: string;
  /** Since when it has this status, in milliseconds since 1970. */
  readonly since?: number;
  readonly type?: string;
  readonly physicalId?: string;
}

/** Undefined if the stack has no such resource. */
export type ShowResource = (stackId: string, logicalId: string) => Promise<ShownResource | undefined>;

export function awsShowResource(client: CloudFormationClient): ShowResource {
  return async (stackId, logicalId) => {
    try {
      const input = { StackName: stackId, LogicalResourceId: logicalId };
      const { StackResourceDetail: shown } = await client.send(new DescribeStackResourceCommand(input));
      return shown && {
        status: shown.ResourceStatus, since: shown.LastUpdatedTimestamp?.getTime(), type: shown.ResourceType, physicalId: shown.PhysicalResourceId,
      };
    } catch (error) {
      // CloudFormation has no error code of its own for this.
      if ((error as Error).name === 'ValidationError' && (error as Error).message.includes('does not exist')) return undefined;
      throw error;
    }
  };
}

/** The logical ids in the template that a stack was created or updated with last, also while the update runs. */
export type LogicalIds = (stackId: string) => Promise<ReadonlySet<string>>;

export function awsLogicalIds(client: CloudFormationClient): LogicalIds {
  return async (stackId) => {
    const { TemplateBody = '' } = await client.send(new GetTemplateCommand({ StackName: stackId }));
    const { Resources } = JSON.parse(TemplateBody) as { readonly Resources: object };
    return new Set(Object.keys(Resources));
  };
}

/** A physical resource, of which the logical id alone says too little: in a replacement, the logical id shows the new resource already. */
export interface PhysicalResource {
  readonly logicalId: string;
  readonly physicalId: string;
}

/**
 * A physical resource as its last event since a time shows it, in milliseconds since 1970; undefined if there is none.
 * @param beforeCall runs before each call; what it throws ends the reading
 */
export type ShowLastEvent = (
  stackId: string, resource: PhysicalResource, since: number, beforeCall?: () => void,
) => Promise<ShownResource | undefined>;

export function awsShowLastEvent(client: CloudFormationClient): ShowLastEvent {
  return async (stackId, { logicalId, physicalId }, since, beforeCall) => {
    for await (const event of eventsOf(client, stackId, beforeCall)) {
      const at = event.Timestamp?.getTime();
      const isIt = event.LogicalResourceId === logicalId && event.PhysicalResourceId === physicalId;
      if (isIt) return { status: event.ResourceStatus, since: at, type: event.ResourceType, physicalId };
      if (at !== undefined && at < since) return undefined;
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
