import { BUNDLE, DIRECTORY, FleetProperties, MINUTE, names, TestStack } from '../test-stack';

// Users who already have a desktop when a fleet is deployed.

const OWN = 'cdk-bulk-workspaces:fleet';
const ADOPTED = 'cdk-bulk-workspaces:adopted';
const OTHER_FLEET = '0a0b0c0d-1111-2222-3333-444455556666/deadbeef';

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.startQuick({ missingUsers: ['nobody'], autoStop: false });
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const there = (userName: string, more: object = {}) => (
  stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName, ...more })
);
const tags = (user: string) => stack.present().find(({ userName }) => userName === user)!.tags;
const adopts: FleetProperties = { ExistingWorkspaces: { Adopt: 'UNOWNED' } };
/** All desktops that were ever terminated. */
const terminated = () => {
  const leaving = stack.workspaces.desktops().filter(({ state }) => ['TERMINATING', 'TERMINATED', 'GONE'].includes(state));
  return leaving.map(({ userName }) => userName);
};

describe('refuse()', () => {
  test('the deployment fails with the names before it creates anybody\'s', async () => {
    for (const user of ['bo', 'user007']) there(user);
    const wanted = { users: [...names(30), 'bo'] };
    expect(await stack.create(wanted)).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/bo .*user007 .*ExistingWorkspaces\.adopt\(\)|user007 .*bo .*ExistingWorkspaces\.adopt\(\)/), minutes: 0 });
    expect(stack.calls('CreateWorkspaces')).toBe(0);
    expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(['bo', 'user007']);
  });

  test('a desktop of another fleet is named with the way to have it', async () => {
    there('bo', { tags: { [OWN]: OTHER_FLEET } });
    expect(await stack.create({ users: ['ana', 'bo'] })).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(`ExistingWorkspaces.adopt({ fromFleets: ["${OTHER_FLEET}"] })`) });
    expect(stack.users()).toEqual(['bo']);
  });

  test('users are looked up one by one if the directory has more desktops of others than the fleet has users', async () => {
    for (const user of names(100, 500)) there(user);
    there('bo');
    expect(await stack.create({ users: ['ana', 'bo'] })).toMatchObject({ status: 'FAILED' });
    expect(stack.calls('DescribeWorkspaces')).toBeLessThan(8);
    expect(stack.calls('CreateWorkspaces')).toBe(0);
  });

  test('also if they are too many for one step: the next step continues', async () => {
    for (const user of names(4_000, 500)) there(user);
    expect(await stack.create({ users: names(150) })).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: 'none', LateUsers: 'none' } });
  });

  test('also in a large directory in which no user has a desktop', async () => {
    for (const user of names(100, 500)) there(user);
    expect(await stack.create({ users: ['ana', 'bo'] })).toMatchObject({ status: 'SUCCESS' });
  });

  test('only as many are looked up as the reason names', async () => {
    for (const user of names(200)) there(user);
    expect(await stack.create({ users: names(200) })).toMatchObject({ status: 'FAILED', minutes: 0 });
    expect(stack.calls('DescribeTags')).toBeLessThan(10);
  });
});

