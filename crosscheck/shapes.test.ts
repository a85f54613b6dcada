import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Botocore, ServiceName } from './botocore';
import { play, Played, Scenario } from './scenario';
import { DESKTOP_SCENARIOS, SCENARIOS } from './scenarios';
import { rowsOf } from './table';
import { LocalCloud } from '../local/cloud';
import { VirtualClock } from '../local/core/clock';
import type { WorkspacesOptions } from '../local/workspaces';
import { OTHER_ANSWERS } from '../local/workspaces/other-answers';
import { ENUMS } from '../local/workspaces/validation';
import { names, TestStack } from '../test/lambda/test-stack';

const differences = rowsOf(readFileSync(join(__dirname, 'shape-differences.md'), 'utf8'), 'call', 'problem', 'why');
const occurred = new Set<(typeof differences)[number]>();
const played = new Map<string, Set<string>>();
let botocore: Botocore;

beforeAll(async () => {
  const cloud = new LocalCloud();
  await cloud.start();
  botocore = new Botocore(cloud.environment); // only its credentials are used
  await cloud.stop();
});
afterAll(() => botocore?.stop());

async function onLocalCloud(scenario: Scenario, options: Partial<WorkspacesOptions> = {}): Promise<Played[]> {
  const cloud = new LocalCloud({
    clock: DESKTOP_SCENARIOS.includes(scenario) ? new VirtualClock() : undefined,
    workspaces: { throttle: 'off', buildTime: 0, invisibleFor: 0, ...scenario.options, ...options },
  });
  await cloud.start();
  botocore.endpoint = cloud.endpointUrl;
  try {
    return await play(scenario, botocore, await scenario.setUp?.(cloud) ?? {}, cloud);
  } finally {
    await cloud.stop();
  }
}

/** How replies differ from the model, except for what the table lists. */
function problemsOfReplies(all: readonly Played[]): string[] {
  return all.flatMap(({ step, label, exchange: { reply, outcome } }) => [
    ...reply.filter((problem) => {
      const row = differences.find((each) => each.call === `${step.service} ${step.operation}` && problem.startsWith(each.problem));
      if (row) occurred.add(row);
      return !row;
    }).map((problem) => `${label}: the reply: ${problem}`),
    ...('unreadable' in outcome ? [`${label}: ${outcome.unreadable}`] : []),
  ]);
}

function problemsOfRequests(all: readonly Played[]): string[] {
  return all.flatMap(({ step: { malformed }, label, exchange: { request } }) => {
    if (malformed === undefined) return request.map((problem) => `${label}: the request: ${problem}`);
    const found = request.some((problem) => problem.includes(malformed));
    return found ? [] : [`${label}: botocore must find ${JSON.stringify(malformed)} in the request, but found ${JSON.stringify(request)}`];
  });
}

function unexpectedEnds(all: readonly Played[]): string[] {
  return all.filter(({ step, exchange: { outcome } }) => (
    step.fails === undefined ? !('output' in outcome) : !('error' in outcome && outcome.error.Code === step.fails)
  )).map(({ step, label, exchange }) => `${label} must ${step.fails ? `fail with ${step.fails}` : 'succeed'}, but was answered ${JSON.stringify(exchange.outcome)}`);
}

test.each(SCENARIOS.map((each) => [each.name, each] as const))('%s, as botocore has it', async (_name, scenario) => {
  const all = await onLocalCloud(scenario);
  for (const { step } of all) played.set(step.service, (played.get(step.service) ?? new Set()).add(step.operation));
  expect([...unexpectedEnds(all), ...problemsOfRequests(all), ...problemsOfReplies(all)]).toEqual([]);
});

test('every operation that a local service has occurs in a scenario', () => {
  const { workspaces, tagging, kms, ssm, sts, s3, stepFunctions, cloudformation } = new LocalCloud();
  const services = { workspaces, resourcegroupstaggingapi: tagging, kms, ssm, sts, s3, stepfunctions: stepFunctions, cloudformation };
  const missing = Object.entries(services).flatMap(([name, service]) => (
    Object.keys(Reflect.get(service, 'operations')).filter((operation) => !played.get(name)?.has(operation)).map((operation) => `${name} ${operation}`)
  ));
  expect(missing).toEqual([]);
});

