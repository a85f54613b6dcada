import { type FleetProperties, MINUTE, names, type Outcome, SECOND, TestStack } from '../test-stack';

// Nobody who leaves loses a desktop before CloudFormation has committed the update. The order is the deletion of an old physical id in the clean-up.

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.startQuick({ missingUsers: ['nobody'] });
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const before: FleetProperties = { users: ['ana', 'bo', 'chen'] };
const without: FleetProperties = { users: ['ana', 'chen'] };
const CLEAN_UP = 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';

async function leaves(): Promise<Extract<Outcome, { status: 'SUCCESS' }>['data']> {
  await stack.create(before);
  await stack.clock.sleep(30 * MINUTE);
  const outcome = await stack.updateFleet(before, without);
  if (outcome.status === 'FAILED') throw new Error(outcome.reason);
  return outcome.data;
}

test('an alarm goes off after an update that lets 300 users go: the rollback finds all of them, and so does its clean-up', async () => {
  stack.workspaces.configure({ buildTime: SECOND, throttle: 'off' });
  const many: FleetProperties = { users: names(310), WorkspaceIds: 'COUNT', TerminationLimit: 'unlimited' };
  const few: FleetProperties = { ...many, users: names(10) };
  await stack.create(many);
  const world = stack.everything();
  const updated = await stack.updateFleet(many, few);
  expect(updated).toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringMatching(/^300 users left the list, and their WorkSpaces are terminated in the clean-up/) } });
  expect(stack.everything()).toEqual(world);
  expect(await stack.rollBack(few, many)).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none', RefusedUsers: 'none' } });
  stack.status = 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS';
  expect(await stack.deleteRemovals((updated as { data: { Removals: string } }).data.Removals)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.everything()).toEqual(world);
});

