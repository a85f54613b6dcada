import { type FleetProperties, MINUTE, SECOND, TestStack } from '../test-stack';

// DescribeTags has been seen to answer without any tag for a desktop that has some. Such an answer is not believed while the index of tags says that the
// desktop is the fleet's.

const NEW = 'wsb-b0s22j3d7';
const OWN = 'cdk-bulk-workspaces:fleet';

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.startQuick({ defaultRunningMode: 'AUTO_STOP', autoStop: false, migrateTime: 20 * MINUTE });
  await stack.create(before);
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const users = ['ana', 'bo', 'chen'];
const before: FleetProperties = { users, settings: { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: '60' } };
const migrated: FleetProperties = { ...before, settings: { ...before.settings, BundleId: NEW }, BundleChange: 'MIGRATE' };
const ours = () => stack.present().filter(({ tags }) => tags[OWN] === stack.fleetId).map(({ userName }) => userName).sort();

test.each<[string, FleetProperties]>([
  ['a running mode', { ...before, settings: { ...before.settings, RunningModeAutoStopTimeoutInMinutes: '120' } }],
  ['tags', { ...before, Tags: { team: 'x' } }],
])('a change of %s is made all the same', async (_what, after) => {
  stack.hideTags = 2;
  expect(await stack.update(before, after)).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
  expect(stack.hideTags).toBe(0);
  const changed = stack.present().filter(({ tags, properties }) => tags.team === 'x' || properties.RunningModeAutoStopTimeoutInMinutes === 120);
  expect(changed.map(({ userName }) => userName).sort()).toEqual(users);
});

test('a desktop is migrated all the same', async () => {
  stack.hideTags = 2;
  expect(await stack.update(before, migrated)).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
  expect(stack.hideTags).toBe(0);
  expect(stack.present().map(({ bundleId }) => bundleId)).toEqual([NEW, NEW, NEW]);
  expect(ours()).toEqual(users);
});

test('the new desktop of a migration whose answer was lost is recognized all the same', async () => {
  stack.inject({ operation: 'MigrateWorkspace', how: 'lose', times: 1 });
  // The next one reads its own tags first. Then the tags of the new desktop are asked for.
  let migrations = 0;
  stack.whileCalling('MigrateWorkspace', () => { if (++migrations === 3) stack.hideTags = 30; });
  expect(await stack.update(before, migrated)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
  expect(stack.hideTags).toBeLessThan(30);
  expect(stack.calls('MigrateWorkspace')).toBe(3);
  expect(ours()).toEqual(users);
});

test('both desktops of a user who is released during a migration lose their tag all the same', async () => {
  stack.workspaces.configure({ migrateTime: 300 * MINUTE });
  await stack.update(before, migrated);
  const without: FleetProperties = { ...migrated, users: ['ana', 'chen'], RemovedUsers: 'RELEASE' };
  const old = stack.present().find(({ userName, bundleId }) => userName === 'bo' && bundleId !== NEW)!.workspaceId;
  let hidden = 0;
  stack.answers((api) => ({ tags: async (id) => (id === old && hidden++ < 2 ? {} : api.tags(id)) }));
  expect(await stack.update(migrated, without)).toMatchObject({ status: 'SUCCESS' });
  expect(hidden).toBeGreaterThan(2);
  await stack.clock.sleep(30 * SECOND);
  expect(ours()).toEqual(['ana', 'ana', 'chen', 'chen']);
});
