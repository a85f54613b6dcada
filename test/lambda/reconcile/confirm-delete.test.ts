import { MINUTE, names, properties, TestStack } from '../test-stack';

// A Delete alone proves nothing: whoever may invoke the functions can make one up, and Lambda may deliver one late.

let stack: TestStack;
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());
beforeEach(async () => { stack = await TestStack.startQuick({ buildTime: MINUTE }); });
afterEach(() => stack.stop());

const fleet = { users: names(30) };

/** A Delete that CloudFormation did not send. */
function forged() {
  const { resourceStatus } = stack;
  const event = stack.event('Delete', properties(fleet), { PhysicalResourceId: stack.physicalId });
  stack.resourceStatus = resourceStatus;
  return event;
}

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

test('a Delete that CloudFormation shows a minute late is believed then', async () => {
  await stack.create(fleet);
  const event = forged();
  const joined = await stack.begin(event);
  expect(await stack.poll(joined)).toEqual({ IsComplete: false });
  expect(stack.users()).toEqual(fleet.users);
  await stack.clock.sleep(MINUTE);
  stack.resourceStatus = 'DELETE_IN_PROGRESS';
  expect(await stack.finish(joined)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

describe('a fleet that was replaced', () => {
  const events = (status: string, physicalId: () => string) => {
    const { lastStatus: _, ...services } = stack.services;
    stack.services = { ...services, lastStatus: async (_stackId, resource) => (resource.physicalId === physicalId() ? status : undefined) };
    stack.resourceStatus = 'UPDATE_COMPLETE';
  };

  test('is deleted under its old physical id, which only the events show', async () => {
    await stack.create(fleet);
    events('DELETE_IN_PROGRESS', () => stack.physicalId);
    expect(await stack.answer(forged())).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
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
