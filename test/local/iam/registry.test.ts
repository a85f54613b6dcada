import { VirtualClock } from '../../../local/core/clock';
import { IamRegistry, PolicyDocument } from '../../../local/iam';

const TRUST = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
const READ = { action: 's3:GetObject', resource: 'arn:aws:s3:::bucket/key' };
const MINUTE = 60_000;

let clock: VirtualClock;
let iam: IamRegistry;
const reader = { kind: 'function', name: 'reader', roleArn: 'arn:aws:iam::123456789012:role/reader' } as const;

beforeEach(() => {
  clock = new VirtualClock();
  iam = new IamRegistry(clock);
  iam.createRole('reader', TRUST);
});

function policy(Action: string, Effect = 'Allow', more: object = {}): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Effect, Action, Resource: '*', ...more }] };
}

function mayRead(): boolean {
  return iam.allows(reader, READ);
}

test('a role may do what its inline and its managed policies allow', () => {
  expect(mayRead()).toBe(false);
  iam.putInlinePolicy('reader', 'p', policy('s3:GetObject'));
  expect(mayRead()).toBe(true);
  iam.putInlinePolicy('reader', 'p', policy('s3:PutObject'));
  expect(mayRead()).toBe(false);
  iam.putManagedPolicy('arn:aws:iam::123456789012:policy/m', policy('s3:Get*'));
  iam.attach('reader', 'arn:aws:iam::123456789012:policy/m');
  expect(mayRead()).toBe(true);
  iam.roles.get('reader')!.inline.set('q', policy('s3:*', 'Deny'));
  expect(mayRead()).toBe(false);
  iam.deleteInlinePolicy('reader', 'q');
  expect(mayRead()).toBe(true);
  iam.detach('reader', 'arn:aws:iam::123456789012:policy/m');
  expect(mayRead()).toBe(false);
});

test('the account\'s service control policies limit every role, whatever its own policies allow', () => {
  iam.putInlinePolicy('reader', 'p', policy('s3:*'));
  iam.putServiceControlPolicy('hold', policy('s3:GetObject', 'Deny', { Resource: READ.resource }));
  expect(mayRead()).toBe(false);
  expect(iam.denials.at(-1)).toMatchObject({ reason: 'an explicit deny in a service control policy', explicit: true });
  expect(iam.allows(reader, { ...READ, resource: 'arn:aws:s3:::bucket/other' })).toBe(true);
  iam.deleteServiceControlPolicy('hold');
  expect(mayRead()).toBe(true);
  iam.deleteServiceControlPolicy('FullAWSAccess');
  expect(mayRead()).toBe(false);
  expect(iam.denials.at(-1)).toMatchObject({ reason: 'no service control policy allows the s3:GetObject action', explicit: false });
});

test('every denial is recorded, with caller, action and reason', () => {
  mayRead();
  iam.putInlinePolicy('reader', 'p', policy('s3:*', 'Deny'));
  mayRead();
  iam.allows({ ...reader, roleArn: 'arn:aws:iam::123456789012:role/other' }, READ);
  const principal = 'arn:aws:sts::123456789012:assumed-role/reader/reader';
  expect(iam.denials).toEqual([
    { at: clock.now(), principal, ...READ, reason: 'no identity-based policy allows the s3:GetObject action', explicit: false },
    { at: clock.now(), principal, ...READ, reason: 'an explicit deny in an identity-based policy', explicit: true },
    expect.objectContaining({ reason: 'the role arn:aws:iam::123456789012:role/other does not exist' }),
  ]);
});

