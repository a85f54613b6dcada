import { CloudFormationClient, DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { awsLastUpdate } from '../../../lambda/aws/stack-status';
import { FleetProperties, MINUTE, properties, TestStack } from '../test-stack';

// CloudFormation does not wait for an update that it cancels. The update's first step may run when the stack is already rolling back. It must not
// treat itself as the rollback, which may terminate everything that the update before it created.

const HOUR = 60 * MINUTE;

let stack: TestStack;
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());
beforeEach(async () => { stack = await TestStack.startQuick({ missingUsers: ['nobody'], buildTime: MINUTE }); });
afterEach(() => stack.stop());

/** Sends an update that is cancelled before its first step. */
async function cancelled(before: FleetProperties, after: FleetProperties): Promise<unknown> {
  stack.status = 'UPDATE_IN_PROGRESS';
  const event = await stack.begin(stack.updateEvent(before, after));
  await stack.clock.sleep(5_000);
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  return stack.finish(event);
}

const one = { users: ['ana'] };
const four = { users: ['ana', 'bo', 'chen', 'dee'] };

test.each<[string, () => Promise<unknown>]>([
  ['undoes one of an hour ago', async () => stack.clock.sleep(HOUR)],
  ['comes upon a ledger that was deleted', async () => stack.deleteRows(() => true)],
])('an update that %s and is cancelled before its first step terminates nobody over the limit', async (_, meanwhile) => {
  await stack.create(one);
  expect(await stack.update(one, four)).toMatchObject({ status: 'SUCCESS' });
  await meanwhile();
  const ids = stack.idsOf(four.users);
  expect(await cancelled(four, one)).toMatchObject({ status: 'FAILED' });
  expect(stack.idsOf(four.users)).toEqual(ids);
  expect(await stack.rollBack(one, four)).toMatchObject({ status: 'SUCCESS', ids });
});

test('a move that is cancelled before its first step is not taken for its own rollback', async () => {
  await stack.create(one);
  const ids = stack.idsOf(one.users);
  const there: FleetProperties = { ...one, DirectoryId: 'd-00000000ff', TerminationLimit: 'unlimited' };
  const { PhysicalResourceId } = stack.updateEvent(one, there);
  stack.status = 'UPDATE_IN_PROGRESS';
  const event = await stack.begin(stack.event('Update', properties(there), { PhysicalResourceId, OldResourceProperties: properties(one) }));
  await stack.clock.sleep(5_000);
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  expect(await stack.finish(event)).toMatchObject({ status: 'FAILED' });
  expect(await stack.finish(await stack.begin(stack.event('Update', properties(one), { PhysicalResourceId, OldResourceProperties: properties(there) }))))
    .toMatchObject({ status: 'SUCCESS', ids });
});

test('an update of a stack that takes more than four hours is rolled back completely', async () => {
  await stack.create(one);
  await stack.clock.sleep(HOUR);
  expect(await stack.update(one, four)).toMatchObject({ status: 'SUCCESS' });
  await stack.clock.sleep(5 * HOUR);
  expect(await stack.rollBack(four, one)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(one.users);
});

test.each(['refuse', 'throttle'] as const)('when CloudFormation does %s to say when the update began, a rollback is known by its properties', async (how) => {
  await stack.create(one);
  expect(await stack.update(one, four)).toMatchObject({ status: 'SUCCESS' });
  stack.inject({ operation: 'DescribeStackEvents', how, times: 10_000 });
  expect(await stack.rollBack(four, one)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(one.users);
});

test.each(['ROLLBACK_IN_PROGRESS', 'ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'DELETE_COMPLETE'])('a create that arrives only when the stack is %s makes nothing', async (status) => {
  stack.status = status;
  expect(await stack.finish(await stack.begin(stack.event('Create', properties(one))))).toMatchObject({
    status: 'FAILED', reason: expect.stringContaining(`CloudFormation does not create this fleet: the stack is ${status}`),
  });
  expect(stack.made()).toEqual([]);
});

test('a create that comes after its delete makes nothing, and the next create everything', async () => {
  const late = stack.event('Create', properties(one));
  expect(await stack.delete(one, 'Test-Fleet-1ABCDEFG', 'UPDATE_ROLLBACK_IN_PROGRESS')).toMatchObject({ status: 'SUCCESS' });
  stack.status = 'UPDATE_ROLLBACK_COMPLETE';
  await stack.clock.sleep(HOUR);
  expect(await stack.answer(late)).toMatchObject({ status: 'FAILED' });
  expect(stack.made()).toEqual([]);
  stack.status = 'UPDATE_IN_PROGRESS';
  expect(await stack.finish(await stack.begin(stack.event('Create', properties(one))))).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(one.users) });
});

