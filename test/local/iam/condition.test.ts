import * as fc from 'fast-check';
import { allHold, Context, ContextValues, parseConditions } from '../../../local/iam/condition';

function holds(element: object, context: Context = {}): boolean {
  return allHold(parseConditions(element), new ContextValues(context));
}

/** Evaluates one operator with one key, for one value or none. */
function one(operator: string, wanted: unknown, actual?: string | string[]): boolean {
  return holds({ [operator]: { key: wanted } }, actual === undefined ? {} : { key: actual });
}

test.each<[operator: string, wanted: unknown, fits: string, fitsNot: string]>([
  ['StringEquals', 'a', 'a', 'A'],
  ['StringEquals', 'a*', 'a*', 'ab'],
  ['StringEqualsIgnoreCase', 'aB', 'Ab', 'abc'],
  ['StringLike', 'a*c?', 'abbcd', 'abbc'],
  ['StringLike', 'stack.id/*', 'stack.id/fleet', 'stack-id/fleet'],
  ['StringLike', 'a', 'a', 'ab'],
  ['Bool', 'true', 'True', 'false'],
  ['Bool', true, 'true', 'false'],
  ['NumericEquals', '10', '10.0', '11'],
  ['NumericLessThan', 10, '9', '10'],
  ['NumericLessThanEquals', 10, '10', '11'],
  ['NumericGreaterThan', 10, '11', '10'],
  ['NumericGreaterThanEquals', 10, '10', 'ten'],
  ['DateEquals', '2026-01-01T00:00:00Z', '1767225600', '1767225601'],
  ['DateLessThan', '2026-01-01', '2025-12-31T23:59:59Z', '2026-01-01T00:00:00Z'],
  ['DateLessThanEquals', '2026-01-01', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'],
  ['DateGreaterThan', 1767225600, '2026-01-01T00:00:01Z', '2026-01-01T00:00:00Z'],
  ['DateGreaterThanEquals', 1767225600, '2026-01-01T00:00:00Z', 'yesterday'],
  ['ArnLike', 'arn:aws:s3:::b*', 'arn:aws:s3:::bucket/key', 'arn:aws:s3:us-east-1::bucket'],
  ['ArnEquals', 'arn:aws:kms:*:1:key/*', 'arn:aws:kms:eu-west-1:1:key/a', 'arn:aws:kms:eu-west-1:2:key/a'],
])('%s %j fits %j, not %j, and not a missing key', (operator, wanted, fits, fitsNot) => {
  expect(one(operator, wanted, fits)).toBe(true);
  expect(one(operator, wanted, fitsNot)).toBe(false);
  expect(one(operator, wanted)).toBe(false);
  expect(one(`${operator}IfExists`, wanted, fitsNot)).toBe(false);
  expect(one(`${operator}IfExists`, wanted)).toBe(true);
});

test.each<[operator: string, wanted: string, fits: string, fitsNot: string]>([
  ['StringNotEquals', 'a', 'b', 'a'],
  ['StringNotEqualsIgnoreCase', 'a', 'b', 'A'],
  ['StringNotLike', 'a*', 'b', 'ab'],
  ['NumericNotEquals', '1', '2', '1.0'],
  ['DateNotEquals', '2026-01-01', '2026-01-02', '2026-01-01T00:00:00Z'],
  ['ArnNotEquals', 'arn:aws:s3:::a', 'arn:aws:s3:::b', 'arn:aws:s3:::a'],
  ['ArnNotLike', 'arn:aws:s3:::a*', 'arn:aws:s3:::b', 'arn:aws:s3:::ab'],
])('%s %j fits %j, not %j, and also a missing key', (operator, wanted, fits, fitsNot) => {
  expect(one(operator, wanted, fits)).toBe(true);
  expect(one(operator, wanted, fitsNot)).toBe(false);
  expect(one(operator, wanted)).toBe(true);
});

test.each<[operator: string, wanted: string[], actual: string[], expected: boolean]>([
  ['ForAllValues:StringEquals', ['a', 'b'], ['a'], true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['b', 'a'], true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
  ['ForAllValues:StringEquals', ['a', 'b'], [], true],
  ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'b'], true],
  ['ForAnyValue:StringEquals', ['a', 'b'], ['c'], false],
  ['ForAnyValue:StringEquals', ['a', 'b'], [], false],
  ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'c'], true],
  ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'b'], false],
  ['ForAnyValue:StringNotEquals', ['a', 'b'], [], false],
  ['ForAllValues:StringNotLike', ['a*'], ['b', 'c'], true],
  ['ForAllValues:StringNotLike', ['a*'], ['b', 'ab'], false],
  ['ForAnyValue:StringLikeIfExists', ['a*'], [], true],
  ['Null', ['true'], [], true],
])('%s %j of %j is %s', (operator, wanted, actual, expected) => {
  expect(one(operator, wanted, actual)).toBe(expected);
});

