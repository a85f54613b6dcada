import { request } from 'node:http';
import { LocalCloud } from '../../local/cloud';

// An error names what is wrong with a request. No request is treated as another one, and none succeeds silently.

const cloud = new LocalCloud();
beforeAll(() => cloud.start());
afterAll(() => cloud.stop());

interface Wrong { readonly path?: string; readonly method?: string; readonly target?: string; readonly scope?: string; readonly body?: string }

async function send({ path = '/', method = 'POST', target, scope, body = '{}' }: Wrong): Promise<{ status: number; text: string }> {
  const headers = {
    ...(scope !== undefined && { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=local` }),
    ...(target !== undefined && { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' }),
    'content-length': Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    request(new URL(path, cloud.endpointUrl), { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => { text += chunk; }).on('end', () => resolve({ status: response.statusCode!, text }));
    }).on('error', reject).end(body);
  });
}

const scope = (service: string, region = 'us-east-1') => `KEY/20260101/${region}/${service}/aws4_request`;

test.each<[string, Wrong, RegExp]>([
  ['a request without a signature', {}, /unsigned request.*POST \//],
  ['a scope that is cut short', { scope: 'KEY/20260101/us-east-1/workspaces' }, /unsigned request/],
  ['a service that is not there', { scope: scope('ec2') }, /no service \\"ec2\\".*it has .*workspaces/],
  ['another Region', { scope: scope('workspaces', 'eu-west-1'), target: 'WorkspacesService.DescribeWorkspaces' }, /InvalidSignatureException.*not 'eu-west-1'.*us-east-1/],
  ['the scope of one service with the target of another', { scope: scope('kms'), target: 'WorkspacesService.DescribeWorkspaces' }, /UnknownOperation.*WorkspacesService\.DescribeWorkspaces/],
  ['an operation of WorkSpaces that is not there', { scope: scope('workspaces'), target: 'WorkspacesService.CreateIpGroup' }, /CreateIpGroup.*it has .*CreateWorkspaces/],
  ['no target at all', { scope: scope('workspaces') }, /UnknownOperation/],
  ['an operation of KMS that is not there', { scope: scope('kms'), target: 'TrentService.Sign' }, /TrentService\.Sign/],
  ['an operation of DynamoDB that is not there', { scope: scope('dynamodb'), target: 'DynamoDB_20120810.ExecuteStatement' }, /ExecuteStatement/],
  ['an operation of Step Functions that is not there', { scope: scope('states'), target: 'AWSStepFunctions.StartSyncExecution' }, /StartSyncExecution/],
  ['an operation of CloudFormation that is not there', { scope: scope('cloudformation'), body: 'Action=DetectStackDrift' }, /DetectStackDrift.*it has .*CreateStack/],
  ['a body that is not JSON', { scope: scope('workspaces'), target: 'WorkspacesService.CreateWorkspaces', body: '{"Workspaces": [' }, /SerializationException.*CreateWorkspaces is not JSON/],
  ['a body that is JSON but no object', { scope: scope('workspaces'), target: 'WorkspacesService.CreateWorkspaces', body: '[]' }, /SerializationException/],
  ['a body of DynamoDB that is not JSON', { scope: scope('dynamodb'), target: 'DynamoDB_20120810.PutItem', body: 'x' }, /SerializationException.*PutItem/],
  ['a function that is not there', { scope: scope('lambda'), path: '/2015-03-31/functions/nobody/invocations' }, /Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody/],
  ['an event that is not JSON', { scope: scope('lambda'), path: '/2015-03-31/functions/nobody/invocations', body: 'x' }, /Function not found|Could not parse/],
  ['a path of Lambda that is not there', { scope: scope('lambda'), path: '/2015-03-31/layers', method: 'GET' }, /GET \/2015-03-31\/layers/],
  ['a bucket that is not there', { scope: scope('s3'), path: '/nobucket/key', method: 'GET', body: '' }, /NoSuchBucket/],
])('%s', async (_what, wrong, message) => {
  const { status, text } = await send(wrong);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(text.replace(/&quot;/g, '"')).toMatch(message);
});

let stacks = 0;

test.each<[string, object, RegExp]>([
  ['a resource type', { Thing: { Type: 'AWS::EC2::Instance', Properties: {} } }, /AWS::EC2::Instance/],
  ['a property of a resource type', { Thing: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x', Tier: 'Advanced', Policies: 'y' } } }, /Policies/],
  ['an intrinsic function', { Thing: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: { 'Fn::Cidr': ['10.0.0.0/16', 1, 8] } } } }, /Fn::Cidr/],
  ['an attribute of a resource', { Thing: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: { 'Fn::GetAtt': ['Other', 'Nothing'] } } }, Other: { Type: 'AWS::S3::Bucket' } }, /Nothing/],
  ['a resource that it refers to', { Thing: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: { Ref: 'Nobody' } } } }, /Nobody/],
])('a template with %s that does not exist', async (_what, Resources, message) => {
  const form = new URLSearchParams({ Action: 'CreateStack', StackName: `Bad${++stacks}`, TemplateBody: JSON.stringify({ Resources }) });
  const { text } = await send({ scope: scope('cloudformation'), body: form.toString() });
  await cloud.cloudformation.settled();
  const events = cloud.cloudformation.stacks.all().flatMap((stack) => stack.events.map(({ status, reason }) => `${status} ${reason}`));
  expect([text, ...events].join('\n')).toMatch(message);
  expect(cloud.cloudformation.stacks.all().every(({ status }) => status === 'ROLLBACK_COMPLETE')).toBe(true);
});
