import type { WorkspacesOptions } from '../../../local/workspaces/index';
import { OWNERSHIP_TAG } from '../../../src/private/contract';
import { BUNDLE, MINUTE, names, properties, SECOND, TestStack } from '../test-stack';

let stack: TestStack;
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

test.each([1, 25, 26, 60, 200])('%i users get a desktop each, in batches of 25, and their ids in the order of the users', async (count) => {
  stack = await TestStack.start();
  const users = names(count).reverse();
  const outcome = await stack.create({ users });
  expect(outcome).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: 'none', LateUsers: 'none', FleetId: stack.fleetId }, ids: stack.idsOf(users) });
  expect(stack.users()).toEqual(names(count));
  expect(stack.present().every(({ state, tags }) => state === 'AVAILABLE' && tags[OWNERSHIP_TAG] === stack.fleetId)).toBe(true);
  expect(stack.calls('CreateWorkspaces')).toBe(Math.ceil(count / 25));
  expect(stack.throttled()).toBe(0);
});

test.each<Partial<WorkspacesOptions>>([
  { pendingOrder: 'request' },
  { pendingOrder: 'shuffled' },
  { describeOrder: 'newest-first', lastPageToken: 'empty' },
  { invisibleFor: 3 * MINUTE },
  { buildTime: 'typical' },
])('the ids are right with another answer of the service: %j', async (options) => {
  stack = await TestStack.start(options);
  const users = names(30);
  expect(await stack.create({ users })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
  expect(stack.made()).toEqual(users);
});

test('waits until the desktops are AVAILABLE, or only until they EXIST', async () => {
  stack = await TestStack.start({ buildTime: 20 * MINUTE });
  expect(await stack.create({ users: names(2) })).toMatchObject({ status: 'SUCCESS', minutes: 20 });
  const second = await stack.finish(await stack.begin(stack.event('Create', properties({ users: names(2, 2), WaitFor: 'EXISTS' }), { LogicalResourceId: 'Other' })));
  expect(second).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(names(2, 2)), minutes: expect.any(Number) });
  expect(second.minutes).toBeLessThan(2);
});

test('a desktop that has stopped before it was seen running counts as ready', async () => {
  stack = await TestStack.start({ buildTime: 10 * SECOND });
  const joined = await stack.begin(stack.event('Create', properties({ users: ['ana'], settings: { RunningMode: 'AUTO_STOP' } })));
  await stack.poll(joined);
  stack.workspaces.setState(stack.idsOf(['ana'])[0]!, 'STOPPED');
  expect(await stack.finish(joined)).toMatchObject({ status: 'SUCCESS', data: { LateUsers: 'none' } });
});

test('encrypts with the key behind an alias, and with a user\'s own key: the service gets ARNs', async () => {
  stack = await TestStack.start();
  const [shared, own] = [stack.kms.createKey(), stack.kms.createKey()];
  stack.kms.createAlias('alias/desktops', shared.keyId);
  const encrypted = { BundleId: BUNDLE, RootVolumeEncryptionEnabled: 'true', UserVolumeEncryptionEnabled: 'true' };
  const outcome = await stack.create({
    Users: [{ Settings: '0', UserNames: ['ana'] }, { Settings: '1', UserNames: ['bo'] }, { Settings: '2', UserNames: ['chen'] }],
    Settings: [
      { ...encrypted, VolumeEncryptionKey: 'alias/desktops' },
      { ...encrypted, VolumeEncryptionKey: own.keyId, RootVolumeEncryptionEnabled: 'false' },
      { BundleId: BUNDLE },
    ],
  });
  expect(outcome.status).toBe('SUCCESS');
  expect(stack.present().map(({ userName, encryption }) => [userName, encryption?.keyArn, encryption?.rootVolume, encryption?.userVolume])).toEqual([
    ['ana', shared.arn, true, true],
    ['bo', own.arn, false, true],
    ['chen', undefined, undefined, undefined],
  ]);
  expect(stack.log.filter((operation) => operation === 'DescribeKey')).toHaveLength(2);
});

