import { parsePolicy, PolicyDocument, PolicyKind } from '../../../local/iam/policy';

const ALLOW = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/*' };
const ROOT = { AWS: 'arn:aws:iam::123456789012:root' };

function parse(statement: object, kind: PolicyKind = 'identity'): void {
  parsePolicy({ Version: '2012-10-17', Statement: [statement] }, kind);
}

test('a policy may be written in several ways', () => {
  expect(() => parsePolicy({ Version: '2008-10-17', Id: 'id', Statement: ALLOW }, 'identity')).not.toThrow();
  expect(() => parse({ ...ALLOW, Sid: 'Read1', Action: ['s3:GetObject', 's3:List*', '*'], Resource: ['*'] })).not.toThrow();
  expect(() => parse({ ...ALLOW, Sid: 'with blanks', Principal: { AWS: ['123456789012', '*'], Service: 's3.amazonaws.com' } }, 'resource')).not.toThrow();
  expect(() => parse({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }, 'trust')).not.toThrow();
});

test.each<[string, unknown, string]>([
  ['a document that is none', 'text', 'a policy must be an object, got "text"'],
  ['no statement', { Version: '2012-10-17' }, 'a policy must have at least one Statement'],
  ['an unknown version', { Version: '2024-01-01', Statement: ALLOW }, 'Version must be one of 2012-10-17, 2008-10-17, got "2024-01-01"'],
  ['another member', { Statement: ALLOW, Statements: [] }, 'a policy must not have Statements; it may have Version, Id, Statement'],
  ['two statements of one id', { Statement: [{ ...ALLOW, Sid: 'a' }, { ...ALLOW, Sid: 'a' }] }, 'Statement IDs (SID) in a single policy must be unique.'],
])('a policy with %s is malformed', (_what, document, message) => {
  expect(() => parsePolicy(document as PolicyDocument, 'identity')).toThrow(expect.objectContaining({
    name: 'MalformedPolicyDocument', message: expect.stringContaining(message),
  }));
});

test.each<[PolicyKind, string, object, string]>([
  ['identity', 'another member', { ...ALLOW, Permission: 'x' }, 'a Statement must not have Permission'],
  ['identity', 'another effect', { ...ALLOW, Effect: 'allow' }, 'Effect must be Allow or Deny, got "allow"'],
  ['identity', 'no action', { ...ALLOW, Action: undefined }, 'Policy statement must contain actions.'],
  ['identity', 'an empty list of actions', { ...ALLOW, Action: [] }, 'Policy statement must contain actions.'],
  ['identity', 'an action without its service', { ...ALLOW, Action: 'GetObject' }, 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc., got "GetObject"'],
  ['identity', 'an action that is no text', { ...ALLOW, Action: [1] }, 'Action must be a text or a list of texts, got 1'],
  ['identity', 'both kinds of actions', { ...ALLOW, NotAction: 's3:PutObject' }, 'must not have both Action and NotAction'],
  ['identity', 'no resource', { ...ALLOW, Resource: undefined }, 'Policy statement must contain resources.'],
  ['identity', 'a resource that is no ARN', { ...ALLOW, Resource: 'bucket' }, 'Resource bucket must be in ARN format or "*".'],
  ['identity', 'a wildcard for the service', { ...ALLOW, Resource: 'arn:aws:*:::bucket' }, 'Resource vendor must be fully qualified and cannot contain regexes'],
  ['identity', 'a wildcard for the partition', { ...ALLOW, Resource: 'arn:*:s3:::bucket' }, 'Partition "*" is not valid for resource "arn:*:s3:::bucket".'],
  ['identity', 'a variable', { ...ALLOW, Resource: 'arn:aws:s3:::bucket/${aws:userid}' }, 'does not have policy variables, and Resource has ${aws:userid}'],
  ['identity', 'an odd id', { ...ALLOW, Sid: 'a-b' }, 'Statement IDs (SID) must be alpha-numeric'],
  ['identity', 'a principal', { ...ALLOW, Principal: '*' }, 'Policy document should not specify a principal.'],
  ['resource', 'no principal', ALLOW, 'Missing required field Principal'],
  ['resource', 'a user pattern', { ...ALLOW, Principal: { AWS: 'arn:aws:iam::123456789012:role/*' } }, 'Invalid principal in policy: {"AWS":"arn:aws:iam::123456789012:role/*"}'],
  ['resource', 'an odd type of principal', { ...ALLOW, Principal: { Team: 'a' } }, 'Invalid principal in policy: {"Team":"a"}'],
  ['resource', 'everybody but one', { ...ALLOW, NotPrincipal: ROOT }, 'NotPrincipal is not supported with "Effect": "Allow"'],
  ['trust', 'a resource in a trust policy', { ...ALLOW, Principal: ROOT }, 'Has prohibited field Resource'],
])('a statement of the kind %s with %s is malformed', (kind, _what, statement, message) => {
  expect(() => parse(statement, kind)).toThrow(expect.objectContaining({ name: 'MalformedPolicyDocument', message: expect.stringContaining(message) }));
});
