import { SupersededError } from '../../../lambda/ledger/ledger';
import { runStep } from '../../../lambda/reconcile/run-step';
import { STEP_TIMEOUT_SECONDS } from '../../../src/private/contract';
import { DIRECTORY, MINUTE, names, properties, SECOND, TestStack } from '../test-stack';

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.start({ buildTime: 2 * MINUTE });
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const wanted = { users: names(30) };

test('an event that comes twice, one after the other, gives the same answer and the same desktops', async () => {
  const event = stack.event('Create', properties(wanted));
  const [first, second] = [await stack.begin(event), await stack.begin(event)];
  expect(second).toEqual(first);
  const answer = await stack.finish(first);
  expect(answer).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(wanted.users) });
  const again = await stack.finish(await stack.begin(event));
  expect(again).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(wanted.users) });
  expect(stack.made()).toEqual(wanted.users);
});

test('an event that comes again later has the same deadline', async () => {
  const event = stack.event('Create', properties(wanted));
  const first = await stack.begin(event);
  await stack.clock.sleep(MINUTE);
  expect(await stack.begin(event)).toEqual(first);
});

test('an update keeps the physical id, unless the directory changes: a new id would make CloudFormation delete the fleet', async () => {
  await stack.create(wanted);
  const to = { users: ['bo'], settings: { BundleId: 'wsb-00000000' }, Tags: { a: 'b' }, BundleChange: 'REPLACE' } as const;
  expect(await stack.begin(stack.updateEvent(wanted, to))).toMatchObject({ PhysicalResourceId: stack.physicalId });
});

test('an event that comes twice at once gives everybody one desktop', async () => {
  const event = stack.event('Create', properties(wanted));
  const [first, second] = await Promise.all([stack.begin(event), stack.begin(event)]);
  const outcomes = await Promise.all([stack.finish(first), stack.finish(second)]);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(wanted.users) });
  expect(stack.made()).toEqual(wanted.users);
});

test('a create that comes again after the delete does nothing', async () => {
  const event = stack.event('Create', properties(wanted));
  await stack.finish(await stack.begin(event));
  await stack.delete(wanted);
  for (let i = 0; i < 2; i++) {
    expect(await stack.answer(event)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('a newer event of this fleet has come') });
  }
  expect(stack.users()).toEqual([]);
  expect(stack.made()).toEqual(wanted.users);
});

test('a delete with an id that CloudFormation has invented, during the create: nothing is left, and nothing is made later', async () => {
  const create = await stack.begin(stack.event('Create', properties({ users: names(60) })));
  await stack.poll(create);
  const remove = await stack.begin(stack.event('Delete', properties({ users: names(60) }), { PhysicalResourceId: 'Test-Fleet-1ABCDEFG' }));
  expect(remove).toMatchObject({ PhysicalResourceId: 'Test-Fleet-1ABCDEFG' });
  for (let i = 0; i < 40; i++) {
    await stack.poll(remove);
    await expect(stack.poll(create)).rejects.toThrow('a newer event of this fleet has come');
    await stack.clock.sleep(30 * SECOND);
  }
  expect(await stack.poll(remove)).toMatchObject({ IsComplete: true });
  expect(stack.users()).toEqual([]);
});

test('a delete that comes in the middle of a step: the step makes nothing more', async () => {
  const create = await stack.begin(stack.event('Create', properties({ users: names(200) })));
  let remove: Awaited<ReturnType<TestStack['begin']>> | undefined;
  let madeThen = 0;
  const working = stack.poll(create);
  while (stack.made().length === 0) await new Promise((resolve) => setImmediate(resolve));
  remove = await stack.begin(stack.event('Delete', properties({ users: names(200) }), { PhysicalResourceId: stack.physicalId }));
  madeThen = stack.made().length;
  await working;
  expect(stack.made().length).toBeLessThanOrEqual(madeThen + 25); // only the call that was under way may still create desktops
  expect(await stack.finish(remove)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a RequestId that is used again, with another ResponseURL, is another event', async () => {
  const first = stack.event('Create', properties(wanted), { RequestId: 'same' });
  await stack.finish(await stack.begin(first));
  await stack.delete(wanted);
  stack.status = 'CREATE_IN_PROGRESS';
  const second = stack.event('Create', properties(wanted), { RequestId: 'same' });
  expect(await stack.finish(await stack.begin(second))).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(wanted.users) });
  expect(stack.users()).toEqual(wanted.users);
});

