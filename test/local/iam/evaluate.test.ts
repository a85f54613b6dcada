import * as fc from 'fast-check';
import type { Context } from '../../../local/iam/condition';
import { decide, evaluate, evaluateResource, Request } from '../../../local/iam/evaluate';
import { parsePolicy } from '../../../local/iam/policy';

const ACCOUNT = '123456789012';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/reader`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/reader/me`;
const OBJECT = 'arn:aws:s3:::bucket/key';
const ALLOW = { Effect: 'Allow', Action: 's3:GetObject', Resource: OBJECT };
const DENY = { ...ALLOW, Effect: 'Deny' };

function request(changes: Partial<Request> = {}): Request {
  return { asker: { kind: 'role', account: ACCOUNT, roleArn: ROLE, sessionArn: SESSION }, action: 's3:GetObject', resource: OBJECT, context: {}, ...changes };
}

function identity(...statements: object[]) {
  return parsePolicy({ Version: '2012-10-17', Statement: statements }, 'identity');
}

function resource(...statements: object[]) {
  return parsePolicy({ Version: '2012-10-17', Statement: statements.map((statement) => ({ ...ALLOW, Resource: '*', ...statement })) }, 'resource');
}

describe('identity policies', () => {
  test('without any, everything is denied', () => {
    expect(evaluate([], request())).toBe('implicit deny');
  });

  test.each<[string, object, boolean]>([
    ['the action', {}, true],
    ['the action in another case', { Action: 'S3:getobject' }, true],
    ['a pattern of actions', { Action: 's3:Get*' }, true],
    ['a pattern with one character', { Action: 's3:GetObjec?' }, true],
    ['every action', { Action: '*' }, true],
    ['another action', { Action: 's3:GetObjectVersion' }, false],
    ['one of several actions', { Action: ['s3:PutObject', 's3:GetObject'] }, true],
    ['all but another action', { Action: undefined, NotAction: 's3:PutObject' }, true],
    ['all but this action', { Action: undefined, NotAction: ['s3:Get*'] }, false],
    ['every resource', { Resource: '*' }, true],
    ['a pattern of resources', { Resource: 'arn:aws:s3:::buck??/*' }, true],
    ['a resource in another case', { Resource: 'arn:aws:s3:::Bucket/key' }, false],
    ['one of several resources', { Resource: ['arn:aws:s3:::other', OBJECT] }, true],
    ['a part of the resource', { Resource: 'arn:aws:s3:::bucket' }, false],
    ['a short ARN', { Resource: 'arn:aws:s3' }, true],
    ['all but another resource', { Resource: undefined, NotResource: 'arn:aws:s3:::other/*' }, true],
    ['all but this resource', { Resource: undefined, NotResource: 'arn:aws:s3:::bucket/*' }, false],
    ['a condition that holds', { Condition: { Null: { 'aws:SourceArn': 'true' } } }, true],
    ['a condition that does not', { Condition: { Null: { 'aws:SourceArn': 'false' } } }, false],
  ])('allowing %s', (_what, changes, allowed) => {
    expect(evaluate([identity({ ...ALLOW, ...changes })], request())).toBe(allowed ? 'allow' : 'implicit deny');
    expect(evaluate([identity(ALLOW), identity({ ...DENY, ...changes })], request())).toBe(allowed ? 'explicit deny' : 'allow');
  });

  test('a wildcard does not reach over the colons of an ARN', () => {
    const machine = 'arn:aws:states:us-east-1:123456789012:stateMachine:waiter';
    const allowing = (Resource: string) => evaluate([identity({ ...ALLOW, Action: '*', Resource })], request({ action: 'states:StartExecution', resource: machine }));
    expect(allowing('arn:aws:states:us-east-1:*:waiter')).toBe('implicit deny');
    expect(allowing('arn:aws:states:*:*:stateMachine:waiter')).toBe('allow');
    expect(allowing('arn:aws:states:us-east-1:123456789012:*')).toBe('allow');
  });

  test('an action without resources is not allowed by ARNs', () => {
    expect(evaluate([identity({ ...ALLOW, Resource: 'arn:aws:s3:::*' })], request({ resource: '*' }))).toBe('implicit deny');
    expect(evaluate([identity({ ...ALLOW, Resource: '*' })], request({ resource: '*' }))).toBe('allow');
  });
});

