import { digest, eventId, fleetId, physicalId } from '../../../lambda/request/identity';
import * as contract from '../../../src/private/contract';

const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Test/5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f';

test('names that outlive a deployment do not change', () => {
  const event = { StackId: STACK, LogicalResourceId: 'Fleet' };
  expect(fleetId(event)).toBe('5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f/2bb4f92c');
  expect(physicalId(event, 'd-90677cc91c')).toBe('5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f/2bb4f92c/d-90677cc91c');
  expect(eventId({ ResponseURL: 'https://example.com/?x=1' })).toBe('b07f379755c4b1b5');
  expect(contract.OWNERSHIP_TAG).toBe('cdk-bulk-workspaces:fleet');
  expect([contract.TABLE_PARTITION_KEY, contract.TABLE_SORT_KEY]).toEqual(['pk', 'sk']);
  expect(() => fleetId({ ...event, StackId: 'Test' })).toThrow('a StackId must be an ARN');
});

test('properties are the same in any order, and with any address of the provider', () => {
  const a = digest({ ServiceToken: 'one', Users: [{ Settings: '0', UserNames: ['ana', 'bo'] }], Tags: { x: '1', y: '2' } } as object);
  expect(digest({ Tags: { y: '2', x: '1' }, Users: [{ UserNames: ['ana', 'bo'], Settings: '0' }], ServiceToken: 'two' } as object)).toBe(a);
  expect(digest({ Tags: { y: '2', x: '1' }, Users: [{ UserNames: ['bo', 'ana'], Settings: '0' }] } as object)).not.toBe(a);
  expect(digest({})).not.toBe(a);
});
