import { BUNDLE, type FleetProperties, MINUTE, names, type Outcome, SECOND, TestStack } from '../test-stack';

// No row of the ledger grows beyond what DynamoDB takes, whatever users, settings and AWS's words weigh. The table of these tests refuses what DynamoDB refuses.

let stack: TestStack;
beforeEach(async () => {
  jest.spyOn(console, 'log').mockReset();
  stack = await TestStack.startQuick({ buildTime: MINUTE, terminateTime: MINUTE });
});
afterEach(() => stack.stop());

/** As many tags as fit beside the fleet's own, with the longest keys and values. */
const heavyTags = (of: string, round = '') => Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [`${of}-${i}-`.padEnd(127, 'k'), `${round}${i}`.padEnd(255, 'v')]),
);

/** Users with settings of their own. */
function apart(users: readonly string[], tags: (user: string) => Record<string, string>, more: FleetProperties = {}): FleetProperties {
  return {
    ...more,
    users,
    Users: users.map((user, i) => ({ Settings: String(i), UserNames: [user] })),
    Settings: users.map((user) => ({ BundleId: BUNDLE, ...more.settings, Tags: tags(user) })),
  };
}

async function succeeds(deployment: Promise<Outcome>): Promise<void> {
  const { status, ...more } = await deployment;
  expect([status, 'reason' in more ? more.reason : '']).toEqual(['SUCCESS', '']);
}

const tagsOf = () => new Map(stack.workspaces.desktops().filter(({ state }) => state === 'AVAILABLE').map(({ userName, tags }) => [userName, tags]));

test('30 users with 40 heavy tags each: made, changed, lost, found again, changed again', async () => {
  const before = apart(names(30), (user) => heavyTags(user));
  const after = apart(names(30), (user) => heavyTags(user, 'new'));
  await succeeds(stack.create(before));
  await succeeds(stack.update(before, after));
  for (const [user, tags] of tagsOf()) expect(tags).toMatchObject(heavyTags(user, 'new'));
  await stack.deleteRows(({ sk }) => sk !== 'lease');
  await succeeds(stack.update(after, before));
  expect(tagsOf().size).toBe(30);
  for (const [user, tags] of tagsOf()) expect(tags).toMatchObject(heavyTags(user));
  await succeeds(stack.delete(before));
  expect(stack.users()).toEqual([]);
});

test('of 30 users with 40 heavy tags each, WorkSpaces does not accept one: the others get their desktops', async () => {
  const users = names(30);
  const wanted = apart(users, (user) => (user === 'user007' ? { ...heavyTags(user), 'a?': 'b' } : heavyTags(user)), { FailureTolerance: '1' });
  await succeeds(stack.create(wanted));
  expect(stack.users()).toEqual(users.filter((user) => user !== 'user007'));
  expect(stack.made()).toEqual(stack.users());
});

test('25 users who share 40 heavy tags: a compute type is changed', async () => {
  const wanted = (type: string): FleetProperties => ({ users: names(25), settings: { ComputeTypeName: type, Tags: heavyTags('all') } });
  await succeeds(stack.create(wanted('STANDARD')));
  await stack.clock.sleep(7 * 60 * MINUTE);
  await succeeds(stack.update(wanted('STANDARD'), wanted('PERFORMANCE')));
  expect(stack.calls('ModifyWorkspaceProperties')).toBe(25);
  await stack.clock.sleep(60 * MINUTE);
  expect(stack.present().map(({ properties }) => properties.ComputeTypeName)).toEqual(Array(25).fill('PERFORMANCE'));
});

test.each(['kill-before', 'kill-after'] as const)('%s a write, while rows are divided because all heavy users get another compute type: nobody is lost', async (how) => {
  const users = names(18);
  const wanted = (type: string) => apart(users, (user) => heavyTags(user), { settings: { ComputeTypeName: type } });
  let divided = 0;
  for (let n = 1, more = true; more; n += 13) {
    await stack.stop();
    stack = await TestStack.startQuick({ buildTime: MINUTE });
    await succeeds(stack.create(wanted('STANDARD')));
    const ids = stack.idsOf(users);
    await stack.clock.sleep(7 * 60 * MINUTE);
    let writes = 0;
    stack.inject({ service: 'dynamodb', operation: '*', how, which: ({ operation }) => /^(Put|Update)Item$/.test(operation) && ++writes === n });
    await succeeds(stack.update(wanted('STANDARD'), wanted('PERFORMANCE')));
    more = writes >= n;
    stack.faults.clear();
    divided = Math.max(divided, (await stack.rows()).filter(({ sk }) => sk.startsWith('call#')).length);
    await stack.clock.sleep(60 * MINUTE);
    await succeeds(stack.update(wanted('PERFORMANCE'), { ...wanted('PERFORMANCE'), Refresh: 'again' }));
    expect(stack.idsOf(users)).toEqual(ids);
    expect(stack.present().map(({ properties }) => properties.ComputeTypeName)).toEqual(users.map(() => 'PERFORMANCE'));
    const recorded = (await stack.rows()).flatMap(({ records = [] }) => records.map((record: { userName: string }) => record.userName));
    expect(recorded.sort()).toEqual(users);
  }
  expect(divided).toBeGreaterThan(1);
});

