import { BUNDLE, DIRECTORY, MINUTE, names, properties, SECOND, TestStack } from '../test-stack';

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.start({ buildTime: MINUTE });
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const wanted = { users: names(30) };
const isCall = ({ sk }: Record<string, any>) => sk.startsWith('call#');

test('terminates this fleet\'s desktops, and nobody else\'s', async () => {
  await stack.create({ users: names(3) });
  const other = await stack.finish(await stack.begin(stack.event('Create', properties({ users: ['sister'] }), { LogicalResourceId: 'Sister' })));
  expect(other.status).toBe('SUCCESS');
  stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'stranger' });
  expect(await stack.delete({ users: [...names(3), 'sister', 'stranger'] })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['sister', 'stranger']);
});

test('is done only after the desktops are gone, so that their users can get new ones', async () => {
  stack.workspaces.configure({ terminateTime: 12 * MINUTE });
  await stack.create(wanted);
  const outcome = await stack.delete(wanted);
  expect(outcome).toMatchObject({ status: 'SUCCESS' });
  expect(outcome.minutes).toBeGreaterThanOrEqual(12);
  expect(stack.workspaces.desktops().every(({ state }) => state === 'GONE')).toBe(true);
  expect(stack.calls('TerminateWorkspaces')).toBe(2);
});

test('a fleet whose create never began has nothing to delete', async () => {
  expect(await stack.delete(wanted, 'Test-Fleet-1ABCDEFG')).toMatchObject({ status: 'SUCCESS', minutes: expect.any(Number) });
  expect(stack.made()).toEqual([]);
});

test('a suspended desktop is tried again and again, and named in the end; the next delete terminates it when that is possible', async () => {
  await stack.create(wanted);
  const [id] = stack.idsOf(['user007']);
  stack.workspaces.setState(id!, 'SUSPENDED');
  const outcome = await stack.delete(wanted);
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(new RegExp(`1 WorkSpace .*user007 \\(${id}, InvalidResourceState.WorkSpace: .*SUSPENDED`)) });
  expect(outcome.minutes).toBeLessThan(60);
  expect(stack.users()).toEqual(['user007']);
  stack.workspaces.setState(id!, 'AVAILABLE');
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a suspended desktop that becomes AVAILABLE while the delete waits is terminated, too', async () => {
  await stack.create(wanted);
  const [id] = stack.idsOf(['user007']);
  stack.workspaces.setState(id!, 'SUSPENDED');
  const until = stack.clock.now() + 20 * MINUTE;
  stack.whileWaiting(() => stack.clock.now() > until && stack.idsOf(['user007']).forEach((each) => each && stack.workspaces.setState(each, 'AVAILABLE')));
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a desktop whose tag was removed is left alone, because our policy denies its termination; the others are terminated', async () => {
  await stack.create(wanted);
  const [taken] = stack.idsOf(['user007']);
  const tags = (id: string) => stack.workspaces.desktops().find(({ workspaceId }) => workspaceId === id)?.tags ?? {};
  await stack.untag(taken!, 'cdk-bulk-workspaces:fleet');
  stack.denies = ({ operation, input }) => operation === 'TerminateWorkspaces'
    && input.TerminateWorkspaceRequests.some(({ WorkspaceId }: { WorkspaceId: string }) => !tags(WorkspaceId)['cdk-bulk-workspaces:fleet']);
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.present()).toMatchObject([{ workspaceId: taken }]);
});

test('a policy that denies all terminations fails the delete, and no record is lost', async () => {
  await stack.create(wanted);
  stack.denies = ({ operation }) => operation === 'TerminateWorkspaces';
  expect(await stack.delete(wanted)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('not authorized to perform: TerminateWorkspaces') });
  stack.denies = undefined;
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a termination that is refused because it has already begun is no failure', async () => {
  stack.workspaces.configure({ terminateAgain: 'refuse' });
  await stack.create(wanted);
  stack.idsOf(wanted.users).slice(0, 5).forEach((id) => stack.workspaces.terminateElsewhere(id!));
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
});

test('a fleet can be created again after its delete', async () => {
  await stack.create(wanted);
  await stack.delete(wanted);
  expect(await stack.create(wanted)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(wanted.users) });
  expect(stack.users()).toEqual(wanted.users);
});

