import { WorkspaceRequest } from '@aws-sdk/client-workspaces';
import { ask, BUNDLE, clock, create, createOne, describeAll, describeOne, DIRECTORY, failureOf, kms, MINUTE, service, start, terminate, users } from './harness';

test('answers sparse PENDING desktops with new ids, in an order of its own', async () => {
  await start({ pendingOrder: undefined });
  const { failed, pending } = await create(ask('alice'), ask('bob'), ask('carol'));
  expect(failed).toEqual([]);
  expect(pending.map((desktop) => desktop.UserName)).toEqual(['carol', 'bob', 'alice']);
  for (const desktop of pending) {
    expect(desktop).toEqual({
      WorkspaceId: expect.stringMatching(/^ws-[0-9a-z]{9}$/), DirectoryId: DIRECTORY, BundleId: BUNDLE, State: 'PENDING', UserName: desktop.UserName,
    });
  }
  expect(new Set(pending.map((desktop) => desktop.WorkspaceId)).size).toBe(3);
});

test.each(['request', 'shuffled'] as const)('can answer in the order %s', async (pendingOrder) => {
  await start({ pendingOrder });
  const { pending } = await create(...users(25));
  const order = pending.map((desktop) => desktop.UserName);
  const requested = users(25).map((request) => request.UserName);
  expect([...order].sort()).toEqual([...requested].sort());
  if (pendingOrder === 'request') expect(order).toEqual(requested);
  else expect(order).not.toEqual(requested);
});

test('gives the same ids for the same seed, others for another', async () => {
  const ids: string[] = [];
  for (const seed of [7, 7, 8]) {
    await start({ seed });
    ids.push(await createOne());
  }
  expect(ids[0]).toBe(ids[1]);
  expect(ids[2]).not.toBe(ids[0]);
});

test('takes 1 to 25 requests', async () => {
  await start();
  await expect(create(...users(26))).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('26') });
  await expect(create()).rejects.toMatchObject({ name: 'ValidationException', message: 'The following arguments are required - Workspaces.' });
  expect(service.desktops()).toEqual([]);
  expect((await create(...users(25))).pending).toHaveLength(25);
});

const properties = (WorkspaceProperties: WorkspaceRequest['WorkspaceProperties']) => ({ WorkspaceProperties });
test.each<[string, Partial<WorkspaceRequest>, string, string]>([
  ['a directory id', { DirectoryId: 'fake-id' }, 'ValidationException', 'The Directory ID fake-id in the request is invalid.'],
  ['a bundle id', { BundleId: 'bundle' }, 'ValidationException', 'The Bundle ID bundle in the request is invalid.'],
  ['no user', { UserName: undefined }, 'ValidationException', 'The following arguments are required - UserName.'],
  ['a long user name', { UserName: 'x'.repeat(64) }, 'ValidationException', `The User Name ${'x'.repeat(64)} in the request is invalid.`],
  ['a running mode', properties({ RunningMode: 'SOMETIMES' as any }), 'ValidationException', 'The RunningMode SOMETIMES in the request is invalid.'],
  ['the volumes', properties({ RootVolumeSizeGib: 80, UserVolumeSizeGib: 60 }), 'InvalidParameterValuesException',
    'Standard: Invalid root and user volume size selected. Root and user volume size (GB) must be (80|10), (80|50), (80|100), (175+|100+).'],
  ['the volumes of a graphics bundle', properties({ RootVolumeSizeGib: 80, UserVolumeSizeGib: 100, ComputeTypeName: 'GRAPHICS' }),
    'InvalidParameterValuesException', 'Graphics: Invalid root and user volume size selected. Root and user volume size (GB) must be (100+|100+).'],
  ['one volume, against the bundle', properties({ RootVolumeSizeGib: 175 }), 'InvalidParameterValuesException', expect.stringContaining('(175+|100+)')],
  ['a timeout', properties({ RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 90 }), 'InvalidParameterValuesException',
    'RunningModeAutoStopTimeoutInMinutes 90 is invalid: it must be a multiple of 60.'],
  ['a reserved tag', { Tags: [{ Key: 'aws:x', Value: '' }] }, 'InvalidParameterValuesException', expect.stringContaining('aws:x')],
  ['a long tag', { Tags: [{ Key: 'k'.repeat(128), Value: '' }] }, 'ValidationException', expect.stringContaining('tag Key')],
  ['51 tags', { Tags: Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: '' })) }, 'ResourceLimitExceededException', expect.stringContaining('51 tags')],
])('refuses the whole call for %s of one request, and creates nothing', async (_, bad, name, message) => {
  await start();
  await expect(create(...users(3), ask('bad', bad))).rejects.toMatchObject({ name, message, $metadata: { httpStatusCode: 400 } });
  expect(service.desktops()).toEqual([]);
  expect(kms.grants()).toEqual([]);
});

