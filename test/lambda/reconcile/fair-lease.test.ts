import { BUNDLE, DIRECTORY, type FleetProperties, MINUTE, names, properties, SECOND, TestStack } from '../test-stack';

// Fleets of one stack share one lease. They take turns, so none waits for all the work of another.

let stack: TestStack;
beforeEach(async () => { stack = await TestStack.startQuick({ buildTime: 2 * MINUTE, autoStop: false }); });
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const create = (fleet: string, wanted: FleetProperties) => stack.begin(stack.event('Create', properties(wanted), { LogicalResourceId: fleet }));
const deploy = async (fleet: string, wanted: FleetProperties) => stack.finish(await create(fleet, wanted));
const small: FleetProperties = { users: names(5, 90_000), TimeoutSeconds: '1200', FailureTolerance: '100%' };

/** A fleet that adopts desktops: a few calls for each of them. */
function adopting(i: number, size: number): FleetProperties {
  const users = names(size, i * 1_000);
  for (const userName of users) stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName });
  return { users, ExistingWorkspaces: { Adopt: 'UNOWNED' }, FailureTolerance: '100%', WorkspaceIds: 'COUNT' };
}

test.each([[3, 500], [10, 100]])('a fleet of five beside %i that adopt %i desktops each has its desktops in time', async (count, size) => {
  const others = Array.from({ length: count }, (_, i) => deploy(`Large${i}`, adopting(i, size)));
  await stack.clock.sleep(10 * SECOND);
  expect(await deploy('Small', small)).toMatchObject({ status: 'SUCCESS', ids: expect.not.arrayContaining(['']) });
  for (const outcome of await Promise.all(others)) expect(outcome).toMatchObject({ status: 'SUCCESS' });
});

test('fifty fleets that begin together all have their desktops', async () => {
  const fleets = Array.from({ length: 50 }, (_, i) => deploy(`Fleet${i}`, { users: names(3, i * 10) }));
  for (const outcome of await Promise.all(fleets)) expect(outcome).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toHaveLength(150);
});

test('a fleet that asks once and never again keeps the lease from nobody', async () => {
  const large = deploy('Large', adopting(0, 300));
  await stack.clock.sleep(10 * SECOND);
  await stack.poll(await create('Gone', { users: names(5, 80_000) }));
  expect(await deploy('Small', small)).toMatchObject({ status: 'SUCCESS', minutes: expect.any(Number) });
  expect(await large).toMatchObject({ status: 'SUCCESS' });
});

test('a step that dies while its fleet waits changes nothing for the others', async () => {
  const large = deploy('Large', adopting(0, 300));
  await stack.clock.sleep(10 * SECOND);
  const waiting = await create('Waiting', small);
  stack.inject({ operation: 'UpdateItem', how: 'kill-after', which: ({ input }) => JSON.stringify(input).includes('waits:') });
  expect(await stack.finish(waiting)).toMatchObject({ status: 'SUCCESS' });
  expect(await large).toMatchObject({ status: 'SUCCESS' });
  expect(stack.faults.happened).toEqual(['dynamodb:UpdateItem kill-after']);
});
