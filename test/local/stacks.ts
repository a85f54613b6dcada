import {
  Capability, CloudFormationClient, CreateStackCommand, DeleteStackCommand, DescribeStackEventsCommand, DescribeStacksCommand, Stack, StackEvent,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { makeRole } from './roles';
import { LocalCloud } from '../../local/cloud';
import { RunningClock } from '../../local/core/clock';

export const ROLE_ARN = 'arn:aws:iam::123456789012:role/test';
export const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:handler';

/**
 * A custom resource that does what its properties say. The property with the name of the request type has a behaviour (`succeed`, `fail`, `silent`,
 * `slow`, `late`, `long`), `Id` has the physical id, and `Answer` a value that it returns.
 */
const HANDLER = `
const https = require('node:https');

const answer = (event, body) => new Promise((done, failed) => {
  const { hostname, pathname, search } = new URL(event.ResponseURL);
  const text = JSON.stringify({ Status: 'SUCCESS', StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId, ...body });
  https.request({ hostname, path: pathname + search, method: 'PUT' }, (response) => response.resume().on('end', done)).on('error', failed).end(text);
});

exports.handler = async (event) => {
  console.log('EVENT ' + JSON.stringify({ ...event, ResponseURL: event.ResponseURL.length }));
  const { ResourceProperties: properties, RequestType, PhysicalResourceId, LogicalResourceId } = event;
  const id = RequestType === 'Delete' ? PhysicalResourceId : properties.Id ?? 'id-of-' + LogicalResourceId;
  switch (properties[RequestType] ?? 'succeed') {
    case 'succeed': return answer(event, { PhysicalResourceId: id, Data: { Answer: properties.Answer } });
    case 'fail': return answer(event, { Status: 'FAILED', Reason: 'told to fail', PhysicalResourceId: id });
    case 'long': return answer(event, { PhysicalResourceId: id, Data: { Answer: 'x'.repeat(4096) } });
    case 'slow': await new Promise((done) => setTimeout(done, 20_000)); return answer(event, { PhysicalResourceId: id });
    case 'late': await new Promise((done) => setTimeout(done, 60_000)); return answer(event, { PhysicalResourceId: id });
    case 'silent': return;
  }
};
`;

export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Record<string, unknown>;
  readonly OldResourceProperties?: Record<string, unknown>;
  readonly [member: string]: unknown;
}

/** Deploys templates to a cloud, with direct calls to CloudFormation. */
export class Stacks {
  private made?: CloudFormationClient;
  capabilities: Capability[] = [];
  private seen = 0;

  constructor(readonly cloud: LocalCloud) {}

  /** The cloud must have been started. */
  get client(): CloudFormationClient {
    return this.made ??= new CloudFormationClient({
      region: 'us-east-1', endpoint: this.cloud.endpointUrl, credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  }

  async installHandler(): Promise<void> {
    makeRole(this.cloud.iam, 'test');
    await this.cloud.lambda.put({
      name: 'handler',
      arn: FUNCTION_ARN,
      runtime: 'nodejs24.x',
      handler: 'index.handler',
      roleArn: ROLE_ARN,
      timeoutSeconds: 900,
      memoryMb: 128,
      environment: {},
      description: '',
      code: { source: HANDLER },
    });
  }

  /** The events that the handler got since the last call of this method. */
  events(): CustomResourceEvent[] {
    const all = this.cloud.lambda.log('handler').split('\n').filter((line) => line.startsWith('EVENT ')).map((line) => JSON.parse(line.slice(6)));
    const news = all.slice(this.seen);
    this.seen = all.length;
    return news;
  }

  /** The same events as strings: `Create A`, `Delete A as id`. */
  requests(): string[] {
    return this.events().map(({ RequestType, LogicalResourceId, PhysicalResourceId }) => (
      `${RequestType} ${LogicalResourceId}${PhysicalResourceId ? ` as ${PhysicalResourceId}` : ''}`
    ));
  }

  /** @param request other members of the request */
  async create(name: string, resources: object, others: object = {}, request: object = {}): Promise<Stack> {
    await this.client.send(new CreateStackCommand({ ...this.template(name, resources, others), ...request }));
    return this.settled(name);
  }

  async update(name: string, resources: object, others: object = {}, request: object = {}): Promise<Stack> {
    await this.client.send(new UpdateStackCommand({ ...this.template(name, resources, others), ...request }));
    return this.settled(name);
  }

  private template(StackName: string, Resources: object, others: object) {
    return { StackName, TemplateBody: JSON.stringify({ Resources, ...others }), Capabilities: this.capabilities };
  }

  async delete(nameOrId: string): Promise<Stack> {
    const { StackId } = await this.describe(nameOrId);
    await this.client.send(new DeleteStackCommand({ StackName: nameOrId }));
    return this.settled(StackId!);
  }

  async describe(name: string): Promise<Stack> {
    return (await this.client.send(new DescribeStacksCommand({ StackName: name }))).Stacks![0];
  }

  async settled(name: string, onPoll: (stack: Stack) => void = () => undefined): Promise<Stack> {
    for (;;) {
      const stack = await this.describe(name);
      onPoll(stack);
      if (!stack.StackStatus!.endsWith('_IN_PROGRESS')) return stack;
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  /** The events, the oldest first. */
  async stackEvents(name: string): Promise<StackEvent[]> {
    return (await this.client.send(new DescribeStackEventsCommand({ StackName: name }))).StackEvents!.reverse();
  }

  /** The last status of each resource, the oldest first: `A CREATE_FAILED: reason`. */
  async endings(name: string): Promise<string[]> {
    const events = await this.stackEvents(name);
    return events.filter(({ ResourceType, ResourceStatus }) => ResourceType !== 'AWS::CloudFormation::Stack' && !ResourceStatus!.endsWith('_IN_PROGRESS'))
      .map(({ LogicalResourceId, ResourceStatus, ResourceStatusReason }) => (
        `${LogicalResourceId} ${ResourceStatus}${ResourceStatusReason ? `: ${ResourceStatusReason}` : ''}`
      ));
  }
}

/** Starts a cloud for the tests of a file, and stops it after them. @param factor how many seconds of the cloud pass in one */
export function stacksOfStartedCloud(factor: number): Stacks {
  const cloud = new LocalCloud({ clock: new RunningClock(factor) });
  const stacks = new Stacks(cloud);
  beforeAll(async () => {
    await cloud.start();
    await stacks.installHandler();
  });
  afterAll(() => cloud.stop());
  beforeEach(() => stacks.events());
  return stacks;
}

export function custom(properties: object = {}, attributes: object = {}): object {
  return { Type: 'Custom::Thing', Properties: { ServiceToken: FUNCTION_ARN, ...properties }, ...attributes };
}
