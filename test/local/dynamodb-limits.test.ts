import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { Endpoint } from '../../local/core/endpoint';
import { DynamoDbService } from '../../local/dynamodb';
import { requireLimits } from '../../local/dynamodb-limits';
import { createTable } from '../create-table';
import { EndpointHandler } from '../endpoint-handler';

const removing = (count: number, name: string) => `REMOVE ${Array.from({ length: count }, (_, i) => `#${name}${i}`).join(', ')}`;

test('an expression has at most 4,096 bytes', () => {
  const UpdateExpression = removing(100, 'x').padEnd(4_096);
  expect(() => requireLimits({ UpdateExpression })).not.toThrow();
  expect(() => requireLimits({ UpdateExpression: `${UpdateExpression} ` })).toThrow('Invalid UpdateExpression: Expression size has exceeded the maximum allowed size; expression size: 4097');
});

test.each([
  ['operators', { ConditionExpression: Array(151).fill('a = b').join(' OR ') }, 'too many operators; operator count: 301'],
  ['a long placeholder', { ExpressionAttributeNames: { [`#${'x'.repeat(255)}`]: 'a' } }, 'a key of more than 255 bytes'],
  ['values of 2 MB', { ExpressionAttributeValues: { ':a': { S: 'x'.repeat(2 * 1_024 * 1_024) } } }, 'are allowed'],
])('too much of %s', (_what, input, message) => {
  expect(() => requireLimits(input)).toThrow(message);
});

test('the local service refuses what is too long, as DynamoDB does', async () => {
  const dynamo = new DynamoDbService();
  await dynamo.start();
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1',
    requestHandler: new EndpointHandler(new Endpoint().register(dynamo)),
    credentials: { accessKeyId: 'TEST', secretAccessKey: 'x' },
  });
  await createTable(client, 'Table');
  const remove = (count: number) => client.send(new UpdateItemCommand({
    TableName: 'Table',
    Key: { pk: { S: 'p' }, sk: { S: 's' } },
    UpdateExpression: removing(count, 'name'),
    ExpressionAttributeNames: Object.fromEntries(Array.from({ length: count }, (_, i) => [`#name${i}`, `a${i}`])),
  }));
  await expect(remove(300)).resolves.toBeDefined();
  await expect(remove(600)).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('Expression size has exceeded') });
  client.destroy();
  await dynamo.stop();
});
