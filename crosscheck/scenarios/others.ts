import type { LocalCloud } from '../../local/cloud';
import { zip } from '../../test/local/zip';
import type { Botocore, ServiceName } from '../botocore';
import { mightyRole } from '../role';
import type { Scenario, Seen, Step } from '../scenario';

const ROLE_ARN = 'arn:aws:iam::123456789012:role/test';
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:handler';
const UNKNOWN_KEY = 'arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000';
const GRANTEE = 'arn:aws:iam::123456789012:role/grantee';

const calls = (service: ServiceName) => (operation: string, input?: Step['input'], more: Partial<Step> = {}): Step => ({ service, operation, input, ...more });

const KEY_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Sid: 'All', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'kms:*', Resource: '*' }],
});

const kmsCall = calls('kms');
const kms: Scenario = {
  name: 'keys, aliases and grants',
  steps: [
    kmsCall('CreateKey', { Description: 'of volumes' }, { name: 'create' }),
    kmsCall('DescribeKey', ({ output }) => ({ KeyId: output('create').KeyMetadata.Arn })),
    kmsCall('DescribeKey', { KeyId: UNKNOWN_KEY }, { name: 'unknown', fails: 'NotFoundException' }),
    kmsCall('DescribeKey', { KeyId: 'alias/none' }, { name: 'unknown alias', fails: 'NotFoundException' }),
    kmsCall('CreateAlias', ({ output }) => ({ AliasName: 'alias/volumes', TargetKeyId: output('create').KeyMetadata.KeyId })),
    kmsCall('CreateAlias', ({ output }) => ({ AliasName: 'alias/volumes', TargetKeyId: output('create').KeyMetadata.KeyId }), { name: 'again', fails: 'AlreadyExistsException' }),
    kmsCall('DescribeKey', { KeyId: 'alias/volumes' }, { name: 'by alias' }),
    kmsCall('ListAliases', ({ output }) => ({ KeyId: output('create').KeyMetadata.KeyId })),
    kmsCall('CreateGrant', ({ output }) => ({
      KeyId: output('create').KeyMetadata.Arn, GranteePrincipal: GRANTEE, Operations: ['Decrypt', 'CreateGrant'], Name: 'volumes',
    }), { name: 'grant' }),
    kmsCall('ListGrants', ({ output }) => ({ KeyId: output('create').KeyMetadata.Arn })),
    kmsCall('DisableKey', ({ output }) => ({ KeyId: output('create').KeyMetadata.KeyId })),
    kmsCall('DescribeKey', ({ output }) => ({ KeyId: output('create').KeyMetadata.Arn }), { name: 'disabled' }),
    kmsCall('CreateGrant', ({ output }) => ({
      KeyId: output('create').KeyMetadata.Arn, GranteePrincipal: GRANTEE, Operations: ['Decrypt'],
    }), { name: 'on a disabled key', fails: 'DisabledException' }),
    kmsCall('EnableKey', ({ output }) => ({ KeyId: output('create').KeyMetadata.KeyId })),
    kmsCall('GetKeyPolicy', ({ output }) => ({ KeyId: output('create').KeyMetadata.KeyId, PolicyName: 'default' }), { name: 'default' }),
    kmsCall('PutKeyPolicy', ({ output }) => ({ KeyId: output('create').KeyMetadata.KeyId, PolicyName: 'default', Policy: KEY_POLICY })),
    kmsCall('GetKeyPolicy', ({ output }) => ({ KeyId: output('create').KeyMetadata.KeyId, PolicyName: 'default' }), { name: 'changed' }),
    kmsCall('DeleteAlias', { AliasName: 'alias/volumes' }),
    kmsCall('DeleteAlias', { AliasName: 'alias/volumes' }, { name: 'again', fails: 'NotFoundException' }),
    kmsCall('ScheduleKeyDeletion', ({ output }) => ({ KeyId: output('create').KeyMetadata.KeyId, PendingWindowInDays: 7 })),
    kmsCall('DescribeKey', ({ output }) => ({ KeyId: output('create').KeyMetadata.Arn }), { name: 'to be deleted' }),
  ],
};