test('with every answer to the open questions, the replies follow botocore', async () => {
  const refusals = SCENARIOS.find(({ name }) => name === 'refusals of single items and of whole calls')!;
  const found: string[] = [];
  for (const { name, options } of OTHER_ANSWERS) {
    // The answers depend on the options, but must always be well-formed.
    found.push(...problemsOfReplies(await onLocalCloud(refusals, options)).map((problem) => `${name}: ${problem}`));
  }
  expect(found).toEqual([]);
});

test('every listed difference from the model occurs', () => {
  expect(differences.filter((row) => !occurred.has(row))).toEqual([]);
});

/** The names of the model's enums, by the names in the local service. */
const ENUM_SHAPES: Readonly<Record<keyof typeof ENUMS, string>> = {
  RunningMode: 'RunningMode',
  ComputeTypeName: 'Compute',
  Protocols: 'Protocol',
  OperatingSystemName: 'OperatingSystemName',
  GlobalAcceleratorMode: 'AGAModeForWorkSpaceEnum',
  PreferredProtocol: 'AGAPreferredProtocolForWorkSpace',
  DataReplication: 'DataReplication',
  WorkspaceState: 'TargetWorkspaceState',
  Tenancy: 'Tenancy',
  WorkspaceType: 'WorkspaceType',
  UserIdentityType: 'UserIdentityType',
  ImageType: 'ImageType',
  Name: 'DescribeWorkspaceDirectoriesFilterName',
};

test.each(Object.keys(ENUMS) as (keyof typeof ENUMS)[])('the values of %s are those of the model', async (name) => {
  expect([...ENUMS[name]].sort()).toEqual((await botocore.enumOf('workspaces', ENUM_SHAPES[name])).sort());
});

/** The calls of a handler's step. CreateTable, CreateTags, DeleteTags and Scan are calls of the tests themselves. */
const HANDLER_CALLS: readonly (readonly [ServiceName, string])[] = [
  ['workspaces', 'CreateWorkspaces'], ['workspaces', 'DescribeWorkspaces'], ['workspaces', 'DescribeTags'], ['workspaces', 'TerminateWorkspaces'],
  ['dynamodb', 'GetItem'], ['dynamodb', 'PutItem'], ['dynamodb', 'Query'], ['dynamodb', 'UpdateItem'], ['dynamodb', 'DeleteItem'], ['kms', 'DescribeKey'],
  ['resourcegroupstaggingapi', 'GetResources'],
];

test('what the handler sends is as botocore has it', async () => {
  jest.spyOn(console, 'log').mockImplementation();
  const stack = await TestStack.start({ missingUsers: ['nobody'] });
  try {
    const settings = { VolumeEncryptionKey: 'alias/aws/workspaces', UserVolumeEncryptionEnabled: 'true', Tags: { team: 'sales' } };
    const before = { users: names(20), settings };
    const after = { users: [...names(30), 'nobody'], settings, FailureTolerance: '1' };
    expect(await stack.create(before)).toMatchObject({ status: 'SUCCESS' });
    expect(await stack.update(before, after)).toMatchObject({ status: 'SUCCESS' });
    const fewer = { ...after, users: after.users.slice(2) };
    expect(await stack.update(after, fewer)).toMatchObject({ status: 'SUCCESS' }); // for two desktops, tags are read one by one
    expect(await stack.delete(fewer)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
    for (const [service, operation] of HANDLER_CALLS) {
      const inputs = stack.inputs(operation);
      expect([operation, inputs.length]).not.toEqual([operation, 0]);
      for (const input of inputs) expect(await botocore.problemsOf(service, operation, input as object)).toEqual([]);
    }
  } finally {
    await stack.stop();
  }
});
