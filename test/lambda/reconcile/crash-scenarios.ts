import { BE_SURE, HOWS, type Scenario } from './every-call';
import { type FleetProperties, names, type TestStack } from '../test-stack';

const BEFORE: FleetProperties = { users: names(2) };
const AFTER: FleetProperties = { users: names(30) };
/** Two users have a desktop, two get one, and one is refused. */
const FAILING: FleetProperties = { users: [...names(4), 'nobody'] };
const FIVE: FleetProperties = { users: names(5) };
/** Three users leave the list, and one joins it. */
const CHANGED: FleetProperties = { users: [...names(2), 'user900'], TerminationLimit: 'unlimited' };
const RELEASED: FleetProperties = { users: [...names(2), 'user900'], RemovedUsers: 'RELEASE' };
const tagged = (stack: TestStack) => stack.present().filter(({ tags }) => tags['cdk-bulk-workspaces:fleet']).map(({ userName }) => userName).sort();

export function expectOneDesktopEach(stack: TestStack, users: readonly string[]): void {
  expect(stack.made()).toEqual([...users].sort());
  expect(stack.users()).toEqual([...users].sort());
}

/** Users who get a desktop, keep theirs, or lose it. */
export const CRASHES: readonly Scenario[] = [
  {
    title: 'a create, if every call may %s, gives everybody exactly one desktop',
    hows: [...HOWS, 'refuse'],
    play: async (stack) => {
      const outcome = await stack.create(AFTER);
      expect(outcome).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: 'none', LateUsers: 'none' }, ids: stack.idsOf(AFTER.users!) });
      expectOneDesktopEach(stack, AFTER.users!);
    },
  },
  {
    title: 'a delete, if every call may %s, leaves nothing',
    prepare: async (stack) => {
      await stack.create(AFTER);
      await stack.clock.sleep(BE_SURE);
    },
    play: async (stack) => {
      expect(await stack.delete(AFTER)).toMatchObject({ status: 'SUCCESS' });
      expect(stack.workspaces.desktops().every(({ state }) => state === 'GONE')).toBe(true);
      expect((await stack.rows()).filter(({ sk }) => sk.startsWith('call#'))).toEqual([]);
    },
  },
  {
    title: 'a create that fails, if every call may %s, leaves nothing after its delete',
    play: async (stack) => {
      expect(await stack.create(FAILING)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('nobody') });
      await stack.clock.sleep(BE_SURE);
      expect(await stack.delete(FAILING)).toMatchObject({ status: 'SUCCESS' });
      expect(stack.workspaces.desktops().every(({ state }) => state === 'GONE')).toBe(true);
    },
  },
  {
    title: 'an update that fails, and its rollback, if every call may %s, leave the fleet as it was',
    prepare: (stack) => stack.create(BEFORE),
    play: async (stack) => {
      const before = stack.idsOf(BEFORE.users!);
      expect(await stack.update(BEFORE, FAILING)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('nobody') });
      await stack.clock.sleep(BE_SURE);
      expect(await stack.rollBack(FAILING, BEFORE)).toMatchObject({ status: 'SUCCESS', ids: before });
      expect(stack.users()).toEqual(BEFORE.users);
      expect(stack.idsOf(BEFORE.users!)).toEqual(before);
    },
  },
  {
    title: 'an update that removes users, if every call may %s, terminates their desktops and no others',
    prepare: (stack) => stack.create(FIVE),
    play: async (stack) => {
      const stay = stack.idsOf(names(2));
      const outcome = await stack.update(FIVE, CHANGED);
      expect(outcome).toMatchObject({ status: 'SUCCESS', ids: [...stay, stack.idsOf(['user900'])[0]] });
      expect(stack.users()).toEqual(CHANGED.users);
      expect(stack.made()).toEqual([...names(5), 'user900']);
    },
  },
  {
    title: 'an update that removes users and fails, if every call may %s, terminates nothing',
    prepare: (stack) => stack.create(FIVE),
    play: async (stack) => {
      const before = stack.idsOf(FIVE.users!);
      const failing = { ...CHANGED, users: [...CHANGED.users!, 'nobody'] };
      expect(await stack.update(FIVE, failing)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('nobody') });
      await stack.clock.sleep(BE_SURE);
      expect(await stack.rollBack(failing, FIVE)).toMatchObject({ status: 'SUCCESS', ids: before });
      expect(stack.idsOf(FIVE.users!)).toEqual(before);
      expect(stack.users()).toEqual(FIVE.users);
    },
  },
  {
    title: 'an update that releases desktops, if every call may %s, releases these and no others',
    prepare: (stack) => stack.create(FIVE),
    play: async (stack) => {
      expect(await stack.update(FIVE, RELEASED)).toMatchObject({ status: 'SUCCESS' });
      expect(tagged(stack)).toEqual(RELEASED.users);
      expect(stack.users()).toEqual([...FIVE.users!, 'user900']);
    },
  },
  {
    title: 'an update that is rolled back after the fleet is done, if every call may %s: nobody loses a desktop',
    prepare: (stack) => stack.create(FIVE),
    play: async (stack) => {
      const before = stack.idsOf(FIVE.users!);
      expect(await stack.updateFleet(FIVE, CHANGED)).toMatchObject({ status: 'SUCCESS' });
      await stack.clock.sleep(BE_SURE);
      expect(await stack.rollBack(CHANGED, FIVE)).toMatchObject({ status: 'SUCCESS', ids: before });
      expect(tagged(stack)).toEqual(FIVE.users);
      expect(stack.users()).toEqual(FIVE.users);
    },
  },
];
