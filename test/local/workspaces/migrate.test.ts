import { DescribeTagsCommand, MigrateWorkspaceCommand, ModifyWorkspacePropertiesCommand } from '@aws-sdk/client-workspaces';
import { ask, BUNDLE, client, clock, create, createOne, describeAll, describeOne, DIRECTORY, encrypted, failureOf, kms, MINUTE, service, start, terminate } from './harness';

const HOUR = 60 * MINUTE;
const TARGET = 'wsb-0000000002';
const READY = { invisibleFor: 0, buildTime: 0, migrateTime: HOUR, terminateTime: 5 * MINUTE };

const migrate = async (SourceWorkspaceId: string, BundleId = TARGET) =>
  (await client.send(new MigrateWorkspaceCommand({ SourceWorkspaceId, BundleId }))).TargetWorkspaceId!;

test('a new desktop with a new id replaces the old one, which is terminated when the new one is ready', async () => {
  await start(READY);
  const old = await createOne('alice', { Tags: [{ Key: 'team', Value: 'sales' }], WorkspaceProperties: { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 600 } });
  const target = await migrate(old);
  expect(target).not.toBe(old);
  const byUser = async () => (await describeAll({ DirectoryId: DIRECTORY, UserName: 'alice' })).map(({ WorkspaceId, State }) => [WorkspaceId, State]);
  expect(new Map(await byUser() as [string, string][])).toEqual(new Map([[old, 'AVAILABLE'], [target, 'PENDING']]));
  await clock.sleep(HOUR);
  expect(new Map(await byUser() as [string, string][])).toEqual(new Map([[old, 'TERMINATING'], [target, 'AVAILABLE']]));
  await clock.sleep(5 * MINUTE);
  expect(await byUser()).toEqual([[target, 'AVAILABLE']]);
  expect(await describeOne(target)).toMatchObject({
    BundleId: TARGET, UserName: 'alice', WorkspaceProperties: { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 600 },
  });
  expect((await client.send(new DescribeTagsCommand({ ResourceId: target }))).TagList).toEqual([{ Key: 'team', Value: 'sales' }]);
});

test('the user has a desktop all the time, and until both ids are gone', async () => {
  await start(READY);
  const old = await createOne();
  const exists = { code: 'ResourceExists.WorkSpace' };
  const target = await migrate(old);
  expect(await failureOf(ask('alice'))).toMatchObject(exists);
  await clock.sleep(HOUR + 6 * MINUTE);
  expect(await failureOf(ask('Alice'))).toMatchObject(exists);
  await terminate(target);
  await clock.sleep(5 * MINUTE);
  await createOne();
});

test('a migration that fails leaves the old desktop as it was, and the new id is not used', async () => {
  await start({ ...READY, failedMigrations: ['alice'], stateWhileMigrating: 'UPDATING' });
  const old = await createOne();
  service.setState(old, 'ERROR', { code: 'Broken', message: 'it broke' });
  const target = await migrate(old);
  expect(await describeOne(old)).toMatchObject({ State: 'UPDATING' });
  await clock.sleep(HOUR);
  expect(await describeOne(old)).toMatchObject({ State: 'ERROR', ErrorCode: 'Broken', BundleId: BUNDLE });
  expect(await describeOne(target)).toMatchObject({ State: 'TERMINATING' });
  await clock.sleep(5 * MINUTE);
  expect(await describeOne(target)).toBeUndefined();
  service.configure({ failedMigrations: [] });
  const second = await migrate(old);
  await clock.sleep(HOUR);
  expect(await describeOne(second)).toMatchObject({ State: 'AVAILABLE' });
});

