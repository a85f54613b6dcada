import { DescribeExecutionCommand, ExecutionStatus, ListExecutionsCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { makeRole } from './roles';
import { FUNCTION_ARN, ROLE_ARN } from './stacks';
import { LocalCloud } from '../../local/cloud';
import { RunningClock } from '../../local/core/clock';

const cloud = new LocalCloud({ clock: new RunningClock(20) });
let client: SFNClient;

beforeAll(async () => {
  await cloud.start();
  makeRole(cloud.iam, 'test');
  client = new SFNClient({ endpoint: cloud.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });
  await cloud.lambda.put({
    name: 'handler',
    arn: FUNCTION_ARN,
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    roleArn: ROLE_ARN,
    timeoutSeconds: 60,
    memoryMb: 128,
    environment: {},
    description: '',
    code: { source: 'let n = 0; exports.handler = async (event) => { n += 1; if (event.fails) throw new Error("no. " + n); return { event, n }; };' },
  });
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
});

function machine(name: string, resource = FUNCTION_ARN, roleArn = ROLE_ARN): string {
  const definition = { StartAt: 'a', States: { a: { Type: 'Task', Resource: resource, End: true, Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 1 }] } } };
  return cloud.stepFunctions.putStateMachine(name, JSON.stringify(definition), roleArn);
}

async function run(stateMachineArn: string, input: object) {
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
  for (;;) {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== ExecutionStatus.RUNNING) return execution;
    await new Promise((done) => setTimeout(done, 20));
  }
}

test('an execution succeeds with what its last state gives', async () => {
  const { status, output } = await run(machine('succeeds'), { its: 'input' });
  expect(status).toBe('SUCCEEDED');
  expect(JSON.parse(output!)).toMatchObject({ event: { its: 'input' } });
});

test('an execution fails with the whole error of the function', async () => {
  const callers: unknown[] = [];
  cloud.use((call, next) => {
    if (call.operation === 'Invoke') callers.push(cloud.iam.principalOf(call.caller));
    return next();
  });
  const { status, error, cause } = await run(machine('fails'), { fails: true });
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'Error' });
  expect(JSON.parse(cause!)).toEqual({ errorType: 'Error', errorMessage: expect.stringMatching(/^no\. \d$/), trace: expect.any(Array) });
  expect(callers).toEqual(Array(2).fill({ kind: 'state-machine', name: 'fails', roleArn: ROLE_ARN }));
});

test('a function that does not exist is an error like others', async () => {
  const { error } = await run(machine('nobody', `${FUNCTION_ARN}-not`), {});
  expect(error).toBe('Lambda.ResourceNotFoundException');
});

test('a function that the machine\'s role may not invoke is an error like others', async () => {
  const roleArn = makeRole(cloud.iam, 'other', { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: `${FUNCTION_ARN}-not` });
  const { error, cause } = await run(machine('forbidden', FUNCTION_ARN, roleArn), {});
  expect(error).toBe('Lambda.AccessDeniedException');
  expect(cause).toContain(`assumed-role/other/forbidden is not authorized to perform: lambda:InvokeFunction on resource: ${FUNCTION_ARN} because`);
});

test('a name starts an execution once', async () => {
  const stateMachineArn = machine('named');
  const start = (input: string) => client.send(new StartExecutionCommand({ stateMachineArn, name: 'mine', input }));
  const first = await start('{"fails":true}');
  expect((await start('{"fails":true}')).executionArn).toBe(first.executionArn);
  await expect(start('{}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  expect((await client.send(new ListExecutionsCommand({ stateMachineArn }))).executions).toHaveLength(1);
});

test('an execution ends with its state machine', async () => {
  const stateMachineArn = machine('deleted');
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input: '{"fails":true}' }));
  cloud.stepFunctions.deleteStateMachine(stateMachineArn);
  for (let i = 0; i < 100; i++) {
    const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (status === ExecutionStatus.ABORTED) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error('the execution is still running');
});

test('input that is too large or not JSON is refused', async () => {
  const stateMachineArn = machine('refuses');
  const start = (input: string) => client.send(new StartExecutionCommand({ stateMachineArn, input }));
  await expect(start('{')).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
  await expect(start(JSON.stringify('x'.repeat(262_144)))).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
});
