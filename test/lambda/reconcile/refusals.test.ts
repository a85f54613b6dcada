import { BUNDLE, MINUTE, names, properties, TestStack } from '../test-stack';

let stack: TestStack;
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

test('fails with the name and the code of a refused user, makes no more desktops, and the delete leaves nothing', async () => {
  stack = await TestStack.startQuick({ missingUsers: ['user030'] });
  const wanted = { users: names(60) };
  const outcome = await stack.create(wanted);
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('user030 (ResourceNotFound.User') });
  expect(stack.users()).toHaveLength(49); // the third batch was not requested
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test.each([
  ['1', 10, 1, 'SUCCESS'], ['1', 10, 2, 'FAILED'],
  ['10%', 20, 2, 'SUCCESS'], ['10%', 29, 2, 'SUCCESS'], ['10%', 29, 3, 'FAILED'], ['10%', 9, 1, 'FAILED'],
  ['0', 3, 1, 'FAILED'],
])('a failureTolerance of %s of %i users, %i of them refused: %s', async (FailureTolerance, total, refused, status) => {
  stack = await TestStack.startQuick({ missingUsers: names(refused) });
  const outcome = await stack.create({ users: names(total), FailureTolerance });
  expect(outcome.status).toBe(status);
});

test('a refused user who is tolerated is named, and has an empty id in their place', async () => {
  stack = await TestStack.startQuick({ missingUsers: ['bo'] });
  const outcome = await stack.create({ users: ['ana', 'bo', 'chen'], FailureTolerance: '1' });
  const [ana, chen] = stack.idsOf(['ana', 'chen']);
  expect(outcome).toMatchObject({ status: 'SUCCESS', ids: [ana, '', chen], data: { RefusedUsers: 'bo (ResourceNotFound.User)' } });
});

test('one user with impossible volumes fails a whole call: the other 24 still get their desktops', async () => {
  stack = await TestStack.startQuick();
  const [first, bad, ...rest] = names(25);
  const outcome = await stack.create({
    Users: [{ Settings: '0', UserNames: [first] }, { Settings: '1', UserNames: [bad] }, { Settings: '0', UserNames: rest }],
    Settings: [{ BundleId: BUNDLE }, { BundleId: BUNDLE, RootVolumeSizeGib: '7', UserVolumeSizeGib: '7' }],
    FailureTolerance: '1',
  });
  expect(outcome).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: `${bad} (InvalidParameterValuesException)` } });
  expect(stack.made()).toEqual([first, ...rest]);
  // The ledger knows that the failed calls created nothing.
  expect((await stack.rows()).flatMap(({ records = [] }) => records).filter(({ state }) => state === 'unknown')).toEqual([]);
});

test('a used-up quota is named, with what to do', async () => {
  stack = await TestStack.startQuick({ quota: 25 });
  const outcome = await stack.create({ users: names(26) });
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/ResourceLimitExceededException.*Ask AWS for a higher quota.*25 were made before that/) });
});

test('an unknown code is tried three times in total, then it counts', async () => {
  stack = await TestStack.startQuick({ unknownBundle: { scope: 'item', code: 'Strange.Thing', message: 'who knows' }, bundles: [{ bundleId: BUNDLE, state: 'PENDING' }] });
  expect(await stack.create({ users: ['ana'] })).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('ana (Strange.Thing: who knows)') });
  expect(stack.calls('CreateWorkspaces')).toBe(3);
});

test('a code that says that the service is at fault is tried until it succeeds', async () => {
  stack = await TestStack.startQuick({ unknownBundle: { scope: 'item', code: 'ServiceUnavailable', message: 'later' }, bundles: [{ bundleId: BUNDLE, state: 'PENDING' }] });
  stack.whileWaiting(() => {
    if (stack.calls('CreateWorkspaces') === 5) stack.workspaces.addBundle({ bundleId: BUNDLE });
  });
  expect(await stack.create({ users: ['ana'] })).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: 'none' } });
  expect(stack.made()).toEqual(['ana']);
});