describe('adopt()', () => {
  const wanted: FleetProperties = { ...adopts, users: ['ana', 'bo'], settings: { RunningMode: 'ALWAYS_ON' }, Tags: { team: 'sales' } };

  test('adopts desktops without an owner, marks them, changes them to the desired settings, and makes the others', async () => {
    const bo = there('Bo', { properties: { RunningMode: 'AUTO_STOP' }, tags: { cost: '42' } });
    const outcome = await stack.create(wanted);
    expect(outcome).toMatchObject({ status: 'SUCCESS', ids: [stack.idsOf(['ana'])[0], bo], data: { Notices: 'none' } });
    expect(tags('Bo')).toEqual({ [OWN]: stack.fleetId, [ADOPTED]: 'true', cost: '42', team: 'sales' });
    expect(stack.present().map(({ properties }) => properties.RunningMode)).toEqual(['ALWAYS_ON', 'ALWAYS_ON']);
  });

  test('does not adopt those of another fleet', async () => {
    there('bo', { tags: { [OWN]: OTHER_FLEET } });
    expect(await stack.create(wanted)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('bo (ResourceExists.WorkSpace') });
    expect(tags('bo')).toEqual({ [OWN]: OTHER_FLEET });
  });

  test('also to larger volumes, by the create that adopts it', async () => {
    const bo = there('bo');
    await stack.clock.sleep(7 * 60 * MINUTE);
    stack.workspaces.configure({ volumeTime: 10 * MINUTE });
    const outcome = await stack.create({ ...adopts, users: ['bo'], settings: { UserVolumeSizeGib: '100' } });
    expect(outcome).toMatchObject({ status: 'SUCCESS', ids: [bo], data: { Notices: 'none' } });
    expect(outcome.minutes).toBeLessThan(20);
    expect(stack.present()[0].properties.UserVolumeSizeGib).toBe(100);
  });

  test('with another bundle or encryption: it keeps them, and a notice says so', async () => {
    const bo = there('bo', { bundleId: 'wsb-b0s22j3d7' });
    const outcome = await stack.create({ ...wanted, BundleChange: 'REPLACE' });
    expect(outcome).toMatchObject({ status: 'SUCCESS', data: { Notices: 'bo: was adopted and keeps its bundle' } });
    expect(await stack.update({ ...wanted, BundleChange: 'REPLACE' }, { ...wanted, BundleChange: 'MIGRATE', Refresh: '2' })).toMatchObject({ status: 'SUCCESS' });
    expect(stack.idsOf(['bo'])).toEqual([bo]);
    expect(terminated()).toEqual([]);
  });

  test('with another bundle and encryption: the notice names both', async () => {
    there('bo', { bundleId: 'wsb-b0s22j3d7' });
    const encrypted = { VolumeEncryptionKey: 'alias/aws/workspaces', UserVolumeEncryptionEnabled: 'true', RootVolumeEncryptionEnabled: 'true' };
    const outcome = await stack.create({ ...wanted, users: ['bo'], settings: { ...wanted.settings, ...encrypted } });
    expect(outcome).toMatchObject({ status: 'SUCCESS', data: { Notices: 'bo: was adopted and keeps its bundle and encryption' } });
  });

  describe('releases them, in any event', () => {
    let bo: string;
    beforeEach(() => { bo = there('bo', { tags: { cost: '42' } }); });
    afterEach(() => {
      expect(stack.idsOf(['bo'])).toEqual([bo]);
      expect(tags('bo')).toMatchObject({ cost: '42' });
      expect(tags('bo')).not.toHaveProperty([OWN]);
      expect(tags('bo')).not.toHaveProperty([ADOPTED]);
      expect(terminated()).not.toContain('bo');
    });

    test('a delete after an update to migrate all, if the ledger does not say that it was adopted', async () => {
      await stack.create({ ...wanted, users: ['bo'] });
      const rows = await stack.rows();
      expect(rows.flatMap(({ records = [] }) => records)).toMatchObject([{ userName: 'bo', adopted: true }]);
      await stack.forgetAdoption();
      const to = { ...wanted, users: ['bo'], BundleChange: 'MIGRATE', settings: { ...wanted.settings, BundleId: 'wsb-b0s22j3d7' } } as const;
      expect(await stack.update({ ...wanted, users: ['bo'] }, to)).toMatchObject({ status: 'SUCCESS', data: { Notices: 'bo: was adopted and keeps its bundle' } });
      expect(stack.calls('MigrateWorkspace')).toBe(0);
      expect(await stack.delete(to)).toMatchObject({ status: 'SUCCESS' });
    });

    test('a delete', async () => {
      await stack.create(wanted);
      expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
      expect(stack.users()).toEqual(['bo']);
    });

    test('a delete after the ledger was deleted', async () => {
      await stack.create(wanted);
      await stack.deleteRows(() => true);
      expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
      expect(stack.users()).toEqual(['bo']);
    });

    test('a delete, if the ledger does not say that it was adopted', async () => {
      await stack.create({ ...wanted, users: ['bo'] });
      await stack.deleteRows(({ sk }) => sk.startsWith('call'));
      stack.workspaces.others.untag(bo, OWN);
      stack.workspaces.others.tag(bo, { [OWN]: stack.fleetId });
      expect(await stack.delete({ ...wanted, users: ['bo'] })).toMatchObject({ status: 'SUCCESS' });
    });

    test('a user is removed, and the termination limit does not count them', async () => {
      const all = { ...wanted, TerminationLimit: '0' };
      await stack.create(all);
      expect(await stack.update(all, { ...all, users: ['ana'] })).toMatchObject({ status: 'SUCCESS' });
      expect(stack.users()).toEqual(['ana', 'bo']);
    });

    test('a create that fails', async () => {
      const failed = { ...wanted, users: ['ana', 'bo', 'nobody'] };
      expect(await stack.create(failed)).toMatchObject({ status: 'FAILED' });
      expect(await stack.delete(failed)).toMatchObject({ status: 'SUCCESS' });
      expect(stack.users()).toEqual(['bo']);
    });

    test('an update that fails after it has adopted, and its rollback', async () => {
      await stack.create({ ...wanted, users: ['ana'] });
      const failed = { ...wanted, users: ['ana', 'bo', 'nobody'] };
      expect(await stack.update({ ...wanted, users: ['ana'] }, failed)).toMatchObject({ status: 'FAILED' });
      expect(await stack.rollBack(failed, { ...wanted, users: ['ana'] })).toMatchObject({ status: 'SUCCESS' });
      expect(stack.users()).toEqual(['ana', 'bo']);
      // The next fleet adopts it again.
      expect(await stack.update({ ...wanted, users: ['ana'] }, wanted)).toMatchObject({ status: 'SUCCESS' });
      expect(tags('bo')).toMatchObject({ [OWN]: stack.fleetId, [ADOPTED]: 'true' });
      expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
    });
  });

  test('adopted desktops of leavers stay the fleet\'s until the clean-up, and are then released', async () => {
    const bo = there('bo');
    await stack.create(wanted);
    const one = { ...wanted, users: ['ana'] };
    await stack.updateFleet(wanted, one);
    expect(await stack.rollBack(one, wanted)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['ana', 'bo']) });
    expect(tags('bo')).toMatchObject({ [OWN]: stack.fleetId, [ADOPTED]: 'true' });
    await stack.clock.sleep(5 * 60 * MINUTE);
    expect(await stack.update(wanted, one)).toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringContaining('released in the clean-up') }, cleanUp: [{ status: 'SUCCESS' }] });
    expect(tags('bo')).toEqual({ team: 'sales' });
    expect(stack.idsOf(['bo'])).toEqual([bo]);
  });

  test('a rollback adopts nobody, even if it has to look up everybody', async () => {
    ['ana', 'bo'].forEach((user) => there(user));
    const tolerant = { ...adopts, users: ['ana', 'bo'], FailureTolerance: '100%' };
    stack.inject({ operation: 'DescribeTags', how: 'refuse', code: 'ValidationException', which: ({ input }) => input.ResourceId === stack.idsOf(['bo'])[0], times: 99 });
    expect(await stack.create(tolerant)).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: expect.stringContaining('bo') } });
    stack.faults.clear();
    await stack.deleteRows(() => true);
    expect(await stack.rollBack({ ...tolerant, users: ['ana', 'bo', 'cy'] }, tolerant)).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: expect.stringContaining('bo') } });
    expect(tags('ana')).toMatchObject({ [ADOPTED]: 'true' });
    expect(tags('bo')).toEqual({});
  });

  test('a desktop that is stopped, or being terminated', async () => {
    const ana = there('ana');
    stack.workspaces.others.changeRunningMode(ana, 'AUTO_STOP');
    stack.workspaces.others.stop(ana);
    await stack.clock.sleep(10 * MINUTE);
    const bo = there('bo');
    stack.workspaces.terminateElsewhere(bo);
    expect(await stack.create({ ...adopts, users: ['ana', 'bo'] })).toMatchObject({ status: 'SUCCESS' });
    expect(stack.idsOf(['ana'])).toEqual([ana]);
    expect(stack.idsOf(['bo'])).not.toEqual([bo]);
    expect(Object.keys(tags('bo'))).toEqual([OWN]);
  });

  test.each(['lose', 'kill-before', 'kill-after'] as const)('"%s" at any call: nobody has two, and what was theirs stays', async (how) => {
    const bo = there('bo');
    for (const operation of ['CreateTags', 'DescribeTags', 'DescribeWorkspaces', 'PutItem', 'UpdateItem']) {
      for (const after of [0, 2]) stack.inject({ operation, how, after, times: 1 });
    }
    expect(await stack.create(wanted)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['ana', 'bo']) });
    expect(stack.idsOf(['bo'])).toEqual([bo]);
    for (const operation of ['DeleteTags', 'DescribeTags', 'TerminateWorkspaces', 'PutItem']) stack.inject({ operation, how, times: 2 });
    expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.idsOf(['bo'])).toEqual([bo]);
    expect(stack.users()).toEqual(['bo']);
    expect(Object.keys(tags('bo'))).toEqual(['team']);
  });
});

