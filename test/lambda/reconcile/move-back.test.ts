import { DIRECTORY, FleetProperties, MINUTE, Outcome, properties, TestStack } from '../test-stack';

// The move of a fleet to another directory fails, and something else fails, too.

const THERE = 'd-00000000ff';

let stack: TestStack;
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());
beforeEach(async () => {
  stack = await TestStack.start({ missingUsers: ['nobody'], buildTime: MINUTE, migrateTime: 20 * MINUTE, autoStop: false });
});
afterEach(() => stack.stop());

const users = ['ana', 'bo', 'chen'];
const idIn = (directoryId: string) => `${stack.fleetId}/${directoryId}`;
const usersIn = (directoryId: string) => stack.present().filter((each) => each.directoryId === directoryId).map(({ userName }) => userName).sort();

async function update(from: FleetProperties, to: FleetProperties, physicalId: string, status = 'UPDATE_IN_PROGRESS'): Promise<Outcome> {
  stack.status = status;
  return stack.finish(await stack.begin(stack.event('Update', properties(to), { PhysicalResourceId: physicalId, OldResourceProperties: properties(from) })));
}

const here: FleetProperties = { users, TerminationLimit: 'unlimited' };
const there: FleetProperties = { ...here, DirectoryId: THERE };

test('a delete after a move whose rollback did not finish leaves no desktop', async () => {
  await stack.create(here);
  const failed = { ...there, users: [...users, 'nobody'] };
  expect(await update(here, failed, idIn(DIRECTORY))).toMatchObject({ status: 'FAILED' });
  // One of the new desktops becomes SUSPENDED, so the rollback cannot terminate it in time.
  const ana = stack.present().find(({ userName, directoryId }) => userName === 'ana' && directoryId === THERE);
  await stack.clock.sleep(2 * MINUTE);
  if (ana) stack.workspaces.others.suspend(ana.workspaceId);
  const back = await update(failed, here, idIn(DIRECTORY), 'UPDATE_ROLLBACK_IN_PROGRESS');
  expect(back).toMatchObject({ status: 'FAILED' });
  expect(usersIn(DIRECTORY)).toEqual(users);
  // The stack is in UPDATE_ROLLBACK_FAILED, and is deleted.
  expect(await stack.delete(here)).toMatchObject({ status: 'SUCCESS' });
  expect(usersIn(DIRECTORY)).toEqual([]);
});

test('a delete after a move whose rollback never ran leaves no desktop', async () => {
  await stack.create(here);
  const failed = { ...there, users: [...users, 'nobody'] };
  expect(await update(here, failed, idIn(DIRECTORY))).toMatchObject({ status: 'FAILED' });
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  await stack.begin(stack.event('Update', properties(here), { PhysicalResourceId: idIn(DIRECTORY), OldResourceProperties: properties(failed) }));
  expect(await stack.delete(here)).toMatchObject({ status: 'SUCCESS' });
  expect(usersIn(DIRECTORY)).toEqual([]);
});

test('the ledger is deleted by hand, a move fails and is rolled back: ids are known, and a delete leaves no desktop', async () => {
  await stack.create(here);
  const ids = stack.idsOf(users);
  await stack.deleteRows(() => true);
  const failed = { ...there, users: [...users, 'nobody'] };
  expect(await update(here, failed, idIn(DIRECTORY))).toMatchObject({ status: 'FAILED' });
  const rolledBack = await update(failed, here, idIn(DIRECTORY), 'UPDATE_ROLLBACK_IN_PROGRESS');
  expect(rolledBack).toMatchObject({ status: 'SUCCESS', ids });
});

test('the ledger is deleted by hand, a move fails and is rolled back: a delete after that leaves no desktop', async () => {
  await stack.create(here);
  await stack.deleteRows(() => true);
  const failed = { ...there, users: [...users, 'nobody'] };
  expect(await update(here, failed, idIn(DIRECTORY))).toMatchObject({ status: 'FAILED' });
  expect(await update(failed, here, idIn(DIRECTORY), 'UPDATE_ROLLBACK_IN_PROGRESS')).toMatchObject({ status: 'SUCCESS' });
  expect(await stack.delete(here)).toMatchObject({ status: 'SUCCESS' });
  expect(usersIn(DIRECTORY)).toEqual([]);
});

test('DescribeStacks fails once in the rollback of a successful move', async () => {
  await stack.create(here);
  await update(here, { ...there, TerminationLimit: 'unlimited' }, idIn(DIRECTORY));
  stack.inject({ operation: 'DescribeStacks', how: 'throttle', times: 1 });
  const outcome = await update({ ...there, TerminationLimit: 'unlimited' }, here, idIn(THERE), 'UPDATE_ROLLBACK_IN_PROGRESS');
  expect(outcome).toMatchObject({ status: 'SUCCESS' });
});

test('rows of the other directory are lost between the event of the rollback and its first step', async () => {
  await stack.create({ ...here, TerminationLimit: 'unlimited' });
  const failed = { ...there, users: [...users, 'nobody'], TerminationLimit: 'unlimited' };
  expect(await update(here, failed, idIn(DIRECTORY))).toMatchObject({ status: 'FAILED' });
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  const event = await stack.begin(stack.event('Update', properties(here), { PhysicalResourceId: idIn(DIRECTORY), OldResourceProperties: properties(failed) }));
  await stack.deleteRows(({ pk }) => pk.includes(THERE));
  const outcome = await stack.finish(event);
  if (outcome.status === 'SUCCESS') expect(usersIn(THERE)).toEqual([]);
});

test('the rows of the old directory of a move are lost, and CloudFormation has the new physical id', async () => {
  await stack.create(here);
  await update(here, there, idIn(DIRECTORY));
  await stack.deleteRows(({ pk }) => pk.includes(DIRECTORY));
  const ids = users.map((user) => stack.present().find((each) => each.userName === user && each.directoryId === DIRECTORY)!.workspaceId);
  const back = await update(there, here, idIn(THERE), 'UPDATE_ROLLBACK_IN_PROGRESS');
  expect(back).toMatchObject({ status: 'SUCCESS', ids });
});

test('a delete after a move that was rolled back, while CloudFormation does not answer, leaves no desktop', async () => {
  const failed: FleetProperties = { ...there, users: [...users, 'nobody'] };
  await stack.create(here);
  const event = (from: FleetProperties, to: FleetProperties) => stack.event('Update', properties(to), { PhysicalResourceId: stack.physicalId, OldResourceProperties: properties(from) });
  stack.status = 'UPDATE_IN_PROGRESS';
  expect(await stack.finish(await stack.begin(event(here, failed)))).toMatchObject({ status: 'FAILED' });
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  expect(await stack.finish(await stack.begin(event(failed, here)))).toMatchObject({ status: 'SUCCESS' });
  stack.denies = ({ operation }) => operation === 'DescribeStacks';
  expect(await stack.delete(here)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});
