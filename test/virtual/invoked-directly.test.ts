import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { MINUTE, VirtualStack } from './virtual-stack';
import { REGION } from '../../local/core/account';
import { WorkspaceUsers } from '../../src';
import { newFleet } from '../fixtures';

// Whoever has lambda:InvokeFunction sends the deployed functions what they like. Nothing happens, nothing is disclosed, and one line is logged.

const FUNCTIONS = ['OnEvent', 'IsComplete', 'Step'];
const users = ['ana', 'bo'];
let stack: VirtualStack;
let client: LambdaClient;

beforeAll(async () => {
  stack = await VirtualStack.start({ buildTime: MINUTE });
  client = new LambdaClient({ region: REGION, endpoint: stack.cloud.endpointUrl, credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });
  expect(await stack.deploy(fleetOf(users))).toMatchObject({ status: 'CREATE_COMPLETE' });
}, 120_000);
afterAll(async () => {
  client.destroy();
  await stack.stop();
});

const fleetOf = (names: readonly string[]) => (
  (each: Stack) => void newFleet(each, { users: WorkspaceUsers.fromNames([...names]), removalPolicy: RemovalPolicy.DESTROY })
);
const nameOf = (which: string) => stack.cloud.lambda.names.find((name) => name.startsWith(`Test-BulkWorkspacesProvider${which}`))!;
const world = () => stack.cloud.workspaces.desktops();

async function invoke(which: string, event: unknown): Promise<{ readonly answer: string; readonly logged: readonly string[] }> {
  const before = stack.cloud.lambda.log(nameOf(which)).length;
  const { Payload } = await client.send(new InvokeCommand({ FunctionName: nameOf(which), Payload: Buffer.from(JSON.stringify(event) ?? 'null') }));
  const lines = stack.cloud.lambda.log(nameOf(which)).slice(before).split('\n').filter((line) => line.includes('"what"') || line.includes('what:'));
  return { answer: Buffer.from(Payload ?? []).toString(), logged: lines };
}

/** What CloudFormation would send to delete the fleet, but for the signature. */
function deletion(): Record<string, unknown> {
  const { id, resources } = stack.cloud.cloudformation.stacks.find('Test')!;
  const fleet = [...resources.values()].find(({ definition }) => definition.Type === 'Custom::BulkWorkspaces')!;
  return {
    RequestType: 'Delete',
    ResponseURL: 'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/x?X-Amz-Signature=0',
    StackId: id,
    RequestId: '11111111-2222-3333-4444-555555555555',
    LogicalResourceId: fleet.logicalId,
    PhysicalResourceId: fleet.physicalId,
    ResourceType: 'Custom::BulkWorkspaces',
    ResourceProperties: { ServiceToken: 'x', DirectoryId: 'd-90670b2f8c', Users: [], Settings: [] },
  };
}

const without = (member: string) => () => Object.fromEntries(Object.entries(deletion()).filter(([each]) => each !== member));
const withMember = (members: object) => () => ({ ...deletion(), ...members });

describe.each(FUNCTIONS)('%s', (which) => {
  test.each<[string, () => unknown]>([
    ['nothing', () => null], ['a text', () => 'Delete'], ['a list', () => [deletion()]], ['no members', () => ({})],
    ...['RequestType', 'ResponseURL', 'StackId', 'RequestId', 'LogicalResourceId', 'PhysicalResourceId', 'ResourceProperties'].map((member): [string, () => unknown] => [
      `no ${member}`, without(member),
    ]),
    ['another stack', withMember({ StackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/Other/5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f' })],
    ['another type of resource', withMember({ ResourceType: 'Custom::Other' })],
    ['a huge name', withMember({ LogicalResourceId: 'x'.repeat(4_000_000) })],
    ['a huge URL', withMember({ ResponseURL: `https://x.example/${'x'.repeat(4_000_000)}` })],
    ['a Delete with properties before it', withMember({ OldResourceProperties: { DirectoryId: 'd-90670b2f8c' } })],
    ['an Update without properties before it', withMember({ RequestType: 'Update' })],
    ['properties that are a list', withMember({ ResourceProperties: [] })],
    ['a directory that is an object', withMember({ ResourceProperties: { DirectoryId: { Ref: 'x' } } })],
    ['the removals of another stack\'s fleet', withMember({
      ResourceType: 'Custom::BulkWorkspacesRemovals', ResourceProperties: { DirectoryId: 'd-90670b2f8c', FleetId: 'other/1', Removals: '1' },
    })],
  ])('is sent %s: refused, in one line', async (_, event) => {
    const before = world();
    const { answer, logged } = await invoke(which, event());
    expect(answer).toContain('CloudFormation did not send this event for this stack');
    expect(logged).toHaveLength(1);
    for (const secret of [...users, ...before.map(({ workspaceId }) => workspaceId)]) expect(answer).not.toContain(secret);
    expect(world()).toEqual(before);
  });

  test.each<[string, () => unknown]>([
    ['in the right form', deletion],
    ['with a date in the future', withMember({ ResponseURL: 'https://x.example/?X-Amz-Date=20990101T000000Z' })],
    ['with 300,000 users', withMember({
      RequestType: 'Create',
      PhysicalResourceId: undefined,
      ResourceProperties: { ServiceToken: 'x', DirectoryId: 'd-90670b2f8c', Users: [{ Settings: '0', UserNames: Array.from({ length: 300_000 }, (_, i) => `u${i}`) }] },
    })],
    ['of the resource for removals', () => ({
      ...deletion(),
      ResourceType: 'Custom::BulkWorkspacesRemovals',
      PhysicalResourceId: `${String(deletion().PhysicalResourceId).replace(/\/d-.*/, '')}/removals/7`,
      ResourceProperties: { ServiceToken: 'x', DirectoryId: 'd-90670b2f8c', FleetId: String(deletion().PhysicalResourceId).replace(/\/d-.*/, ''), Removals: '7' },
    })],
  ])('is sent an event %s, once and again: no desktop is touched, and the answer names nobody', async (_, event) => {
    const before = world();
    for (let i = 0; i < 2; i++) {
      const { answer } = await invoke(which, event());
      for (const secret of [...users, ...before.map(({ workspaceId }) => workspaceId)]) expect(answer).not.toContain(secret);
    }
    expect(world()).toEqual(before);
  });
});

test('after all that, the fleet is deployed and deleted as ever', async () => {
  const more = [...users, 'chen'];
  expect(await stack.deploy(fleetOf(more))).toMatchObject({ status: 'UPDATE_COMPLETE' });
  expect(stack.users()).toEqual(more);
  expect(await stack.destroy()).toMatchObject({ status: 'DELETE_COMPLETE' });
  expect(stack.users()).toEqual([]);
});