test('30 users with 40 heavy tags each, who have desktops already, are adopted', async () => {
  const wanted = apart(names(30), (user) => heavyTags(user), { ExistingWorkspaces: { Adopt: 'UNOWNED' } });
  const others = await stack.neighbour();
  await others.create({ users: names(30), RetainOnReplace: 'true' });
  for (const { workspaceId } of others.present()) {
    await stack.untag(workspaceId, 'cdk-bulk-workspaces:fleet');
    await stack.clock.sleep(SECOND);
  }
  await succeeds(stack.create(wanted));
  for (const [user, tags] of tagsOf()) expect(tags).toMatchObject(heavyTags(user));
});

test('a key of its own for each of 1,500 users', async () => {
  const users = names(1_500, 10_000);
  const keys = users.map((user) => `alias/${user.padEnd(200, 'x')}`);
  for (const key of keys) stack.kms.createAlias(key, stack.kms.createKey().keyId);
  const wanted: FleetProperties = {
    users,
    Users: users.map((user, i) => ({ Settings: String(i), UserNames: [user] })),
    Settings: keys.map((key) => ({ BundleId: BUNDLE, VolumeEncryptionKey: key, UserVolumeEncryptionEnabled: 'true' })),
    WorkspaceIds: 'COUNT',
  };
  await succeeds(stack.create(wanted));
});

test('AWS\'s words are as long as they want: users, and the fleet as a whole', async () => {
  const words = 'a long explanation \u0001 '.repeat(20_000);
  const users = names(30);
  stack.answers((api) => ({
    create: async (requests) => {
      const { made } = await api.create(requests.slice(0, 5));
      return { made, refused: requests.slice(5).map(({ UserName }) => ({ who: UserName, code: 'Long'.repeat(50_000), message: words })) };
    },
  }));
  expect(await stack.create({ users })).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('a long explanation') });
  expect(await stack.delete({ users })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);

  const denied = Object.assign(new Error(words), { name: 'AccessDeniedException', action: 'workspaces:DescribeWorkspaceDirectories' });
  stack.answers(() => ({ directory: () => Promise.reject(denied) }));
  expect(await stack.create({ users })).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('AWS denies') });
});

describe('values that no desktop could have are refused before they are recorded', () => {
  const long = 'x'.repeat(500_000);

  test.each<[string, FleetProperties, string]>([
    ['a user name', { users: ['ana', long] }, 'a user name must have 1 to 63 characters, got "xxx'],
    ['a setting', { users: ['ana'], settings: { OperatingSystemName: long } }, 'the settings of bo take 500053 bytes, but at most 65536 are allowed: shorten OperatingSystemName'],
    ['a tag', { users: ['ana'], Tags: { team: long } }, 'shorten Tags'],
  ])('%s', async (_what, wanted, sentence) => {
    await succeeds(stack.create({ users: ['bo'] }));
    const after = { ...wanted, users: ['bo', ...wanted.users!] };
    expect(await stack.update({ users: ['bo'] }, after)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(sentence) });
    await succeeds(stack.rollBack(after, { users: ['bo'] }));
    expect(stack.users()).toEqual(['bo']);
    // Also if the ledger is lost: the delete looks for the users whose names can be names.
    await stack.deleteRows(({ sk }) => sk !== 'lease');
    await succeeds(stack.delete(after));
    expect(stack.users()).toEqual([]);
  });

  test('a directory id', async () => {
    await succeeds(stack.create({ users: ['bo'] }));
    const moved: FleetProperties = { users: ['bo'], DirectoryId: `d-${long}` };
    await expect(stack.update({ users: ['bo'] }, moved)).rejects.toThrow('directoryId must be the id of a directory, like "d-90670b2f8c", got "d-xxx');
    await succeeds(stack.rollBack(moved, { users: ['bo'] }));
    expect(stack.users()).toEqual(['bo']);
    await succeeds(stack.delete({ users: ['bo'] }));
  });
});
