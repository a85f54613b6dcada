import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateGrantCommand, DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import {
  CreateWorkspacesCommand, DescribeWorkspacesCommand, TerminateWorkspacesCommand, WorkSpacesClient, type WorkspaceRequest,
} from '@aws-sdk/client-workspaces';
import { LocalCloud } from '../../../local/cloud';
import { VirtualClock } from '../../../local/core/clock';
import type { Principal } from '../../../local/iam';
import { EndpointHandler } from '../../endpoint-handler';
import { makeRole } from '../roles';

const DIRECTORY = 'd-90670b2f8c';
const BUNDLE = 'wsb-clj85qzj1';
const BUCKET = 'cdk-hnb659fds-assets-123456789012-us-east-1';
const WORKSPACES = 'arn:aws:workspaces:us-east-1:123456789012';
const SESSION = 'arn:aws:sts::123456789012:assumed-role/tester/caller';
const MINUTE = 60_000;

let cloud: LocalCloud;
const principal: Principal = { kind: 'function', name: 'caller', roleArn: 'arn:aws:iam::123456789012:role/tester' };

beforeEach(async () => {
  cloud = new LocalCloud({ clock: new VirtualClock(), workspaces: { throttle: 'off' } });
  await cloud.start();
});
afterEach(() => cloud.stop());

/** The configuration of an SDK client of the function `caller`, or of another caller. */
function as(accessKeyId = cloud.iam.accessKeyFor(principal)) {
  const requestHandler = new EndpointHandler(Reflect.get(cloud, 'endpoint'));
  return { region: 'us-east-1', endpoint: cloud.endpointUrl, credentials: { accessKeyId, secretAccessKey: 'x' }, maxAttempts: 1, requestHandler };
}

function allow(Action: string | string[], Resource: string | string[] = '*', Condition?: object): object {
  return { Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) };
}

/** Gives the role `tester` these statements and no others. */
function permit(...Statement: object[]): void {
  if (!cloud.iam.roles.has('tester')) makeRole(cloud.iam, 'tester');
  cloud.iam.putInlinePolicy('tester', 'inline', { Version: '2012-10-17', Statement });
}

