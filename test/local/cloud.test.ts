import { DescribeWorkspacesCommand, WorkSpacesClient } from '@aws-sdk/client-workspaces';
import { HttpClient } from './http-client';
import { makeRole } from './roles';
import { FUNCTION_ARN } from './stacks';
import { LocalCloud } from '../../local/cloud';
import { REGION } from '../../local/core/account';

test('a cloud that has not been started says so', () => {
  expect(() => new LocalCloud().endpointUrl).toThrow('the local cloud has not been started: await start() first');
});

describe('a started cloud', () => {
  const cloud = new LocalCloud();
  const client = new HttpClient(() => cloud.endpointUrl);

  beforeAll(() => cloud.start());
  afterAll(async () => {
    client.close();
    await cloud.stop();
  });

  async function json(service: string, target: string, input: object) {
    const request = { service, accessKeyId: 'test', method: 'POST', path: '/', headers: { 'x-amz-target': target }, body: JSON.stringify(input) };
    const { status, body } = await client.send(request);
    return { status, body: JSON.parse(body.toString()) };
  }

  async function sts(form: Record<string, string>): Promise<string> {
    const { body } = await client.send({ service: 'sts', accessKeyId: 'test', method: 'POST', path: '/', body: new URLSearchParams(form).toString() });
    return body.toString();
  }

  test('listens on 127.0.0.1 only, and gives tools an environment that leads nowhere else', () => {
    expect(cloud.endpointUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const environment: NodeJS.ProcessEnv = { ...process.env, AWS_PROFILE: 'mine', ...cloud.environment };
    expect(environment).toMatchObject({ AWS_PROFILE: undefined, AWS_ENDPOINT_URL: cloud.endpointUrl, AWS_REGION: REGION });
  });

  test('looks bootstrapped', async () => {
    const { body } = await json('ssm', 'AmazonSSM.GetParameter', { Name: '/cdk-bootstrap/hnb659fds/version' });
    expect(body.Parameter.Value).toBe('30');
    expect(cloud.s3.keys('cdk-hnb659fds-assets-123456789012-us-east-1')).toEqual([]);
  });

  test('has WorkSpaces, and middlewares see the calls to it', async () => {
    const seen: string[] = [];
    cloud.use(async (call, next) => {
      seen.push(`${call.service}:${call.operation}`);
      return next();
    });
    const workspaces = new WorkSpacesClient({ endpoint: cloud.endpointUrl, region: REGION, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
    expect((await workspaces.send(new DescribeWorkspacesCommand({}))).Workspaces).toEqual([]);
    expect(seen).toEqual(['workspaces:DescribeWorkspaces']);
    workspaces.destroy();
  });

  test('keeps parameters', async () => {
    expect((await json('ssm', 'AmazonSSM.PutParameter', { Name: '/mine', Value: '1', Type: 'String' })).body.Version).toBe(1);
    expect(await json('ssm', 'AmazonSSM.PutParameter', { Name: '/mine', Value: '2', Type: 'String' })).toMatchObject({ status: 400, body: { __type: 'ParameterAlreadyExists' } });
    expect((await json('ssm', 'AmazonSSM.PutParameter', { Name: '/mine', Value: '2', Overwrite: true })).body.Version).toBe(2);
    const { body } = await json('ssm', 'AmazonSSM.GetParameters', { Names: ['/mine', '/other'] });
    expect(body).toMatchObject({ Parameters: [{ Name: '/mine', Value: '2' }], InvalidParameters: ['/other'] });
    expect((await json('ssm', 'AmazonSSM.GetParameter', { Name: '/other' })).body.__type).toBe('ParameterNotFound');
  });

  test('knows who calls', async () => {
    expect(await sts({ Action: 'GetCallerIdentity' })).toContain('<Arn>arn:aws:iam::123456789012:user/local</Arn>');
    const roleArn = makeRole(cloud.iam, 'test');
    const assumed = await sts({ Action: 'AssumeRole', RoleArn: roleArn, RoleSessionName: 'mine' });
    const accessKeyId = /<AccessKeyId>(.+)<\/AccessKeyId>/.exec(assumed)![1];
    expect(cloud.iam.principalOf({ accessKeyId })).toEqual({ kind: 'assumed-role', name: 'mine', roleArn });
    expect(await sts({ Action: 'AssumeRole', RoleArn: 'arn:aws:iam::999999999999:role/other' })).toContain('<Code>AccessDenied</Code>');
  });

  test('refuses a service or an operation that it does not have, by name', async () => {
    const { body } = await client.send({ service: 'ec2', accessKeyId: 'test', method: 'POST', path: '/' });
    expect(body.toString()).toContain('the local cloud has no service \\"ec2\\"');
    expect(await sts({ Action: 'GetFederationToken' })).toContain('the local sts service does not have &quot;GetFederationToken&quot;');
  });
});

test('a cloud that is stopped leaves no function running', async () => {
  const cloud = new LocalCloud();
  await cloud.start();
  await cloud.lambda.put({
    name: 'handler',
    arn: FUNCTION_ARN,
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    roleArn: makeRole(cloud.iam, 'test'),
    timeoutSeconds: 900,
    memoryMb: 128,
    environment: {},
    description: '',
    code: { source: 'exports.handler = async () => { console.log("pid " + process.pid); await new Promise(() => setInterval(() => {}, 1000)); };' },
  });
  const client = new HttpClient(() => cloud.endpointUrl);
  const path = '/2015-03-31/functions/handler/invocations';
  await client.send({ service: 'lambda', accessKeyId: 'test', method: 'POST', path, headers: { 'x-amz-invocation-type': 'Event' } });
  while (!cloud.lambda.log('handler').includes('pid')) await new Promise((done) => setTimeout(done, 20));
  cloud.lambda.delete('handler'); // what runs goes on
  const pid = Number(/pid (\d+)/.exec(cloud.lambda.log('handler'))![1]);
  expect(() => process.kill(pid, 0)).not.toThrow();
  client.close();
  await cloud.stop();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
