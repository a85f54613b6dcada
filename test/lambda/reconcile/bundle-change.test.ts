import { BUNDLE, DIRECTORY, FleetProperties, MINUTE, names, TestStack } from '../test-stack';

const NEW = 'wsb-b0s22j3d7';
const OWN = 'cdk-bulk-workspaces:fleet';

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.startQuick({ missingUsers: ['nobody'], migrateTime: 20 * MINUTE });
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const users = ['ana', 'bo', 'chen'];
const before: FleetProperties = { users };
const other = (BundleChange: FleetProperties['BundleChange'], more: FleetProperties = {}): FleetProperties => ({ users, settings: { BundleId: NEW }, BundleChange, ...more });
const bundles = () => stack.present().sort((a, b) => (a.userName < b.userName ? -1 : 1)).map(({ userName, bundleId }) => `${userName} ${bundleId}`);
const everything = () => stack.workspaces.desktops().map(({ workspaceId, state, tags, bundleId }) => ({ workspaceId, state, tags, bundleId }));

test.each([undefined, 'REFUSE'] as const)('%s: refused before anything is changed, with what to write', async (bundleChange) => {
  await stack.create(before);
  const world = everything();
  const to = other(bundleChange, { users: [...users, 'dee'] });
  expect(await stack.update(before, to)).toMatchObject({
    status: 'FAILED', minutes: 0, reason: expect.stringMatching(new RegExp(`ana: BundleId ${BUNDLE} -> ${NEW}.*BundleChange.newUsersOnly\\(\\).*BundleChange.migrate\\(\\).*BundleChange.replace\\(\\)`)),
  });
  expect(await stack.rollBack(to, before)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
  expect(everything()).toEqual(world);
});

test('NEW_USERS_ONLY: new users get it, existing desktops stay as they are, and other settings still change', async () => {
  await stack.create(before);
  const ids = stack.idsOf(users);
  const to = other('NEW_USERS_ONLY', { users: [...users, 'dee'], Tags: { team: 'x' } });
  expect(await stack.update(before, to)).toMatchObject({ status: 'SUCCESS' });
  expect(bundles()).toEqual([`ana ${BUNDLE}`, `bo ${BUNDLE}`, `chen ${BUNDLE}`, `dee ${NEW}`]);
  expect(stack.idsOf(users)).toEqual(ids);
  expect(stack.present().every(({ tags }) => tags.team === 'x')).toBe(true);
  // A later update can migrate them.
  expect(await stack.update(to, { ...to, BundleChange: 'MIGRATE' })).toMatchObject({ status: 'SUCCESS' });
  expect(bundles()).toEqual([`ana ${NEW}`, `bo ${NEW}`, `chen ${NEW}`, `dee ${NEW}`]);
});

describe('MIGRATE', () => {
  test('everybody has a new desktop of the other bundle, with its tags, and the old one is gone', async () => {
    await stack.create(before);
    const ids = stack.idsOf(users);
    const outcome = await stack.update(before, other('MIGRATE'));
    expect(outcome).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users), data: { Notices: 'none' } });
    expect(stack.idsOf(users)).not.toEqual(ids);
    expect(bundles()).toEqual([`ana ${NEW}`, `bo ${NEW}`, `chen ${NEW}`]);
    expect(stack.present().map(({ tags }) => tags)).toEqual(Array(3).fill({ [OWN]: stack.fleetId }));
    expect(stack.calls('MigrateWorkspace')).toBe(3);
    expect(stack.calls('TerminateWorkspaces')).toBe(0);
    await stack.delete(other('MIGRATE'));
    expect(stack.users()).toEqual([]);
  });

  test('an answer that does not name the new desktop is like one that was lost: the desktop is looked for', async () => {
    await stack.create(before);
    const handle = stack.workspaces.handle.bind(stack.workspaces);
    stack.workspaces.handle = async (call) => (call.operation === 'MigrateWorkspace' ? { ...await handle(call), body: '{}' } : handle(call));
    expect(await stack.update(before, other('MIGRATE'))).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users), data: { RefusedUsers: 'none', Notices: 'none' } });
    expect(bundles()).toEqual([`ana ${NEW}`, `bo ${NEW}`, `chen ${NEW}`]);
    expect(stack.calls('MigrateWorkspace')).toBe(3);
    expect(await stack.delete(other('MIGRATE'))).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('at the end: an update that fails migrates nobody', async () => {
    await stack.create(before);
    const world = everything();
    const to = other('MIGRATE', { users: [...users, 'nobody'] });
    expect(await stack.update(before, to)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('nobody') });
    expect(everything()).toEqual(world);
    expect(await stack.rollBack(to, before)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
  });

  test('takes longer than the deployment: a notice says so, and the next deployment finds it done', async () => {
    await stack.create(before);
    stack.workspaces.configure({ migrateTime: 80 * MINUTE });
    const to = other('MIGRATE');
    expect(await stack.update(before, to)).toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringMatching(/ana: is being migrated/) } });
    await stack.clock.sleep(60 * MINUTE);
    expect(await stack.update(to, { ...to, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users), data: { Notices: 'none' } });
    expect(stack.calls('MigrateWorkspace')).toBe(3);
    expect(bundles()).toEqual([`ana ${NEW}`, `bo ${NEW}`, `chen ${NEW}`]);
  });

  test('the service fails to migrate: the user keeps the desktop, and is named', async () => {
    await stack.create(before);
    stack.workspaces.configure({ failedMigrations: ['bo'] });
    const [, bo] = stack.idsOf(users);
    expect(await stack.update(before, other('MIGRATE'))).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: expect.stringContaining('bo (MigrationFailed)') } });
    expect(stack.idsOf(['bo'])).toEqual([bo]);
    expect(bundles()).toEqual([`ana ${NEW}`, `bo ${BUNDLE}`, `chen ${NEW}`]);
  });

  test('a delete meanwhile terminates both desktops', async () => {
    await stack.create(before);
    stack.workspaces.configure({ migrateTime: 80 * MINUTE });
    await stack.update(before, other('MIGRATE'));
    expect(await stack.delete(other('MIGRATE'))).toMatchObject({ status: 'SUCCESS' });
    await stack.clock.sleep(80 * MINUTE);
    expect(stack.users()).toEqual([]);
  });

  test('a user leaves during the migration: both desktops go, also the one that cannot be terminated at first', async () => {
    await stack.create(before);
    const to = other('MIGRATE', { TerminationLimit: 'unlimited' });
    stack.workspaces.configure({ migrateTime: 80 * MINUTE });
    await stack.update(before, to);
    const left = { ...to, users: ['ana', 'bo'], TimeoutSeconds: '600' };
    const isOf = ({ userName, state }: { userName: string; state: string }) => userName === 'chen' && state !== 'TERMINATING';
    expect(await stack.update(to, left)).toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringContaining('chen (ws-') } });
    await stack.clock.sleep(80 * MINUTE);
    expect(await stack.update(left, { ...left, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', data: { LateUsers: 'none' } });
    expect(stack.present().filter(isOf)).toEqual([]);
  });

  test.each(['error', 'empty'] as const)('a delete during the migration leaves neither desktop, though AWS does not answer until the new one is gone (its tags: %s)', async (tagsOfUnknown) => {
    await stack.create(before);
    stack.workspaces.configure({ migrateTime: 300 * MINUTE, terminateTime: 8 * MINUTE, tagsOfUnknown });
    const to = other('MIGRATE');
    expect(await stack.update(before, to)).toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringMatching(/ana: is being migrated/) } });
    const [from, until] = [stack.clock.now() + MINUTE, stack.clock.now() + 24 * MINUTE];
    stack.inject({ service: 'workspaces', operation: '*', how: 'throttle', times: Infinity, which: () => stack.clock.now() > from && stack.clock.now() < until });
    expect(await stack.delete(to)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('an update that needs no migration any more waits for one that is in progress', async () => {
    await stack.create(before);
    stack.workspaces.configure({ migrateTime: 80 * MINUTE });
    const to = other('MIGRATE');
    await stack.update(before, to);
    const left = { ...to, users: ['ana'], TerminationLimit: 'unlimited' };
    expect(await stack.update(to, left)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['ana']) });
    await stack.clock.sleep(80 * MINUTE);
    expect(stack.users()).toEqual(['ana']);
  });

  test.each(['refuse', 'lose', 'kill-before', 'kill-after'] as const)('"%s" at its calls: everybody is migrated, once', async (how) => {
    await stack.create(before);
    for (const operation of ['MigrateWorkspace', 'PutItem', 'DescribeTags']) for (const after of [0, 1]) stack.inject({ operation, how, after, times: 1 });
    expect(await stack.update(before, other('MIGRATE'))).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
    expect(bundles()).toEqual([`ana ${NEW}`, `bo ${NEW}`, `chen ${NEW}`]);
    expect(stack.made()).toHaveLength(6);
  });
});