function notAllowed(action: string, resource: string): string {
  return `User: ${SESSION} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
}

describe('a denial is in the service\'s own form', () => {
  test.each<[string, () => Promise<unknown>, number, string, string]>([
    ['workspaces', () => new WorkSpacesClient(as()).send(new DescribeWorkspacesCommand({})), 400, 'AccessDeniedException', notAllowed('workspaces:DescribeWorkspaces', '*')],
    ['dynamodb', () => new DynamoDBClient(as()).send(new GetItemCommand({ TableName: 't', Key: { id: { S: 'a' } } })), 400, 'AccessDeniedException',
      notAllowed('dynamodb:GetItem', 'arn:aws:dynamodb:us-east-1:123456789012:table/t')],
    ['lambda', () => new LambdaClient(as()).send(new InvokeCommand({ FunctionName: 'f' })), 403, 'AccessDeniedException',
      notAllowed('lambda:InvokeFunction', 'arn:aws:lambda:us-east-1:123456789012:function:f')],
    ['states', () => new SFNClient(as()).send(new StartExecutionCommand({ stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:m' })), 400,
      'AccessDeniedException', notAllowed('states:StartExecution', 'arn:aws:states:us-east-1:123456789012:stateMachine:m')],
    ['cloudformation', () => new CloudFormationClient(as()).send(new DescribeStacksCommand({ StackName: 'S' })), 403, 'AccessDenied',
      notAllowed('cloudformation:DescribeStacks', 'arn:aws:cloudformation:us-east-1:123456789012:stack/S/*')],
    ['s3', () => new S3Client({ ...as(), forcePathStyle: true }).send(new ListObjectsV2Command({ Bucket: BUCKET })), 403, 'AccessDenied',
      notAllowed('s3:ListBucket', `"arn:aws:s3:::${BUCKET}"`)],
  ])('%s', async (_service, call, httpStatusCode, name, message) => {
    permit(allow('ssm:GetParameter'));
    await expect(call()).rejects.toMatchObject({ name, message, $metadata: { httpStatusCode } });
    expect(cloud.iam.denials).toHaveLength(1);
  });

  test('an explicit deny says so', async () => {
    permit(allow('workspaces:*'), { Effect: 'Deny', Action: 'workspaces:Describe*', Resource: '*' });
    await expect(new WorkSpacesClient(as()).send(new DescribeWorkspacesCommand({}))).rejects.toThrow(
      `User: ${SESSION} is not authorized to perform: workspaces:DescribeWorkspaces on resource: * with an explicit deny in an identity-based policy`,
    );
  });

  test('the keys of a deleted role are invalid', async () => {
    permit(allow('*'));
    const config = as();
    await new WorkSpacesClient(config).send(new DescribeWorkspacesCommand({}));
    cloud.iam.deleteRole('tester');
    await expect(new WorkSpacesClient(config).send(new DescribeWorkspacesCommand({}))).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    await expect(new CloudFormationClient(config).send(new DescribeStacksCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await expect(new S3Client({ ...config, forcePathStyle: true }).send(new ListObjectsV2Command({ Bucket: BUCKET }))).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
  });

  test('the deployer is not restricted', async () => {
    await new WorkSpacesClient(as(cloud.environment.AWS_ACCESS_KEY_ID)).send(new DescribeWorkspacesCommand({}));
    const roleArn = 'arn:aws:iam::123456789012:role/cdk-hnb659fds-deploy-role-123456789012-us-east-1';
    await new WorkSpacesClient(as(cloud.iam.accessKeyFor({ kind: 'assumed-role', name: 'cdk', roleArn }))).send(new DescribeWorkspacesCommand({}));
    expect(cloud.iam.denials).toEqual([]);
  });

  test('a role may not call an operation with unknown permissions', async () => {
    permit(allow('*'));
    await expect(new CloudFormationClient(as()).send(new CreateStackCommand({ StackName: 'S', TemplateBody: '{}' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: 'the local IAM does not know which permissions cloudformation:CreateStack takes, so only the deployer may call it',
    });
  });
});

describe('desktops', () => {
  const OWN = { StringLike: { 'aws:ResourceTag/owner': 'stack/*' } };

  function request(changes: Partial<WorkspaceRequest> = {}): WorkspaceRequest {
    return { DirectoryId: DIRECTORY, UserName: 'anna', BundleId: BUNDLE, Tags: [{ Key: 'owner', Value: 'stack/fleet' }], ...changes };
  }

  async function create(...Workspaces: WorkspaceRequest[]): Promise<string> {
    const answer = new WorkSpacesClient(as()).send(new CreateWorkspacesCommand({ Workspaces }));
    return answer.then(({ PendingRequests }) => `${PendingRequests!.length} made`, ({ message }) => message);
  }

  test('are made from the directory and the bundle, and with the tags, that the role has', async () => {
    permit(
      allow('workspaces:CreateWorkspaces', [`${WORKSPACES}:directory/${DIRECTORY}`, `arn:aws:workspaces:us-east-1:*:workspacebundle/${BUNDLE}`]),
      allow('workspaces:CreateWorkspaces', `${WORKSPACES}:workspace/*`, { StringLike: { 'aws:RequestTag/owner': 'stack/*' } }),
    );
    const refused = (resource: string) => notAllowed('workspaces:CreateWorkspaces', `${WORKSPACES}:${resource}`);
    expect(await create(request(), request({ UserName: 'ben', DirectoryId: 'd-90670b2f8d' }))).toBe(refused('directory/d-90670b2f8d'));
    expect(await create(request({ BundleId: 'wsb-other0000' }))).toBe(refused('workspacebundle/wsb-other0000'));
    expect(await create(request(), request({ UserName: 'ben', Tags: [{ Key: 'owner', Value: 'other/fleet' }] }))).toBe(refused('workspace/*'));
    expect(await create(request({ Tags: undefined }))).toBe(refused('workspace/*'));
    expect(cloud.workspaces.desktops()).toEqual([]); // nobody gets one when one of the call must not be made
    expect(await create(request(), request({ UserName: 'ben' }))).toBe('2 made');
  });

  test('may need workspaces:CreateTags, too, if so configured', async () => {
    permit(allow('workspaces:CreateWorkspaces'));
    cloud.workspaces.configure({ createTagsOnCreate: 'checked' });
    expect(await create(request())).toBe(notAllowed('workspaces:CreateTags', '*'));
    permit(allow(['workspaces:CreateWorkspaces', 'workspaces:CreateTags'], '*', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['owner'] } }));
    expect(await create(request({ Tags: [{ Key: 'owner', Value: 'a' }, { Key: 'other', Value: 'a' }] }))).toContain('is not authorized');
    expect(await create(request())).toBe('1 made');
  });

  test('are terminated by their tags: if one is foreign, none of the call is', async () => {
    const made = (userName: string, owner: string) => (
      cloud.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName, tags: { owner } })
    );
    const [own, foreign] = [made('anna', 'stack/fleet'), made('ben', 'other/fleet')];
    permit(allow('workspaces:TerminateWorkspaces', `${WORKSPACES}:workspace/*`, OWN));
    const client = new WorkSpacesClient(as());
    const terminate = (...ids: string[]) => (
      client.send(new TerminateWorkspacesCommand({ TerminateWorkspaceRequests: ids.map((WorkspaceId) => ({ WorkspaceId })) }))
    );
    await expect(terminate(own, foreign)).rejects.toThrow(notAllowed('workspaces:TerminateWorkspaces', `${WORKSPACES}:workspace/${foreign}`));
    expect(cloud.workspaces.desktops().map(({ terminatingAt }) => terminatingAt)).toEqual([undefined, undefined]);
    expect((await terminate(own)).FailedRequests).toEqual([]);
    expect(cloud.workspaces.desktops().find(({ workspaceId }) => workspaceId === own)!.state).toBe('TERMINATING');
  });

  test('a new policy takes effect later, if so configured', async () => {
    permit(allow('ssm:GetParameter'));
    cloud.iam.policyDelay = MINUTE;
    permit(allow('workspaces:CreateWorkspaces'));
    expect(await create(request())).toContain('is not authorized');
    await cloud.clock.sleep(MINUTE);
    expect(await create(request())).toBe('1 made');
  });
});

describe('encrypted desktops', () => {
  const VIA = { StringEquals: { 'kms:ViaService': 'workspaces.us-east-1.amazonaws.com' } };
  const USES = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'];
  const FOR_SERVICE = { Bool: { 'kms:GrantIsForAWSResource': 'true' } };
  let keyArn: string;

  beforeEach(() => {
    keyArn = cloud.kms.createKey().arn;
  });

  async function create(VolumeEncryptionKey = keyArn): Promise<string> {
    const Workspaces = [{ DirectoryId: DIRECTORY, UserName: 'anna', BundleId: BUNDLE, VolumeEncryptionKey, UserVolumeEncryptionEnabled: true }];
    const { PendingRequests, FailedRequests } = await new WorkSpacesClient(as()).send(new CreateWorkspacesCommand({ Workspaces }));
    return FailedRequests![0]?.ErrorCode ?? `${PendingRequests!.length} made`;
  }

  const made = '1 made';
  const denied = 'AccessDenied.Key';

  test.each<[string, (key: string) => object[], string]>([
    ['what the guide lists', (key) => [allow('kms:CreateGrant', key, FOR_SERVICE), allow(USES, key, VIA)], made],
    ['the same without conditions', (key) => [allow(['kms:CreateGrant', ...USES], key)], made],
    ['no grants', (key) => [allow(USES, key, VIA)], denied],
    ['grants of its own only', (key) => [allow('kms:CreateGrant', key, { Bool: { 'kms:GrantIsForAWSResource': 'false' } }), allow(USES, key, VIA)], denied],
    ...USES.map((left): [string, (key: string) => object[], string] => (
      [`all but ${left}`, (key) => [allow('kms:CreateGrant', key, FOR_SERVICE), allow(USES.filter((use) => use !== left), key, VIA)], denied]
    )),
    ['another service', (key) => [allow(['kms:CreateGrant', ...USES], key, { StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } })], denied],
    ['another key', (key) => [allow(['kms:CreateGrant', ...USES], `${key}0`)], denied],
    ['a key by its alias', () => [allow(['kms:CreateGrant', ...USES], '*', { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/mine' } })], made],
    ['a key by another alias', () => [allow(['kms:CreateGrant', ...USES], '*', { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/other' } })], denied],
  ])('with a role that has %s', async (_what, statements, outcome) => {
    cloud.kms.createAlias('alias/mine', keyArn.split('/')[1]);
    permit(allow('workspaces:CreateWorkspaces'), ...statements(keyArn));
    expect(await create()).toBe(outcome);
    expect(cloud.kms.grants()).toHaveLength(outcome === made ? 1 : 0);
  });

  test('need only the grant if key users are not checked', async () => {
    cloud.workspaces.configure({ keyUserActions: 'unchecked' });
    permit(allow('workspaces:CreateWorkspaces'), allow('kms:CreateGrant', keyArn, FOR_SERVICE));
    expect(await create()).toBe(made);
  });

  test('AWS\'s own key needs no permission, but only through WorkSpaces', async () => {
    permit(allow('workspaces:CreateWorkspaces'));
    expect(await create('alias/aws/workspaces')).toBe(made);
    const { arn } = cloud.kms.resolve('alias/aws/workspaces')!;
    await expect(new KMSClient(as()).send(new CreateGrantCommand({ KeyId: arn, GranteePrincipal: SESSION, Operations: ['Decrypt'] }))).rejects.toMatchObject({
      message: expect.stringContaining('because no resource-based policy allows the kms:CreateGrant action'),
    });
  });

  const rootOnly = (Action: string) => ({ Sid: 'the account', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action, Resource: '*' });

  test.each<[string, object, object[], boolean]>([
    ['leaves it to the account, whose policies allow', rootOnly('kms:*'), [allow('kms:DescribeKey')], true],
    ['leaves it to the account, whose policies do not', rootOnly('kms:*'), [allow('ssm:GetParameter')], false],
    ['leaves other things to the account', rootOnly('kms:Put*'), [allow('kms:DescribeKey')], false],
    ['names the role', { ...rootOnly('kms:DescribeKey'), Principal: { AWS: principal.roleArn } }, [allow('ssm:GetParameter')], true],
    ['names another role', { ...rootOnly('kms:*'), Principal: { AWS: `${principal.roleArn}s` } }, [allow('kms:DescribeKey')], false],
    ['denies', { ...rootOnly('kms:DescribeKey'), Effect: 'Deny' }, [allow('kms:DescribeKey')], false],
  ])('a key whose own policy %s', async (_what, Statement, statements, allowed) => {
    cloud.kms.putKeyPolicy(keyArn, { Version: '2012-10-17', Statement: [Statement] });
    permit(...statements);
    const outcome = await new KMSClient(as()).send(new DescribeKeyCommand({ KeyId: keyArn })).then(() => 'ok', ({ name }) => name);
    expect(outcome).toBe(allowed ? 'ok' : 'AccessDeniedException');
  });

  test('a key\'s new policy also takes effect later, if so configured', async () => {
    permit(allow('kms:DescribeKey'));
    cloud.iam.policyDelay = MINUTE;
    cloud.kms.putKeyPolicy(keyArn, { Version: '2012-10-17', Statement: [rootOnly('kms:Put*')] });
    const describe = () => new KMSClient(as()).send(new DescribeKeyCommand({ KeyId: keyArn }));
    await describe();
    await cloud.clock.sleep(MINUTE);
    await expect(describe()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

test('who may not list a bucket is not told that an object is missing', async () => {
  cloud.s3.put(BUCKET, 'there', Buffer.from('x'));
  const { requestHandler: _, ...config } = as(); // what that answers is no stream
  const client = new S3Client({ ...config, forcePathStyle: true });
  const read = (Key: string) => client.send(new GetObjectCommand({ Bucket: BUCKET, Key })).then(() => 'ok', ({ name }) => name);
  permit(allow('s3:GetObject'));
  expect([await read('there'), await read('missing')]).toEqual(['ok', 'AccessDenied']);
  permit(allow(['s3:GetObject', 's3:ListBucket']));
  expect(await read('missing')).toBe('NoSuchKey');
  client.destroy();
});

describe('a role is assumed', () => {
  async function assume(trusted: object): Promise<string> {
    cloud.iam.createRole('other', { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: trusted, Action: 'sts:AssumeRole' }] });
    const form = new URLSearchParams({ Action: 'AssumeRole', RoleArn: 'arn:aws:iam::123456789012:role/other', RoleSessionName: 's' }).toString();
    const { credentials: { accessKeyId } } = as();
    const { body } = await Reflect.get(cloud, 'client').send({ service: 'sts', accessKeyId, method: 'POST', path: '/', body: form });
    return /<(Code|Arn)>(.+)<\/\1>/.exec(body.toString())![2];
  }

  test.each<[string, object, boolean, string]>([
    ['it trusts by name', { AWS: principal.roleArn }, false, 'arn:aws:sts::123456789012:assumed-role/other/s'],
    ['its account may trust', { AWS: '123456789012' }, true, 'arn:aws:sts::123456789012:assumed-role/other/s'],
    ['its account may trust, without permission', { AWS: '123456789012' }, false, 'AccessDenied'],
    ['it does not trust', { Service: 'lambda.amazonaws.com' }, true, 'AccessDenied'],
  ])('by a caller whom %s', async (_what, trusted, permitted, outcome) => {
    permit(allow(permitted ? 'sts:AssumeRole' : 'ssm:GetParameter'));
    expect(await assume(trusted)).toBe(outcome);
  });
});

describe('a function', () => {
  async function run(changes: object = {}): Promise<{ payload: string; log: string }> {
    await cloud.lambda.put({
      name: 'caller',
      arn: 'arn:aws:lambda:us-east-1:123456789012:function:caller',
      runtime: 'nodejs24.x',
      handler: 'index.handler',
      timeoutSeconds: 30,
      memoryMb: 128,
      roleArn: principal.roleArn,
      environment: {},
      description: '',
      ...changes,
      code: { source: "exports.handler = async () => { console.log('written'); return 'ran'; };" },
    });
    const { Payload } = await new LambdaClient(as('test')).send(new InvokeCommand({ FunctionName: 'caller' }));
    return { payload: Payload!.transformToString(), log: cloud.lambda.log('caller').trim() };
  }

  const GROUP = 'arn:aws:logs:us-east-1:123456789012:log-group';

  test.each<[string, object, object, string]>([
    ['its own group', allow(['logs:CreateLogStream', 'logs:PutLogEvents'], `${GROUP}:/aws/lambda/caller:*`), {}, 'written'],
    ['every group', allow('logs:*'), {}, 'written'],
    ['the group that it is given', allow(['logs:CreateLogStream', 'logs:PutLogEvents'], `${GROUP}:mine:*`), { logGroup: 'mine' }, 'written'],
    ['another group than it is given', allow('logs:*', `${GROUP}:/aws/lambda/caller:*`), { logGroup: 'mine' }, ''],
    ['its own group, but not what is in it', allow('logs:*', `${GROUP}:/aws/lambda/caller`), {}, ''],
    ['no streams', allow('logs:PutLogEvents'), {}, ''],
    ['nothing of the kind', allow('ssm:GetParameter'), {}, ''],
  ])('runs, and its log is kept if its role may write to it: %s', async (_what, statement, changes, log) => {
    permit(statement);
    expect(await run(changes)).toEqual({ payload: '"ran"', log });
  });

  test('may write with AWS\'s managed policy', async () => {
    permit(allow('ssm:GetParameter'));
    cloud.iam.attach('tester', 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole');
    expect((await run()).log).toBe('written');
  });
});