test('a change of a policy, and its removal, take effect after the delay that is set at the time', async () => {
  iam.policyDelay = MINUTE;
  iam.putInlinePolicy('reader', 'p', policy('s3:GetObject'));
  expect(iam.role('reader').inline.get('p')).toEqual(policy('s3:GetObject'));
  await clock.sleep(MINUTE - 1);
  expect(mayRead()).toBe(false);
  await clock.sleep(1);
  expect(mayRead()).toBe(true);

  iam.deleteInlinePolicy('reader', 'p');
  expect(iam.role('reader').inline.names()).toEqual([]);
  await clock.sleep(MINUTE - 1);
  expect(mayRead()).toBe(true);
  await clock.sleep(1);
  expect(mayRead()).toBe(false);

  iam.attach('reader', 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole');
  expect(iam.allows(reader, { action: 'logs:PutLogEvents', resource: 'arn:aws:logs:x' })).toBe(false);
  await clock.sleep(MINUTE);
  expect(iam.allows(reader, { action: 'logs:PutLogEvents', resource: 'arn:aws:logs:us-east-1:123456789012:log-group:x' })).toBe(true);
});

test('of two changes the later one wins, also when the earlier one takes longer', async () => {
  iam.policyDelay = 2 * MINUTE;
  iam.putInlinePolicy('reader', 'p', policy('s3:GetObject'));
  iam.policyDelay = MINUTE;
  iam.putInlinePolicy('reader', 'p', policy('s3:PutObject'));
  for (const expected of [false, false, false]) {
    await clock.sleep(MINUTE);
    expect(mayRead()).toBe(expected);
  }
  expect(iam.allows(reader, { ...READ, action: 's3:PutObject' })).toBe(true);
});

test('the keys of a role become invalid with it, and work again with a new role of the same name', async () => {
  const caller = { accessKeyId: iam.accessKeyFor(reader) };
  iam.putInlinePolicy('reader', 'p', policy('s3:GetObject'));
  expect(iam.rightsOf(caller)).toBe('by policy');
  iam.policyDelay = MINUTE;
  iam.deleteRole('reader');
  expect([iam.rightsOf(caller), mayRead()]).toEqual(['by policy', true]);
  await clock.sleep(MINUTE);
  expect([iam.rightsOf(caller), mayRead()]).toEqual(['nothing', false]);
  iam.createRole('reader', TRUST);
  expect([iam.rightsOf(caller), mayRead()]).toEqual(['by policy', false]);
});

test('the deployer may do anything; an unknown key that looks valid may do nothing', () => {
  const deployer = { kind: 'assumed-role', name: 'cli', roleArn: 'arn:aws:iam::123456789012:role/deploy' } as const;
  iam.deployers.add(deployer.roleArn);
  expect(iam.rightsOf({ accessKeyId: iam.accessKeyFor(deployer) })).toBe('anything');
  expect(iam.rightsOf({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE' })).toBe('anything');
  expect(iam.rightsOf({ accessKeyId: 'LOCAL0123456789ABCDE' })).toBe('nothing');
});

test('policies know who asks, when, and how', () => {
  const condition = {
    ArnEquals: { 'aws:PrincipalArn': reader.roleArn },
    StringEquals: { 'aws:PrincipalAccount': '123456789012', 'aws:PrincipalType': 'AssumedRole', 'aws:RequestedRegion': 'us-east-1' },
    Bool: { 'aws:SecureTransport': 'true', 'aws:ViaAWSService': 'false' },
    DateEquals: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' },
    NumericEquals: { 'aws:EpochTime': '1767225600' },
    Null: { 'aws:SourceArn': 'true' },
  };
  iam.putInlinePolicy('reader', 'p', policy('s3:GetObject', 'Allow', { Condition: condition }));
  expect(mayRead()).toBe(true);
});

test.each<[string, PolicyDocument, string, string]>([
  ['what IAM does not take', policy('GetObject'), 'MalformedPolicyDocument', 'Actions/Conditions must be prefaced by a vendor'],
  ['a key that no request has', policy('s3:GetObject', 'Allow', { Condition: { StringEquals: { 'aws:SourceIp': '1' } } }), 'MalformedPolicyDocument', 'the local IAM does not have the condition key aws:SourceIp for s3:GetObject'],
  ['a key of another service', policy('dynamodb:*', 'Allow', { Condition: { StringEquals: { 'aws:ResourceTag/a': '1' } } }), 'MalformedPolicyDocument', 'the condition key aws:ResourceTag/a for dynamodb:*'],
  ['one value of many', policy('workspaces:*', 'Allow', { Condition: { StringEquals: { 'aws:TagKeys': 'a' } } }), 'MalformedPolicyDocument', 'write ForAnyValue:StringEquals or ForAllValues:StringEquals'],
  ['too much', policy('s3:*', 'Allow', { Resource: `arn:aws:s3:::${'x'.repeat(10_240)}` }), 'LimitExceeded', 'Maximum policy size of 10240 bytes exceeded for role reader'],
])('an inline policy with %s is refused, and the old one stays', (_what, document, name, message) => {
  iam.putInlinePolicy('reader', 'p', policy('s3:GetObject'));
  expect(() => iam.putInlinePolicy('reader', 'p', document)).toThrow(expect.objectContaining({ name, message: expect.stringContaining(message) }));
  expect(mayRead()).toBe(true);
});

test('the size is that of all inline policies of the role together', () => {
  const half = policy('s3:*', 'Allow', { Resource: `arn:aws:s3:::${'x'.repeat(5_200)}` });
  iam.putInlinePolicy('reader', 'one', half);
  iam.putInlinePolicy('reader', 'one', half);
  expect(() => iam.putInlinePolicy('reader', 'two', half)).toThrow('Maximum policy size');
});

test.each([
  ['arn:aws:iam::aws:policy/AdministratorAccess', /does not exist or is not attachable. Of AWS's managed policies, the local IAM has arn:aws:iam::aws:policy\/service-role\/AWSLambdaBasic/],
  ['arn:aws:iam::123456789012:policy/mine', /^Policy arn:aws:iam::123456789012:policy\/mine does not exist or is not attachable.$/],
])('the managed policy %s does not exist', (policyArn, message) => {
  expect(() => iam.attach('reader', policyArn)).toThrow(expect.objectContaining({ name: 'NoSuchEntity', message: expect.stringMatching(message) }));
});

test('conditions on services that are not here are ignored', () => {
  expect(() => iam.putInlinePolicy('reader', 'p', policy('ec2:RunInstances', 'Allow', { Condition: { StringEquals: { 'ec2:Region': 'a' } } }))).not.toThrow();
});
