import { LocalCloud } from '../../../local/cloud';
import { VirtualClock } from '../../../local/core/clock';
import { Stacks } from '../stacks';

// IAM and KMS resources that templates create.

let cloud: LocalCloud;
let stacks: Stacks;

beforeEach(async () => {
  cloud = new LocalCloud({ clock: new VirtualClock() });
  await cloud.start();
  stacks = new Stacks(cloud);
  stacks.capabilities = ['CAPABILITY_NAMED_IAM'];
});
afterEach(async () => {
  stacks.client.destroy();
  await cloud.stop();
});

const BASIC = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
const principal = { kind: 'function', name: 'f', roleArn: 'arn:aws:iam::123456789012:role/mine' } as const;

function document(...actions: string[]): object {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
}

function role(more: object = {}): object {
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
  return { Type: 'AWS::IAM::Role', Properties: { RoleName: 'mine', AssumeRolePolicyDocument: trust, ...more } };
}

function policy(PolicyDocument: object): object {
  return { Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'p', PolicyDocument, Roles: [{ Ref: 'Role' }] } };
}

function managed(PolicyDocument: object): object {
  return { Type: 'AWS::IAM::ManagedPolicy', Properties: { ManagedPolicyName: 'm', PolicyDocument, Roles: [{ Ref: 'Role' }] } };
}

function key(Action: string): object {
  const Statement = [{ Effect: 'Allow', Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } }, Action, Resource: '*' }];
  return { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Version: '2012-10-17', Statement } } };
}

/** Which of these calls the role of the template may make. */
function allowed(...actions: string[]): string[] {
  return actions.filter((action) => cloud.iam.allows(principal, { action, resource: '*' }));
}

test('a role may do what its template says, as long as it says so', async () => {
  const all = ['s3:A', 's3:B', 's3:C', 's3:D', 'logs:PutLogEvents'];
  const inline = (...actions: string[]) => ({ Policies: [{ PolicyName: 'i', PolicyDocument: document(...actions) }] });

  const Role = role({ ManagedPolicyArns: [BASIC], ...inline('s3:A') });
  await stacks.create('S', { Role, Policy: policy(document('s3:B')), Managed: managed(document('s3:C')) });
  expect(allowed(...all)).toEqual(['s3:A', 's3:B', 's3:C', 'logs:PutLogEvents']);

  await stacks.update('S', { Role: role(inline('s3:D')), Policy: policy(document('s3:A')), Managed: managed(document('s3:B')) });
  expect(allowed(...all)).toEqual(['s3:A', 's3:B', 's3:D']);

  await stacks.update('S', { Role: role() });
  expect(allowed(...all)).toEqual([]);
  await stacks.delete('S');
  expect(cloud.iam.policiesOf(principal.roleArn)).toBeUndefined();
});

const ODD = document('GetObject');
const ERROR = /Actions\/Conditions must be prefaced by a vendor.*\(Service: Iam, Status Code: 400, Error Code: MalformedPolicyDocument\)/;

test.each<[string, object, RegExp]>([
  ['an inline policy', { A: role({ Policies: [{ PolicyName: 'i', PolicyDocument: ODD }] }) }, ERROR],
  ['a policy', { Role: role(), A: policy(ODD) }, ERROR],
  ['a managed policy', { Role: role(), A: managed(ODD) }, ERROR],
  ['a trust policy', { A: role({ AssumeRolePolicyDocument: document('sts:AssumeRole') }) }, /Has prohibited field Resource .*MalformedPolicyDocument/],
  ['a managed policy of AWS', { A: role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }) }, /ReadOnlyAccess does not exist or is not attachable.*NoSuchEntity/],
  ['a permission boundary', { A: role({ PermissionsBoundary: BASIC }) }, /AWS::IAM::Role does not have PermissionsBoundary/],
  ['a key\'s policy', { A: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: document('kms:*') } } }, /Missing required field Principal .*MalformedPolicyDocumentException/],
])('%s that is refused fails its resource, and nothing of it stays', async (_what, resources, message) => {
  const stack = await stacks.create('S', resources);
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect((await stacks.endings('S')).find((ending) => ending.startsWith('A CREATE_FAILED'))).toMatch(message);
  expect(cloud.iam.roles.size).toBe(0);
});

test('a policy that is refused in an update leaves the old one', async () => {
  await stacks.create('S', { Role: role(), Policy: policy(document('s3:A')) });
  expect((await stacks.update('S', { Role: role(), Policy: policy(ODD) })).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(allowed('s3:A')).toEqual(['s3:A']);
});

test('a key has the policy of its template, also after an update', async () => {
  const actions = () => (cloud.kms.keyPolicy('alias/mine').Statement as { Action: string; Principal: object }[])[0];
  const alias = { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/mine', TargetKeyId: { Ref: 'Key' } } };
  await stacks.create('S', { Key: key('kms:*'), Alias: alias });
  expect(actions()).toMatchObject({ Action: 'kms:*', Principal: { AWS: 'arn:aws:iam::123456789012:root' } });
  await stacks.update('S', { Key: key('kms:Describe*'), Alias: alias });
  expect(actions().Action).toBe('kms:Describe*');
});
