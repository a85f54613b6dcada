import {
  BatchWriteItemCommand, CreateTableCommand, DeleteTableCommand, DescribeTableCommand, DynamoDBClient, GetItemCommand, ListTablesCommand,
  PutItemCommand, QueryCommand, TransactWriteItemsCommand, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { Endpoint } from '../../local/core/endpoint';
import { DynamoDbService } from '../../local/dynamodb';

let service: DynamoDbService;
let endpoint: Endpoint;
let client: DynamoDBClient;

beforeEach(async () => {
  service = new DynamoDbService();
  await service.start();
  endpoint = new Endpoint().register(service);
  client = new DynamoDBClient({
    region: 'eu-central-1', endpoint: await endpoint.start(), maxAttempts: 1, credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
  });
});

afterEach(async () => {
  client.destroy();
  await endpoint.stop();
  await service.stop();
});

async function createTable(): Promise<void> {
  await client.send(new CreateTableCommand({
    TableName: 'Ledger',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'S' }],
  }));
  for (let i = 0; i < 100; i++) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'Ledger' }));
    if (Table!.TableStatus === 'ACTIVE') return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the table Ledger did not become ACTIVE');
}

const KEY = { pk: { S: 'fleet' }, sk: { S: 'alice' } };

test('a table becomes ACTIVE and is deleted, and has the item operations of dynalite', async () => {
  await createTable();
  await client.send(new PutItemCommand({ TableName: 'Ledger', Item: { ...KEY, n: { N: '1' } } }));
  await client.send(new UpdateItemCommand({
    TableName: 'Ledger', Key: KEY, UpdateExpression: 'SET n = n + :one', ExpressionAttributeValues: { ':one': { N: '1' } },
  }));
  await client.send(new BatchWriteItemCommand({
    RequestItems: { Ledger: ['bob', 'carol'].map((name) => ({ PutRequest: { Item: { pk: { S: 'fleet' }, sk: { S: name } } } })) },
  }));
  expect((await client.send(new GetItemCommand({ TableName: 'Ledger', Key: KEY, ConsistentRead: true }))).Item).toEqual({ ...KEY, n: { N: '2' } });
  const query = await client.send(new QueryCommand({
    TableName: 'Ledger', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'fleet' } },
  }));
  expect(query.Items!.map((item) => item.sk.S)).toEqual(['alice', 'bob', 'carol']);
  await client.send(new DeleteTableCommand({ TableName: 'Ledger' }));
});

test('a condition that fails is DynamoDB\'s own error', async () => {
  await createTable();
  const put = new PutItemCommand({ TableName: 'Ledger', Item: KEY, ConditionExpression: 'attribute_not_exists(pk)' });
  await client.send(put);
  await expect(client.send(put)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', $metadata: { httpStatusCode: 400 } });
});

test('many calls at once are all answered', async () => {
  await createTable();
  await Promise.all(Array.from({ length: 100 }, (_, i) => client.send(new PutItemCommand({
    TableName: 'Ledger', Item: { pk: { S: 'p' }, sk: { S: String(i) }, text: { S: 'é'.repeat(1_000) } },
  }))));
  const { Count } = await client.send(new QueryCommand({
    TableName: 'Ledger', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'p' } },
  }));
  expect(Count).toBe(100);
});

test('an operation that dynalite does not have is named', async () => {
  await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: 'Ledger', Item: KEY } }] })))
    .rejects.toMatchObject({ name: 'UnknownOperationException', message: 'the local dynamodb service is dynalite, which does not have TransactWriteItems' });
});

test('the tables are lost with stop, and nothing works before start', async () => {
  await createTable();
  await service.stop();
  await service.stop();
  await expect(client.send(new ListTablesCommand({}))).rejects.toThrow();
  await service.start();
  expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([]);
});