describe('REPLACE', () => {
  test('over the limit: nothing is changed', async () => {
    await stack.create(before);
    const world = everything();
    expect(await stack.update(before, other('REPLACE'))).toMatchObject({ status: 'FAILED', minutes: 0, reason: expect.stringContaining('terminationLimit allows 1: ana (ws-') });
    expect(everything()).toEqual(world);
  });

  test('everybody has another desktop of the other bundle', async () => {
    await stack.create(before);
    const ids = stack.idsOf(users);
    const to = other('REPLACE', { TerminationLimit: '3' });
    expect(await stack.update(before, to)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users), data: { LateUsers: 'none', RefusedUsers: 'none' } });
    expect(bundles()).toEqual([`ana ${NEW}`, `bo ${NEW}`, `chen ${NEW}`]);
    expect(stack.idsOf(users)).not.toEqual(ids);
    expect(stack.calls('MigrateWorkspace')).toBe(0);
  });

  test('encryption too', async () => {
    await stack.create(before);
    const to = { users, settings: { VolumeEncryptionKey: 'alias/aws/workspaces', RootVolumeEncryptionEnabled: 'true' }, BundleChange: 'REPLACE', TerminationLimit: 'unlimited' } as const;
    expect(await stack.update(before, to)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
    expect(stack.present().map(({ encryption }) => encryption?.rootVolume)).toEqual([true, true, true]);
  });

  test('at the end: an update that fails replaces nobody', async () => {
    await stack.create(before);
    const world = everything();
    expect(await stack.update(before, other('REPLACE', { users: [...users, 'nobody'], TerminationLimit: 'unlimited' }))).toMatchObject({ status: 'FAILED' });
    expect(everything()).toEqual(world);
  });

  test('and removals in one update count together', async () => {
    await stack.create({ users: [...users, 'dee'] });
    const limited = other('REPLACE', { TerminationLimit: '3' });
    expect(await stack.update({ users: [...users, 'dee'] }, limited)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('of 4 of 4 users') });
    expect(await stack.update(limited, { ...limited, TerminationLimit: '4' })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
    expect(stack.users()).toEqual(users);
  });

  test('its rollback does not replace them again', async () => {
    await stack.create({ ...before, BundleChange: 'REPLACE', TerminationLimit: 'unlimited' });
    const to = other('REPLACE', { TerminationLimit: 'unlimited' });
    await stack.update({ ...before, BundleChange: 'REPLACE', TerminationLimit: 'unlimited' }, to);
    const ids = stack.idsOf(users);
    expect(await stack.rollBack(to, { ...before, BundleChange: 'REPLACE', TerminationLimit: 'unlimited' })).toMatchObject({ status: 'SUCCESS', ids });
    expect(bundles()).toEqual([`ana ${NEW}`, `bo ${NEW}`, `chen ${NEW}`]);
  });

  test.each(['refuse', 'lose', 'kill-before', 'kill-after'] as const)('"%s" at its calls: everybody has one desktop in the end', async (how) => {
    await stack.create(before);
    for (const operation of ['TerminateWorkspaces', 'PutItem', 'CreateWorkspaces', 'DescribeTags']) stack.inject({ operation, how, times: 1 });
    expect(await stack.update(before, other('REPLACE', { TerminationLimit: 'unlimited' }))).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
    expect(bundles()).toEqual([`ana ${NEW}`, `bo ${NEW}`, `chen ${NEW}`]);
  });

  test('more than a batch of them', async () => {
    const many = names(60);
    await stack.create({ users: many });
    expect(await stack.update({ users: many }, other('REPLACE', { users: many, TerminationLimit: 'unlimited', TimeoutSeconds: '3300' }))).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(many) });
    expect(stack.made()).toHaveLength(120);
  });
});

test.each(['REPLACE', 'MIGRATE'] as const)('a desktop that was found with another bundle is left as it is by the deployment that finds it, whatever %s says; the next one does it', async (bundleChange) => {
  stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'ana', tags: { [OWN]: stack.fleetId } });
  const to = other(bundleChange, { users: ['ana'] });
  expect(await stack.create(to)).toMatchObject({ status: 'SUCCESS', data: { Notices: 'ana: keeps its bundle until the next deployment' } });
  expect(bundles()).toEqual([`ana ${BUNDLE}`]);
  expect(await stack.update(to, { ...to, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
  expect(bundles()).toEqual([`ana ${NEW}`]);
});
