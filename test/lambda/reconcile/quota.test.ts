import { BUNDLE, FleetProperties, MINUTE, names, TestStack } from '../test-stack';

// The handler finds out only once that the quota is used up, not once for each user.

let stack: TestStack;
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const other = 'wsb-b0s22j3d7';

test.each(['call', 'item'] as const)('that refuses the %s: nobody else is asked for in this deployment, and a later one asks again', async (scope) => {
  stack = await TestStack.startQuick({ quota: 100, quotaExceeded: { scope, code: 'ResourceLimitExceededException', message: 'Your limits have been exceeded.' }, buildTime: MINUTE });
  const users = names(1000);
  const wanted: FleetProperties = { users, FailureTolerance: '100%', WorkspaceIds: 'COUNT', IdsInOneRead: '1' };
  expect(await stack.create(wanted)).toMatchObject({ status: 'SUCCESS', data: { WorkspaceIds: '100 WorkSpaces', RefusedUsers: expect.stringContaining('(ResourceLimitExceededException)') } });
  expect(stack.calls('CreateWorkspaces')).toBeLessThan(4 + 12);
  expect(stack.users()).toHaveLength(100);
  stack.workspaces.configure({ quota: 120 });
  expect(await stack.update(wanted, { ...wanted, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', data: { WorkspaceIds: '120 WorkSpaces' } });
  expect(stack.calls('CreateWorkspaces')).toBeLessThan(2 * (4 + 12));
});

test('with the default tolerance, the reason says how far it went and what to do', async () => {
  stack = await TestStack.startQuick({ quota: 30, quotaExceeded: { scope: 'item', code: 'ResourceLimitExceeded.WorkSpace', message: 'Too many.' } });
  const outcome = await stack.create({ users: names(60) });
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/Ask AWS for a higher quota.*30 were made before that/) });
});

test('it holds only for those who need the same: a quota of one kind does not keep the desktops of another', async () => {
  stack = await TestStack.startQuick({ buildTime: MINUTE });
  stack.answers((api) => ({
    create: async (requests) => {
      if (requests.some(({ BundleId }) => BundleId === other)) throw Object.assign(new Error('no graphics'), { name: 'ResourceLimitExceededException' });
      return api.create(requests);
    },
  }));
  const [many, few] = [names(60), names(60, 60)];
  const outcome = await stack.create({
    Users: [{ Settings: '0', UserNames: few }, { Settings: '1', UserNames: many }], Settings: [{ BundleId: other }, { BundleId: BUNDLE }], UserCount: '120', FailureTolerance: '60',
  });
  expect(outcome).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(many);
});

test('users whose desktop is replaced get another one, although others were refused for the quota', async () => {
  stack = await TestStack.startQuick({ buildTime: MINUTE, quota: 30 });
  const users = names(30);
  await stack.create({ users });
  await stack.clock.sleep(20 * MINUTE);
  const after: FleetProperties = { users: names(60), settings: { BundleId: other }, BundleChange: 'REPLACE', TerminationLimit: 'unlimited', FailureTolerance: '30' };
  expect(await stack.update({ users }, after)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(users);
});

describe.each(['call', 'item'] as const)('a quota that is used up in the middle of an update, and refuses the %s', (scope) => {
  const before: FleetProperties = { users: names(50), WorkspaceIds: 'COUNT', TerminationLimit: 'unlimited' };
  const more: FleetProperties = { ...before, users: [...names(40), ...names(60, 100)] };

  beforeEach(async () => {
    stack = await TestStack.startQuick({ quota: 80, quotaExceeded: { scope, code: 'ResourceLimitExceededException', message: 'Your limits have been exceeded.' }, buildTime: MINUTE });
    await stack.create(before);
    await stack.clock.sleep(30 * MINUTE);
  });

  test('fails it: the rollback removes what was made, and nobody who had a desktop has lost it', async () => {
    const ids = stack.idsOf(before.users!);
    const outcome = await stack.update(before, more);
    expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/of 100 WorkSpaces could not be made.*ResourceLimitExceededException.*70 were made before that/) });
    expect(await stack.rollBack(more, before)).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none', RefusedUsers: 'none' } });
    expect(stack.idsOf(before.users!)).toEqual(ids);
    expect(stack.users()).toHaveLength(50);
  });

  test('is tolerated: as many as fit are made, the others are named, the leavers go, and the next deployment uses their places', async () => {
    const tolerant = { ...more, FailureTolerance: '100%' };
    expect(await stack.update(before, tolerant)).toMatchObject({
      status: 'SUCCESS', data: { WorkspaceIds: '70 WorkSpaces', RefusedUsers: expect.stringContaining('(ResourceLimitExceededException)') }, cleanUp: [{ status: 'SUCCESS' }],
    });
    expect(stack.users()).toHaveLength(70);
    expect(await stack.update(tolerant, { ...tolerant, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', data: { WorkspaceIds: '80 WorkSpaces' } });
  });
});