test('all settings reach the service, also one that the SDK does not know; a user\'s tags win over the fleet\'s', async () => {
  stack = await TestStack.start();
  const settings = {
    RunningMode: 'AUTO_STOP',
    RunningModeAutoStopTimeoutInMinutes: '120',
    ComputeTypeName: 'PERFORMANCE',
    RootVolumeSizeGib: '80',
    UserVolumeSizeGib: '100',
    Protocols: ['WSP'],
    OperatingSystemName: 'WINDOWS_11',
    GlobalAccelerator: { Mode: 'ENABLED_AUTO', PreferredProtocol: 'TCP' },
    NestedVirtualizationEnabled: 'true',
    Ipv6Address: '2001:db8::1',
    Tags: { team: 'sales', [OWNERSHIP_TAG]: 'somebody/else' },
  };
  expect(await stack.create({ users: ['ana'], settings, Tags: { team: 'all', cost: '42' } })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.inputs('CreateWorkspaces')).toEqual([{
    Workspaces: [{
      DirectoryId: 'd-90677cc91c',
      UserName: 'ana',
      BundleId: BUNDLE,
      WorkspaceProperties: {
        RunningMode: 'AUTO_STOP',
        RunningModeAutoStopTimeoutInMinutes: 120,
        ComputeTypeName: 'PERFORMANCE',
        RootVolumeSizeGib: 80,
        UserVolumeSizeGib: 100,
        Protocols: ['WSP'],
        OperatingSystemName: 'WINDOWS_11',
        GlobalAccelerator: { Mode: 'ENABLED_AUTO', PreferredProtocol: 'TCP' },
        NestedVirtualizationEnabled: true,
      },
      Ipv6Address: '2001:db8::1',
      Tags: [{ Key: 'team', Value: 'sales' }, { Key: 'cost', Value: '42' }, { Key: OWNERSHIP_TAG, Value: stack.fleetId }],
    }],
  }]);
});

test('settings that are not set are not sent', async () => {
  stack = await TestStack.start();
  await stack.create({ users: ['ana'] });
  expect(stack.inputs('CreateWorkspaces')).toEqual([
    { Workspaces: [{ DirectoryId: 'd-90677cc91c', UserName: 'ana', BundleId: BUNDLE, Tags: [{ Key: OWNERSHIP_TAG, Value: stack.fleetId }] }] },
  ]);
});

const MANIFEST = { Users: undefined, Settings: undefined, Manifest: { Bucket: 'assets', Key: 'users.json' } };

test('reads users from a manifest, with values that are known only at deployment; a tag may be called Value', async () => {
  stack = await TestStack.start();
  stack.manifests.set('assets/users.json', JSON.stringify({
    Users: [{ Settings: '0', UserNames: ['ana', { Value: '0' }] }],
    Settings: [{ BundleId: { Value: '1' }, Tags: { Value: '7', Owner: { Value: '2' } } }],
  }));
  expect(await stack.create({ ...MANIFEST, Values: ['bo', BUNDLE, 'head office'] })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['ana', 'bo']) });
  expect(stack.present().map(({ userName, bundleId, tags }) => [userName, bundleId, tags.Value, tags.Owner])).toEqual([
    ['ana', BUNDLE, '7', 'head office'],
    ['bo', BUNDLE, '7', 'head office'],
  ]);
});

test.each([
  ['is not JSON', '{', {}, 's3://assets/users.json is no longer JSON'],
  ['lacks its users', '{"Settings":[]}', {}, 's3://assets/users.json is damaged: it lacks Users or Settings'],
  ['refers to missing settings', '{"Users":[{"Settings":"1","UserNames":["ana"]}],"Settings":[{"BundleId":"wsb-12345678"}]}', {}, 'refers to settings "1" (counted from 0), but there are only 1'],
  ['refers to a missing value', '{"Users":[{"Settings":"0","UserNames":[{"Value":"3"}]}],"Settings":[{"BundleId":"wsb-12345678"}]}', { Values: ['x'] }, 'refers to value "3" (counted from 0), but there are only 1'],
])('fails with a reason, and makes nothing, if the manifest %s', async (_, manifest, more, sentence) => {
  stack = await TestStack.start();
  stack.manifests.set('assets/users.json', manifest);
  const wanted = { ...MANIFEST, ...more };
  expect(await stack.create(wanted)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(sentence) });
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.made()).toEqual([]);
});

test.each([
  [{ users: ['ana', 'Ana'] }, 'the user "Ana" is listed twice (as "ana" before'],
  [{ users: ['ana', ''] }, 'a user name is empty'],
  [{ users: ['ana'], FailureTolerance: 'some' }, 'FailureTolerance must be a count like "3" or a share like "10%", got "some"'],
])('fails with a reason, and makes nothing, for %j', async (wanted, sentence) => {
  stack = await TestStack.start();
  expect(await stack.create(wanted)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(sentence) });
  expect(stack.made()).toEqual([]);
});
