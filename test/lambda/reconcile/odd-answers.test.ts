import type { Spelling } from '../../../local/workspaces/service-options';
import { BUNDLE, DIRECTORY, type FleetProperties, MINUTE, names, TestStack } from '../test-stack';

// Answers that the service has never been seen to give. An id that it has returned is the fleet's, whatever else the answer says or lacks.

let stack: TestStack;
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());
afterEach(() => stack.stop());

const start = async (options = {}) => {
  stack = await TestStack.startQuick({ buildTime: 2 * MINUTE, terminateTime: MINUTE, invisibleFor: MINUTE, ...options });
};
const users = ['zo\u00e9', ...names(29)];
const five: FleetProperties = { users, TerminationLimit: 'unlimited' };
const SPELLINGS: readonly Spelling[] = ['domain', 'principal', 'capitals', 'decomposed', 'none'];

describe.each(SPELLINGS)('names spelled: %s', (spelling) => {
  test.each(['createdNames', 'shownNames', 'both'])('in %s: create, update, rollback and delete end as ever', async (where) => {
    await start(Object.fromEntries(['createdNames', 'shownNames'].filter((each) => where === 'both' || each === where).map((each) => [each, spelling])));
    expect(await stack.create(five)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
    expect(stack.made()).toEqual([...users].sort());
    const grown = { ...five, users: [...users, 'new1', 'new2'] };
    expect(await stack.update(five, grown)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(grown.users) });
    expect(await stack.rollBack(grown, five)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
    expect(stack.users()).toEqual([...users].sort());
    expect(await stack.update(five, { ...five, users: users.slice(5) })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users.slice(5)) });
    expect(await stack.delete({ ...five, users: users.slice(5) })).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('the answer of a create is lost as well: everybody has one desktop, and a delete leaves none', async () => {
    await start({ createdNames: spelling, shownNames: spelling });
    stack.inject({ operation: 'CreateWorkspaces', how: 'kill-after' });
    expect(await stack.create(five)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
    expect(stack.made()).toEqual([...users].sort());
    expect(await stack.delete(five)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('a create that fails leaves nothing', async () => {
    await start({ createdNames: spelling, shownNames: spelling, missingUsers: ['nobody'] });
    const failing = { ...five, users: [...users, 'nobody'] };
    expect(await stack.create(failing)).toMatchObject({ status: 'FAILED' });
    expect(await stack.delete(failing)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('who has a desktop already is found before anything is made', async () => {
    await start({ createdNames: spelling, shownNames: spelling });
    stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: users[3] });
    await stack.clock.sleep(5 * MINUTE);
    expect(await stack.create(five)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(users[3]) });
    expect(stack.users()).toEqual([users[3]]);
  });
});

test('a desktop that DescribeWorkspaces shows under the name of another user of the fleet stays that of its own user', async () => {
  await start();
  await stack.create({ users: ['ana'] });
  const [ana] = stack.idsOf(['ana']);
  stack.answers((api) => ({ find: async () => (await api.describe([ana!])).map((each) => ({ ...each, userName: 'bo' })) }));
  const two: FleetProperties = { users: ['ana', 'bo'], FailureTolerance: '1', TerminationLimit: 'unlimited', TimeoutSeconds: '1200' };
  stack.inject({ operation: 'CreateWorkspaces', how: 'kill-before' }); // so that bo is looked up
  expect(await stack.update({ users: ['ana'] }, two)).toMatchObject({ status: 'SUCCESS', ids: expect.arrayContaining([ana]) });
  expect(await stack.update(two, { users: ['ana'], TerminationLimit: 'unlimited' })).toMatchObject({ status: 'SUCCESS', ids: [ana] });
  expect(stack.users()).toContain('ana');
});

test('a desktop of a user whom nobody has asked for is terminated, and the others are not', async () => {
  await start();
  let extra = true;
  stack.answers((api) => ({
    create: async (requests) => {
      const all = extra ? [...requests, { ...requests[0], UserName: 'eve' }] : requests;
      extra = false;
      return api.create(all);
    },
  }));
  expect(await stack.create({ users: ['ana', 'bo'] })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['ana', 'bo']) });
  expect(stack.users()).toEqual(['ana', 'bo']);
});
