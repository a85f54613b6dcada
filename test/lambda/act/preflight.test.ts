import type { WorkspacesOptions } from '../../../local/workspaces/index';
import { BUNDLE, DIRECTORY, FleetProperties, MINUTE, names, TestStack } from '../test-stack';

let stack: TestStack;
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

async function expectRefusedBeforeAnythingIsMade(wanted: FleetProperties, sentence: string): Promise<void> {
  const outcome = await stack.create({ users: names(30), ...wanted });
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(sentence), minutes: 0 });
  expect(stack.calls('CreateWorkspaces')).toBe(0);
  expect(await stack.delete({ users: names(30), ...wanted })).toMatchObject({ status: 'SUCCESS', minutes: 0 });
  expect(stack.made()).toEqual([]);
}

test.each<[Partial<WorkspacesOptions>, FleetProperties, string]>([
  [{ directories: [] }, {}, `the directory "${DIRECTORY}" is not registered with WorkSpaces`],
  [{ directories: [{ directoryId: DIRECTORY, state: 'DEREGISTERED' }] }, {}, `the directory "${DIRECTORY}" is DEREGISTERED`],
  [{ directories: [{ directoryId: DIRECTORY, workspaceType: 'POOLS' }] }, {}, `the directory "${DIRECTORY}" is for WorkSpaces POOLS`],
  [{}, { DirectoryId: 'corp' }, 'WorkSpaces does not accept the directory "corp"'],
  [{ bundles: [{ bundleId: 'wsb-00000000' }] }, {}, `the bundle "${BUNDLE}" (of user000) does not exist`],
  [{}, { settings: { BundleId: 'standard' } }, 'WorkSpaces does not accept the bundles ["standard"]'],
])('%j, desired %j: %s', async (options, wanted, sentence) => {
  stack = await TestStack.start(options);
  await expectRefusedBeforeAnythingIsMade(wanted, sentence);
});

const encrypted = (VolumeEncryptionKey: string) => ({ settings: { VolumeEncryptionKey, UserVolumeEncryptionEnabled: 'true' } });

test('a key that does not exist', async () => {
  stack = await TestStack.start();
  const key = 'arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000';
  await expectRefusedBeforeAnythingIsMade(encrypted(key), `the volume encryption key "${key}" does not exist`);
});

test('an alias that does not exist', async () => {
  stack = await TestStack.start();
  await expectRefusedBeforeAnythingIsMade(encrypted('alias/desktops'), 'the volume encryption key "alias/desktops" does not exist');
});

test('a disabled key', async () => {
  stack = await TestStack.start();
  const { arn, keyId } = stack.kms.createKey();
  stack.kms.disable(keyId);
  await expectRefusedBeforeAnythingIsMade(encrypted(arn), 'is Disabled; WorkSpaces needs an enabled key');
});

test('an asymmetric key', async () => {
  stack = await TestStack.start();
  const { arn } = stack.kms.createKey({ KeySpec: 'RSA_2048' });
  await expectRefusedBeforeAnythingIsMade(encrypted(arn), 'is of the kind RSA_2048; WorkSpaces accepts only symmetric keys');
});

test('an update with a new user checks the bundle before it makes anything; one that makes nothing does not check', async () => {
  stack = await TestStack.start({ bundles: [{ bundleId: BUNDLE }] });
  await stack.create({ users: ['ana'] });
  const more: FleetProperties = {
    Users: [{ Settings: '0', UserNames: ['ana'] }, { Settings: '1', UserNames: ['bo'] }],
    Settings: [{ BundleId: BUNDLE }, { BundleId: 'wsb-00000000' }],
  };
  expect(await stack.update({ users: ['ana'] }, more)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('the bundle "wsb-00000000" (of bo) does not exist') });
  expect(await stack.rollBack(more, { users: ['ana'] })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['ana']) });
  expect(stack.made()).toEqual(['ana']);
  const looks = stack.calls('DescribeWorkspaceBundles');
  await stack.update({ users: ['ana'] }, { users: ['ana'], Refresh: '2' });
  expect(stack.calls('DescribeWorkspaceBundles')).toBe(looks);
});

describe('a key that can no longer be used when the first desktops are made', () => {
  test('refuses only its own users', async () => {
    stack = await TestStack.startQuick({ buildTime: MINUTE });
    const [gone, stays] = [stack.kms.createKey(), stack.kms.createKey()];
    const users = names(60);
    const wanted: FleetProperties = {
      Users: [{ Settings: '0', UserNames: users.slice(0, 50) }, { Settings: '1', UserNames: users.slice(50) }],
      Settings: [gone, stays].map(({ arn }) => ({ BundleId: BUNDLE, VolumeEncryptionKey: arn, UserVolumeEncryptionEnabled: 'true' })),
      FailureTolerance: '50',
    };
    stack.inject({ operation: 'CreateWorkspaces', how: 'kill-after' });
    stack.whileCalling('CreateWorkspaces', () => stack.kms.disable(gone.keyId));
    const outcome = await stack.create(wanted);
    expect(outcome).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: expect.stringContaining('user040 (UnusableKey)') } });
    expect(stack.users()).toEqual(expect.arrayContaining(users.slice(50)));
    expect(stack.users().length).toBeLessThan(60);
  });

  test('does not fail an update that has terminated desktops to replace them', async () => {
    stack = await TestStack.startQuick({ buildTime: MINUTE, terminateTime: 5 * MINUTE });
    const { arn, keyId } = stack.kms.createKey();
    const wanted = (BundleId: string): FleetProperties => ({
      users: names(3), BundleChange: 'REPLACE', TerminationLimit: 'unlimited', settings: { BundleId, VolumeEncryptionKey: arn, UserVolumeEncryptionEnabled: 'true' },
    });
    await stack.create(wanted(BUNDLE));
    stack.whileCalling('TerminateWorkspaces', () => stack.kms.disable(keyId));
    const outcome = await stack.update(wanted(BUNDLE), wanted('wsb-b0s22j3d7'));
    expect(outcome).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: expect.stringContaining('user002 (UnusableKey)') } });
  });
});