describe('adopt() from other fleets', () => {
  const from: FleetProperties = { ExistingWorkspaces: { Adopt: 'UNOWNED', FleetIds: [OTHER_FLEET] } };

  test('adopts desktops of the named fleet and of nobody, and no others', async () => {
    const bo = there('bo', { tags: { [OWN]: OTHER_FLEET } });
    const chen = there('chen');
    expect(await stack.create({ ...from, users: ['ana', 'bo', 'chen'] })).toMatchObject({ status: 'SUCCESS', ids: [stack.idsOf(['ana'])[0], bo, chen] });
    expect(tags('bo')).toEqual({ [OWN]: stack.fleetId, [ADOPTED]: 'true' });
    there('dee', { tags: { [OWN]: '0a0b0c0d-1111-2222-3333-444455556666/00000000' } });
    expect(await stack.update({ ...from, users: ['ana', 'bo', 'chen'] }, { ...from, users: ['ana', 'bo', 'chen', 'dee'] })).toMatchObject({ status: 'FAILED' });
  });

  test('does not terminate them, either', async () => {
    const bo = there('bo', { tags: { [OWN]: OTHER_FLEET } });
    await stack.create({ ...from, users: ['ana', 'bo'] });
    await stack.delete({ ...from, users: ['ana', 'bo'] });
    expect(stack.idsOf(['bo'])).toEqual([bo]);
    expect(tags('bo')).toEqual({});
  });
});
