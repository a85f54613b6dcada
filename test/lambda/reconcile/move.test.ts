import type { BulkWorkspacesAttributes } from '../../../src/private/contract';
import { DIRECTORY, FleetProperties, Outcome, properties, TestStack } from '../test-stack';

// A fleet moves to another directory. New desktops are created there, and CloudFormation deletes the fleet in the old directory.

const THERE = 'd-00000000ff';
const OWN = 'cdk-bulk-workspaces:fleet';

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.startQuick({ missingUsers: ['nobody'] });
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const users = ['ana', 'bo', 'chen'];
const here: FleetProperties = { users, TerminationLimit: 'unlimited' };
const there: FleetProperties = { ...here, DirectoryId: THERE };

const idIn = (directoryId: string) => `${stack.fleetId}/${directoryId}`;
const usersIn = (directoryId: string) => stack.present().filter((each) => each.directoryId === directoryId).map(({ userName }) => userName).sort();

async function update(from: FleetProperties, to: FleetProperties, physicalId: string, status = 'UPDATE_IN_PROGRESS'): Promise<Outcome & { readonly physicalId: string }> {
  stack.status = status;
  const event = await stack.begin(stack.event('Update', properties(to), { PhysicalResourceId: physicalId, OldResourceProperties: properties(from) }));
  return { ...await stack.finish(event), physicalId: event.PhysicalResourceId! };
}

const move = (to = there) => update(here, to, idIn(DIRECTORY));
const rollBack = (from: FleetProperties, physicalId: string) => update(from, here, physicalId, 'UPDATE_ROLLBACK_IN_PROGRESS');
const remove = (what: FleetProperties, status: string) => stack.delete(what, idIn(what.DirectoryId ?? DIRECTORY), status);

test('makes desktops there, under another physical id, and CloudFormation deletes those here', async () => {
  await stack.create(here);
  expect(await move()).toMatchObject({ status: 'SUCCESS', physicalId: idIn(THERE), data: { Notices: 'none' } });
  expect(usersIn(DIRECTORY)).toEqual(users);
  expect(await remove(here, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')).toMatchObject({ status: 'SUCCESS' });
  expect(usersIn(DIRECTORY)).toEqual([]);
  expect(usersIn(THERE)).toEqual(users);
  // The next update works as usual.
  const next = await update(there, { ...there, users: ['ana'] }, idIn(THERE));
  expect(next).toMatchObject({ status: 'SUCCESS', physicalId: idIn(THERE) });
  await stack.commit((next as { data: BulkWorkspacesAttributes }).data, { directoryId: THERE });
  expect(usersIn(THERE)).toEqual(['ana']);
});

test('counts against the termination limit, before anything is made', async () => {
  const limited = { users };
  await stack.create(limited);
  expect(await update(limited, { ...limited, DirectoryId: THERE }, idIn(DIRECTORY))).toMatchObject({
    status: 'FAILED', minutes: 0, reason: expect.stringMatching(`moves the fleet from the directory ${DIRECTORY} to ${THERE}.*3 users in ${DIRECTORY}, and terminationLimit allows 1: ana .*Nothing was changed`),
  });
  expect(stack.made()).toEqual(users);
  expect(await update({ ...limited, DirectoryId: THERE }, limited, idIn(DIRECTORY), 'UPDATE_ROLLBACK_IN_PROGRESS')).toMatchObject({ status: 'SUCCESS', physicalId: idIn(DIRECTORY) });
  expect(usersIn(DIRECTORY)).toEqual(users);
});

test('counts also when the ledger is gone', async () => {
  const limited = { users };
  await stack.create(limited);
  await stack.deleteRows(() => true);
  expect(await update(limited, { ...limited, DirectoryId: THERE }, idIn(DIRECTORY))).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('3 users in') });
});

