import { BUNDLE, DIRECTORY, type FleetProperties, MINUTE, names, TestStack } from '../test-stack';

// Users whose names differ only in what an answer may spell in another way are different people.

let stack: TestStack;
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());
beforeEach(async () => {
  stack = await TestStack.startQuick({ buildTime: 2 * MINUTE, terminateTime: MINUTE, invisibleFor: MINUTE });
});
afterEach(() => stack.stop());

const others = (...userNames: string[]) => userNames.map((userName) => (
  stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName })
));
const users = ['ana', ...names(9)];
const FOREIGN = ['CORP2\\ana', 'ana@corp2.example.com', 'CORP2\\ANA'];

test.each(FOREIGN)('the desktop of %s is not that of ana, who gets one', async (foreign) => {
  const [theirs] = others(foreign);
  expect(await stack.create({ users })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
  expect(await stack.delete({ users })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.present().map(({ workspaceId }) => workspaceId)).toEqual([theirs]);
});

test.each(FOREIGN)('the desktop of %s is not adopted for ana', async (foreign) => {
  const [theirs] = others(foreign);
  const adopts: FleetProperties = { users, ExistingWorkspaces: { Adopt: 'UNOWNED' } };
  expect(await stack.create(adopts)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
  expect(stack.workspaces.tagsOf(theirs)).toEqual({});
});

test('calls take 12 s, and a page is full of similar names: everybody gets a desktop', async () => {
  const many = names(26);
  others(...many.map((name) => `CORP2\\${name}`));
  stack.inject({ service: 'workspaces', operation: '*', how: 'late', ms: 12_000, times: 10_000 });
  expect(await stack.create({ users: many })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(many) });
});

test('two users of one fleet with the same name in different domains', async () => {
  const twins = ['ana@a.example.com', 'ana@b.example.com', 'ana'];
  expect(await stack.create({ users: twins })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(twins) });
  expect(stack.made()).toEqual([...twins].sort());
  expect(await stack.update({ users: twins }, { users: twins.slice(1), TerminationLimit: '1' })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(twins.slice(1)) });
  expect(stack.users()).toEqual([...twins.slice(1)].sort());
});

test.each(['domain', 'principal', 'capitals', 'none'] as const)('the same, when answers spell names: %s', async (spelling) => {
  stack.workspaces.configure({ createdNames: spelling, shownNames: spelling });
  const twins = ['ana@a.example.com', 'ana@b.example.com', 'ana'];
  expect(await stack.create({ users: twins })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(twins) });
  expect(stack.made()).toEqual([...twins].sort());
  expect(await stack.delete({ users: twins })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test.each(['ana@a.example.com', 'ana@b.example.com', 'ana'])('of two users with the same name in different domains, %s has a desktop already', async (has) => {
  const twins = ['ana@a.example.com', 'ana@b.example.com', 'ana', ...names(9)];
  others(has);
  const outcome = await stack.create({ users: twins, FailureTolerance: '1' });
  expect(outcome).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: expect.stringContaining(has) }, ids: twins.map((each) => (each === has ? '' : stack.idsOf([each])[0])) });
});

test('the user\'s own desktop and a foreign one with a similar name: the own one is adopted', async () => {
  const [foreign, own] = others('CORP2\\ana', 'ana');
  expect(await stack.create({ users, ExistingWorkspaces: { Adopt: 'UNOWNED' } })).toMatchObject({ status: 'SUCCESS', ids: [own, ...stack.idsOf(users.slice(1))] });
  expect(stack.workspaces.tagsOf(foreign)).toEqual({});
});
