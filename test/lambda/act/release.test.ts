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

test('nobody is released by an update that is rolled back after the fleet is done', async () => {
  const ids = stack.idsOf(before.users!);
  expect(await stack.updateFleet(before, after)).toMatchObject({ status: 'SUCCESS' });
  expect(ours()).toEqual(['ana', 'bo', 'chen']);
  expect(await stack.rollBack(after, before)).toMatchObject({ status: 'SUCCESS', ids, data: { RefusedUsers: 'none' } });
  expect(ours()).toEqual(['ana', 'bo', 'chen']);
  expect(await stack.delete(before)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a desktop that was to be released, and was not, is released when the stack is deleted, not terminated', async () => {
  stack.denies = ({ operation }) => operation === 'DeleteTags';
  const denied = { status: 'FAILED', reason: expect.stringContaining('AWS denies workspaces:DeleteTags') };
  expect(await stack.update(before, after)).toMatchObject({ status: 'SUCCESS', cleanUp: [denied, denied, denied] });
  stack.denies = undefined;
  expect(await stack.delete(after)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['bo', 'chen']);
  expect(ours()).toEqual([]);
});

test.each(['kill-before', 'kill-after'] as const)('a step that dies at a release (%s): the next one goes on, and a user who is wanted again is looked up', async (how) => {
  stack.inject({ operation: 'DeleteTags', how });
  expect(await stack.update(before, after)).toMatchObject({ status: 'SUCCESS', cleanUp: [{ status: 'SUCCESS' }] });
  expect(ours()).toEqual(['ana']);
  const adopts: FleetProperties = { ...before, ExistingWorkspaces: { Adopt: 'UNOWNED' } };
  const ids = stack.idsOf(before.users!);
  expect(await stack.update(after, adopts)).toMatchObject({ status: 'SUCCESS', ids });
});

test('a user who is added again later has a desktop that is not the fleet\'s, and the update says so', async () => {
  await stack.update(before, after);
  await stack.update(after, { ...after, Refresh: '2' });
  const bo = idOf('bo');
  expect(await stack.update(after, { ...after, users: ['ana', 'bo'] })).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(bo) });
  expect(idOf('bo')).toBe(bo);
});

test('desktops that a failed update has made are terminated, not released', async () => {
  const failing = { ...after, users: ['ana', 'bo', 'chen', 'dee', 'nobody'] };
  await stack.update(before, failing); // with its rollback disabled
  expect(await stack.update(failing, { ...before, RemovedUsers: 'RELEASE' })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['ana', 'bo', 'chen']);
});

test('both desktops of a user who is being migrated are released', async () => {
  stack.workspaces.configure({ migrateTime: 300 * MINUTE });
  const migrated: FleetProperties = { ...before, settings: { BundleId: 'wsb-b0s22j3d7' }, BundleChange: 'MIGRATE' };
  expect(await stack.update(before, migrated)).toMatchObject({ status: 'SUCCESS', data: { LateUsers: expect.stringContaining('bo') } });
  const both = ['ana', 'ana', 'bo', 'bo', 'chen', 'chen'];
  expect(ours()).toEqual(both);
  const without: FleetProperties = { ...migrated, users: ['ana', 'chen'], RemovedUsers: 'RELEASE' };
  expect(await stack.update(migrated, without)).toMatchObject({ status: 'SUCCESS' });
  expect(ours()).toEqual(both.filter((user) => user !== 'bo'));
});

test('a user who is released after the answer of MigrateWorkspace was lost has no desktop of the fleet in the end', async () => {
  stack.workspaces.configure({ migrateTime: 70 * MINUTE });
  stack.inject({ operation: 'MigrateWorkspace', how: 'kill-after', times: 1 });
  const alone: FleetProperties = { users: ['bo'], TerminationLimit: 'unlimited' };
  const migrated: FleetProperties = { ...alone, settings: { BundleId: 'wsb-b0s22j3d7' }, BundleChange: 'MIGRATE' };
  await stack.update(before, alone);
  stack.status = 'UPDATE_IN_PROGRESS';
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
