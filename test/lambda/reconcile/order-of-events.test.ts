import { MINUTE, names, properties, SECOND, signingTime, TestStack } from '../test-stack';

// Events are ordered by when CloudFormation sent them, not by when they arrive. Lambda may deliver one minutes or hours later.

let stack: TestStack;
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());
beforeEach(async () => { stack = await TestStack.startQuick({ buildTime: MINUTE }); });
afterEach(() => stack.stop());

const fleet = { users: names(3) };
const deletion = () => stack.event('Delete', properties(fleet), { PhysicalResourceId: stack.physicalId });
/** The same request with another URL, as if CloudFormation had sent it at this time. */
const sentAgain = (event: ReturnType<typeof deletion>, at: number) => ({
  ...event, ResponseURL: `https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/again?X-Amz-Date=${signingTime(at)}&X-Amz-Signature=${at}`,
});

test.each([20 * MINUTE, 59 * MINUTE, 61 * MINUTE, 5 * 60 * MINUTE])('a Delete that is delivered %d ms late, after the fleet was deployed again, terminates nobody', async (late) => {
  await stack.create(fleet);
  stack.status = 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';
  const overtaken = deletion();
  await stack.clock.sleep(5 * MINUTE);
  await stack.create(fleet);
  stack.status = 'CREATE_COMPLETE';
  await stack.clock.sleep(late - 5 * MINUTE);
  expect(await stack.answer(overtaken)).toMatchObject({ status: 'FAILED' });
  expect(stack.users()).toEqual(fleet.users);
  // It has not taken the place of the current one.
  expect(await stack.update(fleet, { users: names(4) })).toMatchObject({ status: 'SUCCESS' });
});

test('a Create that is delivered after the Delete that undoes it fails, and the Delete is done at once', async () => {
  const create = stack.event('Create', properties(fleet));
  await stack.clock.sleep(5 * SECOND);
  stack.status = 'ROLLBACK_IN_PROGRESS';
  const remove = await stack.begin(deletion());
  await stack.clock.sleep(2 * SECOND);
  expect(await stack.answer(create)).toMatchObject({ status: 'FAILED', minutes: 2 });
  expect(await stack.finish(remove)).toMatchObject({ status: 'SUCCESS', minutes: 0 });
  expect(stack.made()).toEqual([]);
});

test('of an update and its rollback that were sent in the same second, the rollback is the later one', async () => {
  await stack.create(fleet);
  await stack.clock.sleep(MINUTE);
  const more = { users: names(4) };
  stack.status = 'UPDATE_IN_PROGRESS';
  const update = stack.updateEvent(fleet, more);
  const { services } = stack;
  const shown = await services.showResource(update.StackId, update.LogicalResourceId);
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  expect(await stack.answer(stack.updateEvent(more, fleet))).toMatchObject({ status: 'SUCCESS' });
  stack.services = { ...services, showResource: async () => shown }; // an answer that is a little old
  expect(await stack.answer(update)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('a newer event of this fleet has come') });
  expect(stack.made()).toEqual(fleet.users);
});

test('of two that were sent in the same second, the Delete is the later one', async () => {
  const create = stack.event('Create', properties(fleet));
  const remove = await stack.begin(deletion());
  expect(await stack.answer(create)).toMatchObject({ status: 'FAILED' });
  expect(await stack.finish(remove)).toMatchObject({ status: 'SUCCESS' });
});

test('a date in the future does not keep later events from becoming current', async () => {
  await stack.create(fleet);
  const forged = sentAgain(stack.updateEvent(fleet, fleet), Date.UTC(2099, 0, 1));
  await stack.begin(forged);
  await stack.clock.sleep(5 * SECOND);
  expect(await stack.update(fleet, { users: names(4) })).toMatchObject({ status: 'SUCCESS' });
});

test('a deadline counts from when the event was sent', async () => {
  const slow = { ...fleet, TimeoutSeconds: '1800', FailureTolerance: '100%' };
  stack = await TestStack.startQuick({ buildTime: 120 * MINUTE });
  const event = stack.event('Create', properties({ ...slow, LateWorkspaces: 'ACCEPT' }));
  await stack.clock.sleep(20 * MINUTE);
  const { minutes } = await stack.answer(event);
  expect(minutes).toBeLessThanOrEqual(11);
});

test('a superseded event with the RequestId of the current one gets the current one\'s answer, never FAILED while that is open', async () => {
  stack.status = 'CREATE_IN_PROGRESS';
  const first = await stack.begin(stack.event('Create', properties(fleet)));
  await stack.clock.sleep(10 * SECOND);
  const second = await stack.begin(sentAgain(first, stack.clock.now()));
  expect(await stack.poll(first)).toEqual({ IsComplete: false });
  const outcome = await stack.finish(second);
  expect(outcome).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(fleet.users) });
  expect(await stack.finish(first)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(fleet.users) });
  expect(stack.made()).toEqual(fleet.users);
});

test('an event that is sent again after twelve minutes: the first one\'s waiter gets the answer in its own time', async () => {
  stack.workspaces.configure({ buildTime: 3 * 60 * MINUTE });
  stack.status = 'CREATE_IN_PROGRESS';
  const first = await stack.begin(stack.event('Create', properties(fleet)));
  const answer = stack.finish(first);
  await stack.clock.sleep(12 * MINUTE);
  const second = stack.finish(await stack.begin(sentAgain(first, stack.clock.now())));
  expect(await answer).toMatchObject({ status: 'SUCCESS', minutes: 50, data: { LateUsers: fleet.users.join(', ') } });
  expect(await second).toMatchObject({ status: 'SUCCESS', minutes: 38 });
});

test('a superseded event with the same RequestId that asks for something else gets no answer', async () => {
  stack.status = 'CREATE_IN_PROGRESS';
  const first = await stack.begin(stack.event('Create', properties({ users: names(2) })));
  await stack.clock.sleep(10 * SECOND);
  stack.status = 'ROLLBACK_COMPLETE';
  stack.status = 'CREATE_IN_PROGRESS'; // the deployment is tried again
  stack.resourceStatus = 'CREATE_IN_PROGRESS';
  const second = await stack.begin({ ...sentAgain(first, stack.clock.now()), ResourceProperties: properties(fleet) });
  expect(await stack.poll(first)).toEqual({ IsComplete: false });
  expect(await stack.finish(second)).toMatchObject({ status: 'SUCCESS' });
  expect(await stack.poll(first)).toEqual({ IsComplete: false });
});
