import type { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { Ledger } from '../../../lambda/ledger/ledger';

test('all pages of a fleet\'s calls are read', async () => {
  const row = (number: number) => marshall({ number, settings: '[]', records: '[]' });
  const pages: Record<string, object> = { first: { Items: [row(0)], LastEvaluatedKey: { sk: { S: 'second' } } }, second: { Items: [row(1)] } };
  const client = { send: async ({ input }: QueryCommand) => pages[input.ExclusiveStartKey?.sk.S ?? 'first'] };
  const calls = await new Ledger(client as unknown as DynamoDBClient, 'Ledger').calls({ fleetId: 'f', directoryId: 'd' });
  expect(calls.map(({ number }) => number)).toEqual([0, 1]);
});
