import { LocalCloud } from '../../../local/cloud';
import { VirtualClock } from '../../../local/core/clock';
import type { Call } from '../../../local/core/service';
import { allRequests, AuthorizationRequest } from '../../../local/iam';
import { GLOBAL_KEYS, SERVICE_KEYS } from '../../../local/iam/condition-keys';
import { KEY_USER_ACTIONS } from '../../../local/iam/key-access';
import { AWS_MANAGED_POLICIES } from '../../../local/iam/managed-policies';
import { parsePolicy } from '../../../local/iam/policy';
import { logRequests } from '../../../local/iam/requests';
import { onKey } from '../../../local/iam/requests/kms';
import { problemsOf, unknownActions, unknownConditionKeys } from '../../../local/iam/service-authorization';
import { KmsService } from '../../../local/kms';

const ARN = 'arn:aws:workspaces:us-east-1:123456789012';
const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Mine/0a1b';
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:waiter';
const ROLE = 'arn:aws:iam::123456789012:role/r';

const kms = new KmsService(new VirtualClock(), { account: '123456789012', region: 'us-east-1' });
const { keyId, arn: keyArn } = kms.createKey();
kms.createAlias('alias/mine', keyId);
const trust = parsePolicy({ Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' } }, 'trust');
const options = { createTagsOnCreate: 'unchecked' as 'checked' | 'unchecked' };

const REQUESTS = allRequests({
  cloudformation: { stackIdOf: (name) => (name === 'Mine' || name === STACK ? STACK : undefined) },
  dynamodb: { partitionKeyOf: (table, index) => (table === 'ledger' ? index ?? 'pk' : undefined) },
  kms,
  s3: { has: (_bucket, key) => key === 'there', keyOf: (bucket) => (bucket === 'encrypted' ? keyArn : undefined) },
  sts: { trustOf: (roleArn) => (roleArn === ROLE ? trust : undefined) },
  workspaces: {
    tagsOf: (id) => new Map<string, Record<string, string>>([['ws-000000001', { owner: 'one' }], ['ws-000000002', {}], ['d-90670b2f8c', { unit: 'sales' }]]).get(id),
    bundleOwner: (id) => (id === 'wsb-amazon000' ? 'AMAZON' : '123456789012'),
    options,
  },
});

function ask(service: string, operation: string, input: unknown = {}, path = '/'): AuthorizationRequest[] {
  const { pathname, searchParams } = new URL(path, 'http://127.0.0.1');
  const request = { method: 'POST', path: pathname, query: searchParams, headers: {}, body: Buffer.alloc(0) };
  const call: Call = { service, operation, region: 'us-east-1', caller: { accessKeyId: 'a' }, input, request };
  return [...REQUESTS[service][operation](call)];
}

/** A permission as a string: `action resource`. */
function inShort(requests: AuthorizationRequest[]): string[] {
  return requests.map(({ action, resource }) => `${action} ${resource}`);
}

const DESKTOP = { DirectoryId: 'd-90670b2f8c', UserName: 'anna', BundleId: 'wsb-clj85qzj1', Tags: [{ Key: 'owner', Value: 'one' }, { Key: 'empty' }] };
const DESKTOPS = [{ WorkspaceId: 'ws-000000001' }, { WorkspaceId: 'ws-000000002' }, { WorkspaceId: 'ws-000000001' }];

/** A call of every operation that a role may make. */
const CALLS: Readonly<Record<string, Readonly<Record<string, { input?: object; path?: string }>>>> = {
  workspaces: {
    CreateWorkspaces: {
      input: { Workspaces: [DESKTOP, { ...DESKTOP, UserName: 'ben' }, { ...DESKTOP, UserName: 'carl', BundleId: 'wsb-amazon000', Tags: undefined }] },
    },
    DescribeWorkspaces: {},
    TerminateWorkspaces: { input: { TerminateWorkspaceRequests: DESKTOPS } },
    StartWorkspaces: { input: { StartWorkspaceRequests: DESKTOPS } },
    StopWorkspaces: { input: { StopWorkspaceRequests: DESKTOPS } },
    RebootWorkspaces: { input: { RebootWorkspaceRequests: DESKTOPS } },
    RebuildWorkspaces: { input: { RebuildWorkspaceRequests: DESKTOPS } },
    RestoreWorkspace: { input: { WorkspaceId: 'ws-000000001' } },
    ModifyWorkspaceProperties: { input: { WorkspaceId: 'ws-000000001' } },
    ModifyWorkspaceState: { input: { WorkspaceId: 'ws-000000001' } },
    MigrateWorkspace: { input: { SourceWorkspaceId: 'ws-000000001', BundleId: 'wsb-clj85qzj1' } },
    DescribeWorkspacesConnectionStatus: {},
    CreateTags: { input: { ResourceId: 'ws-000000001', Tags: [{ Key: 'owner', Value: 'one' }] } },
    DeleteTags: { input: { ResourceId: 'ws-000000001', TagKeys: ['owner'] } },
    DescribeTags: {},
    DescribeWorkspaceBundles: {},
    DescribeWorkspaceDirectories: {},
    DescribeWorkspaceImages: {},
    RegisterWorkspaceDirectory: { input: { DirectoryId: 'd-90670b2f8c', Tags: [{ Key: 'owner', Value: 'one' }] } },
    DeregisterWorkspaceDirectory: { input: { DirectoryId: 'd-90670b2f8c' } },
  },
  dynamodb: {
    GetItem: { input: { TableName: 'ledger', Key: { pk: { S: 'a' }, sk: { S: 'x' } } } },
    PutItem: { input: { TableName: 'arn:aws:dynamodb:us-east-1:123456789012:table/ledger', Item: { pk: { S: 'a' }, name: { S: 'x' } } } },
    UpdateItem: { input: { TableName: 'ledger' } },
    DeleteItem: { input: { TableName: 'ledger' } },
    Query: {
      input: {
        TableName: 'ledger',
        IndexName: 'byName',
        KeyConditionExpression: '#by = :ana AND begins_with(sk, :call)',
        ExpressionAttributeNames: { '#by': 'byName' },
        ExpressionAttributeValues: { ':ana': { S: 'ana' }, ':call': { S: 'call#' } },
      },
    },
    Scan: { input: { TableName: 'ledger' } },
    BatchGetItem: { input: { RequestItems: { ledger: { Keys: [{ pk: { S: 'a' } }, { pk: { S: 'b' } }, { pk: { S: 'a' } }] }, other: {} } } },
    BatchWriteItem: { input: { RequestItems: { ledger: [{ PutRequest: { Item: { pk: { N: '1' } } } }, { DeleteRequest: { Key: { pk: { N: '2' } } } }] } } },
    TransactGetItems: { input: { TransactItems: [{ Get: { TableName: 'ledger', Key: { pk: { S: 'a' } } } }] } },
    TransactWriteItems: { input: { TransactItems: [{ Put: { TableName: 'ledger' } }, { ConditionCheck: { TableName: 'other' } }] } },
    CreateTable: { input: { TableName: 'ledger' } },
    UpdateTable: { input: { TableName: 'ledger' } },
    DeleteTable: { input: { TableName: 'ledger' } },
    DescribeTable: { input: { TableName: 'ledger' } },
    ListTables: {},
  },
  kms: {
    CreateKey: {},
    DescribeKey: { input: { KeyId: 'alias/mine' } },
    EnableKey: { input: { KeyId: keyId } },
    DisableKey: { input: { KeyId: keyArn } },
    GetKeyPolicy: { input: { KeyId: keyId } },
    PutKeyPolicy: { input: { KeyId: keyId } },
    ScheduleKeyDeletion: { input: { KeyId: keyId } },
    CreateAlias: { input: { AliasName: 'alias/other', TargetKeyId: keyId } },
    DeleteAlias: { input: { AliasName: 'alias/mine' } },
    ListAliases: {},
    CreateGrant: { input: { KeyId: keyId, GranteePrincipal: ROLE, RetiringPrincipal: ROLE, Operations: ['Decrypt'] } },
    ListGrants: { input: { KeyId: keyId } },
  },
  tagging: { GetResources: {} },
  lambda: { Invoke: { input: { functionName: 'step' } }, GetFunction: { input: { functionName: 'arn:aws:lambda:us-east-1:123456789012:function:step' } } },
  states: {
    StartExecution: { input: { stateMachineArn: MACHINE } },
    ListExecutions: { input: { stateMachineArn: MACHINE } },
    DescribeExecution: { input: { executionArn: 'arn:aws:states:us-east-1:123456789012:execution:waiter:one' } },
  },
  s3: {
    GetObject: { path: '/bucket/there' },
    HeadObject: { path: '/bucket/missing' },
    PutObject: { path: '/bucket/a/b%20c' },
    DeleteObject: { path: '/bucket/there' },
    ListObjectsV2: { path: '/bucket?list-type=2&prefix=a&max-keys=10&delimiter=/' },
    CreateBucket: { path: '/bucket' },
    HeadBucket: { path: '/bucket' },
    DeleteBucket: { path: '/bucket' },
    GetBucketLocation: { path: '/bucket?location' },
    GetBucketEncryption: { path: '/bucket?encryption' },
    GetBucketVersioning: { path: '/bucket?versioning' },
  },
  ssm: {
    GetParameter: { input: { Name: '/a/b' } },
    GetParameters: { input: { Names: ['/a/b', 'c'] } },
    PutParameter: { input: { Name: 'c' } },
    DeleteParameter: { input: { Name: 'c' } },
  },
  sts: { GetCallerIdentity: {}, AssumeRole: { input: { RoleArn: ROLE, RoleSessionName: 's', ExternalId: 'e' } } },
  cloudformation: {
    DescribeStacks: { input: { StackName: 'Mine' } },
    DescribeStackEvents: { input: { StackName: STACK } },
    DescribeStackResource: { input: { StackName: 'Mine', LogicalResourceId: 'Fleet' } },
    DescribeStackResources: { input: { StackName: 'Other' } },
    ListStackResources: { input: { StackName: 'Mine' } },
    GetTemplate: { input: { StackName: 'Mine' } },
    DescribeChangeSet: { input: { StackName: 'Mine' } },
    ListStacks: {},
    ListExports: {},
  },
};

/** Only the deployer may call the operations that change stacks. */
const DEPLOYER_ONLY = /^(Create|Update|Delete|Execute|Cancel|Continue|Rollback)/;

describe('against AWS\'s Service Authorization Reference', () => {
  const all = Object.entries(CALLS).flatMap(([service, operations]) => (
    Object.keys(operations).map((operation): [string, string] => [service, operation])
  ));

  test.each(all)('%s %s asks for what there is', async (service, operation) => {
    const { input, path } = CALLS[service][operation];
    for (const request of ask(service, operation, input, path)) expect(await problemsOf(request)).toEqual([]);
  });

  test('so does what services do in somebody\'s name', async () => {
    const via = { 'kms:ViaService': 'workspaces.us-east-1.amazonaws.com', 'aws:ViaAWSService': 'true' };
    const requests = [
      ...logRequests('step', '/aws/lambda/step', 0),
      ...KEY_USER_ACTIONS.map((action) => onKey(kms, action, kms.resolve(keyId)!, via)),
    ];
    for (const request of requests) expect(await problemsOf(request)).toEqual([]);
  });

  test('a request that AWS does not have would be noticed', async () => {
    expect(await problemsOf({ action: 'workspaces:MakeWorkspaces', resource: '*' })).toEqual(['workspaces:MakeWorkspaces does not exist']);
    const odd = { action: 'workspaces:TerminateWorkspaces', resource: `${ARN}:directory/d-1`, context: { 'aws:TagKeys': [] } };
    expect(await problemsOf(odd)).toHaveLength(2);
  });

  test('condition keys that policies may use exist', async () => {
    const keys = [...GLOBAL_KEYS, ...Object.values(SERVICE_KEYS).flat()].map((key) => key.replace('/*', '/x'));
    expect(await unknownConditionKeys(keys)).toEqual([]);
    expect(await unknownConditionKeys(['aws:TagKey', 'kms:Via'])).toEqual(['aws:TagKey', 'kms:Via']);
  });

  test('so do the actions of AWS\'s managed policies', async () => {
    for (const policy of Object.values(AWS_MANAGED_POLICIES)) expect(await unknownActions(policy)).toEqual([]);
    const odd = ['workspaces:MakeWorkspaces', 'work:*'];
    expect(await unknownActions({ Statement: [{ Action: ['workspaces:Describe*', '*', ...odd] }] })).toEqual(odd);
  });
});

test('every operation of the local services declares its permissions, or is only for the deployer', () => {
  const cloud = new LocalCloud({ clock: new VirtualClock() });
  for (const service of [cloud.workspaces, cloud.tagging, cloud.kms, cloud.s3, cloud.ssm, cloud.sts, cloud.stepFunctions, cloud.cloudformation]) {
    const { signingName } = service;
    const operations = Object.keys(Reflect.get(service, 'operations') as object)
      .filter((name) => signingName !== 'cloudformation' || !DEPLOYER_ONLY.test(name));
    expect([signingName, Object.keys(REQUESTS[signingName]).sort()]).toEqual([signingName, operations.sort()]);
  }
  const operationsOf = (services: object) => Object.entries(services).map(([name, operations]) => [name, Object.keys(operations as object).sort()]);
  expect(operationsOf(CALLS).sort()).toEqual(operationsOf(REQUESTS).sort()); // so that all are tested here
});

test('conditions may use all keys of a request, and no others', () => {
  for (const [service, operations] of Object.entries(CALLS)) {
    const requests = Object.entries(operations).flatMap(([operation, { input, path }]) => ask(service, operation, input, path));
    const keys = requests.flatMap(({ context = {} }) => Object.keys(context));
    const patterns = new Set(keys.map((key) => key.replace(/\/.*/, '/*')));
    if (service === 'kms') for (const key of ['kms:ViaService', 'kms:EncryptionContext:aws:s3:arn']) patterns.add(key); // by way of WorkSpaces, or of S3
    expect([service, [...patterns].sort()]).toEqual([service, [...SERVICE_KEYS[service]].sort()]);
  }
});

test('CreateWorkspaces asks about directory, bundle and desktop, once for what several desktops share', () => {
  const requests = ask('workspaces', 'CreateWorkspaces', CALLS.workspaces.CreateWorkspaces.input);
  expect(requests).toEqual([
    { action: 'workspaces:CreateWorkspaces', resource: `${ARN}:directory/d-90670b2f8c`, context: { 'aws:ResourceTag/unit': 'sales' } },
    { action: 'workspaces:CreateWorkspaces', resource: `${ARN}:workspacebundle/wsb-clj85qzj1`, context: {} },
    {
      action: 'workspaces:CreateWorkspaces',
      resource: `${ARN}:workspace/*`,
      context: { 'aws:RequestTag/owner': 'one', 'aws:RequestTag/empty': '', 'aws:TagKeys': ['owner', 'empty'] },
    },
    { action: 'workspaces:CreateWorkspaces', resource: 'arn:aws:workspaces:us-east-1:999999999999:workspacebundle/wsb-amazon000', context: {} },
    { action: 'workspaces:CreateWorkspaces', resource: `${ARN}:workspace/*`, context: { 'aws:TagKeys': [] } },
  ]);
});

test('CreateWorkspaces also needs CreateTags, if so configured and if there are tags', () => {
  options.createTagsOnCreate = 'checked';
  const asked = (Tags?: object[]) => inShort(ask('workspaces', 'CreateWorkspaces', { Workspaces: [{ ...DESKTOP, Tags }] }))
    .filter((each) => each.includes('CreateTags'));
  expect([asked([{ Key: 'a', Value: 'b' }]), asked([]), asked()]).toEqual([['workspaces:CreateTags *'], [], []]);
  options.createTagsOnCreate = 'unchecked';
});

test('operations on desktops need permission for each, with its tags', () => {
  expect(ask('workspaces', 'TerminateWorkspaces', { TerminateWorkspaceRequests: [...DESKTOPS, { WorkspaceId: 'ws-unknown00' }] })).toEqual([
    { action: 'workspaces:TerminateWorkspaces', resource: `${ARN}:workspace/ws-000000001`, context: { 'aws:ResourceTag/owner': 'one' } },
    { action: 'workspaces:TerminateWorkspaces', resource: `${ARN}:workspace/ws-000000002`, context: {} },
    { action: 'workspaces:TerminateWorkspaces', resource: `${ARN}:workspace/ws-unknown00`, context: {} },
  ]);
  expect(inShort(ask('workspaces', 'MigrateWorkspace', CALLS.workspaces.MigrateWorkspace.input))).toEqual([
    `workspaces:MigrateWorkspace ${ARN}:workspace/ws-000000001`, `workspaces:MigrateWorkspace ${ARN}:workspacebundle/wsb-clj85qzj1`,
  ]);
});

test.each([
  ['CreateWorkspaces', {}], ['CreateWorkspaces', { Workspaces: [] }], ['CreateWorkspaces', { Workspaces: 'all' }],
  ['TerminateWorkspaces', {}], ['TerminateWorkspaces', { TerminateWorkspaceRequests: [null] }],
])('%s of %j is asked about every desktop: the service refuses it, but not before', (operation, input) => {
  expect(inShort(ask('workspaces', operation, input))).toEqual([`workspaces:${operation} ${ARN}:workspace/*`]);
});

test('a key is checked by its ARN, with any name, and its policy is checked, too', () => {
  const context = {
    'kms:CallerAccount': '123456789012',
    'kms:KeyOrigin': 'AWS_KMS',
    'kms:KeySpec': 'SYMMETRIC_DEFAULT',
    'kms:KeyUsage': 'ENCRYPT_DECRYPT',
    'kms:MultiRegion': 'false',
    'kms:ResourceAliases': ['alias/mine'],
  };
  const request = { action: 'kms:DescribeKey', resource: keyArn, context, resourcePolicy: kms.policyOf(keyId) };
  expect(ask('kms', 'DescribeKey', { KeyId: keyId })).toEqual([request]);
  expect(ask('kms', 'DescribeKey', { KeyId: keyArn })).toEqual([request]);
  expect(ask('kms', 'DescribeKey', { KeyId: 'alias/mine' })).toEqual([{ ...request, context: { ...context, 'kms:RequestAlias': 'alias/mine' } }]);
  expect(ask('kms', 'DescribeKey', { KeyId: 'alias/none' })).toEqual([]);
  expect(ask('kms', 'CreateGrant', CALLS.kms.CreateGrant.input)).toEqual([{
    ...request,
    action: 'kms:CreateGrant',
    context: { ...context, 'kms:GrantIsForAWSResource': 'false', 'kms:GrantOperations': ['Decrypt'], 'kms:GranteePrincipal': ROLE, 'kms:RetiringPrincipal': ROLE },
  }]);
  expect(inShort(ask('kms', 'CreateAlias', CALLS.kms.CreateAlias.input))).toEqual([
    'kms:CreateAlias arn:aws:kms:us-east-1:123456789012:alias/other', `kms:CreateAlias ${keyArn}`,
  ]);
});

const TABLE = 'arn:aws:dynamodb:us-east-1:123456789012:table';

test.each<[string, string, string[]]>([
  ['dynamodb', 'GetItem', [`dynamodb:GetItem ${TABLE}/ledger`]],
  ['dynamodb', 'PutItem', [`dynamodb:PutItem ${TABLE}/ledger`]],
  ['dynamodb', 'Query', [`dynamodb:Query ${TABLE}/ledger/index/byName`]],
  ['dynamodb', 'BatchGetItem', [`dynamodb:BatchGetItem ${TABLE}/ledger`, `dynamodb:BatchGetItem ${TABLE}/other`]],
  ['dynamodb', 'TransactWriteItems', [`dynamodb:PutItem ${TABLE}/ledger`, `dynamodb:ConditionCheckItem ${TABLE}/other`]],
  ['lambda', 'Invoke', ['lambda:InvokeFunction arn:aws:lambda:us-east-1:123456789012:function:step']],
  ['lambda', 'GetFunction', ['lambda:GetFunction arn:aws:lambda:us-east-1:123456789012:function:step']],
  ['states', 'StartExecution', [`states:StartExecution ${MACHINE}`]],
  ['s3', 'GetObject', ['s3:GetObject arn:aws:s3:::bucket/there']],
  ['s3', 'HeadObject', ['s3:GetObject arn:aws:s3:::bucket/missing', 's3:ListBucket arn:aws:s3:::bucket']],
  ['s3', 'PutObject', ['s3:PutObject arn:aws:s3:::bucket/a/b c']],
  ['s3', 'GetBucketEncryption', ['s3:GetEncryptionConfiguration arn:aws:s3:::bucket']],
  ['ssm', 'GetParameters', ['a/b', 'c'].map((name) => `ssm:GetParameters arn:aws:ssm:us-east-1:123456789012:parameter/${name}`)],
  ['sts', 'GetCallerIdentity', []],
  ['sts', 'AssumeRole', [`sts:AssumeRole ${ROLE}`]],
  ['cloudformation', 'DescribeStacks', [`cloudformation:DescribeStacks ${STACK}`]],
  ['cloudformation', 'DescribeStackResources', ['cloudformation:DescribeStackResources arn:aws:cloudformation:us-east-1:123456789012:stack/Other/*']],
  ['cloudformation', 'ListStacks', ['cloudformation:ListStacks *']],
])('%s %s asks for %j', (service, operation, expected) => {
  const { input, path } = CALLS[service][operation];
  expect(inShort(ask(service, operation, input, path))).toEqual(expected);
});

test.each<[string, string[] | undefined]>([
  ['GetItem', ['a']],
  ['PutItem', ['a']],
  ['Query', ['ana']],
  ['Scan', undefined],
  ['BatchGetItem', ['a', 'b']],
  ['BatchWriteItem', ['1', '2']],
  ['TransactGetItems', ['a']],
])('%s is for the partition keys %j', (operation, keys) => {
  for (const { context } of ask('dynamodb', operation, CALLS.dynamodb[operation].input)) expect(context?.['dynamodb:LeadingKeys']).toEqual(keys);
});

test.each<[string, object, string[]]>([
  ['an attribute that needs no other name', { KeyConditionExpression: 'pk=:pk', ExpressionAttributeValues: { ':pk': { S: 'a' } } }, ['a']],
  ['the older form', { KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }] } } }, ['a']],
  ['an attribute that is no key', { KeyConditionExpression: 'sk = :sk', ExpressionAttributeValues: { ':sk': { S: 'a' } } }, []],
  ['nothing', {}, []],
])('a query by %s', (_, input, keys) => {
  expect(ask('dynamodb', 'Query', { TableName: 'ledger', ...input })[0].context).toEqual({ 'dynamodb:LeadingKeys': keys });
});

