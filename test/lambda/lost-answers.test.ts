import { BUNDLE, DIRECTORY, FleetProperties, MINUTE, names, properties, SECOND, TestStack } from './world';
import { OWNERSHIP_TAG } from '../../src/private/contract';

let stack: TestStack;
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

test.each([4 * SECOND, 4 * MINUTE])('the answer to a create call is lost: its desktops are found, one each, when they are visible after %i ms', async (invisibleFor) => {
  stack = await TestStack.start({ invisibleFor });
  stack.inject({ operation: 'CreateWorkspaces', how: 'lose' });
  expect(await stack.create({ users: names(30) })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(names(30)) });
  expect(stack.made()).toEqual(names(30));
});

test('the ledger refuses to take down the answer to a create call: nothing is forgotten', async () => {
  stack = await TestStack.start({ missingUsers: ['user029'] });
  // The intent goes in; the answer does not, however often the SDK tries.
  stack.inject({ operation: 'PutItem', how: 'refuse', code: 'ThrottlingException', after: 2, times: 3 });
  const wanted = { users: names(30) };
  const joined = await stack.begin(stack.event('Create', properties(wanted)));
  await stack.poll(joined);
  expect(stack.made()).toEqual(names(25));
  expect((await stack.rows()).flatMap(({ members = [] }) => members)).toHaveLength(25);
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a lost answer, and a delete before anybody has looked: nothing is left', async () => {
  stack = await TestStack.start({ invisibleFor: 2 * MINUTE });
  stack.inject({ operation: 'CreateWorkspaces', how: 'kill-after' });
  const wanted = { users: names(3) };
  await stack.poll(await stack.begin(stack.event('Create', properties(wanted))));
  expect(stack.users()).toEqual(names(3));
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a desktop whose tags are not to be seen yet is not taken for somebody else\'s', async () => {
  stack = await TestStack.start();
  stack.inject({ operation: 'CreateWorkspaces', how: 'kill-after' }, { operation: 'DescribeTags', how: 'refuse', code: 'ResourceNotFoundException' });
  const wanted = { users: names(2) };
  await stack.poll(await stack.begin(stack.event('Create', properties(wanted))));
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a service that does not terminate what it does not show yet: nothing is left', async () => {
  stack = await TestStack.start({ invisibleFor: 3 * MINUTE, terminateInvisible: 'not-found', missingUsers: ['nobody'] });
  const wanted = { users: [...names(3), 'nobody'] };
  expect(await stack.create(wanted)).toMatchObject({ status: 'FAILED' });
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test.each([
  [{}, 'which was not made by this fleet'],
  [{ [OWNERSHIP_TAG]: 'another-stack/12345678' }, 'which belongs to the fleet another-stack/12345678'],
])('a desktop of somebody else, tagged %j, is refused by name and never touched', async (tags, whose) => {
  stack = await TestStack.start();
  const id = stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'Ana', tags });
  const wanted = { users: ['ana', 'bo'] };
  const outcome = await stack.create(wanted);
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(`ana (ResourceExists.WorkSpace: the user has the WorkSpace ${id} already, ${whose}`) });
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.present()).toMatchObject([{ workspaceId: id, tags }]);
});

test('a lost answer does not make somebody else\'s desktop ours', async () => {
  stack = await TestStack.start();
  stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'ana' });
  stack.inject({ operation: 'CreateWorkspaces', how: 'lose' });
  const wanted = { users: ['ana', 'bo'], FailureTolerance: '1' };
  expect(await stack.create(wanted)).toMatchObject({ status: 'SUCCESS', ids: ['', stack.idsOf(['bo'])[0]] });
  await stack.delete(wanted);
  expect(stack.users()).toEqual(['ana']);
});

test('a desktop on its way out stands in the way: waits until it is gone, then makes the new one', async () => {
  stack = await TestStack.start();
  const id = stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'ana' });
  stack.workspaces.terminateElsewhere(id);
  expect(await stack.create({ users: ['ana'] })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['ana']) });
  expect(stack.present()).toHaveLength(1);
});

// The fleet was retained when it was taken out of the template, and comes back under the same id.
describe('desktops that a retained fleet has left', () => {
  const ours = () => ({ [OWNERSHIP_TAG]: stack.fleetId });
  const wanted: FleetProperties = { users: ['ana', 'bo'] };

  test('are this fleet\'s again, also to be deleted with it', async () => {
    stack = await TestStack.start();
    const id = stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'ana', tags: ours() });
    expect(await stack.create(wanted)).toMatchObject({ status: 'SUCCESS', ids: [id, stack.idsOf(['bo'])[0]] });
    expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('outlive a create that fails: people have worked on them', async () => {
    stack = await TestStack.start({ missingUsers: ['nobody'] });
    const id = stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'ana', tags: ours() });
    const failing = { users: ['ana', 'bo', 'nobody'] };
    expect(await stack.create(failing)).toMatchObject({ status: 'FAILED' });
    expect(await stack.delete(failing)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.present()).toMatchObject([{ workspaceId: id, tags: ours() }]);
  });

  test('outlive an update that fails and is rolled back', async () => {
    stack = await TestStack.start({ missingUsers: ['nobody'] });
    await stack.create({ users: ['bo'] });
    const id = stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'ana', tags: ours() });
    const failing = { users: ['bo', 'ana', 'chen', 'nobody'] };
    expect(await stack.update({ users: ['bo'] }, failing)).toMatchObject({ status: 'FAILED' });
    expect(await stack.rollBack(failing, { users: ['bo'] })).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(['ana', 'bo']);
    expect(stack.idsOf(['ana'])).toEqual([id]);
  });
});

test('a user whose name the service does not accept, in a call whose answer was lost, does not stop the others', async () => {
  stack = await TestStack.start();
  stack.inject({ operation: 'CreateWorkspaces', how: 'kill-before' });
  const wanted = { users: ['ana', 'x'.repeat(64)], FailureTolerance: '1' };
  expect(await stack.create(wanted)).toMatchObject({ status: 'SUCCESS', ids: [stack.idsOf(['ana'])[0], ''], data: { RefusedUsers: expect.stringContaining('xxx (ValidationException)') } });
});
