import { FleetProperties, MINUTE, SECOND, TestStack } from '../test-stack';

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.startQuick({ missingUsers: ['nobody'] });
  await stack.create(before);
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const before: FleetProperties = { users: ['ana', 'bo', 'chen'] };
const after: FleetProperties = { users: ['ana'], RemovedUsers: 'RELEASE' };

/** The users whose desktop carries the fleet's tag. */
const ours = () => stack.present().filter(({ tags }) => tags['cdk-bulk-workspaces:fleet']).map(({ userName }) => userName).sort();
const idOf = (user: string) => stack.idsOf([user])[0]!;

test('removed users keep their desktop, which is no longer the fleet\'s, with any limit; a delete does not touch it', async () => {
  const [, bo, chen] = stack.idsOf(before.users!);
  expect(await stack.update(before, { ...after, TerminationLimit: '0' })).toMatchObject({ status: 'SUCCESS', ids: [idOf('ana')] });
  expect(ours()).toEqual(['ana']);
  expect(await stack.delete(after)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.present().map(({ workspaceId, state }) => [workspaceId, state]).sort()).toEqual([[bo, 'AVAILABLE'], [chen, 'AVAILABLE']].sort());
});

test('other tags stay', async () => {
  await stack.tag(idOf('bo'), 'mine', 'x');
  await stack.update(before, after);
  expect(stack.present().find(({ userName }) => userName === 'bo')!.tags).toEqual({ mine: 'x' });
});

test('nobody is released by an update that fails', async () => {
  const failing = { ...after, users: ['ana', 'nobody'] };
  const ids = stack.idsOf(before.users!);
  expect(await stack.update(before, failing)).toMatchObject({ status: 'FAILED' });
  expect(ours()).toEqual(['ana', 'bo', 'chen']);
  expect(await stack.rollBack(failing, before)).toMatchObject({ status: 'SUCCESS', ids });
});

