import { names, TestStack } from './world';

let stack: TestStack;
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

test('60 users get 60 desktops, with 3 create calls, and their ids in the order of the users', async () => {
  stack = await TestStack.start();
  const users = names(60);
  const outcome = await stack.create({ users });
  expect(outcome).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: 'none', LateUsers: 'none', FleetId: stack.fleetId } });
  const byId = new Map(stack.present().map((each) => [each.workspaceId, each]));
  expect(outcome.status === 'SUCCESS' && outcome.ids.map((id) => byId.get(id)?.userName)).toEqual(users);
  expect(stack.present().every(({ state, tags }) => state === 'AVAILABLE' && tags['cdk-bulk-workspaces:fleet'] === stack.fleetId)).toBe(true);
  expect(stack.calls('CreateWorkspaces')).toBe(3);
  expect(stack.throttled()).toBe(0);
});

test('fails with the name and the reason of a user who is not in the directory, and the delete leaves nothing', async () => {
  stack = await TestStack.start({ missingUsers: ['user030'] });
  const wanted = { users: names(60) };
  const outcome = await stack.create(wanted);
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('user030 (ResourceNotFound.User') });
  expect(stack.users()).toHaveLength(49); // the third batch was not asked for any more
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});
