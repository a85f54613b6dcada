import { FleetProperties, MINUTE, names, properties, TestStack } from '../test-stack';

// Events that come late, out of order, or again, and rollbacks of several updates. These faults were found by reading the handler.

const HOUR = 60 * MINUTE;

let stack: TestStack;
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());
beforeEach(async () => { stack = await TestStack.startQuick({ missingUsers: ['nobody'], buildTime: MINUTE }); });
afterEach(() => stack.stop());

const one: FleetProperties = { users: ['ana'] };
const four: FleetProperties = { users: ['ana', 'bo', 'chen', 'dee'] };

test('a create that comes after its fleet was created again does not stop a delete from terminating it', async () => {
  stack.status = 'UPDATE_IN_PROGRESS';
  const late = stack.event('Create', properties(one)); // is not delivered in time
  await stack.clock.sleep(HOUR);
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  expect(await stack.delete(one, 'Test-Fleet-1ABCDEFG', 'UPDATE_ROLLBACK_IN_PROGRESS')).toMatchObject({ status: 'SUCCESS' });
  stack.status = 'UPDATE_ROLLBACK_COMPLETE';
  await stack.clock.sleep(10 * MINUTE);
  stack.status = 'UPDATE_IN_PROGRESS';
  expect(await stack.finish(await stack.begin(stack.event('Create', properties(one))))).toMatchObject({ status: 'SUCCESS' });
  stack.status = 'UPDATE_COMPLETE';
  await stack.clock.sleep(10 * MINUTE);
  expect(await stack.answer(late)).toMatchObject({ status: 'FAILED' });
  await stack.clock.sleep(24 * HOUR);
  expect(await stack.delete(one)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('an update that arrives after its own rollback is not taken for a rollback', async () => {
  await stack.create(one);
  expect(await stack.update(one, four)).toMatchObject({ status: 'SUCCESS' });
  stack.status = 'UPDATE_COMPLETE';
  await stack.clock.sleep(24 * HOUR);
  stack.status = 'UPDATE_IN_PROGRESS';
  const forward = stack.updateEvent(four, one);
  await stack.clock.sleep(5_000);
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  await stack.clock.sleep(1_000);
  const back = await stack.begin(stack.updateEvent(one, four));
  await stack.clock.sleep(5_000);
  const late = await stack.begin(forward);
  await stack.poll(back);
  expect(await stack.finish(late)).toMatchObject({ status: 'FAILED' });
  expect(stack.users()).toEqual(four.users);
});

test.each<[string, FleetProperties, FleetProperties]>([
  ['more than the limit allows', one, four],
  ['less than the limit allows', { users: names(20) }, { users: names(21) }],
])('an update that failed without a rollback, and was tried again without this fleet, is rolled back completely if that takes %s', async (_, before, after) => {
  await stack.create(before);
  stack.status = 'CREATE_COMPLETE';
  await stack.clock.sleep(HOUR);
  expect(await stack.update(before, after)).toMatchObject({ status: 'SUCCESS' });
  stack.status = 'UPDATE_FAILED';
  await stack.clock.sleep(10 * MINUTE);
  stack.status = 'UPDATE_IN_PROGRESS'; // the other resource is deployed again, and fails again
  await stack.clock.sleep(5 * MINUTE);
  stack.status = 'UPDATE_FAILED';
  await stack.clock.sleep(5 * MINUTE);
  expect(await stack.rollBack(after, before)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(before.users);
});

test('several updates that failed without a rollback are rolled back together', async () => {
  const [second, third]: FleetProperties[] = [{ users: [...four.users!, 'nobody'] }, { users: [...four.users!, 'emil', 'nobody'] }];
  await stack.create(one);
  stack.status = 'CREATE_COMPLETE';
  await stack.clock.sleep(HOUR);
  for (const [from, to] of [[one, second], [second, third]]) {
    expect(await stack.update(from, to)).toMatchObject({ status: 'FAILED' });
    stack.status = 'UPDATE_FAILED';
    await stack.clock.sleep(10 * MINUTE);
  }
  expect(stack.users().length).toBeGreaterThan(3);
  // For a rollback, this does not matter.
  stack.workspaces.setState(stack.idsOf(one.users!)[0]!, 'ERROR');
  expect(await stack.rollBack(third, one)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(one.users);
});

test('a rollback whose update never reached the handler undoes nothing of an earlier operation', async () => {
  await stack.create(one);
  expect(await stack.update(one, four)).toMatchObject({ status: 'SUCCESS' });
  await stack.forgetWhatWasDeployed();
  for (const status of ['UPDATE_COMPLETE', 'UPDATE_IN_PROGRESS']) {
    stack.status = status;
    await stack.clock.sleep(HOUR);
  }
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  expect(await stack.finish(await stack.begin(stack.updateEvent(four, one)))).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(four.users);
});

test('with a timeout of a minute, the provider waits for CloudFormation at most half of it', async () => {
  stack.denies = ({ operation }) => operation === 'DescribeStacks';
  expect(await stack.create({ ...one, WaitFor: 'EXISTS', TimeoutSeconds: '60' })).toMatchObject({ status: 'FAILED', minutes: 1 });
  expect(stack.made()).toEqual([]);
});

test('an update that comes after the fleet was deleted makes nothing', async () => {
  await stack.create(one);
  stack.status = 'UPDATE_IN_PROGRESS';
  const late = stack.updateEvent(one, four);
  await stack.clock.sleep(HOUR);
  expect(await stack.rollBack(four, one)).toMatchObject({ status: 'SUCCESS' });
  stack.status = 'UPDATE_ROLLBACK_COMPLETE';
  expect(await stack.delete(one)).toMatchObject({ status: 'SUCCESS' });
  await stack.answer(late);
  expect(stack.users()).toEqual([]);
});

test('a create that comes again an hour later, with another ResponseURL, does not stop a delete from terminating everything', async () => {
  const late = stack.event('Create', properties(one));
  expect(await stack.create(one)).toMatchObject({ status: 'SUCCESS' });
  stack.status = 'UPDATE_COMPLETE';
  await stack.clock.sleep(HOUR);
  await stack.answer(late);
  await stack.clock.sleep(24 * HOUR);
  expect(await stack.delete(one)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('an update that comes in the clean-up after its rollback changes no desktop', async () => {
  await stack.create(one);
  stack.status = 'UPDATE_IN_PROGRESS';
  const auto = { ...one, settings: { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: '60' } };
  const always = { ...one, settings: { RunningMode: 'ALWAYS_ON' } };
  const late = stack.updateEvent(always, auto);
  await stack.clock.sleep(HOUR);
  expect(await stack.rollBack(auto, always)).toMatchObject({ status: 'SUCCESS' });
  stack.status = 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS';
  expect(await stack.answer(late)).toMatchObject({ status: 'FAILED' });
  expect(stack.present().map(({ properties: { RunningMode } }) => RunningMode)).toEqual(['ALWAYS_ON']);
});

test('a late move, after a successful retry, does not stop a delete from terminating everything', async () => {
  await stack.create(one);
  const there: FleetProperties = { ...one, DirectoryId: 'd-00000000ff', TerminationLimit: 'unlimited' };
  const { PhysicalResourceId } = stack.updateEvent(one, there);
  const move = () => stack.event('Update', properties(there), { PhysicalResourceId, OldResourceProperties: properties(one) });
  stack.status = 'UPDATE_IN_PROGRESS';
  const late = move();
  await stack.clock.sleep(60 * MINUTE);
  stack.status = 'UPDATE_ROLLBACK_COMPLETE';
  await stack.clock.sleep(MINUTE);
  stack.status = 'UPDATE_IN_PROGRESS';
  const again = await stack.begin(move());
  expect(await stack.finish(again)).toMatchObject({ status: 'SUCCESS' });
  expect(await stack.delete(one, PhysicalResourceId, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')).toMatchObject({ status: 'SUCCESS' });
  stack.status = 'UPDATE_COMPLETE';
  await stack.clock.sleep(30 * MINUTE);
  expect(await stack.answer(late)).toMatchObject({ status: 'FAILED' });
  await stack.clock.sleep(60 * MINUTE);
  stack.status = 'DELETE_IN_PROGRESS';
  const id = again.PhysicalResourceId;
  expect(await stack.finish(await stack.begin(stack.event('Delete', properties(there), { PhysicalResourceId: id })))).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a delete that comes after such a create terminates everything', async () => {
  const late = stack.event('Create', properties(one));
  expect(await stack.create(one)).toMatchObject({ status: 'SUCCESS' });
  stack.status = 'CREATE_COMPLETE';
  await stack.clock.sleep(50 * MINUTE);
  const e = await stack.begin(late);
  await stack.poll(e);
  await stack.clock.sleep(30_000);
  expect(await stack.delete(one)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a create whose stack seemed to have ended at first still counts: when it is undone, retained desktops stay', async () => {
  expect(await stack.create(one)).toMatchObject({ status: 'SUCCESS' }); // then it is removed from the stack, with RETAIN
  stack.status = 'UPDATE_COMPLETE';
  await stack.clock.sleep(HOUR);
  const other: FleetProperties = { users: ['ana', 'bo'] };
  const event = await stack.begin(stack.event('Create', properties(other)));
  expect(await stack.step(event)).toEqual({ Status: 'NOT_YET' });
  stack.status = 'UPDATE_IN_PROGRESS';
  expect(await stack.finish(event)).toMatchObject({ status: 'SUCCESS' });
  expect(await stack.delete(other, stack.physicalId, 'UPDATE_ROLLBACK_IN_PROGRESS')).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(one.users);
});
