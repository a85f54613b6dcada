import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { App, CfnOutput, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { publish } from './assembly';
import { Stacks } from './stacks';
import { LocalCloud } from '../../local/cloud';
import { RunningClock } from '../../local/core/clock';

/** A handler as users of the framework write it. The properties say whether it is complete, or fails. */
const HANDLER = `
const polls = new Map();
exports.onEvent = async (event) => {
  console.log('onEvent', event.RequestType, event.PhysicalResourceId, 'at', Date.now());
  return { PhysicalResourceId: event.PhysicalResourceId ?? 'the-id' };
};
exports.isComplete = async (event) => {
  console.log('isComplete', event.RequestType, event.PhysicalResourceId, 'at', Date.now());
  if (event.RequestType === 'Delete') return { IsComplete: true };
  const { Behaviour } = event.ResourceProperties;
  if (Behaviour === 'throws') throw new Error('thrown by isComplete');
  if (Behaviour === 'exits') process.exit(1);
  const n = (polls.get(event.RequestId) ?? 0) + 1;
  polls.set(event.RequestId, n);
  return Behaviour !== 'never' && n >= 3 ? { IsComplete: true, Data: { Polls: n } } : { IsComplete: false };
};
`;

describe("the Provider framework's own code, from its published assets", () => {
  const cloud = new LocalCloud({ clock: new RunningClock(20) });
  const folder = mkdtempSync(join(tmpdir(), 'framework-test-'));
  let stacks: Stacks;

  beforeAll(async () => {
    await cloud.start();
    stacks = new Stacks(cloud);
  });
  afterAll(async () => {
    await cloud.stop();
    rmSync(folder, { recursive: true });
  });

  async function deploy(name: string, properties: Record<string, unknown>, serviceTimeout = Duration.seconds(600)) {
    const app = new App({ outdir: join(folder, name) });
    const stack = new Stack(app, name);
    const handler = (id: string) => new LambdaFunction(stack, id, {
      code: Code.fromInline(HANDLER),
      handler: `index.${id}`,
      runtime: Runtime.NODEJS_22_X,
      functionName: `${name}-${id}`,
    });
    const provider = new Provider(stack, 'Provider', {
      onEventHandler: handler('onEvent'),
      isCompleteHandler: handler('isComplete'),
      queryInterval: Duration.seconds(10),
      totalTimeout: Duration.seconds(60),
    });
    const resource = new CustomResource(stack, 'Resource', { serviceToken: provider.serviceToken, properties, serviceTimeout });
    new CfnOutput(stack, 'Ref', { value: resource.ref });
    new CfnOutput(stack, 'Polls', { value: resource.getAttString('Polls') });
    app.synth();

    const started = cloud.clock.now();
    const TemplateURL = publish(cloud, app.outdir, name);
    await stacks.client.send(new CreateStackCommand({ StackName: name, TemplateURL, Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'] }));
    const settled = await stacks.settled(name);
    const reason = (await stacks.stackEvents(name)).find(({ LogicalResourceId, ResourceStatus }) => LogicalResourceId === 'Resource' && ResourceStatus === 'CREATE_FAILED');
    return { stack: settled, reason: reason?.ResourceStatusReason, seconds: (cloud.clock.now() - started) / 1_000 };
  }

  const linesOf = (functionName: string) => cloud.lambda.log(functionName).split('\n').filter((line) => line.startsWith('isComplete') || line.startsWith('onEvent'));

  test('polls until it is complete', async () => {
    const { stack } = await deploy('Completes', { Behaviour: 'completes' });
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    expect(stack.Outputs!.map(({ OutputValue }) => OutputValue).sort()).toEqual(['3', 'the-id']);
    const times = linesOf('Completes-isComplete').map((line) => Number(line.split(' ').pop()));
    expect(times).toHaveLength(3);
    expect(times[1] - times[0]).toBeGreaterThanOrEqual(9_500); // the function's clock is the cloud's
  });

  test('gives up in time, and the rollback reaches the handler', async () => {
    const { stack, reason } = await deploy('Never', { Behaviour: 'never' });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(reason).toMatch(/Message returned: Operation timed out/);
    expect(linesOf('Never-isComplete').map((line) => line.split(' ').slice(1, 3))).toEqual([...Array(7).fill(['Create', 'the-id']), ['Delete', 'the-id']]);
  });

  test.each([['throws', /thrown by isComplete/], ['exits', /Runtime exited with error: exit status 1/]])('fails at once when isComplete %s', async (behaviour, message) => {
    const { stack, reason } = await deploy(`Fails-${behaviour}`, { Behaviour: behaviour });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(reason).toMatch(message);
    expect(linesOf(`Fails-${behaviour}-isComplete`).map((line) => line.split(' ')[1])).toEqual(['Create', 'Delete']);
  });

  test('tries again if its answer is refused', async () => {
    cloud.responseUrls.refuseNext(2);
    expect((await deploy('Refused', { Behaviour: 'completes' })).stack.StackStatus).toBe('CREATE_COMPLETE');
    expect(linesOf('Refused-isComplete')).toHaveLength(3);
  });

  test('never answers a timeout when the properties are large: the cause is cut off', async () => {
    const { reason, seconds } = await deploy('Large', { Behaviour: 'never', Large: 'x'.repeat(40_000) }, Duration.seconds(300));
    expect(reason).toMatch(/CloudFormation did not receive a response from your Custom Resource/);
    expect(seconds).toBeGreaterThan(300);
  });
});
