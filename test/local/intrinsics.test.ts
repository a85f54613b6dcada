import { conditionHolds, evaluate, Scope } from '../../local/cloudformation/intrinsics';
import type { Json } from '../../local/cloudformation/json';
import { referencesIn } from '../../local/cloudformation/references';
import { parseTemplate } from '../../local/cloudformation/template';

const scope: Scope = {
  template: {
    Mappings: { Sizes: { small: { gib: 10 } } },
    Conditions: {
      IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
      IsOther: { 'Fn::Not': [{ Condition: 'IsProd' }] },
      Both: { 'Fn::And': [{ Condition: 'IsProd' }, { Condition: 'IsOther' }] },
      Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'IsOther' }] },
    },
  },
  parameter: (name) => ({ 'Stage': 'prod', 'List': ['a', 'b'], 'AWS::Region': 'us-east-1' } as Record<string, Json>)[name],
  reference: (logicalId) => `ref-${logicalId}`,
  attribute: (logicalId, attribute) => `${logicalId}/${attribute}`,
  importedValue: (name) => `imported-${name}`,
};

test.each<[Json, Json]>([
  [{ Ref: 'Stage' }, 'prod'],
  [{ Ref: 'Thing' }, 'ref-Thing'],
  [{ 'Fn::GetAtt': ['Thing', 'Arn'] }, 'Thing/Arn'],
  [{ 'Fn::GetAtt': 'Thing.Nested.Arn' }, 'Thing/Nested.Arn'],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 1]] }, 'a-prod-1'],
  [{ 'Fn::Join': ['+', { Ref: 'List' }] }, 'a+b'],
  [{ 'Fn::Sub': 'x-${Stage}-${Thing}-${Thing.Arn}-${!Kept}-${AWS::Region}' }, 'x-prod-ref-Thing-Thing/Arn-${Kept}-us-east-1'],
  [{ 'Fn::Sub': ['${Own}-${Stage}', { Own: { 'Fn::Select': [1, ['a', 'b']] } }] }, 'b-prod'],
  [{ 'Fn::Select': ['1', { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
  [{ 'Fn::FindInMap': ['Sizes', 'small', 'gib'] }, 10],
  [{ 'Fn::ImportValue': { 'Fn::Sub': 'name-${Stage}' } }, 'imported-name-prod'],
  [{ 'Fn::If': ['IsProd', 'yes', 'no'] }, 'yes'],
  [{ a: { 'Fn::If': ['IsOther', 'yes', { Ref: 'AWS::NoValue' }] }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
  [{ 'Fn::Base64': 'text' }, 'dGV4dA=='],
  [{ Statement: { Effect: 'Allow', Condition: { StringEquals: { a: 'b' } } } }, { Statement: { Effect: 'Allow', Condition: { StringEquals: { a: 'b' } } } }],
])('%j', (value, expected) => {
  expect(evaluate(value, scope)).toEqual(expected);
});

test.each([['IsProd', true], ['IsOther', false], ['Both', false], ['Either', true]])('condition %s is %s', (name, expected) => {
  expect(conditionHolds(name, scope)).toBe(expected);
});

test.each<[Json, string]>([
  [{ 'Fn::Cidr': [] }, 'the local cloud does not have Fn::Cidr'],
  [{ 'Fn::Select': [2, ['a', 'b']] }, 'Fn::Select cannot select nonexistent value at index 2'],
  [{ 'Fn::FindInMap': ['Sizes', 'large', 'gib'] }, 'Unable to get mapping for Sizes::large::gib'],
  [{ 'Fn::Join': ['-', ['a', { b: 1 }]] }, 'every value of Fn::Join must be a string, got {"b":1}'],
])('%j is refused', (value, message) => {
  expect(() => evaluate(value, scope)).toThrow(message);
});

test('references are found without being evaluated', () => {
  const value: Json = { a: { 'Fn::Sub': ['${A.B} ${Own}', { Own: { Ref: 'C' } }] }, b: { 'Fn::If': ['IsProd', { 'Fn::GetAtt': ['D', 'E'] }, { 'Fn::Cidr': [] }] } };
  expect(referencesIn(value)).toEqual({ names: ['A', 'C', 'D'], conditions: ['IsProd'], unsupported: ['Fn::Cidr'] });
});

test('a template with an unknown section is refused', () => {
  const body = JSON.stringify({ Transform: 'AWS::Serverless', Resources: {} });
  expect(() => parseTemplate(body, () => true)).toThrow('the template has Transform, which the local cloud does not have');
});
