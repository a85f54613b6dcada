import { BUNDLE, properties, SECOND, TestStack } from '../test-stack';

// A fleet that is retained when it is removed from the template (which sends no event), and that comes back under the same name.

let stack: TestStack;
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());
afterEach(() => stack.stop());

async function retained(...users: string[]): Promise<string[]> {
  stack = await TestStack.start({ missingUsers: ['nobody'] });
  expect(await stack.create({ users })).toMatchObject({ status: 'SUCCESS' });
  return stack.present().map(({ workspaceId }) => workspaceId);
}

test('a create over a retained fleet takes over its desktops, and makes the others', async () => {
  const [ana] = await retained('ana');
  const outcome = await stack.create({ users: ['ana', 'chen'] });
  expect(outcome).toMatchObject({ status: 'SUCCESS' });
  expect(outcome.status === 'SUCCESS' && outcome.ids[0]).toBe(ana);
  expect(stack.users()).toEqual(['ana', 'chen']);
  await stack.delete({ users: ['ana', 'chen'] });
  expect(stack.users()).toEqual([]);
});

test('a create over it that fails removes what it made, and leaves retained desktops', async () => {
  const kept = await retained('ana', 'bo');
  const wanted = { users: ['ana', 'bo', 'chen', 'nobody'], FailureTolerance: '0' };
  expect(await stack.create(wanted)).toMatchObject({ status: 'FAILED' });
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.present().map(({ workspaceId }) => workspaceId)).toEqual(kept);
});

test.each([
  ['with an id that CloudFormation has invented', () => 'Test-Fleet-1ABCDEFG'], ['with the id that onEvent has answered', () => stack.physicalId],
])('a create soon after the fleet was retained is cancelled before it is confirmed, and its delete, %s, leaves retained desktops', async (_, physicalId) => {
  const kept = await retained('ana', 'bo');
  stack.status = 'CREATE_COMPLETE';
  await stack.clock.sleep(10 * SECOND);
  stack.status = 'UPDATE_IN_PROGRESS';
  await stack.clock.sleep(5 * SECOND);
  const late = stack.event('Create', properties({ users: ['ana'] }));
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  expect(await stack.delete({ users: ['ana'] }, physicalId(), 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS')).toMatchObject({ status: 'SUCCESS' });
  expect(await stack.answer(late)).toMatchObject({ status: 'FAILED' });
  expect(stack.present().map(({ workspaceId }) => workspaceId)).toEqual(kept);
});

test('a create that has succeeded is cancelled before CloudFormation has its answer: the delete, with an invented id, leaves nothing', async () => {
  await retained('zoe');
  stack.status = 'UPDATE_IN_PROGRESS';
  await stack.clock.sleep(10 * SECOND);
  expect(await stack.finish(await stack.begin(stack.event('Create', properties({ users: ['ana'] }))))).toMatchObject({ status: 'SUCCESS' });
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  expect(await stack.delete({ users: ['ana'] }, 'Test-Fleet-1ABCDEFG', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS')).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['zoe']);
});

test('a retained desktop whose user is no longer listed is left alone, also by the delete', async () => {
  await retained('ana', 'bo');
  expect(await stack.create({ users: ['ana'] })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['ana', 'bo']);
  expect(await stack.delete({ users: ['ana'] })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['bo']);
});

test('a create over it with other settings is refused with a reason, and its delete leaves retained desktops', async () => {
  await retained('ana', 'bo');
  const other = { users: ['ana', 'bo'], settings: { BundleId: 'wsb-b0s22j3d7' } };
  expect(await stack.create(other)).toMatchObject({
    status: 'FAILED',
    reason: expect.stringContaining(`ana: BundleId ${BUNDLE} -> wsb-b0s22j3d7`),
  });
  expect(await stack.delete(other)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['ana', 'bo']);
});

test('a create over it does not replace retained desktops, with any bundleChange; the next update does', async () => {
  const kept = await retained('ana', 'bo');
  const other = { users: ['ana', 'bo'], settings: { BundleId: 'wsb-b0s22j3d7' }, BundleChange: 'REPLACE', TerminationLimit: 'unlimited' } as const;
  expect(await stack.create(other)).toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringContaining('ana: keeps its bundle until the next deployment') } });
  expect(stack.present().map(({ workspaceId }) => workspaceId)).toEqual(kept);
  expect(await stack.update(other, { ...other, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
  expect(stack.present().map(({ bundleId }) => bundleId)).toEqual(['wsb-b0s22j3d7', 'wsb-b0s22j3d7']);
});

test('a create that succeeded over it, and an update after it, are undone no further than that update', async () => {
  await retained('ana');
  await stack.create({ users: ['ana', 'bo'] });
  await stack.update({ users: ['ana', 'bo'] }, { users: ['ana', 'bo', 'chen'] });
  expect(await stack.rollBack({ users: ['ana', 'bo', 'chen'] }, { users: ['ana', 'bo'] })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['ana', 'bo']);
});
