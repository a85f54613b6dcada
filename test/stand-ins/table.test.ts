import {
  DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, ScanCommand, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { standIn } from './sdk-client';
import { Table } from './table';
import { Endpoint } from '../../local/core/endpoint';
import { DynamoDbService } from '../../local/dynamodb';
import { createTable } from '../create-table';
import { EndpointHandler } from '../endpoint-handler';
import { type FleetProperties, names, TestStack } from '../lambda/test-stack';

// Compares the table in memory with dynalite: both get the same calls, and must give the same answers.

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const TableName = 'Ledger';
const COMMANDS = {
  GetItem: GetItemCommand,
  PutItem: PutItemCommand,
  UpdateItem: UpdateItemCommand,
  DeleteItem: DeleteItemCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
};
type Operation = keyof typeof COMMANDS;

const dynamo = new DynamoDbService();
const dynalite = new DynamoDBClient({
  region: 'us-east-1',
  endpoint: 'http://127.0.0.1',
  requestHandler: new EndpointHandler(new Endpoint().register(dynamo)),
  credentials: { accessKeyId: 'TEST', secretAccessKey: 'x' },
});
let inMemory: DynamoDBClient;

beforeEach(async () => {
  await dynamo.start();
  await createTable(dynalite, TableName);
  const table = new Table();
  inMemory = standIn(1, async (operation, input) => ({ status: 200, body: table.handle(operation, input) }));
});
afterEach(() => dynamo.stop());
afterAll(() => dynalite.destroy());

/** The result of a call: its output, or the name of its error. */
async function outcome(client: DynamoDBClient, operation: Operation, input: object): Promise<object> {
  try {
    const command = new (COMMANDS[operation] as any)({ TableName, ...input });
    const { $metadata: _, Count: __, ScannedCount: ___, ...output } = await client.send(command) as any;
    return output;
  } catch (error) {
    return { error: (error as Error).name };
  }
}

/** Makes a call to both, and expects the same result. */
async function both(operation: Operation, input: object): Promise<any> {
  const [expected, got] = [await outcome(dynalite, operation, input), await outcome(inMemory, operation, input)];
  expect(got).toEqual(expected);
  return got;
}

const key = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });

test('the calls of the handler on its table in the life of a fleet', async () => {
  const handle = jest.spyOn(Table.prototype, 'handle');
  const [first, second]: FleetProperties[] = [{ users: names(30) }, { users: [...names(40, 5), 'nobody'], TerminationLimit: 'unlimited' }];
  const stack = await TestStack.startQuick({ missingUsers: ['nobody'] });
  stack.inject(
    { service: 'dynamodb', operation: 'PutItem', how: 'lose' },
    { service: 'workspaces', operation: 'CreateWorkspaces', how: 'kill-after', after: 1 },
  );
  expect(await stack.create(first)).toMatchObject({ status: 'SUCCESS' });
  expect(await stack.update(first, second)).toMatchObject({ status: 'FAILED' });
  expect(await stack.rollBack(second, first)).toMatchObject({ status: 'SUCCESS' });
  const [repeated, other] = [stack.event('Create', {} as any), stack.event('Create', {} as any)];
  expect(await stack.delete(first)).toMatchObject({ status: 'SUCCESS' });
  for (const event of [repeated, repeated, other]) await stack.services.ledger.join({ fleetId: 'f', directoryId: 'd' }, { id: event.RequestId, requestType: 'Create', requestId: 'request', sentAt: 0, digests: { from: '', to: 'x' } }, 0);
  const asked = handle.mock.calls.map(([operation, input]) => ({ operation: operation as Operation, input }));
  const answers = handle.mock.results.map(({ type, value }) => (type === 'return' ? value : { error: 'ConditionalCheckFailedException' }));
  handle.mockRestore();

  expect(new Set(asked.map(({ operation }) => operation))).toEqual(new Set(['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query']));
  expect(answers).toContainEqual({ error: 'ConditionalCheckFailedException' });
  for (const [i, { operation, input }] of asked.entries()) expect(answers[i]).toEqual(await outcome(dynalite, operation, input));
});

const ATTRIBUTES = ['#a', '#b', '#map.#a', '#sk'];
const VALUES = { ':one': { N: '1' }, ':ten': { N: '10' }, ':nine': { S: '9' }, ':x': { S: 'x' }, ':xy': { S: 'xy' }, ':map': { M: { a: { N: '1' } } } };
const NAMES = { '#a': 'a', '#b': 'b', '#map': 'map', '#sk': 'sk' };

const condition = fc.letrec<{ any: string; one: string }>((again) => ({
  one: fc.oneof(
    fc.tuple(fc.constantFrom(...ATTRIBUTES), fc.constantFrom('=', '<>', '<', '<=', '>', '>='), fc.constantFrom(':one', ':ten', ':nine', ':x', ':xy')).map((words) => words.join(' ')),
    fc.tuple(fc.constantFrom('attribute_exists', 'attribute_not_exists'), fc.constantFrom(...ATTRIBUTES)).map(([name, path]) => `${name}(${path})`),
    fc.tuple(fc.constantFrom(...ATTRIBUTES), fc.constantFrom(':x', ':xy')).map(([path, start]) => `begins_with(${path}, ${start})`),
  ),
  any: fc.oneof({ maxDepth: 2 }, again('one'), fc.tuple(again('any'), fc.constantFrom('AND', 'OR'), again('any')).map((words) => words.join(' ')), again('any').map((inner) => `NOT (${inner})`)),
})).any;

