import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { MINUTE, VirtualStack } from './virtual-stack';
import { idsOf } from '../../demo/ids';
import { Random } from '../../local/core/random';
import { BulkWorkspaces, BulkWorkspacesProps, RemovedUsers, TerminationLimit, WorkspaceUsers } from '../../src';
import { newFleet } from '../fixtures';

// Fleets whose ids do not fit one answer, with the real template and the framework's own code, in virtual time.

let stack: VirtualStack;
beforeEach(async () => {
  const random = new Random(11);
  stack = await VirtualStack.start({ buildTime: () => random.between(10 * MINUTE, 40 * MINUTE) });
});
afterEach(async () => {
  expect(stack.cloud.iam.denials).toEqual([]);
  await stack.stop();
});

function people(count: number, prefix = 'user'): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(4, '0')}`);
}

function fleet(in_: Stack, users: string[], props: Partial<BulkWorkspacesProps> = {}, id = 'Fleet'): BulkWorkspaces {
  const common = { removedUsers: RemovedUsers.terminate(), removalPolicy: RemovalPolicy.DESTROY };
  return newFleet(in_, { ...common, users: WorkspaceUsers.fromNames(users), ...props }, id);
}

function idOf(userName: string): string {
  return stack.present().find((each) => each.userName === userName)!.workspaceId;
}

/** The app asks for the id of the last user, and for all ids. */
function asking(users: string[], props: Partial<BulkWorkspacesProps> = {}) {
  return (in_: Stack) => {
    const made = fleet(in_, users, props);
    new CfnOutput(in_, 'Last', { value: made.workspaceId(users.at(-1)!) });
    new CfnOutput(in_, 'Middle', { value: made.workspaceIds()[300] });
  };
}

test('ids of 600 users are read by resources of their own, and follow the fleet', async () => {
  const first = people(600);
  expect(await stack.deploy(asking(first))).toMatchObject({ status: 'CREATE_COMPLETE' });
  const outputs = () => Object.fromEntries(stack.cloud.cloudformation.stacks.all().at(-1)!.outputs.map(({ key, value }) => [key, value]));
  expect(outputs()).toMatchObject({ Last: idOf('user0599'), Middle: idOf('user0300') });
  // The command in the output prints the ids of all users.
  const listing = Object.values(outputs()).find((value) => value.startsWith('600 WorkSpaces; to list users and ids: aws dynamodb query'))!;
  expect([...await idsOf(listing, first, stack.cloud.endpointUrl, 'us-east-1')]).toEqual(first.map((userName) => [userName, idOf(userName)]));
  expect(stack.cloud.workspaces.counts().calls.CreateWorkspaces).toBe(24);

  // Somebody terminates a desktop. The next deployment creates a new one, and the outputs have its id.
  const gone = idOf('user0300');
  stack.cloud.workspaces.terminateElsewhere(gone);
  await stack.pass(30 * MINUTE);
  expect(await stack.deploy(asking(first, { refresh: '2' }))).toMatchObject({ status: 'UPDATE_COMPLETE' });
  expect(outputs().Middle).toBe(idOf('user0300'));
  expect(outputs().Middle).not.toBe(gone);

  const fewer = first.slice(0, 560);
  expect(await stack.deploy(asking(fewer, { terminationLimit: TerminationLimit.count(40) }))).toMatchObject({ status: 'UPDATE_COMPLETE' });
  expect(outputs()).toMatchObject({ Last: idOf('user0559') });
  expect(stack.users()).toEqual(fewer);

  expect(await stack.destroy()).toMatchObject({ status: 'DELETE_COMPLETE' });
  expect(stack.users()).toEqual([]);
  expect(Object.values(stack.cloud.workspaces.counts().throttled)).toEqual([]);
}, 300_000);

test('two fleets of a stack at once are not throttled, and both get their turns', async () => {
  const outcome = await stack.deploy((in_) => {
    fleet(in_, people(1_000, 'one'));
    fleet(in_, people(1_000, 'two'), {}, 'Other');
  });
  expect(outcome).toMatchObject({ status: 'CREATE_COMPLETE', failures: {} });
  expect(stack.present()).toHaveLength(2_000);
  expect(stack.cloud.workspaces.counts().calls.CreateWorkspaces).toBe(80);
  expect(Object.values(stack.cloud.workspaces.counts().throttled)).toEqual([]);
}, 300_000);
