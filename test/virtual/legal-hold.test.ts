import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { MINUTE, VirtualStack } from './virtual-stack';
import { BulkWorkspacesProps, ExistingWorkspaces, RemovedUsers, TerminationLimit, WorkspaceUsers } from '../../src';
import { newFleet } from '../fixtures';

// Policies of the organization, which no role can get round: a legal hold by tag, and tags that nobody may take off.

let stack: VirtualStack;
beforeEach(async () => { stack = await VirtualStack.start({ buildTime: MINUTE, missingUsers: ['nobody'] }); });
afterEach(() => stack.stop());

const users = Array.from({ length: 30 }, (_, i) => `user${String(i).padStart(3, '0')}`);
const held = 'user007';

function fleet(names: string[], more: Partial<BulkWorkspacesProps> = {}): (in_: Stack) => void {
  return (in_) => void newFleet(in_, { removalPolicy: RemovalPolicy.DESTROY, users: WorkspaceUsers.fromNames(names), ...more });
}

function deny(Action: string, more: object = {}): void {
  stack.cloud.iam.putServiceControlPolicy('hold', { Version: '2012-10-17', Statement: { Effect: 'Deny', Action, Resource: '*', ...more } });
}

function hold(): void {
  const { workspaceId } = stack.cloud.workspaces.desktops().find(({ userName }) => userName === held)!;
  stack.cloud.workspaces.others.tag(workspaceId, { hold: 'legal' });
  deny('workspaces:TerminateWorkspaces', { Condition: { StringEquals: { 'aws:ResourceTag/hold': 'legal' } } });
}

test('a delete terminates all but the desktop under a legal hold, and says so; when the hold is lifted, the next one ends it', async () => {
  await stack.deploy(fleet(users));
  hold();
  const { status, failures } = await stack.destroy();
  expect(status).toBe('DELETE_FAILED');
  expect(Object.values(failures).join()).toMatch(
    /1 WorkSpace of this fleet could not be terminated or released: user007 \(ws-\w+, AccessDeniedException: AWS denies workspaces:TerminateWorkspaces: User: .* with an explicit deny in a service control policy\)/,
  );
  expect(stack.users()).toEqual([held]);
  stack.cloud.iam.deleteServiceControlPolicy('hold');
  expect(await stack.destroy()).toMatchObject({ status: 'DELETE_COMPLETE' });
  expect(stack.users()).toEqual([]);
});

test('an update takes all others away, and the events of its clean-up name the one that stays', async () => {
  await stack.deploy(fleet(users));
  hold();
  const terminates = { removedUsers: RemovedUsers.terminate(), terminationLimit: TerminationLimit.unlimited() };
  const outcome = await stack.deploy(fleet(users.slice(20), terminates));
  expect(outcome).toMatchObject({ status: 'UPDATE_COMPLETE', outputs: { FleetNoticesSummary: expect.stringMatching(/^20 users left the list/) } });
  expect(Object.values(outcome.failures).join()).toMatch(/user007 \(ws-\w+, AccessDeniedException: AWS denies workspaces:TerminateWorkspaces: .*deploy the fleet again/);
  expect(stack.users()).toEqual([held, ...users.slice(20)]);
});

test('where DeleteTags is denied, a create that had adopted is rolled back: its own desktops go', async () => {
  const id = stack.cloud.workspaces.createElsewhere({ directoryId: 'd-90670b2f8c', bundleId: 'wsb-clj85qzj1', userName: held });
  deny('workspaces:DeleteTags');
  expect(await stack.deploy(fleet([...users, 'nobody'], { existingWorkspaces: ExistingWorkspaces.adopt() }))).toMatchObject({ status: 'ROLLBACK_COMPLETE' });
  expect(stack.cloud.workspaces.desktops().filter(({ state }) => state === 'AVAILABLE').map(({ workspaceId }) => workspaceId)).toEqual([id]);
});
