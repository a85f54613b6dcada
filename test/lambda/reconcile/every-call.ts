import type { Fault } from '../../../local/faults';
import { MINUTE, SECOND, type Start, TestStack } from '../test-stack';

// What can go wrong with a call, at every call that a deployment makes, one after the other.
export const HOWS: Fault['how'][] = ['kill-before', 'kill-after', 'lose'];
// Short, so that few calls are made that only wait.
const SETTINGS = { buildTime: 25 * SECOND, terminateTime: 20 * SECOND, invisibleFor: 4 * SECOND };
/** By then, a desktop that is not to be seen has gone. */
export const BE_SURE = 5 * MINUTE;

/** A deployment, or several, and what must hold whatever goes wrong with one of its calls. */
export interface Scenario {
  /** With `%s` for what goes wrong. */
  readonly title: string;
  /** @default - each of `HOWS` */
  readonly hows?: readonly Fault['how'][];
  /** What comes before, without a fault. @default - nothing */
  prepare?(stack: TestStack): Promise<unknown>;
  play(stack: TestStack): Promise<unknown>;
}

export async function inFreshStack<T>(start: Start, work: (stack: TestStack) => Promise<T>): Promise<T> {
  const stack = await start({ ...SETTINGS, missingUsers: ['nobody'] });
  try {
    return await work(stack);
  } finally {
    await stack.stop();
  }
}

/** Plays it once. @returns the calls of its steps */
export function rehearse(start: Start, { prepare, play }: Scenario, fault?: Fault): Promise<string[]> {
  return inFreshStack(start, async (stack) => {
    await prepare?.(stack);
    stack.log.length = 0;
    if (fault) stack.inject(fault);
    await play(stack);
    return stack.log;
  });
}

/** Plays it once without a fault, to see how many calls there are; then with a fault at each of them. */
export async function atEveryCall(start: Start, how: Fault['how'], scenario: Scenario): Promise<void> {
  const calls = (await rehearse(start, scenario)).length;
  expect(calls).toBeGreaterThan(10);
  for (let after = 0; after < calls; after++) {
    try {
      await rehearse(start, scenario, { operation: '*', how, after });
    } catch (error) {
      (error as Error).message = `${how} at call ${after + 1} of ${calls}: ${(error as Error).message}`;
      throw error;
    }
  }
}

/** A test for each scenario and each of what can go wrong. */
export function testEveryCall(start: Start, scenarios: readonly Scenario[]): void {
  for (const scenario of scenarios) test.each(scenario.hows ?? HOWS)(scenario.title, (how) => atEveryCall(start, how, scenario));
}
