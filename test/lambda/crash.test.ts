import { atEveryCall, BE_SURE, HOWS, inFreshStack } from './every-call';
import { FleetProperties, names, TestStack } from './world';

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const BEFORE: FleetProperties = { users: names(2) };
const AFTER: FleetProperties = { users: names(30) };
/** Two who have a desktop, two who get one, and one who is refused. */
const FAILING: FleetProperties = { users: [...names(4), 'nobody'] };

function expectOneDesktopEach(stack: TestStack, users: readonly string[]): void {
  expect(stack.made()).toEqual([...users].sort());
  expect(stack.users()).toEqual([...users].sort());
}

test.each([...HOWS, 'refuse'] as const)('a create whose every call may %s gives everybody exactly one desktop', (how) => atEveryCall(
  how,
  async () => undefined,
  async (stack) => {
    const outcome = await stack.create(AFTER);
    expect(outcome).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: 'none', LateUsers: 'none' }, ids: stack.idsOf(AFTER.users!) });
    expectOneDesktopEach(stack, AFTER.users!);
  },
));

test.each(HOWS)('a delete whose every call may %s leaves nothing', (how) => atEveryCall(
  how,
  async (stack) => {
    await stack.create(AFTER);
    await stack.clock.sleep(BE_SURE);
  },
  async (stack) => {
    expect(await stack.delete(AFTER)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.workspaces.desktops().every(({ state }) => state === 'GONE')).toBe(true);
    expect((await stack.rows()).filter(({ sk }) => sk.startsWith('call#'))).toEqual([]);
  },
));

test.each(HOWS)('a create that fails, whose every call may %s, leaves nothing once it is deleted', (how) => atEveryCall(
  how,
  async () => undefined,
  async (stack) => {
    expect(await stack.create(FAILING)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('nobody') });
    await stack.clock.sleep(BE_SURE);
    expect(await stack.delete(FAILING)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.workspaces.desktops().every(({ state }) => state === 'GONE')).toBe(true);
  },
));

test.each(HOWS)('an update that fails, and its rollback, whose every call may %s, leave what was before', (how) => atEveryCall(
  how,
  (stack) => stack.create(BEFORE),
  async (stack) => {
    const before = stack.idsOf(BEFORE.users!);
    expect(await stack.update(BEFORE, FAILING)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('nobody') });
    await stack.clock.sleep(BE_SURE);
    expect(await stack.rollBack(FAILING, BEFORE)).toMatchObject({ status: 'SUCCESS', ids: before });
    expect(stack.users()).toEqual(BEFORE.users);
    expect(stack.idsOf(BEFORE.users!)).toEqual(before);
  },
));

const FIVE: FleetProperties = { users: names(5) };
/** Three leave, and one comes. */
const CHANGED: FleetProperties = { users: [...names(2), 'user900'], TerminationLimit: 'unlimited' };

test.each(HOWS)('an update that takes users away, whose every call may %s, terminates theirs and no others', (how) => atEveryCall(
  how,
  (stack) => stack.create(FIVE),
  async (stack) => {
    const stay = stack.idsOf(names(2));
    const outcome = await stack.update(FIVE, CHANGED);
    expect(outcome).toMatchObject({ status: 'SUCCESS', ids: [...stay, stack.idsOf(['user900'])[0]] });
    expect(stack.users()).toEqual(CHANGED.users);
    expect(stack.made()).toEqual([...names(5), 'user900']);
  },
));

test.each(HOWS)('an update that takes users away and fails, whose every call may %s, takes nobody away', (how) => atEveryCall(
  how,
  (stack) => stack.create(FIVE),
  async (stack) => {
    const before = stack.idsOf(FIVE.users!);
    const failing = { ...CHANGED, users: [...CHANGED.users!, 'nobody'] };
    expect(await stack.update(FIVE, failing)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('nobody') });
    await stack.clock.sleep(BE_SURE);
    expect(await stack.rollBack(failing, FIVE)).toMatchObject({ status: 'SUCCESS', ids: before });
    expect(stack.idsOf(FIVE.users!)).toEqual(before);
    expect(stack.users()).toEqual(FIVE.users);
  },
));

const RELEASED: FleetProperties = { users: [...names(2), 'user900'], RemovedUsers: 'RELEASE' };
const tagged = (stack: TestStack) => stack.present().filter(({ tags }) => tags['cdk-bulk-workspaces:fleet']).map(({ userName }) => userName).sort();

test.each(HOWS)('an update that releases desktops, whose every call may %s, and a rollback of it: nobody loses theirs, and all are ours again', (how) => atEveryCall(
  how,
  (stack) => stack.create(FIVE),
  async (stack) => {
    const before = stack.idsOf(FIVE.users!);
    expect(await stack.update(FIVE, RELEASED)).toMatchObject({ status: 'SUCCESS' });
    expect(tagged(stack)).toEqual(RELEASED.users);
    expect(stack.users()).toEqual([...FIVE.users!, 'user900']);
    await stack.clock.sleep(BE_SURE);
    expect(await stack.rollBack(RELEASED, FIVE)).toMatchObject({ status: 'SUCCESS', ids: before });
    expect(tagged(stack)).toEqual(FIVE.users);
    expect(stack.users()).toEqual(FIVE.users);
  },
));

test('a step that dies again and again, in the middle of creating, still comes to an end with one desktop each', () => inFreshStack(async (stack) => {
  stack.inject({ operation: 'CreateWorkspaces', how: 'kill-after', times: 4 });
  const users = names(80);
  expect(await stack.create({ users })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
  expectOneDesktopEach(stack, users);
}));

test('a step that dies every time ends with a sentence, a few minutes after the timeout', () => inFreshStack(async (stack) => {
  stack.inject({ operation: 'Query', how: 'kill-before', times: 1_000 });
  const outcome = await stack.create({ users: names(3), TimeoutSeconds: '600' });
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('kept crashing') });
  expect(outcome.minutes).toBeLessThanOrEqual(10 + 6);
  expect(stack.made()).toEqual([]);
}));