test('a rollback, because another resource failed, reclaims what was released', async () => {
  const ids = stack.idsOf(before.users!);
  await stack.update(before, after);
  expect(await stack.rollBack(after, before)).toMatchObject({ status: 'SUCCESS', ids, data: { RefusedUsers: 'none' } });
  expect(ours()).toEqual(['ana', 'bo', 'chen']);
  expect(await stack.delete(before)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test.each([
  ['acted', 'kill-after', '', 'bo (NotCreated), chen (NotCreated)'],
  ['did not', 'kill-before', expect.stringMatching(/^ws-/), 'none'],
] as const)('a rollback knows of a desktop that it takes back whether it goes: a call to terminate it that nobody knew of %s', async (_what, how, id, refused) => {
  stack.inject({ operation: 'TerminateWorkspaces', how });
  stack.status = 'UPDATE_IN_PROGRESS';
  const terminating = await stack.begin(stack.updateEvent(before, { users: ['ana'], TerminationLimit: 'unlimited' }));
  while (stack.faults.happened.length === 0) {
    await stack.poll(terminating);
    await stack.clock.sleep(30 * SECOND);
  }
  expect(await stack.update(before, after)).toMatchObject({ status: 'SUCCESS' });
  expect(await stack.rollBack(after, before)).toMatchObject({ status: 'SUCCESS', ids: [idOf('ana'), id, id], data: { RefusedUsers: refused } });
});

test.each([
  ['CreateTags', 'AccessDeniedException'], ['DescribeTags', 'AccessDeniedException'], ['CreateTags', 'ValidationException'],
] as const)('a rollback that cannot reclaim, because %s has %s, names the user, and the next deployment reclaims', async (operation, code) => {
  const ids = stack.idsOf(before.users!);
  await stack.update(before, after);
  const bo = ids[1]!;
  stack.inject({ operation, how: 'refuse', code, which: ({ input }) => input.ResourceId === bo, times: Infinity });
  expect(await stack.rollBack(after, before)).toMatchObject({ status: 'SUCCESS', ids: [ids[0], '', ids[2]], data: { RefusedUsers: `bo (${code})` } });
  expect(ours()).toEqual(['ana', 'chen']);
  // While it lasts, a deployment says so too, and loses nothing.
  const next: FleetProperties = { ...before, Refresh: '2' };
  expect(await stack.update(before, next)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(`bo (${code}`) });
  expect(await stack.rollBack(next, before)).toMatchObject({ status: 'SUCCESS', ids: [ids[0], '', ids[2]] });
  stack.faults.clear();
  expect(await stack.update(before, next)).toMatchObject({ status: 'SUCCESS', ids, data: { RefusedUsers: 'none' } });
  expect(ours()).toEqual(['ana', 'bo', 'chen']);
  expect(await stack.delete(next)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

describe('a desktop that a rollback could not reclaim', () => {
  let bo: string;
  let notices: () => string[];
  beforeEach(async () => {
    const logged = jest.spyOn(console, 'log').mockImplementation();
    notices = () => logged.mock.calls.flatMap(([line]) => (line?.what === 'notice' ? [line.notice] : []));
    bo = idOf('bo');
    await stack.update(before, after);
    stack.inject({ operation: 'CreateTags', how: 'refuse', code: 'AccessDeniedException', which: ({ input }) => input.ResourceId === bo, times: Infinity });
    expect(await stack.rollBack(after, before)).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: 'bo (AccessDeniedException)' } });
  });
  const named = () => expect.stringMatching(`bo: ${bo} stays, without the fleet's tag.*Terminate it yourself`);

  test('is named in the log by the delete that leaves it', async () => {
    expect(await stack.delete(before)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.present().map(({ workspaceId }) => workspaceId)).toEqual([bo]);
    expect(notices()).toContainEqual(named());
  });

  test('is named once, by the update that takes its user off the list', async () => {
    const without = { users: ['ana', 'chen'] };
    expect(await stack.update(before, without)).toMatchObject({ status: 'SUCCESS', data: { Notices: named() } });
    expect(await stack.update(without, { ...without, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
    expect(stack.users()).toEqual(['ana', 'bo', 'chen']);
    expect(await stack.delete(without)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.present().map(({ workspaceId }) => workspaceId)).toEqual([bo]);
  });

  test.each(['fails itself', 'is rolled back'])('is reclaimed when that update %s', async (how) => {
    const without = { users: ['ana', 'chen', ...how === 'fails itself' ? ['nobody'] : []] };
    expect(await stack.update(before, without)).toMatchObject({ status: how === 'fails itself' ? 'FAILED' : 'SUCCESS' });
    stack.faults.clear();
    expect(await stack.rollBack(without, before)).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: 'none' } });
    expect(ours()).toEqual(['ana', 'bo', 'chen']);
  });
});

test('a rollback that cannot check again what it has reclaimed has reclaimed it', async () => {
  const ids = stack.idsOf(before.users!);
  await stack.update(before, after);
  let isTagged = false;
  stack.whileCalling('CreateTags', () => { isTagged = true; });
  stack.inject({ operation: 'DescribeTags', how: 'refuse', code: 'AccessDeniedException', which: () => isTagged, times: Infinity });
  expect(await stack.rollBack(after, { ...before })).toMatchObject({ status: 'SUCCESS', ids: expect.arrayContaining([ids[0], ids[1]]) });
  stack.faults.clear();
  expect(await stack.update(before, { ...before, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', ids });
  expect(ours()).toEqual(['ana', 'bo', 'chen']);
});

test('a rollback does not reclaim a desktop that has another owner by then, or is gone', async () => {
  await stack.update(before, after);
  await stack.tag(idOf('bo'), 'cdk-bulk-workspaces:fleet', 'another/fleet');
  stack.workspaces.terminateElsewhere(idOf('chen'));
  await stack.clock.sleep(20 * MINUTE);
  expect(await stack.rollBack(after, before)).toMatchObject({ status: 'SUCCESS', ids: [idOf('ana'), '', ''] });
  expect(stack.present().find(({ userName }) => userName === 'bo')!.tags).toEqual({ 'cdk-bulk-workspaces:fleet': 'another/fleet' });
  expect(await stack.delete(before)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['bo']);
});

test('a user who is added again later has a desktop that is not the fleet\'s, and the update says so', async () => {
  await stack.update(before, after);
  await stack.update(after, { ...after, Refresh: '2' });
  const bo = idOf('bo');
  expect(await stack.update(after, { ...after, users: ['ana', 'bo'] })).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(bo) });
  expect(idOf('bo')).toBe(bo);
});

test('the update after the rollback of a release terminates and releases as any other', async () => {
  await stack.update(before, after);
  await stack.rollBack(after, before);
  expect(await stack.update(before, { users: ['ana', 'chen'] })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['ana', 'chen']);
});

test('desktops that a failed update has made are terminated, not released', async () => {
  const failing = { ...after, users: ['ana', 'bo', 'chen', 'dee', 'nobody'] };
  await stack.update(before, failing); // with its rollback disabled
  expect(await stack.update(failing, { ...before, RemovedUsers: 'RELEASE' })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['ana', 'bo', 'chen']);
});

test('an update that has been cancelled releases nobody any more', async () => {
  const forward = await stack.begin(stack.updateEvent(before, { ...after, users: ['ana', 'dee'] }));
  await stack.poll(forward);
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  for (let minutes = 0; minutes < 30; minutes++) {
    await stack.clock.sleep(MINUTE);
    await stack.poll(forward);
  }
  expect(ours()).toEqual(['ana', 'bo', 'chen', 'dee']);
});

test('a call that removes the tag, and arrives after the rollback has added it again, does not leave the desktop without an owner', async () => {
  await stack.update(before, after);
  const released = stack.idsOf(['bo'])[0]!;
  let late = 1;
  stack.whileCalling('CreateTags', () => {
    if (late-- > 0) stack.clock.after(3 * SECOND, () => void stack.untag(released, 'cdk-bulk-workspaces:fleet'));
  });
  expect(await stack.rollBack(after, before)).toMatchObject({ status: 'SUCCESS' });
  expect(ours()).toEqual(['ana', 'bo', 'chen']);
});

test('both desktops of a user who is being migrated are released, and reclaimed by a rollback', async () => {
  stack.workspaces.configure({ migrateTime: 300 * MINUTE });
  const migrated: FleetProperties = { ...before, settings: { BundleId: 'wsb-b0s22j3d7' }, BundleChange: 'MIGRATE' };
  expect(await stack.update(before, migrated)).toMatchObject({ status: 'SUCCESS', data: { LateUsers: expect.stringContaining('bo') } });
  const both = ['ana', 'ana', 'bo', 'bo', 'chen', 'chen'];
  expect(ours()).toEqual(both);
  const without: FleetProperties = { ...migrated, users: ['ana', 'chen'], RemovedUsers: 'RELEASE' };
  expect(await stack.update(migrated, without)).toMatchObject({ status: 'SUCCESS' });
  expect(ours()).toEqual(both.filter((user) => user !== 'bo'));
  expect(await stack.rollBack(without, migrated)).toMatchObject({ status: 'SUCCESS' });
  expect(ours()).toEqual(both);
});

test('a user who was released during a migration that failed is reclaimed with the desktop that stayed', async () => {
  stack.workspaces.configure({ migrateTime: 130 * MINUTE, failedMigrations: ['bo'] });
  const migrated: FleetProperties = { ...before, settings: { BundleId: 'wsb-b0s22j3d7' }, BundleChange: 'MIGRATE' };
  expect(await stack.update(before, migrated)).toMatchObject({ status: 'SUCCESS' });
  const without: FleetProperties = { ...migrated, users: ['ana', 'chen'], RemovedUsers: 'RELEASE' };
  expect(await stack.update(migrated, without)).toMatchObject({ status: 'SUCCESS' });
  expect(ours()).toEqual(['ana', 'ana', 'chen', 'chen']);
  await stack.clock.sleep(60 * MINUTE);
  expect(stack.users().filter((user) => user === 'bo')).toEqual(['bo']);
  expect(await stack.rollBack(without, migrated)).toMatchObject({ status: 'SUCCESS' });
  expect(ours()).toEqual(['ana', 'bo', 'chen']);
  stack.status = 'UPDATE_ROLLBACK_COMPLETE';
  await stack.clock.sleep(10 * MINUTE);
  expect(await stack.update(migrated, { ...migrated, Refresh: '2' })).toMatchObject({ status: 'SUCCESS' });
});

test('a user who is released after the answer of MigrateWorkspace was lost has no desktop of the fleet in the end', async () => {
  stack.workspaces.configure({ migrateTime: 70 * MINUTE });
  stack.inject({ operation: 'MigrateWorkspace', how: 'kill-after', times: 1 });
  const alone: FleetProperties = { users: ['bo'], TerminationLimit: 'unlimited' };
  const migrated: FleetProperties = { ...alone, settings: { BundleId: 'wsb-b0s22j3d7' }, BundleChange: 'MIGRATE' };
  await stack.update(before, alone);
  const event = await stack.begin(stack.updateEvent(alone, migrated));
  for (let i = 0; i < 20 && stack.calls('MigrateWorkspace') === 0; i++) {
    await stack.poll(event);
    await stack.clock.sleep(SECOND);
  }
  expect(stack.calls('MigrateWorkspace')).toBe(1);
  expect(await stack.rollBack(migrated, alone)).toMatchObject({ status: 'SUCCESS' });
  stack.status = 'UPDATE_ROLLBACK_COMPLETE';
  await stack.clock.sleep(2 * MINUTE);
  expect(await stack.update(alone, { users: ['zoe'], RemovedUsers: 'RELEASE' })).toMatchObject({ status: 'SUCCESS' });
  await stack.clock.sleep(120 * MINUTE);
  expect(ours()).toEqual(['zoe']);
});

test('if a rollback was interrupted before its second check, a later update does not reclaim: somebody may have removed the tag on purpose', async () => {
  await stack.update(before, after);
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  await stack.poll(await stack.begin(stack.updateEvent(after, before)));
  expect(ours()).toEqual(['ana', 'bo', 'chen']);
  await stack.clock.sleep(120 * MINUTE);
  await stack.untag(idOf('bo'), 'cdk-bulk-workspaces:fleet');
  expect(await stack.update(before, { ...before, Refresh: '2' })).toMatchObject({ status: 'SUCCESS' });
  expect(ours()).toEqual(['ana', 'chen']);
});