describe('resource policies', () => {
  test.each<[string, object, string]>([
    ['the role', { Principal: { AWS: ROLE } }, 'allow'],
    ['the session', { Principal: { AWS: [SESSION] } }, 'allow'],
    ['anybody', { Principal: '*' }, 'allow'],
    ['anybody of AWS', { Principal: { AWS: '*' } }, 'allow'],
    ['the account', { Principal: { AWS: ACCOUNT } }, 'delegates'],
    ['the account by its root', { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }, 'delegates'],
    ['another role', { Principal: { AWS: `${ROLE}s` } }, 'implicit deny'],
    ['another account', { Principal: { AWS: '999999999999' } }, 'implicit deny'],
    ['a service', { Principal: { Service: 's3.amazonaws.com' } }, 'implicit deny'],
    ['somebody from elsewhere', { Principal: { Federated: 'cognito-identity.amazonaws.com' } }, 'implicit deny'],
    ['the role, for something else', { Principal: { AWS: ROLE }, Action: 's3:PutObject' }, 'implicit deny'],
    ['the account, not to this one', { Effect: 'Deny', Principal: { AWS: ACCOUNT } }, 'explicit deny'],
    ['all but the account', { Effect: 'Deny', NotPrincipal: { AWS: '999999999999' } }, 'explicit deny'],
    ['all but the role, which is not spared without its account', { Effect: 'Deny', NotPrincipal: { AWS: [ROLE, SESSION] } }, 'explicit deny'],
    ['all but the role with all its names', { Effect: 'Deny', NotPrincipal: { AWS: [ROLE, SESSION, ACCOUNT] } }, 'implicit deny'],
  ])('naming %s', (_what, statement, verdict) => {
    expect(evaluateResource(resource(statement), request())).toBe(verdict);
  });

  test('a service is named as such', () => {
    const asker = { kind: 'service', name: 'lambda.amazonaws.com' } as const;
    expect(evaluateResource(resource({ Principal: { Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] } }), request({ asker }))).toBe('allow');
    expect(evaluateResource(resource({ Principal: { AWS: ACCOUNT } }), request({ asker }))).toBe('implicit deny');
  });

  test.each<[string, object[], object, object]>([
    ['the account decides, and allows', [ALLOW], { Principal: { AWS: ACCOUNT } }, { allowed: true }],
    ['the account decides, and does not allow', [], { Principal: { AWS: ACCOUNT } }, { allowed: false, explicit: false, by: 'identity' }],
    ['the role is named', [], { Principal: { AWS: ROLE } }, { allowed: true }],
    ['nobody is named', [ALLOW], { Principal: { AWS: '999999999999' } }, { allowed: false, explicit: false, by: 'resource' }],
    ['the role is named, and denied by its own policy', [DENY], { Principal: { AWS: ROLE } }, { allowed: false, explicit: true, by: 'identity' }],
    ['the resource denies', [ALLOW], { Effect: 'Deny', Principal: '*' }, { allowed: false, explicit: true, by: 'resource' }],
  ])('with an identity policy: %s', (_what, statements, statement, decision) => {
    expect(decide(request(), statements.length > 0 ? [identity(...statements)] : [], resource(statement))).toEqual(decision);
  });
});

describe('for any policy', () => {
  const action = fc.constantFrom('s3:GetObject', 's3:PutObject', 's3:Get*', 's3:*', '*', 'kms:Decrypt');
  const target = fc.constantFrom('*', OBJECT, 'arn:aws:s3:::bucket/*', 'arn:aws:s3:::other/*', 'arn:aws:kms:us-east-1:123456789012:key/*');
  const condition = fc.constantFrom({}, { StringEquals: { k: 'a' } }, { StringNotLike: { k: 'a*' } }, { 'ForAllValues:StringEquals': { k: ['a', 'b'] } });
  const statement = fc.record({ Effect: fc.constantFrom('Allow', 'Deny'), Action: action, Resource: target, Condition: condition });
  const statements = fc.array(statement, { minLength: 1, maxLength: 6 });
  const asked = fc.record({
    action: fc.constantFrom('s3:GetObject', 's3:PutObject', 'kms:Decrypt'),
    resource: fc.constantFrom('*', OBJECT, 'arn:aws:s3:::other/x'),
    context: fc.constantFrom<Context>({}, { k: 'a' }, { k: 'ab' }),
  }).map((changes) => request(changes));

  test('a Deny that applies wins', () => {
    fc.assert(fc.property(statements, asked, (all, it) => {
      const deny = { Effect: 'Deny', Action: it.action, Resource: '*' };
      expect(evaluate([identity(...all, deny)], it)).toBe('explicit deny');
    }));
  });

  test('the order of statements, and how they are spread over policies, does not matter', () => {
    fc.assert(fc.property(statements, asked, fc.nat(), (all, it, turn) => {
      const n = turn % all.length;
      const verdict = evaluate([identity(...all)], it);
      expect(evaluate([identity(...all.slice(n), ...all.slice(0, n))], it)).toBe(verdict);
      expect(evaluate([identity(...all)].concat([...all].reverse().map((each) => identity(each))), it)).toBe(verdict);
    }));
  });

  test('another Allow takes nothing away, another Deny gives nothing', () => {
    fc.assert(fc.property(statements, statement, asked, (all, more, it) => {
      const before = evaluate([identity(...all)], it);
      const after = evaluate([identity(...all, more)], it);
      if (more.Effect === 'Allow' && before === 'allow') expect(after).toBe('allow');
      if (more.Effect === 'Deny' && before !== 'allow') expect(after).not.toBe('allow');
    }));
  });
});
