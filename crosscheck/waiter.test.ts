import { Template } from 'aws-cdk-lib/assertions';
import { Botocore } from './botocore';
import { Moto } from './moto';
import { mightyRole } from './role';
import { LocalCloud } from '../local/cloud';
import { RunningClock } from '../local/core/clock';
import { newFleet, newStack } from '../test/fixtures';

const FUNCTIONS = ['isComplete', 'onTimeout'];

/** The event says at which poll it is complete, how it fails before that, and whether onTimeout throws. */
const HANDLER = `
const polls = new Map();
const fail = (event, how) => {
  if (how === 'throws an error of its own') throw Object.assign(new Error('of its own'), { name: 'OwnError' });
  throw new Error(JSON.stringify({ not: 'complete', event }));
};
exports.isComplete = async (event) => {
  const n = (polls.get(event.id) ?? 0) + 1;
  polls.set(event.id, n);
  return n === event.completeAt ? { IsComplete: true, n } : fail(event, event.how);
};
exports.onTimeout = async (event) => {
  if (JSON.parse(event.Cause).errorMessage?.includes('"throws":true')) throw new Error('told to throw');
  return event;
};
`;

const cloud = new LocalCloud({ clock: new RunningClock(10) });
let moto: Moto;
let ours: Botocore;
let theirs: Botocore;
let definition: any;
let roleArn: string;
/** The invocations of the functions, one after the other. */
let invocations: { name: string; event: unknown }[] = [];

beforeAll(async () => {
  definition = synthesized();
  await cloud.start();
  roleArn = mightyRole(cloud, 'waiter');
  cloud.use((call, next) => {
    if (call.service === 'lambda' && call.operation === 'Invoke') {
      invocations.push({ name: call.input.functionName.split(':').pop(), event: JSON.parse(call.request.body.toString()) });
    }
    return next();
  });
  for (const name of FUNCTIONS) {
    await cloud.lambda.put({
      name,
      arn: arnOf(name),
      runtime: 'nodejs24.x',
      handler: `index.${name}`,
      roleArn,
      timeoutSeconds: 30,
      memoryMb: 128,
      environment: {},
      description: '',
      code: { source: HANDLER },
    });
  }
  // Moto's interpreter calls Lambda at this port, where it expects itself. Therefore it runs our functions.
  moto = await Moto.start({ MOTO_PORT: new URL(cloud.endpointUrl).port });
  ours = new Botocore(cloud.environment);
  theirs = new Botocore(moto.environment);
});
afterAll(async () => {
  await ours?.stop();
  await theirs?.stop();
  await moto?.stop();
  await cloud.stop();
});

function arnOf(name: string): string {
  return `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
}

/** The waiter of a fleet. The names of our functions replace its references. */
function synthesized(): any {
  const stack = newStack();
  newFleet(stack);
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
  const parts = Properties.DefinitionString['Fn::Join'][1] as (string | { 'Fn::GetAtt': [string, string] })[];
  return JSON.parse(parts.map((part) => (
    typeof part === 'string' ? part : arnOf(FUNCTIONS.find((name) => part['Fn::GetAtt'][0].toLowerCase().includes(name.toLowerCase()))!)
  )).join(''));
}

/** Moto cannot shorten time. Therefore the waiter waits one second, and only twice. */
function shortened(): string {
  const copy = structuredClone(definition);
  const [retrier] = copy.States[copy.StartAt].Retry;
  Object.assign(retrier, { IntervalSeconds: 1, MaxAttempts: 2 });
  return JSON.stringify(copy);
}

async function ended(client: Botocore, stateMachineArn: string, event: object) {
  invocations = [];
  const { executionArn } = await client.output('stepfunctions', 'StartExecution', { stateMachineArn, name: 'the-only-one', input: JSON.stringify(event) });
  for (;;) {
    const { status, output, error, cause } = await client.output('stepfunctions', 'DescribeExecution', { executionArn });
    if (status !== 'RUNNING') return { status, output: output && JSON.parse(output), error, cause, invocations: [...invocations] };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Moto runs only one execution, and must then be reset. */
async function onMoto(event: object) {
  await moto.reset();
  await moto.configure({ stepfunctions: { execute_state_machine: true } });
  const { stateMachineArn } = await theirs.output('stepfunctions', 'CreateStateMachine', { name: 'waiter', definition: shortened(), roleArn });
  return ended(theirs, stateMachineArn, event);
}

function here(name: string, event: object) {
  return ended(ours, cloud.stepFunctions.putStateMachine(name, shortened(), roleArn), event);
}

test('the synthesized waiter polls every 30 seconds and catches what is left', () => {
  const state = definition.States[definition.StartAt];
  expect(state.Retry).toEqual([{ ErrorEquals: ['States.ALL'], IntervalSeconds: 30, MaxAttempts: expect.any(Number), BackoffRate: 1 }]);
  expect(state.Catch).toEqual([{ ErrorEquals: ['States.ALL'], Next: expect.any(String) }]);
});

test.each<[string, { completeAt?: number; how?: string; throws?: boolean }, number, string]>([
  ['complete at once', { completeAt: 1 }, 1, 'SUCCEEDED'],
  ['complete at the last poll', { completeAt: 3 }, 3, 'SUCCEEDED'],
  ['never complete', {}, 4, 'SUCCEEDED'],
  ['never complete, and onTimeout throws', { throws: true }, 4, 'FAILED'],
  ['an error with a name of its own', { how: 'throws an error of its own' }, 4, 'SUCCEEDED'],
])('both interpreters agree: %s', async (name, event, calls, status) => {
  const id = (where: string) => ({ ...event, id: `${name} ${where}` });
  const [a, b] = [await here(name.replace(/\W/g, '-'), id('x')), await onMoto(id('y'))];
  expect(a.invocations.map((each) => each.name)).toEqual([...Array(Math.min(calls, 3)).fill('isComplete'), ...(calls > 3 ? ['onTimeout'] : [])]);
  expect(a.status).toBe(status);
  const alike = (result: object) => JSON.parse(JSON.stringify(result).replaceAll(`${name} x`, `${name} y`).replace(/at \S+ \([^)]*\)/g, 'at').replace(/    at [^"\\]*/g, 'at'));
  expect(alike(a)).toEqual(alike(b));
});
