import { BUNDLE, FleetProperties, MINUTE, names, TestStack } from '../test-stack';

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.start({ missingUsers: ['nobody'] });
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const before: FleetProperties = { users: ['ana', 'bo'] };

/** The ids and states of all desktops, to check that nothing has changed. */

test('adds users, and does not touch the others', async () => {
  await stack.create(before);
  const [ana, bo] = stack.idsOf(before.users!);
  const outcome = await stack.update(before, { users: ['chen', 'ana', 'bo', 'dee'] });
  const [chen, dee] = stack.idsOf(['chen', 'dee']);
  expect(outcome).toMatchObject({ status: 'SUCCESS', ids: [chen, ana, bo, dee] });
  expect(stack.made()).toEqual(['ana', 'bo', 'chen', 'dee']);
});

test('another Refresh observes again, and changes nothing that is right', async () => {
  await stack.create(before);
  const world = stack.everything();
  expect(await stack.update(before, { ...before, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(before.users!), minutes: 0 });
  expect(stack.everything()).toEqual(world);
});

test('another Refresh makes a desktop again that was terminated in the console', async () => {
  await stack.create(before);
  const [ana] = stack.idsOf(['ana']);
  stack.workspaces.terminateElsewhere(ana!);
  const outcome = await stack.update(before, { ...before, Refresh: '2' });
  expect(outcome).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(before.users!) });
  expect(stack.idsOf(['ana'])).not.toEqual([ana]);
  expect(stack.made()).toEqual(['ana', 'ana', 'bo']);
});

test('the rollback of an update of ours that failed removes what it added, and only that', async () => {
  await stack.create(before);
  const ids = stack.idsOf(before.users!);
  const failed = { users: ['ana', 'bo', 'chen', 'nobody'] };
  expect(await stack.update(before, failed)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('nobody') });
  expect(await stack.rollBack(failed, before)).toMatchObject({ status: 'SUCCESS', ids });
  expect(stack.users()).toEqual(['ana', 'bo']);
});

test('the rollback of an update of ours that succeeded, because another resource failed, removes what it added', async () => {
  await stack.create(before);
  const ids = stack.idsOf(before.users!);
  const added = { users: ['ana', 'bo', 'chen'] };
  expect(await stack.update(before, added)).toMatchObject({ status: 'SUCCESS' });
  expect(await stack.rollBack(added, before)).toMatchObject({ status: 'SUCCESS', ids });
  expect(stack.users()).toEqual(['ana', 'bo']);
  // The next update works as usual.
  expect(await stack.update(before, added)).toMatchObject({ status: 'SUCCESS' });
  expect(await stack.update(added, before)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['ana', 'bo']);
});

test('a rollback makes nothing, waits for nothing, and ignores a desktop that broke', async () => {
  await stack.create(before);
  const [ana, bo] = stack.idsOf(before.users!);
  const failed = { users: ['ana', 'bo', 'nobody'] };
  await stack.update(before, failed);
  stack.workspaces.setState(ana!, 'ERROR', { code: 'Broken', message: 'it broke' });
  stack.workspaces.terminateElsewhere(bo!);
  expect(await stack.rollBack(failed, before)).toMatchObject({ status: 'SUCCESS', minutes: 0 });
  expect(stack.made()).toEqual(['ana', 'bo']);
});

test('a rollback does not ask again for a user who was refused before', async () => {
  const first = { users: ['ana', 'nobody'], FailureTolerance: '1' };
  const ids = (await stack.create(first) as { ids?: string[] }).ids;
  const failed = { ...first, users: ['ana', 'nobody', 'nemo'], FailureTolerance: '0' };
  expect(await stack.update(first, failed)).toMatchObject({ status: 'FAILED' });
  stack.workspaces.configure({ missingUsers: [] });
  expect(await stack.rollBack(failed, first)).toMatchObject({ status: 'SUCCESS', ids, data: { RefusedUsers: 'nobody (ResourceNotFound.User)' } });
  expect(stack.users()).toEqual(['ana']);
});

