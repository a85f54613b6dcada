import { MINUTE, names, TestStack } from '../test-stack';

// A fleet is removed from its stack. CloudFormation deletes it in the update's clean-up. If that fails, it gives the fleet up and never asks again.

let stack: TestStack;
beforeEach(async () => { stack = await TestStack.startQuick({ buildTime: 2 * MINUTE }); });
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const CLEANUP = 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';
const fleet = { users: names(30), TerminationLimit: 'unlimited' };

test.each(['denied', 'suspended'])('some desktops are %s: the reason says the way, and the way removes them', async (how) => {
  expect(await stack.create(fleet)).toMatchObject({ status: 'SUCCESS' });
  await stack.clock.sleep(60 * MINUTE);
  const [held] = stack.idsOf(['user007']);
  if (how === 'suspended') stack.workspaces.setState(held!, 'SUSPENDED');
  else stack.denies = ({ operation, input }) => operation === 'TerminateWorkspaces' && JSON.stringify(input).includes(held!);
  expect(await stack.delete(fleet, stack.physicalId, CLEANUP)).toMatchObject({
    status: 'FAILED', reason: expect.stringMatching(/user007 .*put it back under the same id, deploy, and remove it again/),
  });
  expect(stack.users()).toEqual(['user007']);

  stack.denies = undefined;
  if (how === 'suspended') stack.workspaces.setState(held!, 'AVAILABLE');
  stack.status = 'UPDATE_IN_PROGRESS';
  expect(await stack.create({ users: ['user007'] })).toMatchObject({ status: 'SUCCESS', ids: [held] });
  expect(await stack.delete({ users: ['user007'] }, stack.physicalId, CLEANUP)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});