test('an empty set counts as a missing key', () => {
  expect(one('ForAllValues:StringEquals', ['a'])).toBe(true);
  expect(one('ForAnyValue:StringEquals', ['a'])).toBe(false);
  expect(one('ForAnyValue:StringEquals', ['a'], 'a')).toBe(true); // one value is a set of one
});

test('Null tests whether a key exists', () => {
  expect([one('Null', 'true'), one('Null', 'false'), one('Null', 'true', 'a'), one('Null', false, 'a')]).toEqual([true, false, false, true]);
});

test('of several values one must fit, or with a negated operator none; of several keys and operators all', () => {
  expect(one('StringEquals', ['a', 'b'], 'b')).toBe(true);
  expect(one('StringNotEquals', ['a', 'b'], 'b')).toBe(false);
  const element = { StringEquals: { one: 'a', two: 'b' }, Bool: { three: 'true' } };
  expect(holds(element, { one: 'a', two: 'b', three: 'true' })).toBe(true);
  expect(holds(element, { one: 'a', two: 'c', three: 'true' })).toBe(false);
  expect(holds(element, { one: 'a', two: 'b', three: 'false' })).toBe(false);
});

test('the case of a key does not matter', () => {
  expect(holds({ StringEquals: { 'AWS:resourcetag/Owner': 'a' } }, { 'aws:ResourceTag/owner': 'a' })).toBe(true);
});

test.each([
  [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, 'the local IAM does not have the condition operator IpAddress (on aws:SourceIp)'],
  [{ 'ForAnyValue:BinaryEquals': { key: 'YQ==' } }, 'does not have the condition operator BinaryEquals'],
  [{ StringMatches: { key: 'a' } }, 'Invalid Condition type : StringMatches.'],
  [{ 'ForSomeValues:StringEquals': { key: 'a' } }, 'Invalid Condition type : ForSomeValues:StringEquals.'],
  [{ NullIfExists: { key: 'true' } }, 'Invalid Condition type : NullIfExists.'],
  [{ toString: { key: 'a' } }, 'Invalid Condition type : toString.'],
  [{ StringEquals: { key: '${aws:username}' } }, 'does not have policy variables, and StringEquals of key has ${aws:username}'],
  [{ StringEquals: { key: { a: 1 } } }, 'must have texts, numbers or booleans, got {"a":1}'],
  [{ StringEquals: 'a' }, 'StringEquals must have an object with condition keys, got "a"'],
  [{ NumericEquals: { key: 'ten' } }, 'Invalid value for NumericEquals of key: it must be a number, got "ten"'],
  [{ DateEquals: { key: 'soon' } }, 'it must be a date as in 2026-01-31T23:59:59Z, or seconds since 1970, got "soon"'],
  [{ Bool: { key: 'yes' } }, 'it must be true or false, got "yes"'],
  [['a'], 'Condition must be an object'],
])('%j is refused by name', (element, message) => {
  expect(() => parseConditions(element)).toThrow(expect.objectContaining({ name: 'MalformedPolicyDocument', message: expect.stringContaining(message) }));
});

test('StringLike without wildcards is StringEquals, whatever the text', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (wanted, actual) => {
    fc.pre(!/[*?]|\$\{/.test(wanted));
    expect(one('StringLike', wanted, actual)).toBe(one('StringEquals', wanted, actual));
    expect(one('StringLike', wanted, wanted)).toBe(true);
  }));
});

test('a negated operator is the opposite of the other one, for a value that is there', () => {
  const pairs = fc.constantFrom(['StringEquals', 'StringNotEquals'], ['StringLike', 'StringNotLike'], ['ArnLike', 'ArnNotLike']);
  const text = fc.constantFrom('a', 'ab', 'a*', '*', 'arn:aws:s3:::a', 'arn:aws:s3:::*');
  fc.assert(fc.property(pairs, fc.array(text, { minLength: 1 }), text, ([positive, negative], wanted, actual) => {
    expect(one(negative, wanted, actual)).toBe(!one(positive, wanted, actual));
  }));
});
