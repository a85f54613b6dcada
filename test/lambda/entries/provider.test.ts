import type { Context } from 'aws-lambda';
import { isComplete, onEvent, step } from '../../../lambda/provider';
import { ENVIRONMENT } from '../../../src/private/contract';
import { properties } from '../test-stack';

// The functions have no other variables here, so one that went on would fail because it knows no table and no other function.

const STACK_ID = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Test/5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f';
const foreign = {
  RequestType: 'Delete' as const,
  ResponseURL: 'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/x?X-Amz-Date=20261127T180000Z',
  StackId: STACK_ID.replace('Test', 'Other'),
  RequestId: '11111111-2222-3333-4444-555555555555',
  LogicalResourceId: 'Fleet30813DF3',
  PhysicalResourceId: '5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f/2bb4f92c/d-90677cc91c',
  ResourceProperties: properties({ users: ['ana'] }),
  Deadline: Date.now(),
};
const context = { awsRequestId: 'x', getRemainingTimeInMillis: () => 60_000 } as Context;
const functions = { onEvent: () => onEvent(foreign), isComplete: () => isComplete(foreign, context), step: () => step(foreign, context) };

beforeEach(() => {
  jest.replaceProperty(process, 'env', { [ENVIRONMENT.stackId]: STACK_ID });
  jest.spyOn(console, 'log').mockImplementation();
});
afterEach(() => jest.restoreAllMocks());

test.each(Object.entries(functions))('%s refuses an event of another stack, before anything else', async (_name, call) => {
  await expect(call()).rejects.toThrow('CloudFormation did not send this event for this stack: its StackId');
});
