import { MINUTE, SECOND, TestStack } from './world';
import type { Fault } from '../../local/faults';

// What can go wrong with a call, at every call that a deployment makes, one after the other.
export const HOWS: Fault['how'][] = ['kill-before', 'kill-after', 'lose'];
// Short, so that few calls are made that only wait.
const SETTINGS = { buildTime: 25 * SECOND, terminateTime: 20 * SECOND, invisibleFor: 4 * SECOND };
/** By then, a desktop that is not to be seen has gone. */
export const BE_SURE = 5 * MINUTE;

export async function inFreshStack<T>(work: (stack: TestStack) => Promise<T>): Promise<T> {
  const stack = await TestStack.start({ ...SETTINGS, missingUsers: ['nobody'] });
  try {
    return await work(stack);
  } finally {
    await stack.stop();
  }
}

/** Plays it once without a fault, to see how many calls there are; then with a fault at each of them. */
export async function atEveryCall(how: Fault['how'], prepare: (stack: TestStack) => Promise<unknown>, play: (stack: TestStack) => Promise<unknown>): Promise<void> {
  const rehearse = (fault?: Fault) => inFreshStack(async (stack) => {
    await prepare(stack);
    stack.log.length = 0;
    if (fault) stack.inject(fault);
    await play(stack);
    return stack.log.length;
  });
  const calls = await rehearse();
  expect(calls).toBeGreaterThan(10);
  for (let after = 0; after < calls; after++) {
    try {
      await rehearse({ operation: '*', how, after });
    } catch (error) {
      (error as Error).message = `${how} at call ${after + 1} of ${calls}: ${(error as Error).message}`;
      throw error;
    }
  }
}