test('isComplete gives the same answer again after it was done, for a create, an update and a delete', async () => {
  const create = await stack.begin(stack.event('Create', properties(wanted)));
  await stack.finish(create);
  expect(await stack.poll(create)).toMatchObject({ IsComplete: true });

  const update = await stack.begin(stack.updateEvent(wanted, { users: names(31) }));
  await stack.finish(update);
  expect(await stack.poll(update)).toMatchObject({ IsComplete: true, Data: { WorkspaceIds: stack.idsOf(names(31)).join() } });
  await expect(stack.poll(create)).rejects.toThrow('a newer event of this fleet has come');

  const remove = await stack.begin(stack.event('Delete', properties({ users: names(31) }), { PhysicalResourceId: stack.physicalId }));
  await stack.finish(remove);
  expect(await stack.poll(remove)).toMatchObject({ IsComplete: true });
  expect(stack.made()).toEqual(names(31));
  expect(stack.users()).toEqual([]);
});

test('an update and its rollback that are asked about again after they are done: what the update added is removed, and nothing else', async () => {
  await stack.create({ users: names(1) });
  const update = await stack.begin(stack.updateEvent({ users: names(1) }, { users: names(2) }));
  await stack.finish(update);
  expect(await stack.poll(update)).toMatchObject({ IsComplete: true });
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  const rollback = await stack.begin(stack.updateEvent({ users: names(2) }, { users: names(1) }));
  expect(await stack.finish(rollback)).toMatchObject({ status: 'SUCCESS' });
  expect(await stack.poll(rollback)).toMatchObject({ IsComplete: true });
  expect(stack.users()).toEqual(names(1));
});

test('two steps at once: the second one does nothing and says "not yet"', async () => {
  const create = await stack.begin(stack.event('Create', properties(wanted)));
  const until = stack.clock.now() + 2 * MINUTE;
  const results = await Promise.all([runStep(stack.services, create, 'a', until), runStep(stack.services, create, 'b', until)]);
  expect(results).toEqual([{ Status: 'NOT_YET' }, { Status: 'NOT_YET' }]);
  expect(stack.calls('CreateWorkspaces')).toBe(2);
  expect((await stack.rows()).filter(({ sk }) => sk.startsWith('call#')).every(({ records }) => records.every(({ id }: { id?: string }) => id))).toBe(true);
});

test('a killed step holds the lease until its function would have timed out, and not for ever', async () => {
  const create = await stack.begin(stack.event('Create', properties(wanted)));
  stack.inject({ operation: 'CreateWorkspaces', how: 'kill-before' });
  const start = stack.clock.now();
  await stack.poll(create);
  const [{ until }] = (await stack.rows()).filter(({ sk }) => sk === 'lease');
  expect(until - start).toBeGreaterThan(STEP_TIMEOUT_SECONDS * SECOND);
  await stack.poll(create);
  expect(stack.made()).toEqual([]);
  expect(await stack.finish(create)).toMatchObject({ status: 'SUCCESS' });
});

