import { CRASHES, expectOneDesktopEach } from './crash-scenarios';
import { inFreshStack, testEveryCall } from './every-call';
import { names, TestStack } from '../test-stack';

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

// With the SDK and dynalite: crash.exhaustive.ts.
testEveryCall(TestStack.startQuick, CRASHES);

test('steps that die again and again while they create still finish with one desktop for each user', () => inFreshStack(TestStack.start, async (stack) => {
  stack.inject({ operation: 'CreateWorkspaces', how: 'kill-after', times: 4 });
  const users = names(80);
  expect(await stack.create({ users })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
  expectOneDesktopEach(stack, users);
}));

test('if every step dies, the deployment fails with a reason a few minutes after the timeout', () => inFreshStack(TestStack.start, async (stack) => {
  stack.inject({ operation: 'Query', how: 'kill-before', times: 1_000 });
  const outcome = await stack.create({ users: names(3), TimeoutSeconds: '600' });
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('kept crashing') });
  expect(outcome.minutes).toBeLessThanOrEqual(10 + 6);
  expect(stack.made()).toEqual([]);
}));