const ssmCall = calls('ssm');
const ssm: Scenario = {
  name: 'parameters',
  steps: [
    ssmCall('PutParameter', { Name: '/a/b', Value: 'one', Type: 'String' }),
    ssmCall('PutParameter', { Name: '/a/b', Value: 'two', Type: 'String' }, { name: 'again', fails: 'ParameterAlreadyExists' }),
    ssmCall('PutParameter', { Name: '/a/b', Value: 'two', Type: 'String', Overwrite: true }, { name: 'overwrite' }),
    ssmCall('GetParameter', { Name: '/a/b' }),
    ssmCall('GetParameter', { Name: '/none' }, { name: 'unknown', fails: 'ParameterNotFound' }),
    ssmCall('GetParameters', { Names: ['/a/b', '/none'] }),
    ssmCall('DeleteParameter', { Name: '/a/b' }),
    ssmCall('DeleteParameter', { Name: '/a/b' }, { name: 'again', fails: 'ParameterNotFound' }),
  ],
};

const stsCall = calls('sts');
const sts: Scenario = {
  name: 'who one is',
  setUp: (cloud) => ({ role: mightyRole(cloud, 'test') }),
  setUpMoto: async (moto) => ({ role: await motoRole(moto) }),
  steps: [
    stsCall('GetCallerIdentity'),
    stsCall('AssumeRole', ({ place }) => ({ RoleArn: place.role, RoleSessionName: 'session' })),
  ],
};

const s3Call = calls('s3');
const TEXT = { $base64: Buffer.from('hello').toString('base64') };
const s3: Scenario = {
  name: 'buckets and objects',
  steps: [
    s3Call('CreateBucket', { Bucket: 'bucket-1' }),
    s3Call('HeadBucket', { Bucket: 'bucket-1' }),
    s3Call('HeadBucket', { Bucket: 'none' }, { name: 'unknown', fails: '404' }),
    s3Call('GetBucketLocation', { Bucket: 'bucket-1' }),
    s3Call('GetBucketEncryption', { Bucket: 'bucket-1' }),
    s3Call('GetBucketVersioning', { Bucket: 'bucket-1' }),
    s3Call('PutObject', { Bucket: 'bucket-1', Key: 'a/b c', Body: TEXT, ContentType: 'text/plain' }),
    s3Call('PutObject', { Bucket: 'bucket-1', Key: 'a/b c', Body: TEXT, IfNoneMatch: '*' }, { name: 'only if new', fails: 'PreconditionFailed' }),
    s3Call('PutObject', { Bucket: 'bucket-1', Key: 'z', Body: TEXT }, { name: 'another' }),
    s3Call('PutObject', { Bucket: 'none', Key: 'a', Body: TEXT }, { name: 'in an unknown bucket', fails: 'NoSuchBucket' }),
    s3Call('GetObject', { Bucket: 'bucket-1', Key: 'a/b c' }),
    s3Call('GetObject', { Bucket: 'bucket-1', Key: 'none' }, { name: 'unknown', fails: 'NoSuchKey' }),
    s3Call('HeadObject', { Bucket: 'bucket-1', Key: 'a/b c' }),
    s3Call('HeadObject', { Bucket: 'bucket-1', Key: 'none' }, { name: 'unknown', fails: '404' }),
    s3Call('ListObjectsV2', { Bucket: 'bucket-1', MaxKeys: 1 }, { name: 'first page' }),
    s3Call('ListObjectsV2', ({ output }) => ({ Bucket: 'bucket-1', ContinuationToken: output('first page').NextContinuationToken }), { name: 'last page' }),
    s3Call('ListObjectsV2', { Bucket: 'bucket-1', Prefix: 'a/' }, { name: 'by prefix' }),
    s3Call('DeleteBucket', { Bucket: 'bucket-1' }, { name: 'that is not empty', fails: 'BucketNotEmpty' }),
    s3Call('DeleteObject', { Bucket: 'bucket-1', Key: 'a/b c' }),
    s3Call('DeleteObject', { Bucket: 'bucket-1', Key: 'z' }),
    s3Call('DeleteObject', { Bucket: 'bucket-1', Key: 'none' }, { name: 'unknown' }),
    s3Call('DeleteBucket', { Bucket: 'bucket-1' }),
  ],
};