test('of a retained fleet: desktops here stay, are named, and do not count', async () => {
  const kept = { users, RetainOnReplace: 'true' };
  await stack.create(kept);
  const outcome = await update(kept, { ...kept, DirectoryId: THERE }, idIn(DIRECTORY));
  expect(outcome).toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringMatching(new RegExp(`3 users in the directory ${DIRECTORY} stay there: ana \\(ws-`)) } });
  expect(stack.users()).toEqual([...users, ...users].sort());
  // Back to the old directory: the fleet finds its desktops again.
  expect(await update({ ...kept, DirectoryId: THERE }, kept, idIn(THERE))).toMatchObject({ status: 'SUCCESS', physicalId: idIn(DIRECTORY) });
  expect(stack.made()).toHaveLength(6);
});

test('fails: the rollback removes what was made there, and nothing here', async () => {
  await stack.create(here);
  const ids = stack.idsOf(users);
  const failed = { ...there, users: [...users, 'nobody'], FailureTolerance: '0' };
  stack.workspaces.configure({ invisibleFor: 0 });
  expect(await move({ ...failed, users: [...users, 'dee', 'nobody'] })).toMatchObject({ status: 'FAILED' });
  expect(await rollBack(failed, idIn(DIRECTORY))).toMatchObject({ status: 'SUCCESS', physicalId: idIn(DIRECTORY), ids });
  expect(usersIn(THERE)).toEqual([]);
  expect(usersIn(DIRECTORY)).toEqual(users);
});

test('succeeds, and another resource fails: CloudFormation deletes what was made there', async () => {
  await stack.create(here);
  const ids = stack.idsOf(users);
  await move();
  expect(await rollBack(there, idIn(THERE))).toMatchObject({ status: 'SUCCESS', physicalId: idIn(DIRECTORY), ids });
  expect(await remove(there, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS')).toMatchObject({ status: 'SUCCESS' });
  expect(usersIn(THERE)).toEqual([]);
  expect(stack.idsOf(users)).toEqual(ids);
});

test('a late repeat of the move that was rolled back does nothing', async () => {
  await stack.create(here);
  stack.status = 'UPDATE_IN_PROGRESS';
  const late = await stack.begin(stack.event('Update', properties(there), { PhysicalResourceId: idIn(DIRECTORY), OldResourceProperties: properties(here) }));
  await stack.poll(late);
  expect(usersIn(THERE)).toEqual(users);
  expect(await rollBack(there, idIn(DIRECTORY))).toMatchObject({ status: 'SUCCESS' });
  expect(await stack.answer(late)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('a newer event of this fleet has come') });
  expect(usersIn(THERE)).toEqual([]);
  expect(usersIn(DIRECTORY)).toEqual(users);
});

test.each(['lose', 'kill-before', 'kill-after'] as const)('"%s" at its calls, there and back', async (how) => {
  await stack.create(here);
  const ids = stack.idsOf(users);
  for (const operation of ['CreateWorkspaces', 'PutItem', 'UpdateItem', 'DescribeWorkspaces']) stack.inject({ operation, how, times: 1 });
  expect(await move({ ...there, users: [...users, 'nobody'] })).toMatchObject({ status: 'FAILED' });
  for (const operation of ['TerminateWorkspaces', 'PutItem', 'UpdateItem', 'DescribeTags']) stack.inject({ operation, how, times: 1 });
  expect(await rollBack({ ...there, users: [...users, 'nobody'] }, idIn(DIRECTORY))).toMatchObject({ status: 'SUCCESS', ids });
  expect(usersIn(THERE)).toEqual([]);
});

test('somebody else\'s desktop there fails it, and stays', async () => {
  await stack.create(here);
  stack.workspaces.createElsewhere({ directoryId: THERE, bundleId: 'wsb-clj85qzj1', userName: 'bo', tags: { [OWN]: 'x/y' } });
  expect(await move()).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('bo (ResourceExists') });
  expect(await rollBack(there, idIn(DIRECTORY))).toMatchObject({ status: 'SUCCESS' });
  expect(usersIn(THERE)).toEqual(['bo']);
});