test('accepts the volumes that the documentation lists', async () => {
  await start();
  for (const [root, user] of [[80, 10], [80, 50], [80, 100], [175, 100], [2000, 2000]]) {
    await createOne(`${root}-${user}`, properties({ RootVolumeSizeGib: root, UserVolumeSizeGib: user }));
  }
});

test('refuses single requests and makes the others', async () => {
  await start({ missingUsers: ['Nobody'] });
  const { failed, pending } = await create(ask('alice'), ask('nobody'), ask('bob'));
  expect(pending.map((desktop) => desktop.UserName)).toEqual(['bob', 'alice']);
  expect(failed).toEqual([{
    WorkspaceRequest: ask('nobody'), ErrorCode: 'ResourceNotFound.User', ErrorMessage: 'The specified user could not be found in the specified directory.',
  }]);
  service.configure({ missingUsers: [] });
  await createOne('nobody');
});

test('knows only the listed users when there is a list', async () => {
  await start({ users: ['Alice'] });
  await createOne('alice');
  expect(await failureOf(ask('bob'))).toMatchObject({ code: 'ResourceNotFound.User' });
});

test.each([['unknown', undefined], ['DEREGISTERED', { state: 'DEREGISTERED' as const }], ['for pools', { workspaceType: 'POOLS' as const }]])(
  'refuses a directory that is %s', async (_, directory) => {
    await start({ directories: [] });
    service.addDirectory({ directoryId: 'd-0000000001' });
    if (directory) service.addDirectory({ directoryId: DIRECTORY, ...directory });
    expect(await failureOf(ask('alice'))).toEqual({
      code: 'ResourceNotFound.Directory', message: 'The specified directory could not be found in the specified region.',
    });
    await createOne('alice', { DirectoryId: 'd-0000000001' });
  });

