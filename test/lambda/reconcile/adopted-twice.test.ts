import { ADOPTED_TAG, OWNERSHIP_TAG } from '../../../src/private/contract';
import { BUNDLE, DIRECTORY, type FleetProperties, MINUTE, names, type Outcome, SECOND, TestStack } from '../test-stack';

// Two stacks adopt the same desktops in the same second. Whose tag stands has a desktop; the other one says so, and touches nothing of it.

let one: TestStack;
let two: TestStack;
beforeEach(async () => {
  one = await TestStack.startQuick({ buildTime: 2 * MINUTE });
  two = await one.neighbour();
});
afterEach(() => Promise.all([one.stop(), two.stop()]));
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const adopting = (users: readonly string[]): FleetProperties => ({ users, ExistingWorkspaces: { Adopt: 'UNOWNED' }, FailureTolerance: '100%' });
const existing = (users: readonly string[]) => users.map((userName) => one.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName, tags: { cost: '1' } }));
const ownerOf = (id: string) => one.workspaces.tagsOf(id)?.[OWNERSHIP_TAG];

/** What each stack says it has is what its tag is on, and nothing is said to be of both. */
function expectOneOwner(ids: readonly string[], outcomes: ReadonlyMap<TestStack, Outcome>): void {
  for (const [stack, outcome] of outcomes) {
    expect(outcome).toMatchObject({ status: 'SUCCESS' });
    expect((outcome as any).ids.filter((id: string) => id !== '')).toEqual(ids.filter((id) => ownerOf(id) === stack.fleetId));
  }
}

test.each([1, 3, 30].flatMap((size) => [0, 1, 2, 3, 5, 10].map((seconds) => [size, seconds])))('%i desktops, the second stack begins %i s later', async (size, seconds) => {
  const users = names(size);
  const ids = existing(users);
  const first = one.create(adopting(users));
  await one.clock.sleep(seconds * SECOND);
  const second = await two.create(adopting(users));
  expectOneOwner(ids, new Map([[one, await first], [two, second]]));
});

/** The other stack has read the tags before this one writes, and writes after it. */
async function overtaken(then: FleetProperties = adopting(['ana', 'bo'])): Promise<{ readonly ana: string; readonly bo: string; readonly outcome: Outcome }> {
  const [ana, bo] = existing(['ana', 'bo']);
  let calls = 0;
  one.whileCalling('CreateTags', () => { if (++calls === 1) void one.clock.sleep(5 * SECOND).then(() => two.tag(ana!, OWNERSHIP_TAG, two.fleetId)); });
  return { ana: ana!, bo: bo!, outcome: await one.create(then) };
}

test('the one that wrote first counts the user as refused, and says which fleet has the desktop', async () => {
  const { ana, bo, outcome } = await overtaken();
  expect(outcome).toMatchObject({ status: 'SUCCESS', ids: ['', bo], data: { RefusedUsers: expect.stringContaining('ana') } });
  expect(ownerOf(ana)).toBe(two.fleetId);
});

test('without a tolerance it fails, and its delete leaves the desktop and the tag of the other one', async () => {
  const wanted = { ...adopting(['ana', 'bo']), FailureTolerance: '0' };
  const { ana, bo, outcome } = await overtaken(wanted);
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(`the fleet ${two.fleetId} has adopted the WorkSpace ${ana} at the same time`) });
  expect(await one.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(one.users()).toEqual(['ana', 'bo']);
  expect(ownerOf(ana)).toBe(two.fleetId);
  expect(one.workspaces.tagsOf(bo)).toEqual({ cost: '1' });
});

test('settings of a desktop are changed only when it is certain whose it is', async () => {
  const wanted = { ...adopting(['ana', 'bo']), Tags: { team: 'sales' } };
  const { ana, bo } = await overtaken(wanted);
  expect(one.workspaces.tagsOf(ana)).not.toHaveProperty('team');
  expect(one.workspaces.tagsOf(bo)).toMatchObject({ team: 'sales' });
});

test('if the other one lets it go again, it is adopted after all', async () => {
  const [ana] = existing(['ana']);
  let calls = 0;
  one.whileCalling('CreateTags', () => { if (++calls === 1) void one.clock.sleep(5 * SECOND).then(() => one.untag(ana!, OWNERSHIP_TAG)); });
  expect(await one.create(adopting(['ana']))).toMatchObject({ status: 'SUCCESS', ids: [ana] });
  expect(one.workspaces.tagsOf(ana!)).toMatchObject({ [OWNERSHIP_TAG]: one.fleetId, [ADOPTED_TAG]: 'true' });
});

test('a step that dies while it reads the tags again', async () => {
  const users = names(3);
  const ids = existing(users);
  one.whileCalling('CreateTags', () => one.inject({ operation: 'DescribeTags', how: 'kill-after', times: 1 }));
  const first = one.create(adopting(users));
  const second = await two.create(adopting(users));
  expectOneOwner(ids, new Map([[one, await first], [two, second]]));
});
