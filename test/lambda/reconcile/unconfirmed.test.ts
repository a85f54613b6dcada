import { type FleetProperties, MINUTE, names, TestStack } from '../test-stack';

// What happens when CloudFormation cannot be asked at all.

let stack: TestStack;
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());
beforeEach(async () => { stack = await TestStack.startQuick({ buildTime: MINUTE, missingUsers: ['nobody'] }); });
afterEach(() => stack.stop());

const before: FleetProperties = { users: names(3) };
const after: FleetProperties = { users: names(4) };
const unreachable = () => { stack.denies = ({ operation }) => operation.startsWith('DescribeStack'); };
const reachable = () => { stack.denies = undefined; };
const reason = expect.stringContaining('CloudFormation could not be asked whether it');

test('a create fails within five minutes, and has made nothing', async () => {
  unreachable();
  const outcome = await stack.create(before);
  expect(outcome).toMatchObject({ status: 'FAILED', reason });
  expect(outcome.minutes).toBeLessThanOrEqual(5);
  expect(stack.made()).toEqual([]);
  expect(await stack.delete(before)).toMatchObject({ status: 'SUCCESS' });
});

test('an update fails within five minutes, and its rollback succeeds before its answer is due; nothing has changed', async () => {
  await stack.create(before);
  unreachable();
  const outcome = await stack.update(before, after);
  expect(outcome).toMatchObject({ status: 'FAILED', reason });
  expect(outcome.minutes).toBeLessThanOrEqual(5);
  const back = await stack.rollBack(after, before);
  expect(back).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(before.users!), minutes: 50 });
  expect(stack.users()).toEqual(before.users);
  reachable();
  expect(await stack.update(before, after)).toMatchObject({ status: 'SUCCESS' });
});

test.each([
  ['failed', [...after.users!, 'nobody'], 'FAILED'],
  ['succeeded', [...after.users!], 'SUCCESS'],
] as const)('a rollback of an update that %s removes nothing, names what stays, and the next deployment removes it', async (_, users, status) => {
  await stack.create(before);
  const deployed = { users };
  expect(await stack.update(before, deployed)).toMatchObject({ status });
  unreachable();
  expect(await stack.rollBack(deployed, before)).toMatchObject({
    status: 'SUCCESS', ids: stack.idsOf(before.users!), data: { Notices: expect.stringMatching(/nothing was changed.*user003/) },
  });
  expect(stack.users()).toEqual(after.users);
  reachable();
  expect(await stack.update(before, { ...before, Refresh: '2', RemovedUsers: 'REFUSE' })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(before.users);
});

test('a rollback that can be asked about in time is carried out', async () => {
  await stack.create(before);
  await stack.update(before, after);
  unreachable();
  stack.clock.after(20 * MINUTE, reachable);
  expect(await stack.rollBack(after, before)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(before.users);
});

test('a delete fails after ten minutes, and works when CloudFormation can be asked', async () => {
  await stack.create(before);
  unreachable();
  expect(await stack.delete(before)).toMatchObject({ status: 'FAILED', reason, minutes: 10 });
  expect(stack.users()).toEqual(before.users);
  reachable();
  expect(await stack.delete(before)).toMatchObject({ status: 'SUCCESS' });
});

test('a delete of a fleet that has nothing succeeds, unless the index of tags shows a desktop', async () => {
  unreachable();
  const id = stack.workspaces.createElsewhere({ directoryId: 'd-90677cc91c', bundleId: 'wsb-clj85qzj1', userName: 'zoe', tags: { 'cdk-bulk-workspaces:fleet': stack.fleetId } });
  expect(await stack.delete(before)).toMatchObject({ status: 'FAILED' });
  stack.workspaces.terminateElsewhere(id);
  await stack.clock.sleep(30 * MINUTE);
  expect(await stack.delete(before)).toMatchObject({ status: 'SUCCESS' });
});
