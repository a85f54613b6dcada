import { BUNDLE, type FleetProperties, MINUTE, names, TestStack } from '../test-stack';

// Somebody (`cdk gc`, a lifecycle rule of the bucket) deletes or damages the S3 object with the list of users.

const BUCKET = 'cdk-assets';
const HOUR = { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: '60' };

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.startQuick({ missingUsers: ['nobody'], buildTime: MINUTE, terminateTime: MINUTE, autoStop: false });
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

type Group = readonly [users: readonly string[], settings: object];

/** Uploads a list of users. Its order is neither that of names nor that of creation. */
function uploaded(key: string, groups: readonly Group[], more: FleetProperties = {}): FleetProperties {
  stack.manifests.set(`${BUCKET}/${key}`, JSON.stringify({
    Users: groups.map(([UserNames], i) => ({ Settings: `${i}`, UserNames })),
    Settings: groups.map(([, settings]) => ({ BundleId: BUNDLE, ...settings })),
  }));
  return { Users: undefined, Settings: undefined, Manifest: { Bucket: BUCKET, Key: key }, TerminationLimit: 'unlimited', ...more };
}

const first = ['zoe', ...names(26), 'ana'];
const order = ['mia', ...first];
const deployedFirst = () => uploaded('first', [[first, HOUR]]);
const deployed = (more?: FleetProperties) => uploaded('deployed', [[['mia'], {}], [first, HOUR]], more);
const lose = (key: string) => stack.manifests.delete(`${BUCKET}/${key}`);
const damage = (key: string) => stack.manifests.set(`${BUCKET}/${key}`, '{');

const world = () => stack.present().map(({ workspaceId, userName, properties: is, tags }) => (
  [userName, workspaceId, is.RunningMode, is.RunningModeAutoStopTimeoutInMinutes, JSON.stringify(tags)].join(' ')
)).sort();
const copies = async () => (await stack.rows()).filter(({ sk }) => sk.startsWith('manifest#')).map(({ key }) => key);

const LOSSES: [string, (key: string) => void][] = [
  ['is gone, and S3 does not say so', lose],
  ['is gone', (key) => { stack.missingObject = 'NoSuchKey'; lose(key); }],
  ['is damaged', damage],
];

describe.each(LOSSES)('the old list %s', (_, hit) => {
  test('an update fails: its rollback gives everybody what they had, and says which list it used', async () => {
    const one = deployedFirst();
    const two = deployed();
    await stack.create(one);
    expect(await stack.update(one, two)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(order) });
    const before = world();
    const three = uploaded('new', [[['nobody', 'new', ...first.slice(3)], { ...HOUR, RunningModeAutoStopTimeoutInMinutes: '120' }]]);
    expect(await stack.update(two, three)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('nobody') });
    hit('deployed');
    expect(await stack.rollBack(three, two)).toMatchObject({
      status: 'SUCCESS', ids: stack.idsOf(order), data: { Notices: expect.stringContaining('the list of users at s3://cdk-assets/deployed could not be read') },
    });
    expect(world()).toEqual(before);
  });

  test('another resource fails after the update has succeeded: the rollback keeps everybody who was there before', async () => {
    const two = deployed({ TerminationLimit: 'unlimited' });
    await stack.create(two);
    const before = world();
    const three = uploaded('new', [[['new', ...order], {}]]);
    expect(await stack.update(two, three)).toMatchObject({ status: 'SUCCESS' });
    hit('deployed');
    expect(await stack.rollBack(three, two)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(order) });
    expect(world()).toEqual(before);
  });

  test('rows of the ledger are lost as well: a delete still finds everybody', async () => {
    const two = deployed();
    await stack.create(two);
    hit('deployed');
    await stack.deleteRows(({ sk }) => sk.startsWith('call#'));
    expect(await stack.delete(two)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('a delete does not need it', async () => {
    const two = deployed();
    await stack.create(two);
    hit('deployed');
    expect(await stack.delete(two)).toMatchObject({ status: 'SUCCESS', minutes: expect.any(Number) });
    expect(stack.users()).toEqual([]);
    expect(await copies()).toEqual([]);
  });

  test('an update does not need it', async () => {
    const two = deployed();
    await stack.create(two);
    hit('deployed');
    const three = uploaded('new', [[first, HOUR]]);
    expect(await stack.update(two, three)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(first), data: { Notices: expect.stringMatching(/^1 user left the list[^,]*, and their[^,]*, when it can no longer be rolled back: mia \(ws-\w+\)$/) } });
  });
});

test.each(LOSSES)('the new list %s: an update fails, and says where it was and what to do; nothing is changed', async (_, hit) => {
  const two = deployed();
  await stack.create(two);
  const before = world();
  const three = uploaded('new', [[first, HOUR]]);
  hit('new');
  const outcome = await stack.update(two, three);
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/s3:\/\/cdk-assets\/new .*deploy again to upload it/) });
  expect(await stack.rollBack(three, two)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(order), data: { Notices: 'none' } });
  expect(world()).toEqual(before);
});

test('an update with the same list as before fails if it is gone, although the ledger has a copy', async () => {
  const two = deployed();
  await stack.create(two);
  lose('deployed');
  expect(await stack.update(two, { ...two, Refresh: '2' })).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('s3://cdk-assets/deployed') });
});

test.each(LOSSES)('the old list %s, and a fleet that an older version has deployed has no copy: the rollback says what to do, and goes on when that is done', async (_, hit) => {
  const two = deployed();
  await stack.create(two);
  const before = world();
  await stack.deleteRows(({ sk }) => sk.startsWith('manifest#'));
  const three = uploaded('new', [[['nobody', ...first], {}]]);
  await stack.update(two, three);
  hit('deployed');
  expect(await stack.rollBack(three, two)).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/s3:\/\/cdk-assets\/deployed .*npx cdk-assets publish/) });
  deployed();
  expect(await stack.rollBack(three, two)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(order) });
  expect(world()).toEqual(before);
});

test('the ledger keeps the lists of the last two deployments', async () => {
  let last = deployedFirst();
  await stack.create(last);
  for (const key of ['a', 'b', 'c']) {
    const next = uploaded(key, [[first, HOUR]]);
    expect(await stack.update(last, next)).toMatchObject({ status: 'SUCCESS' });
    last = next;
  }
  expect(await copies()).toEqual(['b', 'c']);
  for (const Refresh of ['1', '2']) expect(await stack.update(last, { users: first, settings: HOUR, Refresh })).toMatchObject({ status: 'SUCCESS' });
  expect(await copies()).toEqual([]);
});

test('a step that dies at any write of the copies', async () => {
  const two = deployed();
  for (const operation of ['PutItem', 'Query', 'DeleteItem']) {
    for (const after of [0, 2, 4]) {
      for (const how of ['kill-before', 'kill-after'] as const) {
        stack.inject({ service: 'dynamodb', operation, how, after });
        expect(await stack.create(two)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(order) });
        const three = uploaded('new', [[['nobody', ...first], {}]]);
        expect(await stack.update(two, three)).toMatchObject({ status: 'FAILED' });
        lose('deployed');
        expect(await stack.rollBack(three, two)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(order) });
        expect(await stack.delete(two)).toMatchObject({ status: 'SUCCESS' });
        expect(stack.users()).toEqual([]);
        stack.faults.clear();
        deployed();
      }
    }
  }
  expect(stack.faults.happened.length).toBeGreaterThan(12);
});
