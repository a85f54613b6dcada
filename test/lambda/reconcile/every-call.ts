import type { Fault } from '../../../local/faults';
import { MINUTE, SECOND, type Start, TestStack } from '../test-stack';

// Tries each kind of fault at every call of a deployment, one after the other.
export const HOWS: Fault['how'][] = ['kill-before', 'kill-after', 'lose'];
// Short times, so that few calls are made only to wait.
const SETTINGS = { buildTime: 25 * SECOND, terminateTime: 20 * SECOND, invisibleFor: 4 * SECOND };
/** After this time, a desktop that is not visible is gone. */
export const BE_SURE = 5 * MINUTE;

/** One or several deployments, and what must be true whichever fault one of their calls has. */
export interface Scenario {
  /** The title of the test, with `%s` for the kind of fault. */
  readonly title: string;
  /** The kinds of faults. @default - each of `HOWS` */
  readonly hows?: readonly Fault['how'][];
  /** What is done before, without a fault. @default - nothing */
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

/** Plays a scenario once. @returns the calls of its steps */
export function rehearse(start: Start, { prepare, play }: Scenario, fault?: Fault): Promise<string[]> {
  return inFreshStack(start, async (stack) => {
    await prepare?.(stack);
    stack.log.length = 0;
    if (fault) stack.inject(fault);
    await play(stack);
    return stack.log;
  });
}

/** Plays a scenario once without a fault, to count its calls, and then once for each call, with a fault at that call. */
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

/** Defines a test for each scenario and each kind of fault. */
export function testEveryCall(start: Start, scenarios: readonly Scenario[]): void {
  for (const scenario of scenarios) test.each(scenario.hows ?? HOWS)(scenario.title, (how) => atEveryCall(start, how, scenario));
}
