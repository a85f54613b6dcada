import { parseProperties, timeoutOf } from '../../../lambda/request/resource-properties';
import { properties } from '../test-stack';

const MINUTE = 60_000;

test('an answer is due after the timeout, at most after 55 minutes; the answer to a delete after 55', () => {
  const due = (RequestType: string, TimeoutSeconds: string) =>
    timeoutOf({ RequestType, ResourceProperties: properties({ TimeoutSeconds }) }) / MINUTE;
  expect([due('Create', '600'), due('Create', '9000'), due('Create', 'x'), due('Delete', '600')]).toEqual([10, 55, 55, 55]);
});

test('users have the names of the template, in any case', async () => {
  const request = await parseProperties(properties({ users: ['Ana'] }), async () => '');
  expect(request).toMatchObject({ waitFor: 'AVAILABLE', acceptLate: true, tolerated: 0 });
  expect([...request.desired]).toEqual([['ana', { userName: 'Ana', settings: { BundleId: 'wsb-clj85qzj1' } }]]);
});
