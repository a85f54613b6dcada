import type { Fault } from '../../local/faults';
import { CRASHES_IN_CHANGES } from '../lambda/reconcile/crash-changes-scenarios';
import { CRASHES } from '../lambda/reconcile/crash-scenarios';
import { HOWS, inFreshStack, rehearse, type Scenario } from '../lambda/reconcile/every-call';
import { names, type Start, TestStack } from '../lambda/test-stack';

// Compares the stand-ins with the SDK and DynamoDB: with both, the handler makes the same calls in the same order, and gets the same result.

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const SCENARIOS = [...CRASHES, ...CRASHES_IN_CHANGES].map((scenario) => [scenario.title.replace('%s', 'go wrong'), scenario] as const);

/** Plays a scenario both ways. @returns the calls with the SDK */
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

/** `step` is the distance between the calls that are tried. It is larger for throttling, because the SDK waits in real time. */
const REFUSALS: [how: Fault['how'], code: string, step: number][] = [
  ['throttle', '', 30],
  ['refuse', '', 7],
  ['refuse', 'AccessDeniedException', 7],
  ['refuse', 'ValidationException', 7],
  ['refuse', 'ResourceNotFoundException', 7],
  ['refuse', 'ConditionalCheckFailedException', 7],
];

/** A fleet's life in which a call is refused three times. The result may be anything, but must be the same both ways. */
function lifeOf(start: Start, fault: Omit<Fault, 'operation'>): Promise<unknown> {
  return inFreshStack(start, async (stack) => {
    stack.inject({ operation: '*', times: 3, ...fault });
    const users = names(3);
    const outcomes = [await stack.create({ users }), await stack.update({ users }, { users: [...users, 'nobody'] }), await stack.delete({ users })];
    return { outcomes, calls: stack.log, desktops: stack.workspaces.desktops(), rows: await stack.rows() };
  });
}

test.each(REFUSALS)('the same comes of it when calls fail: %s %s', async (how, code, step) => {
  const fault = { how, code: code || undefined };
  for (let after = 2; after < 60; after += step) {
    const expected = await lifeOf(TestStack.start, { ...fault, after });
    expect(await lifeOf(TestStack.startQuick, { ...fault, after })).toEqual(expected);
  }
});
