import { CloudFormationClient, type StackEvent } from '@aws-sdk/client-cloudformation';
import { awsShowLastEvent, awsShowResource, type ShowLastEvent } from '../../../lambda/aws/stack-status';
import { MINUTE, names, properties, SECOND, TestStack } from '../test-stack';

// A Delete alone proves nothing: whoever may invoke the functions can make one up, and Lambda may deliver one late.

let stack: TestStack;
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());
beforeEach(async () => { stack = await TestStack.startQuick({ buildTime: MINUTE }); });
afterEach(() => stack.stop());

const fleet = { users: names(30) };

/** A Delete that CloudFormation did not send. */
const forged = () => stack.forged('Delete', properties(fleet), { PhysicalResourceId: stack.physicalId });

test.each([
  'CREATE_COMPLETE', 'CREATE_IN_PROGRESS', 'CREATE_FAILED', 'UPDATE_COMPLETE', 'UPDATE_IN_PROGRESS', 'UPDATE_FAILED', 'DELETE_COMPLETE', 'DELETE_FAILED', 'DELETE_SKIPPED',
])('a Delete of a fleet that is %s terminates nobody, and the next deployment works', async (status) => {
  await stack.create(fleet);
  stack.resourceStatus = status;
  const outcome = await stack.answer(forged());
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(`CloudFormation does not delete this fleet: the resource is ${status}. No WorkSpace was terminated`) });
  expect(outcome.minutes).toBeLessThanOrEqual(3);
  expect(stack.users()).toEqual(fleet.users);
  expect(stack.calls('TerminateWorkspaces') + stack.calls('DeleteTags')).toBe(0);
  expect(await stack.update(fleet, { users: names(31) })).toMatchObject({ status: 'SUCCESS' });
  expect(await stack.delete({ users: names(31) })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a step that is invoked with a Delete that onEvent has never seen does nothing', async () => {
  await stack.create(fleet);
  stack.resourceStatus = 'CREATE_COMPLETE';
  expect(await stack.step(forged())).toMatchObject({ Status: 'FAILED' });
  expect(stack.users()).toEqual(fleet.users);
});