test('refuses an unknown bundle, per item or per call', async () => {
  await start({ bundles: [{ bundleId: BUNDLE }] });
  expect(await failureOf(ask('alice', { BundleId: 'wsb-00000000a' }))).toMatchObject({ code: 'ResourceNotFound.Bundle' });
  service.configure({ unknownBundle: { scope: 'call', code: 'ResourceNotFoundException', message: 'no bundle' } });
  await expect(create(ask('bob'), ask('alice', { BundleId: 'wsb-00000000a' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect(service.desktops()).toEqual([]);
});

test('one desktop for each user and directory; names are not case-sensitive', async () => {
  await start();
  await createOne('Alice');
  const exists = { code: 'ResourceExists.WorkSpace', message: 'A WorkSpace already exists for the specified user.' };
  expect(await failureOf(ask('aLICE'))).toEqual(exists);
  await createOne('alice', { DirectoryId: 'd-0000000001' });
});

test('the second request for a user in one call is refused, or the call', async () => {
  await start();
  const { failed, pending } = await create(ask('alice'), ask('ALICE'), ask('bob'));
  expect(pending.map((desktop) => desktop.UserName)).toEqual(['bob', 'alice']);
  expect(failed).toMatchObject([{ WorkspaceRequest: { UserName: 'ALICE' }, ErrorCode: 'ResourceExists.WorkSpace' }]);
  service.configure({ duplicateInBatch: { scope: 'call', code: 'InvalidParameterValuesException', message: 'twice' } });
  await expect(create(ask('carol'), ask('Carol'))).rejects.toMatchObject({ name: 'InvalidParameterValuesException' });
  expect(service.desktops()).toHaveLength(2);
});

test('a user has a desktop until its id is gone', async () => {
  await start({ terminateTime: 5 * MINUTE });
  const id = await createOne();
  expect(await terminate(id)).toEqual([]);
  expect(await failureOf(ask('alice'))).toMatchObject({ code: 'ResourceExists.WorkSpace' });
  await clock.sleep(5 * MINUTE - 1);
  expect(await failureOf(ask('ALICE'))).toMatchObject({ code: 'ResourceExists.WorkSpace' });
  await clock.sleep(1);
  expect(await createOne()).not.toBe(id);
});

test('a timeout needs AUTO_STOP', async () => {
  await start();
  expect(await failureOf(ask('alice', properties({ RunningMode: 'ALWAYS_ON', RunningModeAutoStopTimeoutInMinutes: 60 })))).toEqual({
    code: 'AutoStopTimeoutIsNotApplicableForAnAlwaysOnWorkspace',
    message: 'RunningModeAutoStopTimeoutInMinutes is not applicable for WorkSpace with running mode set to ALWAYS_ON.',
  });
  expect(await failureOf(ask('alice', properties({ RunningMode: 'MANUAL', RunningModeAutoStopTimeoutInMinutes: 120 })))).toMatchObject({
    code: 'AutoStopTimeoutIsNotDefaultForManualWorkspace',
  });
  await createOne('alice', properties({ RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 120 }));
});

test('more desktops than the quota refuse the whole call', async () => {
  await start({ quota: 4, terminateTime: 0 });
  const { pending } = await create(...users(3));
  await expect(create(...users(2, 3))).rejects.toMatchObject({ name: 'ResourceLimitExceededException' });
  expect(service.desktops()).toHaveLength(3);
  // Refused requests and desktops that are gone do not count against the quota.
  expect((await create(...users(4))).failed).toHaveLength(3);
  await terminate(pending[0].WorkspaceId!);
  await createOne('another');
});

test('a user-decoupled desktop has a name instead of a user, which one desktop of the directory can have', async () => {
  await start({ users: [], invisibleFor: 0 });
  const id = await createOne('[UNDEFINED]', { WorkspaceName: 'kiosk-1', Ipv6Address: '2001:db8::1' });
  await createOne('[UNDEFINED]', { WorkspaceName: 'kiosk-2' });
  expect(await failureOf(ask('[UNDEFINED]', { WorkspaceName: 'kiosk-1' }))).toMatchObject({ code: 'ResourceExists.WorkSpace' });
  expect(await describeAll({ WorkspaceName: 'kiosk-1' })).toMatchObject([{ WorkspaceId: id, WorkspaceName: 'kiosk-1', UserName: '[UNDEFINED]' }]);
  expect(await describeAll({ DirectoryId: DIRECTORY, UserName: '[UNDEFINED]' })).toHaveLength(2);
  for (const bad of [ask('[UNDEFINED]'), ask('alice', { WorkspaceName: 'kiosk' })]) {
    await expect(create(bad)).rejects.toMatchObject({ name: 'InvalidParameterValuesException', message: expect.stringContaining('WorkspaceName') });
  }
});

test('properties that the local cloud only stores are stored', async () => {
  await start({ invisibleFor: 0, buildTime: 0 });
  const WorkspaceProperties = {
    GlobalAccelerator: { Mode: 'ENABLED_AUTO', PreferredProtocol: 'TCP' }, OperatingSystemName: 'WINDOWS_11', Protocols: ['WSP'],
  } as const;
  const id = await createOne('alice', { WorkspaceProperties: { ...WorkspaceProperties, Protocols: ['WSP'] }, Ipv6Address: '2001:db8::1' });
  expect(await describeOne(id)).toMatchObject({ WorkspaceProperties, Ipv6Address: '2001:db8::1' });
});

test('the quota can refuse single requests', async () => {
  await start({ quota: 2, quotaExceeded: { scope: 'item', code: 'ResourceLimitExceeded.WorkSpace', message: 'no more' } });
  const { failed, pending } = await create(...users(3));
  expect(pending).toHaveLength(2);
  expect(failed).toMatchObject([{ WorkspaceRequest: { UserName: 'user2' }, ErrorCode: 'ResourceLimitExceeded.WorkSpace' }]);
});

test('bad volumes can refuse a single request', async () => {
  await start({ badVolumes: { scope: 'item', code: 'Volumes' } });
  expect(await failureOf(ask('alice', properties({ RootVolumeSizeGib: 80, UserVolumeSizeGib: 60 })))).toMatchObject({
    code: 'Volumes', message: expect.stringContaining('(80|10), (80|50)'),
  });
});
