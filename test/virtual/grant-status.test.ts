import { BatchGetItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { VirtualStack } from './virtual-stack';
import { Ledger } from '../../lambda/ledger/ledger';
import type { BulkWorkspaces } from '../../src';
import { newFleet } from '../fixtures';

// A role that may read the status of a fleet can read its rows in the ledger, and those of no other fleet of the stack.

const DIRECTORY = 'd-90670b2f8c';

let stack: VirtualStack;
let client: DynamoDBClient;
let ledger: string;
let fleets: { readonly mine: string; readonly other: string };

beforeAll(async () => {
  stack = await VirtualStack.start();
  const { cloud } = stack;
  const deployed = await stack.deploy((in_) => {
    const make = (id: string): BulkWorkspaces => newFleet(in_, { removalPolicy: RemovalPolicy.DESTROY }, id);
    const [mine] = [make('Mine'), make('Other')];
    mine.grantStatus(new iam.Role(in_, 'Auditor', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));
  });
  expect(deployed.status).toBe('CREATE_COMPLETE');
  const role = [...cloud.iam.roles.values()].find(({ name }) => name.startsWith('Test-Auditor'))!;
  const accessKeyId = cloud.iam.accessKeyFor({ kind: 'function', name: 'audit', roleArn: role.arn });
  client = new DynamoDBClient({ region: 'us-east-1', endpoint: cloud.endpointUrl, credentials: { accessKeyId, secretAccessKey: 'local' }, maxAttempts: 1 });
  ledger = [...cloud.cloudformation.stacks.find('Test')!.resources.values()].find(({ definition }) => definition.Type === 'AWS::DynamoDB::Table')!.physicalId!;
  const fleetOf = (userName: string) => cloud.workspaces.desktops().find((each) => each.userName === userName)!.tags['cdk-bulk-workspaces:fleet'];
  fleets = { mine: fleetOf('ana-Mine'), other: fleetOf('ana-Other') };
});
afterAll(() => {
  client.destroy();
  return stack.stop();
});

const partition = (fleetId: string) => ({ S: `fleet#${fleetId}#${DIRECTORY}` });
const query = (fleetId: string) => client.send(new QueryCommand({
  TableName: ledger,
  KeyConditionExpression: 'pk = :fleet AND begins_with(sk, :call)',
  ExpressionAttributeValues: { ':fleet': partition(fleetId), ':call': { S: 'call#' } },
}));
const get = (fleetId: string) => new GetItemCommand({ TableName: ledger, Key: { pk: partition(fleetId), sk: { S: 'fleet' } } });
const getAll = (...ids: string[]) => new BatchGetItemCommand({ RequestItems: { [ledger]: { Keys: ids.map((id) => ({ pk: partition(id), sk: { S: 'fleet' } })) } } });

test('reads the fleet, and its users with their desktops, as the handler itself does', async () => {
  const { mine } = fleets;
  expect((await client.send(get(mine))).Item).toBeDefined();
  expect((await client.send(getAll(mine))).Responses![ledger]).toHaveLength(1);
  const records = (await query(mine)).Items!.flatMap(({ records: { S } }) => JSON.parse(S!));
  expect(records.map(({ userName }: { userName: string }) => userName)).toEqual(['ana-Mine', 'bo-Mine']);
  const calls = await new Ledger(client, ledger).calls({ fleetId: mine, directoryId: DIRECTORY });
  expect(calls.flatMap((call) => call.records)).toEqual(records);
});

test.each<[string, () => Promise<unknown>]>([
  ['get the row of another fleet', () => client.send(get(fleets.other))],
  ['query another fleet', () => query(fleets.other)],
  ['get rows of both in a call', () => client.send(getAll(fleets.mine, fleets.other))],
  ['get a fleet whose id only begins as its own', () => client.send(get(`${fleets.mine}0`))],
  ['get the lease', () => client.send(new GetItemCommand({ TableName: ledger, Key: { pk: { S: 'lease' }, sk: { S: 'lease' } } }))],
  ['scan the table', () => client.send(new ScanCommand({ TableName: ledger }))],
  ['write the row of the fleet', () => client.send(new PutItemCommand({ TableName: ledger, Item: { pk: partition(fleets.mine), sk: { S: 'fleet' } } }))],
])('does not %s', async (_, attempt) => {
  await expect(attempt()).rejects.toThrow(expect.objectContaining({ name: 'AccessDeniedException' }));
});

test('the key in the condition is needed: a scan has none, and ForAllValues alone would let it pass', async () => {
  const role = [...stack.cloud.iam.roles.values()].find(({ name }) => name.startsWith('Test-Auditor'))!;
  const [name] = role.inline.names();
  const document = structuredClone(role.inline.get(name)!) as any;
  document.Statement[0].Action.push('dynamodb:Scan');
  role.inline.set(name, document);
  await expect(client.send(new ScanCommand({ TableName: ledger }))).rejects.toThrow(expect.objectContaining({ name: 'AccessDeniedException' }));
  delete document.Statement[0].Condition.Null;
  role.inline.set(name, document);
  expect((await client.send(new ScanCommand({ TableName: ledger }))).Count).toBeGreaterThan(0);
});
