import { BE_SURE, type Scenario } from './every-call';
import { BUNDLE, DIRECTORY, type FleetProperties, MINUTE, properties, SECOND, type TestStack } from '../test-stack';

const OWN = 'cdk-bulk-workspaces:fleet';
const ADOPTED = 'cdk-bulk-workspaces:adopted';
const OTHER_BUNDLE = 'wsb-b0s22j3d7';
const users = ['ana', 'bo'];
const before: FleetProperties = { users, settings: { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: '60' }, Tags: { team: 'sales' } };
const MIGRATED: FleetProperties = { ...before, settings: { ...before.settings, BundleId: OTHER_BUNDLE }, BundleChange: 'MIGRATE' };
const standing = (stack: TestStack) => stack.present()
  .sort((a, b) => (a.userName < b.userName ? -1 : 1))
  .map(({ userName, bundleId, properties: { RunningMode }, tags: { [OWN]: _, ...tags } }) => ({ userName, bundleId, RunningMode, tags }));

/** What an update does to desktops that exist. */
export const CRASHES_IN_CHANGES: readonly Scenario[] = [
  {
    title: 'settings that change in place, if every call may %s, are changed in the end; and restored by a rollback',
    prepare: (stack) => stack.create(before),
    play: async (stack) => {
      const ids = stack.idsOf(users);
      const was = standing(stack);
      const to: FleetProperties = { users, settings: { RunningMode: 'ALWAYS_ON' }, Tags: { site: 'x' } };
      expect(await stack.update(before, to)).toMatchObject({ status: 'SUCCESS', ids, data: { Notices: 'none' } });
      expect(standing(stack)).toEqual(was.map((each) => ({ ...each, RunningMode: 'ALWAYS_ON', tags: { site: 'x' } })));
      expect(await stack.rollBack(to, before)).toMatchObject({ status: 'SUCCESS', ids });
      expect(standing(stack)).toEqual(was);
    },
  },
  {
    title: 'an adoption and its release, if every call may %s, never terminate the desktop',
    prepare: async (stack) => stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'bo' }),
    play: async (stack) => {
      const [bo] = stack.idsOf(['bo']);
      const wanted: FleetProperties = { users, ExistingWorkspaces: { Adopt: 'UNOWNED' } };
      expect(await stack.create(wanted)).toMatchObject({ status: 'SUCCESS', ids: [stack.idsOf(['ana'])[0], bo] });
      expect(stack.present().find(({ userName }) => userName === 'bo')!.tags).toEqual({ [OWN]: stack.fleetId, [ADOPTED]: 'true' });
      await stack.clock.sleep(BE_SURE);
      expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
      expect(stack.present().map(({ workspaceId, tags }) => ({ workspaceId, tags }))).toEqual([{ workspaceId: bo, tags: {} }]);
    },
  },
  {
    title: 'a migration, if every call may %s, gives everybody one new desktop',
    prepare: async (stack) => {
      stack.workspaces.configure({ migrateTime: 20 * SECOND });
      await stack.create(before);
    },
    play: async (stack) => {
      expect(await stack.update(before, MIGRATED)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users), data: { Notices: 'none' } });
      expect(standing(stack).map(({ bundleId }) => bundleId)).toEqual([OTHER_BUNDLE, OTHER_BUNDLE]);
      expect(stack.made()).toHaveLength(4);
    },
  },
  {
    title: 'a delete during a migration, if every call may %s, terminates both desktops',
    prepare: async (stack) => {
      stack.workspaces.configure({ migrateTime: 5 * MINUTE });
      await stack.create({ ...before, users: ['ana'] });
      expect(await stack.update({ ...before, users: ['ana'] }, { ...MIGRATED, users: ['ana'], TimeoutSeconds: '60' })).toMatchObject({ status: 'SUCCESS' });
      expect(stack.present()).toHaveLength(2);
    },
    play: async (stack) => {
      expect(await stack.delete({ ...MIGRATED, users: ['ana'] })).toMatchObject({ status: 'SUCCESS' });
      await stack.clock.sleep(10 * MINUTE);
      expect(stack.users()).toEqual([]);
    },
  },
  {
    title: 'a replacement, if every call may %s, gives everybody one new desktop',
    prepare: (stack) => stack.create(before),
    play: async (stack) => {
      const to: FleetProperties = { ...before, settings: { ...before.settings, BundleId: OTHER_BUNDLE }, BundleChange: 'REPLACE', TerminationLimit: '2' };
      expect(await stack.update(before, to)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
      expect(standing(stack).map(({ bundleId }) => bundleId)).toEqual([OTHER_BUNDLE, OTHER_BUNDLE]);
      expect(stack.made()).toHaveLength(4);
    },
  },
  {
    title: 'a move that fails, and its rollback, if every call may %s, leave the fleet as it was',
    prepare: (stack) => stack.create(before),
    play: async (stack) => {
      const ids = stack.idsOf(users);
      const to: FleetProperties = { ...before, users: [...users, 'nobody'], DirectoryId: 'd-00000000ff', TerminationLimit: 'unlimited' };
      const event = (from: FleetProperties, wanted: FleetProperties) => stack.event('Update', properties(wanted), {
        PhysicalResourceId: stack.physicalId, OldResourceProperties: properties(from),
      });
      stack.status = 'UPDATE_IN_PROGRESS';
      expect(await stack.finish(await stack.begin(event(before, to)))).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('nobody') });
      await stack.clock.sleep(BE_SURE);
      stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
      expect(await stack.finish(await stack.begin(event(to, before)))).toMatchObject({ status: 'SUCCESS', ids });
      expect(stack.present().map(({ workspaceId }) => workspaceId).sort()).toEqual([...ids].sort());
    },
  },
];
