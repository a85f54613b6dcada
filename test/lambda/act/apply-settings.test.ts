import { FleetProperties, MINUTE, TestStack } from '../test-stack';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.startQuick({ missingUsers: ['nobody'], defaultRunningMode: 'AUTO_STOP', autoStop: false });
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const users = ['ana', 'bo', 'chen'];
const before: FleetProperties = { users, settings: { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: '60', ComputeTypeName: 'STANDARD' }, Tags: { team: 'sales' } };
/** The same fleet with other settings. Settings that are undefined are removed. */
function with_(settings: FleetProperties['settings'], more: FleetProperties = {}): FleetProperties {
  const all = Object.entries({ ...before.settings, ...settings }).filter(([, value]) => value !== undefined);
  return { ...before, settings: Object.fromEntries(all), ...more };
}

const OWN = 'cdk-bulk-workspaces:fleet';
const properties = (user = 'ana') => stack.present().find(({ userName }) => userName === user)!.properties;
const tags = (user = 'ana') => stack.present().find(({ userName }) => userName === user)!.tags;
const calls = () => stack.calls('ModifyWorkspaceProperties') + stack.calls('CreateTags') + stack.calls('DeleteTags');

describe('in place, on the same desktop', () => {
  let ids: unknown[];
  beforeEach(async () => {
    await stack.create(before);
    ids = stack.idsOf(users);
  });
  afterEach(() => expect(stack.idsOf(users)).toEqual(ids));

  test('the running mode and its timeout, in one call for each desktop', async () => {
    const to = with_({ RunningModeAutoStopTimeoutInMinutes: '120' });
    expect(await stack.update(before, to)).toMatchObject({ status: 'SUCCESS', ids, data: { Notices: 'none' }, minutes: 0 });
    expect(users.map((user) => properties(user).RunningModeAutoStopTimeoutInMinutes)).toEqual([120, 120, 120]);
    expect(stack.calls('ModifyWorkspaceProperties')).toBe(3);
    expect(await stack.update(to, with_({ RunningMode: 'ALWAYS_ON', RunningModeAutoStopTimeoutInMinutes: undefined }))).toMatchObject({ status: 'SUCCESS' });
    expect(properties()).toMatchObject({ RunningMode: 'ALWAYS_ON', RunningModeAutoStopTimeoutInMinutes: undefined });
  });

  test('only for users whose setting changed', async () => {
    const { settings } = before;
    const to: FleetProperties = {
      ...before,
      Users: [{ Settings: '0', UserNames: ['ana', 'bo'] }, { Settings: '1', UserNames: ['chen'] }],
      Settings: [settings, { ...settings, RunningModeAutoStopTimeoutInMinutes: '120' }].map((each) => ({ BundleId: 'wsb-clj85qzj1', ...each })),
    };
    expect(await stack.update(before, to)).toMatchObject({ status: 'SUCCESS', ids });
    expect(users.map((user) => properties(user).RunningModeAutoStopTimeoutInMinutes)).toEqual([60, 60, 120]);
    expect(stack.calls('ModifyWorkspaceProperties')).toBe(1);
  });

  test('a stopped desktop, too; a starting one is waited for', async () => {
    stack.workspaces.configure({ stopTime: MINUTE, startTime: 3 * MINUTE });
    const [ana, bo] = ids as string[];
    stack.workspaces.others.stop(ana);
    await stack.clock.sleep(2 * MINUTE);
    stack.workspaces.others.stop(bo);
    await stack.clock.sleep(2 * MINUTE);
    stack.workspaces.others.start(bo);
    expect(await stack.update(before, with_({ RunningModeAutoStopTimeoutInMinutes: '120' }))).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
    expect(users.map((user) => properties(user).RunningModeAutoStopTimeoutInMinutes)).toEqual([120, 120, 120]);
  });

  test('not during an administrator\'s maintenance: a notice names it, and the next deployment changes it', async () => {
    const [ana] = ids as string[];
    stack.workspaces.others.beginAdminMaintenance(ana);
    const to = with_({ RunningModeAutoStopTimeoutInMinutes: '120' });
    expect(await stack.update(before, to)).toMatchObject({
      status: 'SUCCESS', minutes: 0, data: { Notices: 'ana: RunningMode AUTO_STOP, RunningModeAutoStopTimeoutInMinutes 120 when it is AVAILABLE or STOPPED; it is ADMIN_MAINTENANCE' },
    });
    expect(users.map((user) => properties(user).RunningModeAutoStopTimeoutInMinutes)).toEqual([60, 120, 120]);
    stack.workspaces.others.endAdminMaintenance(ana);
    expect(await stack.update(to, { ...to, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
    expect(properties().RunningModeAutoStopTimeoutInMinutes).toBe(120);
  });

  test('tags: new, changed and removed ones, and no tags of others', async () => {
    await stack.tag(ids[0] as string, 'cost', '42');
    const to = { ...before, Tags: { team: 'field', site: 'berlin' } };
    expect(await stack.update(before, to)).toMatchObject({ status: 'SUCCESS', minutes: 0 });
    expect(tags()).toEqual({ [OWN]: stack.fleetId, cost: '42', team: 'field', site: 'berlin' });
    expect(await stack.update(to, { ...before, Tags: { site: 'berlin' } })).toMatchObject({ status: 'SUCCESS' });
    expect(tags()).toEqual({ [OWN]: stack.fleetId, cost: '42', site: 'berlin' });
    expect(tags('bo')).toEqual({ [OWN]: stack.fleetId, site: 'berlin' });
  });

  test('an update of something else does not undo what others have changed', async () => {
    stack.workspaces.others.changeRunningMode(ids[0] as string, 'ALWAYS_ON');
    await stack.tag(ids[0] as string, 'team', 'board');
    const count = calls();
    expect(await stack.update(before, { ...before, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', minutes: 0 });
    expect(calls()).toBe(count);
    expect(properties().RunningMode).toBe('ALWAYS_ON');
    expect(tags().team).toBe('board');
    // When the template changes a setting, the change by hand is overwritten.
    expect(await stack.update(before, with_({ RunningModeAutoStopTimeoutInMinutes: '120' }, { Tags: { team: 'field' } }))).toMatchObject({ status: 'SUCCESS' });
    expect(properties()).toMatchObject({ RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 120 });
    expect(tags().team).toBe('field');
  });

  test('a setting that the template no longer specifies does not change', async () => {
    expect(await stack.update(before, { users, Tags: before.Tags })).toMatchObject({ status: 'SUCCESS', minutes: 0 });
    expect(calls()).toBe(0);
  });

  test('a larger compute type only six hours after the launch: reported with the time, and done by a later deployment', async () => {
    const to = with_({ ComputeTypeName: 'POWER' });
    const outcome = await stack.update(before, to);
    expect(outcome).toMatchObject({ status: 'SUCCESS', ids, minutes: 0 });
    expect((outcome as any).data.Notices).toMatch(/^ana: ComputeTypeName POWER from \d{4}-\d\d-\d\dT\d\d:\d\dZ on, bo: /);
    expect(stack.calls('ModifyWorkspaceProperties')).toBe(0);
    await stack.clock.sleep(6 * HOUR);
    stack.workspaces.configure({ computeTime: 20 * MINUTE });
    expect(await stack.update(to, { ...to, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
    expect(users.map((user) => properties(user).ComputeTypeName)).toEqual(['POWER', 'POWER', 'POWER']);
    // The smaller type is possible only thirty days later. The rollback cannot restore it, and does not fail.
    expect(await stack.rollBack({ ...to, Refresh: '2' }, to)).toMatchObject({ status: 'SUCCESS' });
  });

  test('a change that takes longer than the deployment is named, and the next deployment finds it done', async () => {
    await stack.clock.sleep(6 * HOUR);
    stack.workspaces.configure({ computeTime: 70 * MINUTE });
    const to = with_({ ComputeTypeName: 'POWER' });
    expect(await stack.update(before, to)).toMatchObject({ status: 'SUCCESS', ids, data: { Notices: expect.stringContaining('ana: ComputeTypeName still being changed') } });
    await stack.clock.sleep(HOUR);
    expect(await stack.update(to, { ...to, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' }, minutes: 0 });
    expect(stack.calls('ModifyWorkspaceProperties')).toBe(3);
  });

  test('volumes in the order that the service demands, one at a time', async () => {
    await stack.clock.sleep(7 * HOUR);
    stack.workspaces.configure({ volumeTime: 15 * MINUTE });
    const to = with_({ RootVolumeSizeGib: '175', UserVolumeSizeGib: '500' });
    const outcome = await stack.update(before, to);
    expect(outcome).toMatchObject({ status: 'SUCCESS', ids });
    expect((outcome as any).data.Notices).toMatch(/ana: UserVolumeSizeGib 500 from .*Z on/);
    expect(properties()).toMatchObject({ RootVolumeSizeGib: 175, UserVolumeSizeGib: 100 });
    await stack.clock.sleep(6 * HOUR);
    expect(await stack.update(to, { ...to, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
    expect(users.map((user) => [properties(user).RootVolumeSizeGib, properties(user).UserVolumeSizeGib])).toEqual(Array(3).fill([175, 500]));
  });

  test('volumes only after everything else has succeeded', async () => {
    await stack.clock.sleep(7 * HOUR);
    const sizes: unknown[] = [];
    stack.whileCalling('ModifyWorkspaceProperties', () => sizes.push(stack.present().map(({ state }) => state)));
    expect(await stack.update(before, with_({ UserVolumeSizeGib: '100' }, { users: [...users, 'dee'] }))).toMatchObject({ status: 'SUCCESS' });
    expect(sizes).toEqual(Array(3).fill(Array(4).fill('AVAILABLE')));
    const failed = with_({ UserVolumeSizeGib: '100', RootVolumeSizeGib: '200' }, { users: [...users, 'dee', 'nobody'] });
    await stack.clock.sleep(7 * HOUR);
    expect(await stack.update(with_({ UserVolumeSizeGib: '100' }, { users: [...users, 'dee'] }), failed)).toMatchObject({ status: 'FAILED' });
    expect(properties().RootVolumeSizeGib).toBe(80);
  });

  test('a failed update undoes its changes, also of settings that the template did not specify before', async () => {
    const to = with_({ RunningMode: 'ALWAYS_ON', RunningModeAutoStopTimeoutInMinutes: undefined }, { users: [...users, 'nobody'], Tags: { team: 'field', site: 'x' } });
    stack.workspaces.configure({ buildTime: 30 * MINUTE });
    expect(await stack.update(before, { ...to, users: [...users, 'dee', 'late'], LateWorkspaces: 'FAIL', TimeoutSeconds: '600' })).toMatchObject({ status: 'FAILED' });
    expect(properties().RunningMode).toBe('ALWAYS_ON');
    expect(await stack.rollBack({ ...to, users: [...users, 'dee', 'late'] }, before)).toMatchObject({ status: 'SUCCESS', ids });
    expect(properties()).toMatchObject({ RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 60 });
    expect(tags()).toEqual({ [OWN]: stack.fleetId, team: 'sales' });
  });

  test('a rollback cannot shrink a volume: it leaves it, and the next deployment continues from there', async () => {
    await stack.clock.sleep(7 * HOUR);
    const to = with_({ UserVolumeSizeGib: '100' });
    const small = with_({ UserVolumeSizeGib: '50' });
    await stack.update(before, small);
    expect(await stack.update(small, to)).toMatchObject({ status: 'SUCCESS' });
    expect(await stack.rollBack(to, small)).toMatchObject({ status: 'SUCCESS', ids });
    expect(properties().UserVolumeSizeGib).toBe(100);
    expect(await stack.update(small, { ...small, Refresh: '2' })).toMatchObject({ status: 'SUCCESS' });
    expect(await stack.update(small, to)).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
  });

  test('a change that the service refuses fails the update, names the user, and all changes are undone', async () => {
    const to = with_({ ComputeTypeName: 'GRAPHICS_G4DN' });
    expect(await stack.update(before, to)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('ana (UnsupportedWorkspaceConfigurationException: ComputeTypeName: ') });
    expect(await stack.rollBack(to, before)).toMatchObject({ status: 'SUCCESS', ids });
    expect(properties().ComputeTypeName).toBe('STANDARD');
    // If the failure is tolerated, the desktop keeps its id.
    expect(await stack.update(before, { ...to, FailureTolerance: '3' })).toMatchObject({ status: 'SUCCESS', ids, data: { RefusedUsers: expect.stringContaining('ana (Unsupp') } });
  });

  test('a change that fails after it was accepted counts as refused', async () => {
    await stack.clock.sleep(7 * HOUR);
    stack.workspaces.configure({ failedChanges: ['bo'], computeTime: 10 * MINUTE });
    expect(await stack.update(before, with_({ ComputeTypeName: 'POWER' }))).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('bo (UPDATE_FAILED: ComputeTypeName: ') });
  });

  test('a desktop whose tag was removed is not changed any more', async () => {
    await stack.untag(ids[0] as string, OWN);
    expect(await stack.update(before, with_({ RunningMode: 'ALWAYS_ON', RunningModeAutoStopTimeoutInMinutes: undefined }, { Tags: { team: 'x' } }))).toMatchObject({
      status: 'SUCCESS', data: { Notices: expect.stringContaining('ana: it no longer carries the tag of this fleet') },
    });
    expect(properties().RunningMode).toBe('AUTO_STOP');
    expect(tags()).toEqual({ team: 'sales' });
    expect(properties('bo').RunningMode).toBe('ALWAYS_ON');
  });

  test.each([
    [{ OperatingSystemName: 'WINDOWS_11' }, 'ana: OperatingSystemName not set -> WINDOWS_11'],
    [{ UserVolumeSizeGib: '10' }, 'Volumes can only grow'],
    [{ RootVolumeEncryptionEnabled: 'true', VolumeEncryptionKey: 'alias/x' }, 'ana: RootVolumeEncryptionEnabled not set -> true'],
  ])('never: %j is refused before anything is changed, and the reason says what to write', async (settings, sentence) => {
    const first = with_({ UserVolumeSizeGib: '50' });
    await stack.update(before, first);
    const count = calls();
    expect(await stack.update(first, with_({ UserVolumeSizeGib: '50', ...settings, RunningMode: 'MANUAL' }))).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(sentence), minutes: 0 });
    expect(calls()).toBe(count);
  });
});

describe.each(['refuse', 'lose', 'kill-before', 'kill-after'] as const)('when a call is met with "%s"', (how) => {
  test.each(['ModifyWorkspaceProperties', 'CreateTags', 'DeleteTags', 'PutItem', 'DescribeTags'])('%s: in the end, the change is made or undone', async (operation) => {
    await stack.create(before);
    const to = with_({ RunningMode: 'ALWAYS_ON', RunningModeAutoStopTimeoutInMinutes: undefined }, { Tags: { site: 'x' } });
    for (const after of [0, 1, 2]) stack.inject({ operation, how, after, times: 1 });
    expect(await stack.update(before, to)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
    for (const user of users) {
      expect(properties(user).RunningMode).toBe('ALWAYS_ON');
      expect(tags(user)).toEqual({ [OWN]: stack.fleetId, site: 'x' });
    }
    expect(await stack.rollBack(to, before)).toMatchObject({ status: 'SUCCESS' });
    for (const user of users) {
      expect(properties(user)).toMatchObject({ RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 60 });
      expect(tags(user)).toEqual({ [OWN]: stack.fleetId, team: 'sales' });
    }
  });
});

test('no more calls than needed: two for each desktop, and none for unchanged ones', async () => {
  await stack.create(before);
  await stack.clock.sleep(DAY);
  const count = stack.workspaces.counts().calls;
  await stack.update(before, with_({ RunningModeAutoStopTimeoutInMinutes: '120' }));
  const { calls: after } = stack.workspaces.counts();
  expect(['DescribeTags', 'ModifyWorkspaceProperties', 'DescribeWorkspaces'].map((each) => (after[each] ?? 0) - (count[each] ?? 0))).toEqual([3, 3, 2]);
});