const update = fc.oneof(
  fc.tuple(fc.constantFrom('#a', '#b', '#map.#a', '#sk'), fc.constantFrom(...Object.keys(VALUES))).map(([path, value]) => `SET ${path} = ${value}`),
  fc.tuple(fc.constantFrom(':one', ':map'), fc.constantFrom('#b', '#map.#a')).map(([value, path]) => `SET #a = ${value} REMOVE ${path}`),
  fc.constantFrom('SET #map = :map', 'SET #a = #b', 'SET #b = :x, #map = :map', 'REMOVE #a, #b'),
);

const somewhere = fc.constantFrom('x', 'xy', 'y').map((sk) => ({ Key: key(sk) }));
const returns = fc.constantFrom(undefined, 'NONE', 'ALL_OLD', 'ALL_NEW');
const calls: fc.Arbitrary<{ operation: Operation; input: any }> = fc.oneof(
  fc.record({ operation: fc.constant('PutItem' as const), input: fc.record({ Item: fc.constantFrom('x', 'y').map((sk) => ({ ...key(sk), a: { N: '1' }, map: { M: {} } })), ConditionExpression: condition }) }),
  fc.record({ operation: fc.constant('UpdateItem' as const), input: fc.tuple(somewhere, fc.record({ UpdateExpression: update, ConditionExpression: fc.option(condition, { nil: undefined }), ReturnValues: returns })).map(([where, more]) => ({ ...where, ...more })) }),
  fc.record({ operation: fc.constant('DeleteItem' as const), input: fc.tuple(somewhere, fc.record({ ConditionExpression: condition })).map(([where, more]) => ({ ...where, ...more })) }),
  fc.record({ operation: fc.constant('GetItem' as const), input: somewhere.map((where) => ({ ...where, ConsistentRead: true })) }),
);

/** Adds the names and values that the expressions use. */
function withPlaceholders(input: any): object {
  const text = [input.ConditionExpression, input.UpdateExpression].join(' ');
  const of = (all: object) => {
    const used = Object.entries(all).filter(([name]) => new RegExp(`${name}\\b`).test(text));
    return used.length > 0 ? Object.fromEntries(used) : undefined;
  };
  return { ...input, ExpressionAttributeNames: of(NAMES), ExpressionAttributeValues: of(VALUES) };
}

test('writes under conditions, at random', async () => {
  const seen = new Map<string, number>();
  await fc.assert(fc.asyncProperty(fc.array(calls, { minLength: 5, maxLength: 15 }), async (sequence) => {
    for (const { operation, input } of sequence) {
      const { error = 'done' } = await both(operation, withPlaceholders(input));
      seen.set(error, (seen.get(error) ?? 0) + 1);
    }
  }), { numRuns: 60, seed: 1, endOnFailure: true });
  for (const what of ['done', 'ConditionalCheckFailedException', 'ValidationException']) expect(seen.get(what)).toBeGreaterThan(20);
  await both('Scan', { ConsistentRead: true });
});

test('names and values that no expression uses are refused', async () => {
  const UpdateExpression = 'SET #a = :one';
  const [ExpressionAttributeNames, ExpressionAttributeValues] = [{ '#a': 'a' }, { ':one': { N: '1' } }];
  for (const input of [
    { UpdateExpression, ExpressionAttributeNames: { ...ExpressionAttributeNames, '#b': 'b' }, ExpressionAttributeValues },
    { UpdateExpression, ExpressionAttributeNames, ExpressionAttributeValues: { ...ExpressionAttributeValues, ':ten': { N: '10' } } },
  ]) expect(await both('UpdateItem', { Key: key('x'), ...input })).toEqual({ error: 'ValidationException' });
});

test('an item may have 400 KB, its names among them', async () => {
  const most = 400 * 1_024 - 'pkp'.length - 'skx'.length - 'text'.length;
  for (const [length, expected] of [[most, {}], [most + 1, { error: 'ValidationException' }]] as const) {
    const text = { S: 'a'.repeat(length) };
    expect(await both('PutItem', { Item: { ...key('x'), text } })).toEqual(expected);
    expect(await both('UpdateItem', {
      Key: key('y'), UpdateExpression: 'SET #text = :text', ExpressionAttributeNames: { '#text': 'text' }, ExpressionAttributeValues: { ':text': text },
    })).toEqual(expected);
  }
  for (const number of ['0', '7', '-42', '420', '1767225600000', '99999', '12.5']) {
    const text = { S: 'a'.repeat(most - 12) };
    for (let more = 0; more < 12; more++) await both('PutItem', { Item: { ...key('x'), text, ['n'.repeat(more + 1)]: { N: number } } });
  }
});

test('a query answers in the order of the keys, page after page of a megabyte', async () => {
  const sks = ['call#2', 'call#1', 'call#10', 'call#3', 'other', 'call#4', 'call#5'];
  for (const sk of sks) await both('PutItem', { Item: { ...key(sk), text: { S: 'a'.repeat(300 * 1_024) } } });
  await both('PutItem', { Item: { ...key('call#1'), pk: { S: 'q' } } });
  const all = async (client: DynamoDBClient) => {
    const pages: string[][] = [];
    for (let ExclusiveStartKey: object | undefined, isFirst = true; isFirst || ExclusiveStartKey; isFirst = false) {
      const page: any = await outcome(client, 'Query', {
        KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :call)',
        ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
        ExpressionAttributeValues: { ':pk': { S: 'p' }, ':call': { S: 'call#' } },
        ExclusiveStartKey,
      });
      pages.push(page.Items.map((item: any) => item.sk.S));
      ExclusiveStartKey = page.LastEvaluatedKey;
    }
    return pages;
  };
  const pages = await all(inMemory);
  expect(pages).toEqual(await all(dynalite));
  expect(pages.length).toBeGreaterThan(1);
  expect(pages.flat()).toEqual(sks.filter((sk) => sk !== 'other').sort());
});