describe.each<[string, (row: Record<string, any>) => boolean]>([
  ['all rows', () => true],
  ['the row of the fleet', ({ sk }) => sk === 'fleet'],
  ['the row of a call', ({ sk, number }) => sk.startsWith('call#') && number === 1],
  ['the rows of the fleet and of a call', ({ sk, number }) => sk === 'fleet' || (sk.startsWith('call#') && number === 1)],
])('somebody has deleted %s of the ledger', (_, which) => {
  test('a delete leaves nothing', async () => {
    await stack.create(wanted);
    await stack.deleteRows(which);
    expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
    expect((await stack.rows()).filter(isCall)).toEqual([]);
  });

  test('a refresh finds everybody\'s desktop again, and makes none', async () => {
    await stack.create(wanted);
    const ids = stack.idsOf(wanted.users);
    await stack.deleteRows(which);
    expect(await stack.update(wanted, { ...wanted, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', ids });
    expect(stack.made()).toEqual(wanted.users);
    expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('an update that removes too many is still refused, and its rollback works', async () => {
    await stack.create(wanted);
    const ids = stack.idsOf(wanted.users);
    await stack.deleteRows(which);
    const fewer = { users: names(26) };
    const reason = expect.stringMatching(new RegExp(`4 of 30 users, and terminationLimit allows 3: .*user029 \\(${ids[29]}\\)`));
    expect(await stack.update(wanted, fewer)).toMatchObject({ status: 'FAILED', reason });
    expect(await stack.rollBack(fewer, wanted)).toMatchObject({ status: 'SUCCESS', ids });
    expect(stack.made()).toEqual(wanted.users);
    expect(stack.users()).toEqual(wanted.users);
  });

  test('a rollback undoes what the failed update made, and knows the rest', async () => {
    await stack.create(wanted);
    const ids = stack.idsOf(wanted.users);
    const more = { users: names(31), settings: {} };
    await stack.update(wanted, more);
    await stack.deleteRows(which);
    expect(await stack.rollBack(more, wanted)).toMatchObject({ status: 'SUCCESS', ids });
    expect(stack.users()).toEqual(wanted.users);
    expect(await stack.update(wanted, { ...wanted, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', ids });
  });
});

test('the ledger is deleted during a create: the create fails with a reason, and its delete leaves nothing', async () => {
  const create = await stack.begin(stack.event('Create', properties(wanted)));
  await stack.poll(create);
  await stack.deleteRows(() => true);
  await stack.clock.sleep(30 * SECOND);
  expect(await stack.finish(create)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('the ledger of this fleet was deleted while its Create was running') });
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

const finds = (user: string) => stack.inputs('DescribeWorkspaces').filter((input) => (input as { UserName?: string }).UserName === user);

test('a user whom the ledger has lost, and who has no desktop, is looked up once, not in every step', async () => {
  await stack.create(wanted);
  await stack.deleteRows(() => true);
  stack.workspaces.configure({ terminateTime: 5 * MINUTE });
  expect(await stack.delete({ users: names(31) })).toMatchObject({ status: 'SUCCESS' });
  expect(finds('user030')).toHaveLength(1);
});

test('rows that are lost a second time are also recovered', async () => {
  await stack.create(wanted);
  for (let i = 0; i < 2; i++) {
    await stack.deleteRows(isCall);
    expect(await stack.update(wanted, { ...wanted, Refresh: `${i}` })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(wanted.users) });
  }
  await stack.deleteRows(isCall);
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a rollback over a lost ledger also knows users whom the failed update removed', async () => {
  stack.workspaces.configure({ missingUsers: ['nobody'] });
  await stack.create({ users: names(3) });
  const ids = stack.idsOf(names(3));
  const failed = { users: [...names(2), 'nobody'] };
  expect(await stack.update({ users: names(3) }, failed)).toMatchObject({ status: 'FAILED' });
  await stack.deleteRows(() => true);
  expect(await stack.rollBack(failed, { users: names(3) })).toMatchObject({ status: 'SUCCESS', ids });
});

test('looking up lost users continues in the next step if the time is up', async () => {
  const many = { users: names(100) };
  await stack.create(many);
  await stack.deleteRows(() => true);
  const update = await stack.begin(stack.updateEvent(many, { ...many, Refresh: '2' }));
  const start = stack.clock.now();
  // ... which comes right after it.
  expect(await stack.step(update)).toEqual({ Status: 'NOT_YET', More: true });
  expect(stack.clock.now() - start).toBeLessThan(MINUTE);
  expect(await stack.finish(update)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(many.users) });
});

test('a termination that is refused is not asked for again in the same step', async () => {
  await stack.create({ users: ['ana', 'bo'] });
  stack.workspaces.setState(stack.idsOf(['ana'])[0]!, 'SUSPENDED');
  const remove = await stack.begin(stack.event('Delete', properties({ users: ['ana', 'bo'] }), { PhysicalResourceId: stack.physicalId }));
  await stack.poll(remove);
  expect(stack.calls('TerminateWorkspaces')).toBe(1);
  expect(stack.users()).toEqual(['ana']);
});
