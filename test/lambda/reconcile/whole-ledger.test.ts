import { readIds } from '../../../lambda/entries/read-ids';
import type { IdsEvent } from '../../../lambda/request/events';
import { IDS_RESOURCE_TYPE } from '../../../src/private/contract';
import { DIRECTORY, type FleetProperties, MINUTE, names, type Outcome, TestStack } from '../test-stack';

// The ledger never looks damaged because a step died, and it does not grow with the number of deployments.

let stack: TestStack;
const logged = jest.spyOn(console, 'log');
beforeEach(async () => {
  logged.mockReset();
  stack = await TestStack.startQuick({ buildTime: MINUTE, missingUsers: names(20, 900), terminateTime: MINUTE });
});
afterEach(() => stack.stop());

const looksDamaged = () => logged.mock.calls.some(([line]) => line?.what === 'rows are missing');
const callRows = async () => (await stack.rows()).filter(({ sk }) => sk.startsWith('call#'));
const size = async () => JSON.stringify(await stack.rows()).length;
const refusing: FleetProperties = { users: [...names(30), 'user900', 'user901'], FailureTolerance: '2', TerminationLimit: 'unlimited' };

function idsOf(users: readonly string[]) {
  const ResourceProperties = { ServiceToken: '', FleetId: stack.fleetId, DirectoryId: DIRECTORY, IdsDigest: '', UserNames: [...users] };
  stack.show('Ids', 'CREATE_IN_PROGRESS', IDS_RESOURCE_TYPE);
  return readIds(stack.services, { RequestType: 'Create', StackId: 'x', RequestId: 'x', LogicalResourceId: 'Ids', ResourceProperties } as unknown as IdsEvent);
}

/** Kills the step before or after the nth write of the ledger. @returns whether there were so many */
async function killedAt(n: number, how: 'kill-before' | 'kill-after', work: () => Promise<Outcome>): Promise<boolean> {
  let writes = 0;
  stack.inject({ service: 'dynamodb', operation: '*', how, which: ({ operation }) => /^(Put|Update|Delete)Item$/.test(operation) && ++writes === n + 1 });
  expect(await work()).toMatchObject({ status: 'SUCCESS' });
  stack.faults.clear();
  return writes > n;
}

describe.each(['kill-before', 'kill-after'] as const)('%s each write of the ledger', (how) => {
  const grown: FleetProperties = { ...refusing, users: [...refusing.users!, ...names(10, 100)], TerminationLimit: 'unlimited' };

  test.each<[string, () => Promise<void>, () => Promise<Outcome>]>([
    ['a create', async () => undefined, () => stack.create(refusing)],
    ['an update', async () => { await stack.create(refusing); }, () => stack.update(refusing, grown)],
    ['a rollback', async () => { await stack.create(refusing); await stack.update(refusing, grown); }, () => stack.rollBack(grown, refusing)],
    ['a delete', async () => { await stack.create(refusing); }, () => stack.delete(refusing)],
  ])('in %s: nothing looks lost, and ids can be read', async (what, before, work) => {
    let n = 0;
    for (let more = true; more; n++) {
      await stack.stop();
      stack = await TestStack.startQuick({ buildTime: MINUTE, missingUsers: names(20, 900), terminateTime: MINUTE });
      await before();
      more = await killedAt(n, how, work);
      if (what !== 'a delete') {
        expect(await idsOf(refusing.users!)).toMatchObject({ Status: 'DONE' });
        expect(await stack.update(refusing, { ...refusing, Refresh: 'again' })).toMatchObject({ status: 'SUCCESS' });
      } else {
        expect(await callRows()).toEqual([]);
      }
      expect(looksDamaged()).toBe(false);
    }
    // The last round was one too many.
    expect(n - 1).toBeGreaterThan(5);
  });
});

test('a delete whose step dies again and again, while it deletes rows, looks up nobody and ends', async () => {
  const many: FleetProperties = { users: names(2_000, 10_000), WorkspaceIds: 'COUNT' };
  expect(await stack.create(many)).toMatchObject({ status: 'SUCCESS' });
  const looked = stack.calls('DescribeTags');
  let deletes = 0;
  stack.inject({ service: 'dynamodb', operation: 'DeleteItem', how: 'kill-after', times: 3, which: () => ++deletes % 20 === 0 });
  expect(await stack.delete(many)).toMatchObject({ status: 'SUCCESS' });
  expect(deletes).toBeGreaterThan(60);
  expect(await callRows()).toEqual([]);
  expect(stack.users()).toEqual([]);
  expect(stack.calls('DescribeTags')).toBe(looked);
  expect(looksDamaged()).toBe(false);
});

test('a row that somebody has deleted is missing for one deployment only', async () => {
  await stack.create(refusing);
  await stack.deleteRows(({ sk }) => sk === 'call#00000000');
  expect(await stack.update(refusing, { ...refusing, Refresh: '1' })).toMatchObject({ status: 'SUCCESS', ids: [...stack.idsOf(names(30)), '', ''] });
  expect(looksDamaged()).toBe(true);
  logged.mockReset();
  expect(await stack.update(refusing, { ...refusing, Refresh: '2' })).toMatchObject({ status: 'SUCCESS' });
  expect(looksDamaged()).toBe(false);
  expect(await idsOf(refusing.users!)).toMatchObject({ Status: 'DONE' });
});

test('users who are refused in every deployment, and users who come and go, do not make the ledger grow', async () => {
  const wanted = (i: number): FleetProperties => (
    { users: [...names(10), ...names(20, 900), ...names(5, 100 + 5 * (i % 3))], FailureTolerance: '20', Refresh: `${i}`, TerminationLimit: 'unlimited' }
  );
  await stack.create(wanted(0));
  const deploy = async (from: number, to: number) => {
    for (let i = from; i < to; i++) expect(await stack.update(wanted(i), wanted(i + 1))).toMatchObject({ status: 'SUCCESS' });
  };
  await deploy(0, 12);
  const [rows, bytes] = [(await callRows()).length, await size()];
  await deploy(12, 60);
  expect((await callRows()).length).toBeLessThanOrEqual(rows + 3);
  // The events of the fleet are remembered, up to a number.
  expect(await size()).toBeLessThan(bytes + 48 * 40 + 2_000);
});

test('of a fleet that is deployed very often, the last 400 events are remembered', async () => {
  await stack.create({ users: ['ana'] });
  const key = { fleetId: stack.fleetId, directoryId: DIRECTORY };
  for (let i = 0; i < 450; i++) {
    const event = { id: `event${i}`, requestType: 'Update', requestId: `${i}`, sentAt: stack.clock.now(), statusSince: i, digests: { from: `${i}`, to: `${i + 1}` } };
    expect(await stack.services.ledger.join(key, event, stack.clock.now())).toBe('current');
  }
  const row = (await stack.rows()).find(({ sk }) => sk === 'fleet')!;
  expect(Object.keys(row.events)).toHaveLength(400);
  expect(Math.max(...Object.values<number>(row.events))).toBe(row.generation);
});