test('it stays encrypted with the same key, for which each desktop has a grant of its own', async () => {
  await start(READY);
  const { arn, keyId } = kms.createKey();
  const old = await createOne('alice', encrypted(arn));
  const [first] = kms.grants(arn);
  const target = await migrate(old);
  expect(kms.grants(arn)).toHaveLength(2);
  await clock.sleep(HOUR);
  expect(await describeOne(target)).toMatchObject({ VolumeEncryptionKey: arn, UserVolumeEncryptionEnabled: true, RootVolumeEncryptionEnabled: true });
  expect(kms.grants(arn)).toHaveLength(1);
  expect(kms.grants(arn)[0].grantId).not.toBe(first.grantId);
  kms.disable(keyId);
  await expect(migrate(target, BUNDLE)).rejects.toMatchObject({ name: 'ResourceUnavailableException', ResourceId: arn });
  expect(service.desktops()).toHaveLength(2);
});

test('a caller who may not use the key may not migrate', async () => {
  await start(READY, { keyAccess: { mayUse: ({ operation }) => operation !== 'MigrateWorkspace' } });
  const id = await createOne('alice', encrypted(kms.createKey().arn));
  await expect(migrate(id)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  expect(service.desktops()).toHaveLength(1);
});

test('volumes: the root volume is at least the new bundle\'s, and a user volume that differs from its bundle\'s keeps its size', async () => {
  await start({ ...READY, bundles: [{ bundleId: BUNDLE, userVolumeGib: 50 }, { bundleId: TARGET, computeType: 'POWER', rootVolumeGib: 175, userVolumeGib: 100 }] });
  const standard = await migrate(await createOne('alice'));
  const own = await migrate(await createOne('bob', { WorkspaceProperties: { RootVolumeSizeGib: 80, UserVolumeSizeGib: 10 } }));
  await clock.sleep(HOUR);
  expect(await describeOne(standard)).toMatchObject({ WorkspaceProperties: { RootVolumeSizeGib: 175, UserVolumeSizeGib: 100, ComputeTypeName: 'POWER' } });
  expect(await describeOne(own)).toMatchObject({ WorkspaceProperties: { RootVolumeSizeGib: 175, UserVolumeSizeGib: 10 } });
});

test('the new desktop that is terminated meanwhile ends the migration', async () => {
  await start(READY);
  const old = await createOne();
  const target = await migrate(old);
  await terminate(target);
  await clock.sleep(HOUR);
  expect(await describeAll()).toMatchObject([{ WorkspaceId: old, State: 'AVAILABLE' }]);
});

test('others can migrate a desktop too', async () => {
  await start(READY);
  const old = await createOne();
  const target = service.others.migrate(old, TARGET);
  await clock.sleep(2 * HOUR);
  expect(await describeAll()).toMatchObject([{ WorkspaceId: target, BundleId: TARGET }]);
});

test('refuses the same bundle, an unknown one, a state that it cannot start from, and a second time', async () => {
  await start({ ...READY, bundles: [{ bundleId: BUNDLE }, { bundleId: TARGET }] });
  const id = await createOne();
  await expect(migrate(id, BUNDLE)).rejects.toMatchObject({ name: 'InvalidParameterValuesException', message: expect.stringContaining(BUNDLE) });
  await expect(migrate(id, 'wsb-0000000009')).rejects.toMatchObject({ name: 'ResourceNotFoundException', ResourceId: 'wsb-0000000009' });
  await expect(migrate('ws-00000000a')).rejects.toMatchObject({ name: 'ResourceNotFoundException', ResourceId: 'ws-00000000a' });
  service.others.beginAdminMaintenance(id);
  await expect(migrate(id)).rejects.toMatchObject({ name: 'OperationNotSupportedException', message: expect.stringContaining('ADMIN_MAINTENANCE') });
  service.others.endAdminMaintenance(id);
  expect(service.desktops()).toHaveLength(1);
  await migrate(id);
  await expect(migrate(id)).rejects.toMatchObject({ name: 'OperationInProgressException' });
  const modify = new ModifyWorkspacePropertiesCommand({ WorkspaceId: id, WorkspaceProperties: { RunningMode: 'AUTO_STOP' } });
  await expect(client.send(modify)).rejects.toMatchObject({ name: 'OperationInProgressException' });
  expect((await create(ask('bob'))).failed).toEqual([]);
});
