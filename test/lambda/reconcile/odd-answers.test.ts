import type { OddAnswer } from '../../../local/workspaces/odd-answers';
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

const MEMBERS: readonly OddAnswer[] = [
  'made and refused', 'made without id', 'refused without request', 'refused without code', 'not terminated, without id', 'not terminated, another id',
  'terminated, and another id not', 'migrated without target', 'empty lists are absent', 'short pages',
];
const tolerant: FleetProperties = { ...five, users: [...users, 'nobody'], FailureTolerance: '1' };
const idsOf = (all: readonly string[]) => all.map((each) => stack.idsOf([each])[0] ?? '');

describe.each<OddAnswer>([...MEMBERS, 'no state'])('answers are odd: %s', (odd) => {
  beforeEach(() => start({ oddAnswers: [odd], missingUsers: ['nobody'] }));

  test('create, update, rollback and delete end as ever', async () => {
    expect(await stack.create(tolerant)).toMatchObject({ status: 'SUCCESS', ids: idsOf(tolerant.users!), data: { RefusedUsers: expect.stringMatching(/^nobody /) } });
    expect(stack.made()).toEqual([...users].sort());
    const grown = { ...tolerant, users: [...tolerant.users!, 'new1', 'new2'] };
    expect(await stack.update(tolerant, grown)).toMatchObject({ status: 'SUCCESS', ids: idsOf(grown.users) });
    expect(await stack.rollBack(grown, tolerant)).toMatchObject({ status: 'SUCCESS', ids: idsOf(tolerant.users!) });
    expect(stack.users()).toEqual([...users].sort());
    const fewer = { ...five, users: users.slice(5) };
    expect(await stack.update(tolerant, fewer)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(fewer.users), cleanUp: [{ status: 'SUCCESS' }] });
    expect(stack.users()).toEqual([...fewer.users].sort());
    expect(await stack.delete(fewer)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('a create that fails leaves nothing', async () => {
    const failing = { ...tolerant, FailureTolerance: '0' };
    expect(await stack.create(failing)).toMatchObject({ status: 'FAILED' });
    expect(await stack.delete(failing)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('the answer of a create is lost: everybody has one desktop', async () => {
    stack.inject({ operation: 'CreateWorkspaces', how: 'kill-after' });
    expect(await stack.create(five)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
    expect(stack.made()).toEqual([...users].sort());
  });
});

describe.each(MEMBERS)('answers about desktops that are there are odd: %s', (odd) => {
  beforeEach(() => start({ oddAnswers: [odd] }));

  test('desktops are migrated, and none is left when the fleet is deleted', async () => {
    stack.workspaces.configure({ migrateTime: 5 * MINUTE });
    await stack.create(five);
    const other: FleetProperties = { ...five, settings: { BundleId: 'wsb-b0s22j3d7' }, BundleChange: 'MIGRATE' };
    expect(await stack.update(five, other)).toMatchObject({ status: 'SUCCESS' });
    await stack.clock.sleep(20 * MINUTE);
    expect(await stack.update(other, { ...other, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
    expect(stack.present().map(({ bundleId }) => bundleId)).toEqual(users.map(() => 'wsb-b0s22j3d7'));
    expect(await stack.delete(other)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test.each([30, 3])('of %i desktops, one is SUSPENDED: a clean-up and a delete fail and name it, and the delete succeeds later', async (count) => {
    const some = { ...five, users: users.slice(0, count) };
    await stack.create(some);
    const [blocked] = stack.idsOf([users[1]]);
    stack.workspaces.others.suspend(blocked!);
    const fewer = { ...some, users: [users[2]] };
    const named = { status: 'FAILED', reason: expect.stringContaining(`${users[1]} (${blocked}`) };
    expect(await stack.update(some, fewer)).toMatchObject({ status: 'SUCCESS', cleanUp: [named, named, named] });
    expect(stack.users()).toEqual([users[1], users[2]].sort());
    expect(await stack.delete(some)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(`${users[1]} (${blocked}`) });
    expect(stack.users()).toEqual([users[1]]);
    stack.workspaces.others.release(blocked!);
    expect(await stack.delete(some)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('a desktop is SUSPENDED in the moment before it is terminated: the clean-up names it, and the next one removes it', async () => {
    await stack.create(five);
    const [blocked] = stack.idsOf([users[1]]);
    stack.whileCalling('TerminateWorkspaces', () => {
      if (stack.workspaces.desktops().some(({ workspaceId, state }) => workspaceId === blocked && state === 'AVAILABLE')) stack.workspaces.others.suspend(blocked!);
    });
    const fewer = { ...five, users: users.slice(5), TimeoutSeconds: '1200' };
    expect(await stack.update(five, fewer)).toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringContaining(blocked!) } });
    expect(stack.users()).toEqual([...fewer.users, users[1]].sort());
    stack.whileCalling('TerminateWorkspaces', () => undefined);
    stack.workspaces.others.release(blocked!);
    expect(await stack.update(fewer, { ...fewer, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', cleanUp: [{ status: 'SUCCESS' }] });
    expect(stack.users()).toEqual([...fewer.users].sort());
  });
});

test('desktops without a state are not ready: a create that must not be late fails and leaves nothing, and nothing is migrated', async () => {
  await start({ oddAnswers: ['no state'] });
  const strict: FleetProperties = { ...five, LateWorkspaces: 'FAIL', TimeoutSeconds: '1200' };
  expect(await stack.create(strict)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('not ready at the timeout') });
  expect(await stack.delete(strict)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
  await stack.create(five);
  const ids = stack.idsOf(users);
  const other: FleetProperties = { ...five, settings: { BundleId: 'wsb-b0s22j3d7' }, BundleChange: 'MIGRATE', TimeoutSeconds: '1200' };
  expect(await stack.update(five, other)).toMatchObject({ status: 'SUCCESS', ids, data: { Notices: expect.stringContaining(users[1]) } });
  expect(await stack.delete(other)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

describe.each<OddAnswer>(['no tags', 'no list of tags'])('DescribeTags shows %s', (odd) => {
  beforeEach(() => start({ oddAnswers: [odd] }));
  const usual = () => stack.workspaces.configure({ oddAnswers: [] });

  test.each([30, 3])('%i desktops: nothing is lost. A delete terminates those of which the index has the tag, or fails and names them', async (count) => {
    const some = { ...five, users: users.slice(0, count) };
    expect(await stack.create(some)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(some.users) });
    await stack.clock.sleep(60 * MINUTE);
    const outcome = await stack.delete(some);
    expect(outcome.status === 'SUCCESS').toBe(stack.users().length === 0);
    if (outcome.status === 'FAILED') for (const user of stack.users()) expect(outcome.reason).toContain(user);
    usual();
    expect(await stack.delete(some)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('a create whose answer is lost does not take its own desktops for those of others', async () => {
    stack.inject({ operation: 'CreateWorkspaces', how: 'kill-after' });
    const adopting: FleetProperties = { ...five, users: ['ana', 'bo'], ExistingWorkspaces: { Adopt: 'UNOWNED' }, TimeoutSeconds: '1200' };
    await stack.create(adopting);
    await stack.delete(adopting);
    usual();
    expect(await stack.delete(adopting)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('desktops without any tag are adopted and released as ever', async () => {
    const ids = ['ana', 'bo'].map((userName) => stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName }));
    const adopting: FleetProperties = { ...five, users: ['ana', 'bo'], ExistingWorkspaces: { Adopt: 'UNOWNED' }, TimeoutSeconds: '1200' };
    await stack.create(adopting);
    usual();
    await stack.delete(adopting);
    expect(stack.present().map(({ workspaceId }) => workspaceId).sort()).toEqual([...ids].sort());
  });
});
