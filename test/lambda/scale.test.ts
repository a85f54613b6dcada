import { MINUTE, TestStack } from './world';
import { Random } from '../../local/core/random';

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

test('10,000 desktops that take up to 40 minutes to build, in virtual time', async () => {
  const random = new Random(7);
  const stack = await TestStack.start({ buildTime: () => random.between(10 * MINUTE, 40 * MINUTE) });
  const users = Array.from({ length: 10_000 }, (_, i) => `user${String(i).padStart(5, '0')}`);
  const outcome = await stack.create({ users, TimeoutSeconds: '3300' });

  // All are there, each once and with the fewest calls; only their ids are too many for one answer.
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/^the ids of 10000 WorkSpaces do not fit the 4096 bytes/) });
  expect(stack.made()).toEqual(users);
  expect(stack.present().every(({ state }) => state === 'AVAILABLE')).toBe(true);
  expect(stack.calls('CreateWorkspaces')).toBe(400);
  expect(stack.throttled()).toBe(0);
  await stack.stop();
}, 300_000);
