import { BUNDLE, DIRECTORY, MINUTE, names, properties, TestStack } from '../test-stack';

// Two failures at the same time, by which a desktop could be lost or left behind.

let stack: TestStack;
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());
afterEach(() => stack.stop());

const ids = () => stack.present().map(({ workspaceId }) => workspaceId);

/** The table was deleted with the last fleet of the stack, and the fleet's desktops were kept. */
function forgetLedger(): Promise<void> {
  return stack.deleteRows(() => true);
}

describe('a create over a retained fleet succeeds, another resource fails, and the new fleet is deleted', () => {
  test.each([['with the ledger', false], ['without the ledger', true]])('%s: retained desktops stay, new ones are terminated', async (_, isForgotten) => {
    stack = await TestStack.startQuick();
    await stack.create({ users: ['ana', 'bo'] });
    const kept = ids();
    if (isForgotten) await forgetLedger();
    const wanted = { users: ['ana', 'bo', 'chen'] };
    expect(await stack.create(wanted)).toMatchObject({ status: 'SUCCESS' });
    expect(await stack.delete(wanted, stack.physicalId, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS')).toMatchObject({ status: 'SUCCESS' });
    expect(ids()).toEqual(kept);
  });

  test('an intended delete terminates all of it', async () => {
    stack = await TestStack.startQuick();
    await stack.create({ users: ['ana'] });
    await forgetLedger();
    await stack.create({ users: ['ana', 'bo'] });
    await stack.delete({ users: ['ana', 'bo'] });
    expect(ids()).toEqual([]);
  });
});

test('an update that is cancelled before its first step is not taken for the rollback: nothing is terminated', async () => {
  stack = await TestStack.startQuick();
  await stack.create({ users: ['ana'] });
  await stack.update({ users: ['ana'] }, { users: ['ana', 'bo'] });
  await stack.update({ users: ['ana', 'bo'] }, { users: ['ana', 'bo', 'chen'] });
  const forward = await stack.begin(stack.updateEvent({ users: ['ana', 'bo', 'chen'] }, { users: ['ana'] }));
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  expect(await stack.finish(forward)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('CloudFormation does not update this fleet: the resource is UPDATE_FAILED') });
  expect(stack.users()).toEqual(['ana', 'bo', 'chen']);
});

test('two creates that failed one after the other leave nothing behind', async () => {
  stack = await TestStack.startQuick({ missingUsers: ['nobody'] });
  const wanted = { users: ['ana', 'bo', 'nobody'] };
  await stack.create(wanted);
  await stack.create(wanted);
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(ids()).toEqual([]);
});

test('a desktop that is not visible for seven minutes is waited for, and not left behind', async () => {
  stack = await TestStack.startQuick({ invisibleFor: 7 * MINUTE, terminateInvisible: 'not-found' });
  const wanted = { users: ['ana', 'bo'] };
  expect(await stack.create(wanted)).toMatchObject({ status: 'SUCCESS' });
  await stack.delete(wanted);
  expect(ids()).toEqual([]);
  stack.workspaces.configure({ missingUsers: ['nobody'] });
  await stack.create({ users: ['ana', 'nobody'] });
  expect(await stack.delete({ users: ['ana', 'nobody'] })).toMatchObject({ status: 'SUCCESS' });
  expect(ids()).toEqual([]);
});

test('a desktop whose tags are not visible at first is not taken for somebody else\'s', async () => {
  stack = await TestStack.startQuick();
  stack.inject({ operation: 'CreateWorkspaces', how: 'lose' });
  stack.hideTags = 1;
  expect(await stack.create({ users: ['ana'] })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.made()).toEqual(['ana']);
});

test.each([
  ['bundle', { BundleId: 'wsb-b0s22j3d7' }, 'with another bundle'],
  ['encryption', { BundleId: BUNDLE, VolumeEncryptionKey: 'alias/aws/workspaces', RootVolumeEncryptionEnabled: 'true', UserVolumeEncryptionEnabled: 'true' },
    'with another encryption of the root volume'],
])('a retained desktop with another %s does not count as the desired one', async (_, settings, sentence) => {
  stack = await TestStack.startQuick();
  await stack.create({ users: ['ana'] });
  const kept = ids();
  await forgetLedger();
  const wanted = { users: ['ana'], settings };
  expect(await stack.create(wanted)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(sentence) });
  await stack.delete(wanted);
  expect(ids()).toEqual(kept);
});

test('a batch that is halved stops when failure is certain', async () => {
  stack = await TestStack.startQuick();
  const [first, ...others] = names(25);
  const wanted = {
    ...properties({ users: names(25) }),
    Settings: [{ BundleId: BUNDLE, RootVolumeSizeGib: '90', UserVolumeSizeGib: '10' }, { BundleId: BUNDLE }],
    Users: [{ Settings: '0', UserNames: [first] }, { Settings: '1', UserNames: others }],
  };
  expect(await stack.finish(await stack.begin(stack.event('Create', wanted)))).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(first) });
  expect(stack.made()).toEqual([]);
  expect(stack.calls('CreateWorkspaces')).toBeLessThanOrEqual(6); // 25, 13, 7, 4, 2, 1
});

test('an unknown error that says that the request is at fault is reported', async () => {
  stack = await TestStack.startQuick();
  stack.inject({ operation: 'CreateWorkspaces', how: 'refuse', code: 'InvalidResourceStateException', times: 1000 });
  const outcome = await stack.create({ users: names(3) });
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('InvalidResourceStateException') });
  expect(outcome.minutes).toBeLessThan(5);
});

test('as many as the quota allows get a desktop, and the others count as refused', async () => {
  stack = await TestStack.startQuick({ quota: 30 });
  expect(await stack.create({ users: names(50), FailureTolerance: '20' })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toHaveLength(30);
});

test('a desktop that was given to another fleet of the stack is not terminated with this one', async () => {
  stack = await TestStack.startQuick();
  await stack.create({ users: ['ana', 'bo'] });
  const [ana] = stack.idsOf(['ana']);
  await stack.tag(ana!, 'cdk-bulk-workspaces:fleet', `${stack.fleetId.split('/')[0]}/0badcafe`);
  expect(await stack.delete({ users: ['ana', 'bo'] })).toMatchObject({ status: 'SUCCESS' });
  expect(ids()).toEqual([ana]);
});

test('a desktop whose tag was removed is not terminated, even if the policy allows it', async () => {
  stack = await TestStack.startQuick();
  await stack.create({ users: ['ana', 'bo'] });
  const [ana] = stack.idsOf(['ana']);
  await stack.untag(ana!, 'cdk-bulk-workspaces:fleet');
  expect(await stack.delete({ users: ['ana', 'bo'] })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.present()).toMatchObject([{ workspaceId: ana, directoryId: DIRECTORY }]);
});