describe('a deletion that is no order', () => {
  test.each([
    ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'SUCCESS'], ['UPDATE_ROLLBACK_IN_PROGRESS', 'SUCCESS'], ['DELETE_IN_PROGRESS', 'SUCCESS'],
    ['UPDATE_COMPLETE', 'FAILED'], ['UPDATE_IN_PROGRESS', 'FAILED'],
  ])('while the stack is %s removes nobody, and is answered %s', async (status, answer) => {
    await leaves();
    const world = stack.everything();
    stack.status = status;
    expect(await stack.deleteRemovals('0')).toMatchObject({ status: answer });
    expect(stack.everything()).toEqual(world);
  });

  test('of the newest id, with the fleet or the stack, is answered at once, also if CloudFormation cannot be asked', async () => {
    const { Removals } = await leaves();
    const world = stack.everything();
    stack.inject({ service: 'cloudformation', operation: '*', how: 'refuse', times: Infinity });
    stack.status = CLEAN_UP;
    expect(await stack.deleteRemovals(Removals)).toMatchObject({ status: 'SUCCESS', minutes: 0 });
    expect(stack.everything()).toEqual(world);
  });

  test('that somebody has invented is refused after two minutes', async () => {
    await leaves();
    const world = stack.everything();
    stack.status = CLEAN_UP;
    const invented = stack.removalsEvent('Delete', '0');
    expect(await stack.answer(invented as never)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('the resource is not in the stack'), minutes: 2 });
    expect(stack.everything()).toEqual(world);
  });

  test('because CloudFormation cannot be asked fails after ten minutes, and says what to allow; the next update continues', async () => {
    const data = await leaves();
    const world = stack.everything();
    stack.inject({ service: 'cloudformation', operation: '*', how: 'refuse', times: Infinity });
    const { cleanUp } = await stack.commit(data, { tries: 1 });
    expect(cleanUp).toMatchObject([{ status: 'FAILED', reason: expect.stringMatching(/Allow .*DescribeStackEvents.* deploy the fleet again/), minutes: 10 }]);
    expect(stack.everything()).toEqual(world);
    stack.faults.clear();
    expect(await stack.update(without, { ...without, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', cleanUp: [{ status: 'SUCCESS' }] });
    expect(stack.users()).toEqual(['ana', 'chen']);
  });
});

test('a deletion that is killed in each of its three tries is finished by the next update', async () => {
  const data = await leaves();
  stack.inject({ operation: 'TerminateWorkspaces', how: 'kill-before', times: Infinity });
  const { cleanUp } = await stack.commit(data);
  expect(cleanUp).toMatchObject(Array(3).fill({ status: 'FAILED', reason: expect.stringMatching(/bo \(ws-.*deploy the fleet again/) }));
  stack.faults.clear();
  expect(stack.users()).toEqual(before.users);
  expect(await stack.update(without, { ...without, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', cleanUp: [{ status: 'SUCCESS' }] });
  expect(stack.users()).toEqual(['ana', 'chen']);
});

describe('after a clean-up that has removed nobody', () => {
  beforeEach(async () => {
    const data = await leaves();
    stack.denies = ({ operation }) => operation === 'TerminateWorkspaces';
    expect((await stack.commit(data)).cleanUp).toMatchObject(Array(3).fill({ status: 'FAILED' }));
    stack.denies = undefined;
  });

  test('who comes back onto the list keeps their desktop, for good', async () => {
    const ids = stack.idsOf(before.users!);
    expect(await stack.update(without, before)).toMatchObject({ status: 'SUCCESS', ids, data: { Notices: 'none' } });
    expect(await stack.update(before, { users: ['ana', 'bo'] })).toMatchObject({ status: 'SUCCESS', cleanUp: [{ status: 'SUCCESS' }] });
    expect(stack.idsOf(['ana', 'bo'])).toEqual(ids.slice(0, 2));
  });

  test('an update that fails changes nothing about it, and its rollback names who is left', async () => {
    const failing: FleetProperties = { users: [...before.users!, 'nobody'] };
    expect(await stack.update(without, failing)).toMatchObject({ status: 'FAILED' });
    expect(await stack.rollBack(failing, without)).toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringMatching(/in the clean-up of the next update: bo \(ws-/) } });
    expect(stack.users()).toEqual(before.users);
    expect(await stack.update(without, { ...without, Refresh: '2', TerminationLimit: '0' })).toMatchObject({ status: 'SUCCESS', cleanUp: [{ status: 'SUCCESS' }] });
    expect(stack.users()).toEqual(['ana', 'chen']);
  });

  test('who comes back in an update that is rolled back still leaves, and is not judged again', async () => {
    expect(await stack.updateFleet(without, before)).toMatchObject({ status: 'SUCCESS' });
    expect(await stack.rollBack(before, without)).toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringContaining('bo (ws-') } });
    expect(await stack.update(without, { ...without, Refresh: '2', RemovedUsers: 'REFUSE' })).toMatchObject({ status: 'SUCCESS', cleanUp: [{ status: 'SUCCESS' }] });
    expect(stack.users()).toEqual(['ana', 'chen']);
  });

  test('deleting the stack removes everybody', async () => {
    expect(await stack.delete(without)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });
});

test('the ledger names who went in the last two clean-ups, and the log names them', async () => {
  const log = jest.spyOn(console, 'log');
  const [ana, bo, chen] = [{ users: ['ana', 'bo', 'chen', 'dee'] }, { users: ['bo', 'chen', 'dee'] }, { users: ['chen', 'dee'] }] as FleetProperties[];
  await stack.create(ana);
  const ids = stack.idsOf(['ana', 'bo', 'chen']);
  await stack.update(ana, bo);
  await stack.update(bo, chen);
  await stack.update(chen, { users: ['dee'] });
  const orders = (await stack.rows()).filter(({ sk }) => sk.startsWith('removals#'));
  expect(orders.map(({ users, at, doneAt }) => [JSON.parse(users), doneAt >= at])).toEqual([
    [[{ userName: 'bo', id: ids[1], how: 'TERMINATE' }], true],
    [[{ userName: 'chen', id: ids[2], how: 'TERMINATE' }], true],
  ]);
  expect(JSON.stringify(log.mock.calls)).toContain(`ana (${ids[0]})`);
});

test('an update that releases leavers fails, and is not rolled back: the delete terminates everybody', async () => {
  await stack.create(before);
  const failing: FleetProperties = { users: ['ana', 'nobody'], RemovedUsers: 'RELEASE', TerminationLimit: 'unlimited' };
  expect(await stack.update(before, failing)).toMatchObject({ status: 'FAILED' });
  expect(await stack.delete(failing)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('rows of the ledger are lost between the update and its clean-up: the clean-up says so', async () => {
  const data = await leaves();
  await stack.deleteRows(({ sk }) => sk.startsWith('call#'));
  expect((await stack.commit(data, { tries: 1 })).cleanUp).toMatchObject([{ status: 'FAILED', reason: expect.stringContaining('rows of the ledger were deleted') }]);
});
