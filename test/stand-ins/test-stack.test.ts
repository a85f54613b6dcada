import type { Fault } from '../../local/faults';
import { CRASHES_IN_CHANGES } from '../lambda/reconcile/crash-changes-scenarios';
import { CRASHES } from '../lambda/reconcile/crash-scenarios';
import { HOWS, rehearse, type Scenario } from '../lambda/reconcile/every-call';
import { TestStack } from '../lambda/test-stack';

// What stands in for the SDK and DynamoDB, held against both: the handler makes the same calls, in the same order, and comes to the same end.

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const SCENARIOS = [...CRASHES, ...CRASHES_IN_CHANGES].map((scenario) => [scenario.title.replace('%s', 'go wrong'), scenario] as const);

/** With the SDK. Plays it both ways. */
async function callsOfBoth(scenario: Scenario, fault?: Fault): Promise<string[]> {
  const calls = await rehearse(TestStack.start, scenario, fault);
  expect(await rehearse(TestStack.startQuick, scenario, fault)).toEqual(calls);
  return calls;
}

test.each(SCENARIOS)('the same calls without a fault, and with one: %s', async (_title, scenario) => {
  const { length } = await callsOfBoth(scenario);
  const hows = scenario.hows ?? HOWS;
  for (const [i, how] of hows.entries()) {
    // At the beginning, in the middle and at the end.
    await callsOfBoth(scenario, { operation: '*', how, after: Math.floor((i + 0.5) * length / hows.length) });
  }
});
