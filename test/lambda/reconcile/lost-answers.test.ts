import { OWNERSHIP_TAG } from '../../../src/private/contract';
import { BUNDLE, DIRECTORY, FleetProperties, MINUTE, names, properties, SECOND, TestStack } from '../test-stack';

let stack: TestStack;
afterEach(() => stack.stop());
/** Calls that look for the desktop of one user. */
const lookUps = () => stack.inputs('DescribeWorkspaces').filter((input) => (input as { UserName?: string }).UserName !== undefined);

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

test.each([4 * SECOND, 4 * MINUTE])('the answer to a create call is lost: its desktops are found, one for each user, when they are visible after %i ms', async (invisibleFor) => {
  stack = await TestStack.start({ invisibleFor });
  stack.inject({ operation: 'CreateWorkspaces', how: 'lose' });
  expect(await stack.create({ users: names(30) })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(names(30)) });
  expect(stack.made()).toEqual(names(30));
});

test('the ledger fails to record the answer to a create call: no desktop is lost', async () => {
  stack = await TestStack.start({ missingUsers: ['user029'] });
  // The record before the call is written. The one after it is not, however often the SDK tries.
  stack.inject({ operation: 'PutItem', how: 'refuse', code: 'ThrottlingException', after: 2, times: 3 });
  const wanted = { users: names(30) };
  const joined = await stack.begin(stack.event('Create', properties(wanted)));
  await stack.poll(joined);
  expect(stack.made()).toEqual(names(25));
  expect((await stack.rows()).flatMap(({ records = [] }) => records)).toHaveLength(25);
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a lost answer, and a delete before the look-up: nothing is left', async () => {
  stack = await TestStack.start({ invisibleFor: 2 * MINUTE });
  stack.inject({ operation: 'CreateWorkspaces', how: 'kill-after' });
  const wanted = { users: names(3) };
  await stack.poll(await stack.begin(stack.event('Create', properties(wanted))));
  expect(stack.users()).toEqual(names(3));
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test.each([15 * MINUTE, 10 * SECOND])('a desktop whose tags are not visible yet is not taken for somebody else\'s, also if it takes %i ms to build', async (buildTime) => {
  stack = await TestStack.start({ buildTime });
  stack.inject({ operation: 'CreateWorkspaces', how: 'kill-after' }, { operation: 'DescribeTags', how: 'refuse', code: 'ResourceNotFoundException' });
  const wanted = { users: names(2) };
  await stack.poll(await stack.begin(stack.event('Create', properties(wanted))));
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a service that does not terminate invisible desktops: nothing is left', async () => {
  stack = await TestStack.start({ invisibleFor: 3 * MINUTE, terminateInvisible: 'not-found', missingUsers: ['nobody'] });
  const wanted = { users: [...names(3), 'nobody'] };
  expect(await stack.create(wanted)).toMatchObject({ status: 'FAILED' });
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test.each([
  [{}, 'which was not made by this fleet'],
  [{ [OWNERSHIP_TAG]: 'another-stack/12345678' }, 'which belongs to the fleet another-stack/12345678'],
  [{ [OWNERSHIP_TAG]: '5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f/0badcafe' }, 'which belongs to the fleet 5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f/0badcafe'],
])('a desktop of somebody else, tagged %j, is refused by name and never touched', async (tags, whose) => {
  stack = await TestStack.start();
  const id = stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'Ana', tags });
  const wanted = { users: ['ana', 'bo'] };
  const outcome = await stack.create(wanted);
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(`ana (ResourceExists.WorkSpace: the user already has the WorkSpace ${id}, ${whose}`) });
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

test('a desktop is still being terminated: waits until it is gone, then makes the new one', async () => {
  stack = await TestStack.start();
  const id = stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'ana' });
  stack.workspaces.terminateElsewhere(id);
  expect(await stack.create({ users: ['ana'] })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['ana']) });
  expect(stack.present()).toHaveLength(1);
});