test('a refused whole call for an unknown reason may have made desktops: they are looked up, and asked for again', async () => {
  stack = await TestStack.startQuick();
  stack.inject({ operation: 'CreateWorkspaces', how: 'refuse', code: 'BrandNewException', times: 2 });
  expect(await stack.create({ users: names(3) })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(names(3)) });
  expect(stack.made()).toEqual(names(3));
});

test('a desktop that breaks while it is built counts, with the service\'s own words', async () => {
  const settings = { lateErrors: { bo: { code: 'ConfigureWorkspace.DomainJoin', message: 'no domain' } } };
  stack = await TestStack.startQuick(settings);
  expect(await stack.create({ users: ['ana', 'bo'] })).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('bo (ConfigureWorkspace.DomainJoin: no domain)') });
  expect(await stack.delete({ users: ['ana', 'bo'] })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
  await stack.stop();

  stack = await TestStack.startQuick(settings);
  expect(await stack.create({ users: ['ana', 'bo'], FailureTolerance: '1' })).toMatchObject({
    status: 'SUCCESS', ids: [stack.idsOf(['ana'])[0], ''], data: { RefusedUsers: 'bo (ConfigureWorkspace.DomainJoin)' },
  });
  expect(stack.made()).toEqual(['ana', 'bo']); // it is not made a second time
});

test('a refused user is tried again by a later update', async () => {
  stack = await TestStack.startQuick({ missingUsers: ['bo'] });
  const wanted = { users: ['ana', 'bo'], FailureTolerance: '1' };
  await stack.create(wanted);
  stack.workspaces.configure({ missingUsers: [] });
  expect(await stack.update(wanted, { ...wanted, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['ana', 'bo']), data: { RefusedUsers: 'none' } });
  expect(stack.made()).toEqual(['ana', 'bo']);
});

test('a desktop that somebody terminates while it is built is a refusal, not made again in this deployment', async () => {
  stack = await TestStack.startQuick({ buildTime: 20 * MINUTE });
  stack.whileWaiting(() => stack.idsOf(['bo']).forEach((id) => id && stack.workspaces.terminateElsewhere(id)));
  expect(await stack.create({ users: ['ana', 'bo'] })).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/bo \(Terminated: ws-\w+ was terminated by somebody else/) });
  expect(stack.made()).toEqual(['ana', 'bo']);
});

test('a user is asked for as often again for another reason, and in a later deployment; never twice in a row', async () => {
  const refusals = ['Strange.One', 'Strange.One', 'Strange.Two', 'Strange.Two'];
  stack = await TestStack.startQuick();
  stack.answers((api) => ({
    create: async (requests) => {
      const code = refusals.shift();
      return code === undefined ? api.create(requests) : { made: [], refused: [{ who: 'ana', code, message: 'who knows' }] };
    },
  }));
  const joined = await stack.begin(stack.event('Create', properties({ users: ['ana'] })));
  await stack.poll(joined);
  expect(refusals).toHaveLength(3);
  expect(await stack.finish(joined)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['ana']) });
  await stack.delete({ users: ['ana'] });

  const wanted = { users: ['ana'], FailureTolerance: '1' };
  refusals.push(...Array(6).fill('Strange.One'));
  expect(await stack.create(wanted)).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: 'ana (Strange.One)' } });
  expect(refusals).toHaveLength(3);
  await stack.update(wanted, { ...wanted, Refresh: '2' });
  expect(refusals).toEqual([]);
});

test('an account that is throttled for a while refuses nobody', async () => {
  stack = await TestStack.startQuick({ buildTime: MINUTE });
  stack.inject({ operation: 'CreateWorkspaces', how: 'refuse', code: 'ThrottlingException', times: 100 });
  expect(await stack.create({ users: ['ana'] })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['ana']) });
});