const dynamoCall = calls('dynamodb');
const KEY = { pk: { S: 'fleet' }, sk: { S: 'call#0001' } };
const ONLY_GENERATION = { ConditionExpression: '#g = :g', ExpressionAttributeNames: { '#g': 'generation' } };
/** The operations of the ledger and of AWS::DynamoDB::Table, with the expressions that they use. */
const dynamodb: Scenario = {
  name: 'tables and items',
  steps: [
    dynamoCall('CreateTable', {
      TableName: 'Ledger',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
    }),
    dynamoCall('DescribeTable', { TableName: 'Ledger' }, { until: ({ Table }) => Table.TableStatus === 'ACTIVE' }),
    dynamoCall('DescribeTable', { TableName: 'None' }, { name: 'unknown', fails: 'ResourceNotFoundException' }),
    dynamoCall('PutItem', { TableName: 'Ledger', Item: { ...KEY, generation: { N: '1' }, members: { L: [{ M: { userName: { S: 'ana' }, leaving: { BOOL: true } } }] } }, ConditionExpression: 'attribute_not_exists(pk)' }),
    dynamoCall('PutItem', { TableName: 'Ledger', Item: KEY, ConditionExpression: 'attribute_not_exists(pk)' }, { name: 'again', fails: 'ConditionalCheckFailedException' }),
    dynamoCall('PutItem', { TableName: 'Ledger', Item: { pk: { S: 'fleet' }, sk: { S: 'fleet' } } }, { name: 'another' }),
    dynamoCall('GetItem', { TableName: 'Ledger', Key: KEY, ConsistentRead: true }),
    dynamoCall('GetItem', { TableName: 'Ledger', Key: { ...KEY, sk: { S: 'none' } } }, { name: 'unknown' }),
    dynamoCall('UpdateItem', {
      TableName: 'Ledger',
      Key: KEY,
      UpdateExpression: 'SET #g = :next',
      ...ONLY_GENERATION,
      ReturnValues: 'ALL_NEW',
      ExpressionAttributeValues: { ':g': { N: '1' }, ':next': { N: '2' } },
    }),
    dynamoCall('UpdateItem', {
      TableName: 'Ledger', Key: KEY, UpdateExpression: 'SET #g = :next', ...ONLY_GENERATION, ExpressionAttributeValues: { ':g': { N: '1' }, ':next': { N: '2' } },
    }, { name: 'of another generation', fails: 'ConditionalCheckFailedException' }),
    dynamoCall('Query', {
      TableName: 'Ledger',
      KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :call)',
      ConsistentRead: true,
      ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
      ExpressionAttributeValues: { ':pk': { S: 'fleet' }, ':call': { S: 'call#' } },
    }),
    dynamoCall('Scan', { TableName: 'Ledger', Limit: 1 }),
    dynamoCall('DeleteItem', { TableName: 'Ledger', Key: KEY }),
    dynamoCall('DeleteItem', { TableName: 'Ledger', Key: KEY }, { name: 'again' }),
    dynamoCall('DeleteTable', { TableName: 'Ledger' }),
  ],
};

const HANDLER = 'exports.handler = async (event) => { if (event.fails) throw new Error("it fails"); return event; };';

const lambdaCall = calls('lambda');
const lambda: Scenario = {
  name: 'functions',
  setUp: (cloud) => setUpFunction(cloud, HANDLER),
  setUpMoto: async (moto) => {
    await moto.output('lambda', 'CreateFunction', {
      FunctionName: 'handler',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: await motoRole(moto),
      Timeout: 30,
      MemorySize: 128,
      Environment: { Variables: { STAGE: 'test' } },
      Code: { ZipFile: { $base64: zip({ 'index.js': HANDLER }).toString('base64') } },
    });
    return {};
  },
  steps: [
    lambdaCall('GetFunction', { FunctionName: 'handler' }),
    lambdaCall('GetFunction', { FunctionName: 'none' }, { name: 'unknown', fails: 'ResourceNotFoundException' }),
    lambdaCall('Invoke', { FunctionName: 'handler', Payload: { $base64: Buffer.from('{"a":1}').toString('base64') } }),
    lambdaCall('Invoke', { FunctionName: FUNCTION_ARN, Payload: { $base64: Buffer.from('{"fails":true}').toString('base64') } }, { name: 'that fails' }),
    lambdaCall('Invoke', { FunctionName: 'handler', InvocationType: 'Event', Payload: { $base64: Buffer.from('{}').toString('base64') } }, { name: 'later' }),
    lambdaCall('Invoke', { FunctionName: 'handler', Payload: { $base64: Buffer.from('{').toString('base64') } }, { name: 'not JSON', fails: 'InvalidRequestContentException' }),
    lambdaCall('Invoke', { FunctionName: 'none', Payload: { $base64: '' } }, { name: 'unknown', fails: 'ResourceNotFoundException' }),
  ],
};

const MACHINE = JSON.stringify({ StartAt: 'a', States: { a: { Type: 'Task', Resource: FUNCTION_ARN, End: true } } });