test('an invented Delete that was sent before CloudFormation deletes the fleet is not taken for CloudFormation\'s', async () => {
  await stack.create(fleet);
  const invented = await stack.begin(forged());
  await stack.clock.sleep(10 * SECOND);
  const sent = stack.delete(fleet);
  expect(await stack.finish(invented)).toMatchObject({ status: 'FAILED' });
  expect(await sent).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a Delete that CloudFormation shows a minute late is believed then', async () => {
  await stack.create(fleet);
  const event = forged();
  const joined = await stack.begin(event);
  expect(await stack.poll(joined)).toEqual({ IsComplete: false });
  expect(stack.users()).toEqual(fleet.users);
  const since = stack.clock.now();
  await stack.clock.sleep(MINUTE);
  stack.show('Fleet', 'DELETE_IN_PROGRESS', undefined, since);
  expect(await stack.finish(joined)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

describe('a fleet that was replaced', () => {
  const events = (status: string, physicalId: () => string) => {
    const showLastEvent: ShowLastEvent = async (_, resource) => (resource.physicalId === physicalId() ? { status } : undefined);
    stack.services = { ...stack.services, showLastEvent };
    stack.resourceStatus = 'UPDATE_COMPLETE';
  };

  test('is deleted under its old physical id, which only the events show', async () => {
    await stack.create(fleet);
    events('DELETE_IN_PROGRESS', () => stack.physicalId);
    expect(await stack.answer(forged())).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('is not deleted if the events may not be read', async () => {
    await stack.create(fleet);
    stack.resourceStatus = 'UPDATE_COMPLETE';
    stack.denies = ({ operation }) => operation === 'DescribeStackEvents';
    expect(await stack.answer(forged())).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('cloudformation:DescribeStackEvents') });
    expect(stack.users()).toEqual(fleet.users);
  });

  test('is not deleted if the events say so of another physical id', async () => {
    await stack.create(fleet);
    events('DELETE_IN_PROGRESS', () => `${stack.physicalId}2`);
    expect(await stack.answer(forged())).toMatchObject({ status: 'FAILED' });
    expect(stack.users()).toEqual(fleet.users);
  });
});

describe('if CloudFormation cannot be asked', () => {
  const deny = () => { stack.denies = ({ operation }) => operation === 'DescribeStackResource'; };

  test('a Delete fails after ten minutes, names the ways out, and has terminated nobody', async () => {
    await stack.create(fleet);
    deny();
    const outcome = await stack.delete(fleet);
    expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/No WorkSpace was terminated. Allow .* cloudformation:DescribeStackResource/) });
    expect(outcome.minutes).toBeGreaterThanOrEqual(10);
    expect(outcome.minutes).toBeLessThanOrEqual(12);
    expect(stack.users()).toEqual(fleet.users);
  });

  test('a Delete of a fleet without desktops succeeds: no stack becomes impossible to delete', async () => {
    await stack.create(fleet);
    await stack.update(fleet, { users: [], TerminationLimit: 'unlimited' });
    deny();
    expect(await stack.delete({ users: [] })).toMatchObject({ status: 'SUCCESS' });
  });

  test('for a while, the Delete goes on after that', async () => {
    await stack.create(fleet);
    stack.inject({ operation: 'DescribeStackResource', how: 'throttle', times: 5 });
    expect(await stack.delete(fleet)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });
});

describe('what CloudFormation shows of a resource', () => {
  const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Test/5f0c1d9e';
  const answering = (answer: (input: any) => object) => (
    { send: async ({ input }: { input: object }) => answer(input) } as unknown as CloudFormationClient
  );
  const event = (PhysicalResourceId: string, ResourceStatus: string, minute: number, LogicalResourceId = 'Fleet') => (
    { LogicalResourceId, PhysicalResourceId, ResourceStatus, Timestamp: new Date(minute * MINUTE) } as StackEvent
  );
  const pages: StackEvent[][] = [
    [event('new', 'UPDATE_COMPLETE', 9), event('old', 'DELETE_FAILED', 9, 'Other')],
    [event('old', 'DELETE_IN_PROGRESS', 8), event('old', 'UPDATE_COMPLETE', 3)],
  ];
  const events = answering(({ NextToken = '0' }) => ({ StackEvents: pages[Number(NextToken)], NextToken: NextToken === '0' ? '1' : undefined }));
  const last = async (physicalId: string, since: number) => (await awsShowLastEvent(events)(STACK, { logicalId: 'Fleet', physicalId }, since * MINUTE))?.status;

  test('the newest event of its logical and physical id, on any page', async () => {
    expect(await last('old', 5)).toBe('DELETE_IN_PROGRESS');
    expect(await last('new', 5)).toBe('UPDATE_COMPLETE');
  });

  test('nothing, if no event since then is about it', async () => {
    expect(await last('none', 0)).toBeUndefined();
    expect(await awsShowLastEvent(answering(() => ({ StackEvents: [event('x', 'CREATE_COMPLETE', 4), event('old', 'DELETE_IN_PROGRESS', 3)] })))(
      STACK, { logicalId: 'Fleet', physicalId: 'old' }, 5 * MINUTE,
    )).toBeUndefined();
  });

  test('a resource that the stack does not have has no status; any other error is one', async () => {
    const failing = (name: string, message: string) => (
      awsShowResource(answering(() => { throw Object.assign(new Error(message), { name }); }))(STACK, 'Fleet')
    );
    expect(await failing('ValidationError', 'Resource Fleet does not exist for stack Test')).toBeUndefined();
    await expect(failing('ValidationError', '1 validation error detected')).rejects.toThrow('1 validation error');
    await expect(failing('Throttling', 'Rate exceeded')).rejects.toThrow('Rate exceeded');
  });
});