// The fleet was retained when it was removed from the template, and comes back under the same id.
describe('desktops that a retained fleet has left', () => {
  const ours = () => ({ [OWNERSHIP_TAG]: stack.fleetId });
  const wanted: FleetProperties = { users: ['ana', 'bo'] };

  test('belong to this fleet again, and are deleted with it', async () => {
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

test('a user whom the answer does not name is looked up: the desktop is ours, and goes with the fleet', async () => {
  stack = await TestStack.start({ missingUsers: ['nobody'] });
  stack.answers((api) => ({
    create: async (requests) => {
      const { made, refused } = await api.create(requests);
      return { made: made.filter(({ userName }) => userName !== 'bo'), refused };
    },
  }));
  const wanted = { users: ['ana', 'bo', 'nobody'] };
  expect(await stack.create({ ...wanted, FailureTolerance: '1' })).toMatchObject({ status: 'SUCCESS', ids: [...stack.idsOf(['ana', 'bo']), ''] });
  await stack.delete(wanted);
  expect(stack.users()).toEqual([]);
  expect(await stack.create(wanted)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('1 of 3 WorkSpaces could not be made') });
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('an answer with another spelling of the users is understood', async () => {
  stack = await TestStack.start({ missingUsers: ['bo'] });
  stack.answers((api) => ({
    create: async (requests) => {
      const { made, refused } = await api.create(requests);
      return {
        made: made.map((each) => ({ ...each, userName: each.userName.toUpperCase() })),
        refused: refused.map((each) => ({ ...each, who: each.who.toUpperCase() })),
      };
    },
  }));
  expect(await stack.create({ users: ['ana', 'bo'], FailureTolerance: '1' })).toMatchObject({
    status: 'SUCCESS', ids: [stack.idsOf(['ana'])[0], ''], data: { RefusedUsers: 'bo (ResourceNotFound.User)' },
  });
  expect(stack.log.filter((operation) => operation === 'DescribeTags')).toEqual([]); // nobody had to be looked up
});

test('after a lost answer the step ends: it is too early to look', async () => {
  stack = await TestStack.start();
  stack.inject({ operation: 'CreateWorkspaces', how: 'lose' });
  await stack.poll(await stack.begin(stack.event('Create', properties({ users: names(30) }))));
  expect(stack.calls('CreateWorkspaces')).toBe(1);
  expect(lookUps()).toEqual([]);
});

test('if the look-up is denied, that does not count as no desktop: the delete is denied, and the next one leaves nothing', async () => {
  stack = await TestStack.start();
  stack.inject({ operation: 'CreateWorkspaces', how: 'kill-after' });
  const wanted = { users: ['ana'] };
  await stack.poll(await stack.begin(stack.event('Create', properties(wanted))));
  await stack.clock.sleep(20 * MINUTE);
  stack.denies = ({ operation }) => operation === 'DescribeWorkspaces';
  expect(await stack.delete(wanted)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('not authorized to perform: DescribeWorkspaces') });
  stack.denies = undefined;
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test.each(['ValidationException', 'InvalidParameterValuesException'])('a name that the service refuses to look up, with %s, has no desktop', async (name) => {
  stack = await TestStack.start();
  stack.inject({ operation: 'CreateWorkspaces', how: 'kill-before' });
  stack.answers(() => ({ find: async () => { throw Object.assign(new Error('bad name'), { name }); } }));
  expect(await stack.create({ users: ['ana'] })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['ana']) });
});

test('an invisible user is looked up once in a step', async () => {
  stack = await TestStack.start({ invisibleFor: 4 * MINUTE });
  stack.inject({ operation: 'CreateWorkspaces', how: 'lose' });
  const joined = await stack.begin(stack.event('Create', properties({ users: ['ana'] })));
  await stack.poll(joined);
  await stack.clock.sleep(30 * SECOND);
  await stack.poll(joined);
  expect(lookUps()).toHaveLength(1);
});

test('a step that dies before the row of a call is written has made nothing: nobody is looked up', async () => {
  stack = await TestStack.start();
  stack.inject({ operation: 'PutItem', how: 'kill-before' });
  const outcome = await stack.create({ users: names(30) });
  expect(outcome).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(names(30)) });
  expect(lookUps()).toEqual([]);
});

test('a write of the ledger that arrives late, after the SDK has repeated it, takes back nothing that was noted after it', async () => {
  stack = await TestStack.startQuick();
  const before: FleetProperties = { users: names(2) };
  await stack.create(before);
  const { client } = stack.services.ledger as unknown as { client: { send(command: object): Promise<unknown> } };
  const send = client.send.bind(client);
  // The ledger records that the terminations are allowed before the first of them. The first try of this call has its effect only after them.
  let firstTry: object | undefined;
  let isLate = false;
  client.send = async (command: object) => {
    if (!firstTry && JSON.stringify(command).includes('removalsAllowed')) firstTry = command;
    if (isLate && firstTry) await send(firstTry).catch(() => undefined); // nobody waits for it any more
    isLate = false;
    return send(command);
  };
  stack.whileCalling('TerminateWorkspaces', () => {
    isLate = true;
    stack.workspaces.configure({ missingUsers: ['user001'] });
  });
  expect(await stack.update(before, { ...before, settings: { BundleId: 'wsb-b0s22j3d7' }, BundleChange: 'REPLACE', TerminationLimit: 'unlimited' })).toMatchObject({
    status: 'SUCCESS', data: { RefusedUsers: expect.stringContaining('user001') },
  });
});
