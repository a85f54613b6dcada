import { Random } from '../../../local/core/random';
import { FleetProperties, MINUTE, properties, SECOND, TestStack } from '../test-stack';

// Default settings, builds of 10 to 40 minutes, counted at the endpoint, in virtual time.

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

let stack: TestStack;
beforeEach(async () => {
  const random = new Random(7);
  stack = await TestStack.start({ buildTime: () => random.between(10 * MINUTE, 40 * MINUTE) });
});
afterEach(() => stack.stop());

function fleet(count: number, more: Partial<FleetProperties> = {}): FleetProperties {
  return { users: Array.from({ length: count }, (_, i) => `user${String(i).padStart(5, '0')}`), WorkspaceIds: 'COUNT', ...more };
}

function total(): number {
  return Object.values(stack.workspaces.counts().calls).reduce((sum, each) => sum + each, 0);
}

test.each([[100, 400], [1_000, 600], [10_000, 1_300]])('%i desktops take at most %i calls', async (count, most) => {
  const start = stack.clock.now();
  let lastCreate = start;
  stack.whileCalling('CreateWorkspaces', () => { lastCreate = stack.clock.now(); });
  const { users } = fleet(count);
  expect(await stack.create(fleet(count))).toMatchObject({ status: 'SUCCESS', data: { WorkspaceIds: `${count} WorkSpaces`, RefusedUsers: 'none', LateUsers: 'none' } });

  // Each desktop once.
  expect(stack.made()).toEqual(users);
  expect(stack.present().every(({ state }) => state === 'AVAILABLE')).toBe(true);
  expect(stack.calls('CreateWorkspaces')).toBe(Math.ceil(count / 25));
  expect(total()).toBeLessThanOrEqual(most);
  expect(stack.throttled()).toBe(0);
  // All calls until the last create, at two a second with a burst of five. Three of them are the checks before the first create.
  const allowed = ((Math.ceil(count / 25) + 3 - 5) / 2) * SECOND;
  expect(lastCreate - start).toBeLessThanOrEqual(1.1 * allowed + 0.2 * SECOND);
}, 300_000);

test('a fleet of 1,000 grows by 500, shrinks by 100, and is deleted with few calls', async () => {
  stack.workspaces.configure({ buildTime: 15 * MINUTE });
  await stack.create(fleet(1_000));
  const before = fleet(1_500, { TerminationLimit: '100' });
  expect(await stack.update(fleet(1_000), before)).toMatchObject({ status: 'SUCCESS', data: { WorkspaceIds: '1500 WorkSpaces' } });
  expect(stack.calls('CreateWorkspaces')).toBe(60);

  const after = { ...before, users: before.users!.slice(100) };
  expect(await stack.update(before, after)).toMatchObject({ status: 'SUCCESS', data: { WorkspaceIds: '1400 WorkSpaces' } });
  expect(stack.users()).toEqual(after.users);
  expect(stack.calls('TerminateWorkspaces')).toBe(4);

  const calls = total();
  expect(await stack.delete(after)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
  expect(stack.calls('TerminateWorkspaces')).toBe(4 + 56);
  expect(stack.calls('DescribeTags')).toBe(0);
  expect(total() - calls).toBeLessThan(56 + 56 + 20 * 6);
  expect(stack.throttled()).toBe(0);
}, 300_000);

test('an ERROR in a fleet of 1,000 is noticed within five minutes', async () => {
  stack.workspaces.configure({ buildTime: 40 * MINUTE });
  const joined = await stack.begin(stack.event('Create', properties(fleet(1_000))));
  for (let i = 0; i < 4; i++) {
    await stack.poll(joined);
    await stack.clock.sleep(30 * SECOND);
  }
  stack.workspaces.setState(stack.idsOf(['user00777'])[0]!, 'ERROR', { code: 'ConfigureWorkspace.DomainJoin', message: 'no domain' });
  const broken = stack.clock.now();
  expect(await stack.finish(joined)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('user00777 (ConfigureWorkspace.DomainJoin') });
  expect(stack.clock.now() - broken).toBeLessThan(5 * MINUTE);
});