describe('another event that comes just before a step takes the lease', () => {
  function whileTakingTheLease(happens: () => Promise<unknown>): void {
    const take = stack.services.lease.take.bind(stack.services.lease);
    jest.spyOn(stack.services.lease, 'take').mockImplementationOnce(async (asking) => {
      await happens();
      return take(asking);
    });
  }

  test('keeps a create from making anything', async () => {
    const create = await stack.begin(stack.event('Create', properties(wanted)));
    whileTakingTheLease(() => stack.begin(stack.event('Delete', properties(wanted), { PhysicalResourceId: stack.physicalId })));
    expect(await stack.step(create)).toMatchObject({ Status: 'NOT_YET' });
    expect(stack.made()).toEqual([]);
  });

  test('keeps a delete from terminating anything', async () => {
    await stack.create(wanted);
    const remove = await stack.begin(stack.event('Delete', properties(wanted), { PhysicalResourceId: stack.physicalId }));
    await stack.clock.sleep(5 * SECOND);
    whileTakingTheLease(() => stack.begin(stack.event('Create', properties(wanted))));
    expect(await stack.step(remove)).toMatchObject({ Status: 'NOT_YET' });
    expect(stack.users()).toEqual(wanted.users);
  });
});

test('a superseded event does not take the lease from the other fleets', async () => {
  const create = await stack.begin(stack.event('Create', properties(wanted)));
  await stack.begin(stack.event('Delete', properties(wanted), { PhysicalResourceId: stack.physicalId }));
  await stack.step(create);
  expect((await stack.rows()).filter(({ sk }) => sk === 'lease')).toEqual([]);
});

test('a step whose time is up begins nothing, and makes no call', async () => {
  const create = await stack.begin(stack.event('Create', properties(wanted)));
  expect(await runStep(stack.services, create, 'a', stack.clock.now())).toEqual({ Status: 'NOT_YET', More: true });
  expect(stack.made()).toEqual([]);
  await stack.poll(create);
  const asked = stack.calls('DescribeWorkspaces');
  expect(await runStep(stack.services, create, 'b', stack.clock.now())).toEqual({ Status: 'NOT_YET', More: true });
  expect(stack.calls('DescribeWorkspaces')).toBe(asked);
});

test('events that come at once are all noted, and only the one that CloudFormation has sent last becomes current', async () => {
  const event = (i: number) => stack.event('Create', properties({ users: names(i) }));
  const joined = await Promise.all([event(1), event(2), event(3)].map((each) => stack.begin(each)));
  expect(Object.keys((await stack.rows()).find(({ sk }) => sk === 'seen')!)).toHaveLength(5); // and the keys
  const outcomes = await Promise.all(joined.reverse().map((each) => stack.finish(each)));
  expect(outcomes.map(({ status }) => status)).toEqual(['SUCCESS', 'FAILED', 'FAILED']);
  expect(stack.users()).toEqual(names(3));
});

test('the ledger is read consistently', async () => {
  await stack.create(wanted);
  const reads = [...stack.inputs('GetItem'), ...stack.inputs('Query')] as { ConsistentRead?: boolean }[];
  expect(reads.length).toBeGreaterThan(2);
  expect(reads.every(({ ConsistentRead }) => ConsistentRead)).toBe(true);
});

test('rows of calls are in the ledger in the order of the calls, also the tenth and later ones', async () => {
  await stack.create({ users: names(300), WorkspaceIds: 'COUNT' });
  expect((await stack.rows()).map(({ sk }) => sk).filter((sk) => sk.startsWith('call#')).sort()).toEqual(
    Array.from({ length: 12 }, (_, i) => `call#${String(i).padStart(8, '0')}`),
  );
});

test('a call of a superseded event is not recorded, with any number', async () => {
  await stack.create({ users: names(1) });
  const before = await stack.rows();
  const key = { fleetId: stack.fleetId, directoryId: DIRECTORY };
  const { generation } = (await stack.services.ledger.fleet(key))!;
  const row = { number: 0, generation, at: 0, settings: [], records: [] };
  await expect(stack.services.ledger.addCall(key, generation - 1, row)).rejects.toBeInstanceOf(SupersededError);
  expect(await stack.rows()).toEqual(before);
});