test('of a table that nobody has made, no keys are known', () => {
  expect(ask('dynamodb', 'GetItem', { TableName: 'other', Key: { pk: { S: 'a' } } })[0].context).toEqual({ 'dynamodb:LeadingKeys': [] });
});

test.each([['GetObject', 'kms:Decrypt'], ['PutObject', 'kms:GenerateDataKey']])('%s in a bucket that is encrypted with a key of the account asks for %s as well, with what S3 says of it', (operation, action) => {
  const [object, key] = ask('s3', operation, {}, '/encrypted/there');
  expect(object.action).toBe(`s3:${operation}`);
  expect(key).toMatchObject({
    action, resource: keyArn, context: { 'kms:ViaService': 's3.us-east-1.amazonaws.com', 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::encrypted/there' },
  });
  expect(ask('s3', operation, {}, '/bucket/there')).toHaveLength(1);
});

test('DescribeStacks without a name asks about every stack', () => {
  expect(inShort(ask('cloudformation', 'DescribeStacks'))).toEqual(['cloudformation:DescribeStacks *']);
});

test('a role is asked for its trust', () => {
  expect(ask('sts', 'AssumeRole', { RoleArn: ROLE, RoleSessionName: 's' })).toMatchObject([{ context: { 'sts:RoleSessionName': 's' }, resourcePolicy: trust }]);
});

test('a function\'s log is written to a stream of its group', () => {
  expect(inShort(logRequests('step', 'group', Date.UTC(2026, 0, 31)))).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => (
    expect.stringMatching(new RegExp(`^${action} arn:aws:logs:us-east-1:123456789012:log-group:group:log-stream:2026/01/31/\\[\\$LATEST\\][0-9a-f]{32}$`))
  )));
});