test.each(['UPDATE_ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'DELETE_IN_PROGRESS'])('an update that comes after its rollback, when the stack is %s, changes nothing', async (status) => {
  await stack.create(one);
  const late = stack.updateEvent(one, four);
  expect(await stack.rollBack(four, one)).toMatchObject({ status: 'SUCCESS' });
  stack.status = status;
  await stack.clock.sleep(HOUR);
  expect(await stack.answer(late)).toMatchObject({ status: 'FAILED' });
  expect(stack.users()).toEqual(one.users);
});

test('a status that is not known everywhere yet is asked for again', async () => {
  stack.status = 'REVIEW_IN_PROGRESS';
  const event = await stack.begin(stack.event('Create', properties(one)));
  expect(await stack.step(event)).toEqual({ Status: 'NOT_YET' });
  stack.status = 'CREATE_IN_PROGRESS';
  expect(await stack.finish(event)).toMatchObject({ status: 'SUCCESS' });
});

describe('what a stack\'s events say about its last update', () => {
  const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Test/5f0c1d9e';
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
  const own = (ResourceStatus: string, minute: number) => ({ PhysicalResourceId: STACK, ResourceStatus, Timestamp: at(minute) });
  const other = (ResourceStatus: string, minute: number) => ({ PhysicalResourceId: 'other', ResourceStatus, Timestamp: at(minute) });
  const clientOf = (...pages: object[][]) => ({
    send: async ({ input: { NextToken = '0', StackName } }: DescribeStackEventsCommand) => {
      expect(StackName).toBe(STACK);
      const next = Number(NextToken) + 1;
      return { StackEvents: pages[Number(NextToken)], NextToken: next < pages.length ? `${next}` : undefined };
    },
  }) as unknown as CloudFormationClient;

  test.each<[string, object[][], unknown]>([
    ['it runs', [[other('UPDATE_IN_PROGRESS', 3), own('UPDATE_IN_PROGRESS', 2), own('CREATE_COMPLETE', 1)]], { beganAt: at(2) }],
    ['it rolls back', [[other('UPDATE_IN_PROGRESS', 5), own('UPDATE_ROLLBACK_IN_PROGRESS', 4)], [other('UPDATE_IN_PROGRESS', 3), own('UPDATE_IN_PROGRESS', 2)]], { beganAt: at(2), rollsBackSince: at(4) }],
    ['its rollback is continued', [[own('UPDATE_ROLLBACK_IN_PROGRESS', 9), own('UPDATE_ROLLBACK_FAILED', 8), own('UPDATE_ROLLBACK_IN_PROGRESS', 4), own('UPDATE_IN_PROGRESS', 2)]], { beganAt: at(2), rollsBackSince: at(4) }],
    ['one before it was rolled back', [[own('UPDATE_IN_PROGRESS', 7), own('UPDATE_ROLLBACK_COMPLETE', 6), own('UPDATE_ROLLBACK_IN_PROGRESS', 4), own('UPDATE_IN_PROGRESS', 2)]], { beganAt: at(7) }],
    ['there was none', [[own('CREATE_COMPLETE', 2), own('CREATE_IN_PROGRESS', 1)]], {}],
    ['one before it failed without a rollback', [[own('UPDATE_ROLLBACK_IN_PROGRESS', 9), own('UPDATE_FAILED', 8), own('UPDATE_IN_PROGRESS', 7)], [own('UPDATE_FAILED', 6), own('UPDATE_IN_PROGRESS', 5), own('UPDATE_COMPLETE', 4)]], { beganAt: at(5), rollsBackSince: at(9) }],
  ])('%s', async (_, pages, expected: any) => {
    const known = await awsLastUpdate(clientOf(...pages))(STACK);
    expect(known).toEqual({ beganAt: expected.beganAt?.getTime(), rollsBackSince: expected.rollsBackSince?.getTime() });
  });

  test('it stops reading after some pages', async () => {
    const page = [other('UPDATE_COMPLETE', 3)];
    expect(await awsLastUpdate(clientOf(...Array.from({ length: 100 }, () => page), [own('UPDATE_IN_PROGRESS', 2)]))(STACK)).toEqual({});
  });
});