test('a desktop that was ready once, and is unhealthy when it is observed again, does not fail an update', async () => {
  await stack.create(before);
  stack.workspaces.setState(stack.idsOf(['ana'])[0]!, 'UNHEALTHY');
  expect(await stack.update(before, { ...before, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', data: { LateUsers: 'none' }, minutes: 0 });
});

test('a desktop that broke meanwhile is named by an update, which succeeds', async () => {
  await stack.create(before);
  stack.workspaces.setState(stack.idsOf(['ana'])[0]!, 'ERROR', { code: 'Broken', message: 'it broke' });
  expect(await stack.update(before, { ...before, Refresh: '2' })).toMatchObject({
    status: 'SUCCESS', ids: stack.idsOf(['ana', 'bo']), data: { Notices: expect.stringMatching(/^ana: ws-\w+ is in the state ERROR.*Broken: it broke/) },
  });
  expect(stack.users()).toEqual(['ana', 'bo']);
});

test('users whom only a failed update has added may be removed by the next one', async () => {
  await stack.create(before);
  const failed = { users: ['ana', 'bo', 'chen', 'nobody'] };
  await stack.update(before, failed); // with its rollback disabled
  expect(await stack.update(failed, before)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['ana', 'bo']);
});

test('tags in another order are the same tags', async () => {
  const first = { ...before, Tags: { a: '1', b: '2' } };
  await stack.create(first);
  expect(await stack.update(first, { ...before, Tags: { b: '2', a: '1' }, Refresh: '2' })).toMatchObject({ status: 'SUCCESS' });
});

test('a refused user may be asked for with other settings; the rollback of that does not fail', async () => {
  const first = { users: ['ana', 'nobody'], FailureTolerance: '1' };
  await stack.create(first);
  stack.workspaces.configure({ missingUsers: [] });
  const second: FleetProperties = { ...first, Users: [{ Settings: '0', UserNames: ['ana'] }, { Settings: '1', UserNames: ['nobody'] }], Settings: [{ BundleId: BUNDLE }, { BundleId: 'wsb-00000000' }] };
  expect(await stack.update(first, second)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['ana', 'nobody']) });
  expect(await stack.rollBack(second, first)).toMatchObject({ status: 'SUCCESS' });
});

test('settings of the deployment itself may change', async () => {
  await stack.create(before);
  const world = stack.everything();
  const after: FleetProperties = { ...before, TimeoutSeconds: '600', FailureTolerance: '50%', WaitFor: 'EXISTS', LateWorkspaces: 'FAIL' };
  expect(await stack.update(before, after)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(before.users!) });
  expect(stack.everything()).toEqual(world);
});

describe('if CloudFormation does not say whether it is rolling back', () => {
  const added = { users: ['ana', 'bo', 'chen'] };
  beforeEach(async () => {
    await stack.create(before);
    await stack.update(before, added);
  });

  test('for a while, the rollback waits and then continues', async () => {
    stack.inject({ operation: 'DescribeStacks', how: 'refuse', times: 3 });
    expect(await stack.rollBack(added, before)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(['ana', 'bo']);
  });

  test('for a while, and the ledger is lost, the rollback also waits', async () => {
    await stack.deleteRows(() => true);
    stack.inject({ operation: 'DescribeStacks', how: 'refuse', times: 3 });
    expect(await stack.rollBack(added, before)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(['ana', 'bo']);
  });
});

test('a step that dies between the counter and the row of a call leaves a gap; a later rollback still works', async () => {
  await stack.create(before);
  const failed = { users: ['ana', 'bo', ...names(30), 'nobody'] };
  stack.inject({ operation: 'PutItem', how: 'kill-before' });
  stack.workspaces.configure({ missingUsers: ['nobody', 'user000'] });
  const joined = await stack.begin(stack.updateEvent(before, failed));
  await stack.poll(joined);
  await stack.clock.sleep(4 * MINUTE);
  expect(await stack.finish(joined)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('user000') });
  expect(await stack.rollBack(failed, before)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(before.users!) });
  expect(stack.users()).toEqual(['ana', 'bo']);
});
