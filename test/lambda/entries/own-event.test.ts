import * as fc from 'fast-check';
import { requireOwnEvent } from '../../../lambda/entries/own-event';
import { properties } from '../test-stack';

// Anybody with lambda:InvokeFunction can send a function anything. It must be refused before anything is read, and the answer must disclose nothing.

const STACK_ID = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Test/5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f';
const real = {
  RequestType: 'Update',
  ResponseURL: 'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/x?X-Amz-Date=20261127T180000Z',
  StackId: STACK_ID,
  RequestId: '11111111-2222-3333-4444-555555555555',
  LogicalResourceId: 'Fleet30813DF3',
  PhysicalResourceId: '5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f/2bb4f92c/d-90677cc91c',
  ResourceType: 'Custom::BulkWorkspaces',
  ResourceProperties: properties({ users: ['ana'] }),
  OldResourceProperties: properties({ users: ['bo'] }),
};
let logged: unknown[];
beforeEach(() => {
  logged = [];
  jest.spyOn(console, 'log').mockImplementation((line) => void logged.push(line));
});

test('events of CloudFormation pass', () => {
  const { OldResourceProperties: _, ...withoutOld } = real;
  const { PhysicalResourceId: __, ...create } = { ...withoutOld, RequestType: 'Create' };
  for (const event of [real, create, { ...withoutOld, RequestType: 'Delete' }, { ...create, ResourceType: 'Custom::BulkWorkspacesIds' }]) {
    expect(() => requireOwnEvent(event, STACK_ID)).not.toThrow();
  }
  expect(logged).toEqual([]);
});

test.each<[string, unknown]>([
  ['form', undefined], ['form', null], ['form', 'Delete'], ['form', [real]],
  ['StackId', { ...real, StackId: STACK_ID.replace('Test', 'Other') }],
  ['StackId', { ...real, StackId: undefined }],
  ['RequestType', { ...real, RequestType: 'Terminate' }],
  ['RequestType', { ...real, RequestType: ['Delete'] }],
  ['ResourceType', { ...real, ResourceType: 'Custom::Other' }],
  ['LogicalResourceId', { ...real, LogicalResourceId: '' }],
  ['LogicalResourceId', { ...real, LogicalResourceId: '../Fleet' }],
  ['LogicalResourceId', { ...real, LogicalResourceId: 'x'.repeat(1_000_000) }],
  ['RequestId', { ...real, RequestId: 7 }],
  ['RequestId', { ...real, RequestId: 'x'.repeat(256) }],
  ['ResponseURL', { ...real, ResponseURL: 'not a URL' }],
  ['ResponseURL', { ...real, ResponseURL: undefined }],
  ['PhysicalResourceId', { ...real, PhysicalResourceId: undefined }],
  ['PhysicalResourceId', { ...real, PhysicalResourceId: { Ref: 'x' } }],
  ['ResourceProperties', { ...real, ResourceProperties: undefined }],
  ['ResourceProperties', { ...real, ResourceProperties: [] }],
  ['ResourceProperties', { ...real, ResourceProperties: { DirectoryId: ['d-90677cc91c'] } }],
  ['OldResourceProperties', { ...real, OldResourceProperties: undefined }],
  ['OldResourceProperties', { ...real, RequestType: 'Delete' }],
])('a wrong %s is refused, in one line that discloses nothing', (member, event) => {
  expect(() => requireOwnEvent(event, STACK_ID)).toThrow(
    `CloudFormation did not send this event for this stack: its ${member} is missing or is not what CloudFormation sends. Nothing was changed`,
  );
  expect(logged).toEqual([{ what: 'refused event', member }]);
});

test('nothing else that anybody could send passes, or fails in another way', () => {
  fc.assert(fc.property(fc.anything(), fc.subarray(Object.keys(real), { minLength: 1 }), (anything, members) => {
    const event = { ...real, ...Object.fromEntries(members.map((member) => [member, anything])) };
    try {
      requireOwnEvent(event, STACK_ID);
    } catch (error) {
      expect((error as Error).message).toMatch(/^CloudFormation did not send this event/);
      return;
    }
    expect(event.StackId).toBe(STACK_ID);
  }), { numRuns: 500 });
});