const statesCall = calls('stepfunctions');
const states: Scenario = {
  name: 'executions of state machines',
  setUp: (cloud) => setUpMachine(cloud, 'exports.handler = () => new Promise((done) => setTimeout(done, 20_000));'),
  setUpMoto: async (moto) => {
    const { stateMachineArn } = await moto.output('stepfunctions', 'CreateStateMachine', { name: 'waiter', definition: MACHINE, roleArn: ROLE_ARN });
    return { machine: stateMachineArn };
  },
  steps: [
    statesCall('StartExecution', ({ place }) => ({ stateMachineArn: place.machine, name: 'first', input: '{"a":1}' }), { name: 'start' }),
    statesCall('StartExecution', ({ place }) => ({ stateMachineArn: place.machine, name: 'first', input: '{"a":2}' }), { name: 'of the same name', fails: 'ExecutionAlreadyExists' }),
    statesCall('StartExecution', ({ place }) => ({ stateMachineArn: place.machine, name: 'bad', input: '{' }), { name: 'not JSON', fails: 'InvalidExecutionInput' }),
    statesCall('StartExecution', ({ place }) => ({ stateMachineArn: place.machine.replace('waiter', 'none') }), { name: 'unknown', fails: 'StateMachineDoesNotExist' }),
    statesCall('DescribeExecution', ({ output }) => ({ executionArn: output('start').executionArn })),
    statesCall('DescribeExecution', ({ output }) => ({ executionArn: output('start').executionArn.replace('first', 'none') }), { name: 'unknown', fails: 'ExecutionDoesNotExist' }),
    statesCall('ListExecutions', ({ place }) => ({ stateMachineArn: place.machine })),
  ],
};

const endedExecutions: Scenario = {
  name: 'executions that have ended',
  localOnly: 'moto runs none unless it is told to: see waiter.test.ts',
  setUp: (cloud) => setUpMachine(cloud, HANDLER),
  steps: [
    statesCall('StartExecution', ({ place }) => ({ stateMachineArn: place.machine, input: '{}' }), { name: 'start' }),
    statesCall('DescribeExecution', ({ output }) => ({ executionArn: output('start').executionArn }), { name: 'succeeded', until: ({ status }) => status !== 'RUNNING' }),
    statesCall('StartExecution', ({ place }) => ({ stateMachineArn: place.machine, input: '{"fails":true}' }), { name: 'start one that fails' }),
    statesCall('DescribeExecution', ({ output }) => ({ executionArn: output('start one that fails').executionArn }), { name: 'failed', until: ({ status }) => status !== 'RUNNING' }),
    statesCall('ListExecutions', ({ place }) => ({ stateMachineArn: place.machine })),
  ],
};

