import { DeleteItemCommand, PutItemCommand, type PutItemCommandInput, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { FleetRecords } from '../../../lambda/ledger/fleet-records';
import type { FleetKey } from '../../../lambda/ledger/rows';
import { type DesktopRecord, owned, type UserRecord } from '../../../lambda/ledger/user-record';
import { DIRECTORY, MINUTE, names, properties, TestStack } from '../test-stack';

// A write may arrive once more, after others: the SDK repeats a call whose answer it has not got. And rows of earlier versions have no count of writes.

let stack: TestStack;
let logged: jest.SpyInstance;
beforeEach(async () => {
  logged = jest.spyOn(console, 'log').mockReset();
  stack = await TestStack.startQuick({ buildTime: MINUTE, terminateTime: MINUTE });
});
afterEach(() => stack.stop());

const crashed = () => logged.mock.calls.some(([line]) => line?.what === 'step crashed');
const key = (): FleetKey => ({ fleetId: stack.fleetId, directoryId: DIRECTORY });
const recordsOf = async (number: number) => (await stack.rows()).find(({ sk }) => sk === `call#0000000${number}`)?.records;

/** Sends all writes of call rows once more. DynamoDB says why it does not carry them out. */
async function repeatAll(): Promise<void> {
  const sent = [
    ...stack.inputs('PutItem').map((input) => new PutItemCommand(input as PutItemCommandInput)),
    ...stack.inputs('DeleteItem').map((input) => new DeleteItemCommand(input as never)),
  ].filter(({ input }) => /^call#/.test((input as any).Item?.sk.S ?? (input as any).Key?.sk.S));
  expect(sent.length).toBeGreaterThan(1);
  for (const command of sent) await stack.table.send(command as PutItemCommand).catch((error: Error) => expect(error.name).toBe('ConditionalCheckFailedException'));
}

test('no write of a call row changes anything when it arrives again: after a create, updates that use rows again, and a delete', async () => {
  const wanted = (from: number) => ({ users: names(30, from), TerminationLimit: 'unlimited' });
  await stack.create(wanted(0));
  for (const from of [30, 60]) {
    expect(await stack.update(wanted(from - 30), wanted(from))).toMatchObject({ status: 'SUCCESS' });
    const before = await stack.rows();
    await repeatAll();
    expect(await stack.rows()).toEqual(before);
  }
  expect(await stack.delete(wanted(60))).toMatchObject({ status: 'SUCCESS' });
  const fleet = await stack.rows();
  expect(await stack.create(wanted(90))).toMatchObject({ status: 'SUCCESS' });
  const before = await stack.rows();
  expect(before.length).toBeGreaterThan(fleet.length);
  await repeatAll();
  expect(await stack.rows()).toEqual(before);
});

/** Sends each write of the fleet's row once more, those of earlier generations too, and checks that it changes nothing. */
async function repeatFleets(): Promise<number> {
  const sent = stack.inputs('UpdateItem').filter((input: any) => input.Key.sk.S === 'fleet');
  const before = await stack.rows();
  for (const input of new Set(sent)) {
    await stack.table.send(new UpdateItemCommand(input as never)).catch((error: Error) => expect(error.name).toBe('ConditionalCheckFailedException'));
    expect(await stack.rows()).toEqual(before);
  }
  return sent.length;
}

describe('a write of the fleet\'s row that arrives again, after others', () => {
  const wanted = (from: number) => ({ users: names(200, from), TerminationLimit: 'unlimited' });

  test('does not change anything: after a create, an update, a delete, and a create after it', async () => {
    await stack.create(wanted(0));
    expect(await repeatFleets()).toBeGreaterThan(8);
    await stack.update(wanted(0), { ...wanted(20), RemovedUsers: 'RELEASE' });
    expect(await repeatFleets()).toBeGreaterThan(20);
    await stack.delete(wanted(20));
    expect(await repeatFleets()).toBeGreaterThan(40);
    await stack.create(wanted(50));
    expect(await repeatFleets()).toBeGreaterThan(60);
  });

  test('does not change anything while the same generation goes on', async () => {
    stack.inject({ operation: 'CreateWorkspaces', how: 'kill-before', after: 5 });
    const event = await stack.begin(stack.event('Create', properties(wanted(0))));
    expect(await stack.poll(event)).toEqual({ IsComplete: false });
    expect(await repeatFleets()).toBeGreaterThan(6);
    await stack.clock.sleep(10 * MINUTE);
    expect(await stack.finish(event)).toMatchObject({ status: 'SUCCESS' });
  });

  test('does not count rows of a fleet that is deleted, and whose users were found again because its row was lost', async () => {
    await stack.create(wanted(0));
    await stack.deleteRows(() => true);
    await stack.clock.sleep(60 * MINUTE);
    expect(await stack.delete(wanted(0))).toMatchObject({ status: 'SUCCESS' });
    expect((await stack.rows()).find(({ sk }) => sk === 'fleet')!.nextCall).toBe(0);
    expect(await repeatFleets()).toBeGreaterThan(16);
  });
});

test.each(Array.from({ length: 13 }, (_, i) => i))('if the answer to a write of the fleet\'s row is lost (the one after %d), the step goes on', async (after) => {
  stack.inject({ service: 'dynamodb', operation: 'UpdateItem', how: 'lose', after });
  expect(await stack.create({ users: names(60) })).toMatchObject({ status: 'SUCCESS', minutes: 1 });
  expect(stack.faults.happened).toHaveLength(1);
  expect(crashed()).toBe(false);
});

test.each([0, 1, 2, 3])('if the answer to a write is lost (the one after %d), the step goes on', async (after) => {
  stack.inject({ service: 'dynamodb', operation: 'PutItem', how: 'lose', after });
  expect(await stack.create({ users: names(30) })).toMatchObject({ status: 'SUCCESS', minutes: 1 });
  expect(crashed()).toBe(false);
});

test('rows of an earlier version are written again, and have a count from then on', async () => {
  await stack.create({ users: names(3) });
  for (const row of (await stack.rows()).filter(({ sk }) => sk.startsWith('call#'))) {
    const { writes, ...older } = row;
    expect(writes).toBeGreaterThan(1);
    await stack.table.send(new PutItemCommand({ TableName: 'Ledger', Item: marshall({ ...older, records: JSON.stringify(row.records) }) }));
  }
  expect(await stack.update({ users: names(3) }, { users: names(2) })).toMatchObject({ status: 'SUCCESS' });
  expect((await stack.rows()).filter(({ sk }) => sk.startsWith('call#')).map(({ writes }) => writes > 0)).toEqual([true]);
  expect(crashed()).toBe(false);
});

test('a change under way that an earlier version has recorded, with all settings from before, is taken back by a rollback', async () => {
  const before = { users: names(2), settings: { ComputeTypeName: 'STANDARD' } };
  const after = { users: names(2), settings: { ComputeTypeName: 'PERFORMANCE' } };
  await stack.create(before);
  await stack.clock.sleep(7 * 60 * MINUTE);
  stack.inject({ operation: 'ModifyWorkspaceProperties', how: 'kill-before', after: 1 });
  const event = await stack.begin(stack.updateEvent(before, after));
  await stack.poll(event);
  const row = (await stack.rows()).find(({ sk }) => sk === 'call#00000000')!;
  const settings = JSON.parse(row.settings);
  const changing = row.records.filter((record: any) => record.changing);
  expect(changing.map((record: any) => [record.changing.from, settings[record.changing.fromSettings]])).toEqual(changing.map(() => [undefined, expect.objectContaining({ ComputeTypeName: 'STANDARD' })]));
  expect(changing).toHaveLength(2);
  const older = row.records.map((record: any) => {
    const { fromSettings, ...rest } = record.changing;
    return { ...record, changing: { ...rest, from: settings[fromSettings] } };
  });
  await stack.table.send(new PutItemCommand({ TableName: 'Ledger', Item: marshall({ ...row, settings: JSON.stringify(settings.slice(0, 1)), records: JSON.stringify(older.map((record: any) => ({ ...record, settings: 0 }))) }) }));
  await stack.clock.sleep(2 * MINUTE);
  expect(await stack.finish(event)).toMatchObject({ status: 'SUCCESS' });
  await stack.clock.sleep(60 * MINUTE);
  expect(await stack.rollBack(after, before)).toMatchObject({ status: 'SUCCESS' });
  await stack.clock.sleep(60 * MINUTE);
  const left = await recordsOf(0);
  expect(left.map(({ userName }: UserRecord) => userName)).toEqual(names(2));
});

test('a row that another step has written is not written over', async () => {
  await stack.create({ users: names(2) });
  const { ledger } = stack.services;
  const [fleet, rows] = [(await ledger.fleet(key()))!, await ledger.calls(key())];
  const [mine, others] = [new FleetRecords(rows, fleet.nextCall), new FleetRecords(rows, fleet.nextCall)];
  const failed = (records: FleetRecords, code: string) => {
    const record = records.user('user000', 'user000').record as DesktopRecord;
    records.set('user000', { ...record, failure: { code, message: '', attempts: 1, generation: 1, at: 0 } });
    return records.flush(ledger, key(), fleet.generation);
  };
  await failed(others, 'Theirs');
  await expect(failed(mine, 'Mine')).rejects.toThrow('another step works');
  expect((await recordsOf(0))[0].failure.code).toBe('Theirs');
});

test('an unclaimed desktop stays unclaimed, whatever is done with it', () => {
  const record: DesktopRecord = { state: 'terminating', userName: 'ws-1', id: 'ws-1', settings: -1, unclaimed: true };
  expect(owned(record)).toMatchObject({ state: 'owned', unclaimed: true });
});