const cfnCall = calls('cloudformation');
const template = (value: string, more: object = {}) => JSON.stringify({
  Description: 'a parameter',
  Parameters: { Suffix: { Type: 'String', Default: 'x' } },
  Resources: { Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Name: '/made', Value: value } }, ...more },
  Outputs: { Name: { Value: { Ref: 'Parameter' }, Export: { Name: 'made' } } },
});
const settled: Partial<Step> = { until: ({ Stacks }) => !Stacks[0].StackStatus.endsWith('_IN_PROGRESS') };
const STACK = { StackName: 'Test' };
const cloudformation: Scenario = {
  name: 'stacks and change sets',
  localOnly: "moto's CloudFormation is another thing: it neither waits nor rolls back",
  steps: [
    cfnCall('CreateStack', { ...STACK, TemplateBody: template('one'), Parameters: [{ ParameterKey: 'Suffix', ParameterValue: 'y' }], Tags: [{ Key: 'a', Value: 'b' }] }),
    cfnCall('CreateStack', { ...STACK, TemplateBody: template('one') }, { name: 'again', fails: 'AlreadyExistsException' }),
    cfnCall('DescribeStacks', STACK, { name: 'created', ...settled }),
    cfnCall('DescribeStacks', {}, { name: 'all' }),
    cfnCall('DescribeStacks', { StackName: 'None' }, { name: 'unknown', fails: 'ValidationError' }),
    cfnCall('ListStacks'),
    cfnCall('GetTemplate', STACK),
    cfnCall('DescribeStackEvents', STACK),
    cfnCall('DescribeStackResource', { ...STACK, LogicalResourceId: 'Parameter' }),
    cfnCall('DescribeStackResources', STACK),
    cfnCall('ListStackResources', STACK),
    cfnCall('ListExports'),
    cfnCall('UpdateStack', { ...STACK, TemplateBody: template('two') }),
    cfnCall('DescribeStacks', STACK, { name: 'updated', ...settled }),
    cfnCall('UpdateStack', { ...STACK, TemplateBody: template('two') }, { name: 'without changes', fails: 'ValidationError' }),
    cfnCall('CancelUpdateStack', STACK, { name: 'of a stack that is well', fails: 'ValidationError' }),
    cfnCall('ContinueUpdateRollback', STACK, { name: 'of a stack that is well', fails: 'ValidationError' }),
    cfnCall('RollbackStack', STACK, { name: 'of a stack that is well', fails: 'ValidationError' }),
    cfnCall('CreateChangeSet', { ...STACK, ChangeSetName: 'Change', TemplateBody: template('three', { Other: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'v' } } }) }),
    cfnCall('DescribeChangeSet', { ...STACK, ChangeSetName: 'Change' }),
    cfnCall('ExecuteChangeSet', { ...STACK, ChangeSetName: 'Change' }),
    cfnCall('DescribeStacks', STACK, { name: 'changed', ...settled }),
    cfnCall('ExecuteChangeSet', { ...STACK, ChangeSetName: 'Change' }, { name: 'again', fails: 'InvalidChangeSetStatus' }),
    cfnCall('CreateChangeSet', { ...STACK, ChangeSetName: 'Empty', UsePreviousTemplate: true }, { name: 'empty' }),
    cfnCall('DescribeChangeSet', { ...STACK, ChangeSetName: 'Empty' }, { name: 'empty' }),
    cfnCall('DeleteChangeSet', { ...STACK, ChangeSetName: 'Empty' }),
    cfnCall('DescribeChangeSet', { ...STACK, ChangeSetName: 'Empty' }, { name: 'unknown', fails: 'ChangeSetNotFound' }),
    cfnCall('DeleteStack', STACK),
    cfnCall('ListStacks', {}, { name: 'deleted', until: ({ StackSummaries }) => StackSummaries.every((each: any) => each.StackStatus === 'DELETE_COMPLETE') }),
  ],
};

async function setUpFunction(cloud: LocalCloud, source: string): Promise<Record<string, string>> {
  await cloud.lambda.put({
    name: 'handler',
    arn: FUNCTION_ARN,
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    roleArn: mightyRole(cloud, 'test'),
    timeoutSeconds: 30,
    memoryMb: 128,
    environment: { STAGE: 'test' },
    description: '',
    code: { source },
  });
  return {};
}

async function setUpMachine(cloud: LocalCloud, source: string): Promise<Record<string, string>> {
  await setUpFunction(cloud, source);
  return { machine: cloud.stepFunctions.putStateMachine('waiter', MACHINE, ROLE_ARN) };
}

async function motoRole(moto: Botocore): Promise<string> {
  const AssumeRolePolicyDocument = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] });
  return (await moto.output('iam', 'CreateRole', { RoleName: 'test', AssumeRolePolicyDocument })).Role.Arn;
}

const DESKTOP_ARN = 'arn:aws:workspaces:us-east-1:123456789012:workspace/';

const tagging: Scenario = {
  name: 'tags of desktops by their ARNs',
  localOnly: 'moto knows no tags of WorkSpaces there',
  setUp: (cloud) => {
    const directoryId = 'd-90677cc91c';
    cloud.workspaces.addDirectory({ directoryId });
    const desktop = cloud.workspaces.createElsewhere({ directoryId, bundleId: 'wsb-clj85qzj1', userName: 'ana', tags: { team: 'sales', empty: '' } });
    return { desktop };
  },
  steps: [
    {
      service: 'resourcegroupstaggingapi',
      operation: 'GetResources',
      input: ({ place }: Seen) => ({ ResourceARNList: [`${DESKTOP_ARN}${place.desktop}`, `${DESKTOP_ARN}ws-000000000`] }),
      until: ({ ResourceTagMappingList: [first, ...more] }) => first.Tags.length === 2 && more.length === 0,
    },
    { service: 'resourcegroupstaggingapi', operation: 'GetResources', input: { ResourceARNList: ['arn:aws:s3:::bucket'] }, name: 'of something else', fails: 'InvalidParameterException' },
  ],
};

export const others: readonly Scenario[] = [tagging, kms, ssm, sts, s3, dynamodb, lambda, states, endedExecutions, cloudformation];
