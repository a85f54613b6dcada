import { VirtualClock } from '../../local/core/clock';
import { interpret, Outcome, parseDefinition } from '../../local/states-language';

const WAITER = {
  StartAt: 'poll',
  States: {
    poll: {
      Type: 'Task',
      Resource: 'is-complete',
      End: true,
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 6, BackoffRate: 1 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'timeout' }],
    },
    timeout: { Type: 'Task', Resource: 'on-timeout', End: true },
  },
};

/** Runs a definition. The task gets the list of calls until then. */
async function run(definition: object, task: (resource: string, attempt: number, input: unknown) => Outcome, longCause?: 'cut' | 'keep') {
  const clock = new VirtualClock();
  const start = clock.now();
  const calls: { resource: string; at: number; input: unknown }[] = [];
  const outcome = await interpret(parseDefinition(JSON.stringify(definition)), { its: 'input' }, {
    clock,
    signal: new AbortController().signal,
    longCause,
    runTask: async (resource, input) => {
      calls.push({ resource, at: (clock.now() - start) / 1_000, input });
      return task(resource, calls.length, input);
    },
  });
  return { outcome, calls };
}

const failure: Outcome = { error: 'Error', cause: JSON.stringify({ errorType: 'Error', errorMessage: 'not yet' }) };

test('polls until the task succeeds, always with the same input', async () => {
  const { outcome, calls } = await run(WAITER, (_resource, attempt) => (attempt < 3 ? failure : { output: 'done' }));
  expect(outcome).toEqual({ output: 'done' });
  expect(calls).toEqual([0, 5, 10].map((at) => ({ resource: 'is-complete', at, input: { its: 'input' } })));
});

test('tries once and MaxAttempts times more, then hands error and cause to the next state', async () => {
  const { outcome, calls } = await run(WAITER, (resource) => (resource === 'is-complete' ? failure : { output: 'told' }));
  expect(outcome).toEqual({ output: 'told' });
  expect(calls.filter(({ resource }) => resource === 'is-complete')).toHaveLength(7);
  expect(calls[7]).toEqual({ resource: 'on-timeout', at: 30, input: { Error: 'Error', Cause: '{"errorType":"Error","errorMessage":"not yet"}' } });
});

test('backs off', async () => {
  const definition = { StartAt: 'a', States: { a: { Type: 'Task', Resource: 'x', End: true, Retry: [{ ErrorEquals: ['Error'], IntervalSeconds: 2, BackoffRate: 3 }] } } };
  const { outcome, calls } = await run(definition, () => failure);
  expect(calls.map(({ at }) => at)).toEqual([0, 2, 8, 26]);
  expect(outcome).toEqual(failure);
});

test.each([[undefined, 32_768], ['cut', 32_768], ['keep', 40_000]] as const)('of a cause of 40,000 characters, %s: %i are left', async (longCause, left) => {
  const { calls } = await run(WAITER, (resource) => (resource === 'is-complete' ? { error: 'Error', cause: 'x'.repeat(40_000) } : { output: null }), longCause);
  expect((calls[7].input as { Cause: string }).Cause).toHaveLength(left);
});

test('an error that nothing matches ends the execution', async () => {
  const definition = { StartAt: 'a', States: { a: { Type: 'Task', Resource: 'x', Next: 'b', Catch: [{ ErrorEquals: ['Other'], Next: 'b' }] }, b: { Type: 'Task', Resource: 'y', End: true } } };
  const { outcome, calls } = await run(definition, () => failure);
  expect(outcome).toEqual(failure);
  expect(calls).toHaveLength(1);
});

test('an abort ends the waiting', async () => {
  const abort = new AbortController();
  let calls = 0;
  const outcome = await interpret(parseDefinition(JSON.stringify(WAITER)), {}, {
    clock: new VirtualClock(),
    signal: abort.signal,
    runTask: async () => {
      calls += 1;
      abort.abort();
      return failure;
    },
  });
  expect(outcome).toMatchObject({ error: 'States.Aborted' });
  expect(calls).toBe(1);
});

describe('refuses a definition that has', () => {
  const task = { Type: 'Task', Resource: 'x', End: true };
  test.each([
    ['another state type', { StartAt: 'a', States: { a: { Type: 'Wait', Seconds: 1, End: true } } }, 'state "a" has Type "Wait"; this interpreter has only Task'],
    ['an unknown field of a state', { StartAt: 'a', States: { a: { ...task, ResultPath: '$.x' } } }, 'state "a" has ResultPath'],
    ['an unknown field of the machine', { StartAt: 'a', TimeoutSeconds: 1, States: { a: task } }, 'the state machine has TimeoutSeconds'],
    ['an unknown field of a retrier', { StartAt: 'a', States: { a: { ...task, Retry: [{ ErrorEquals: [], JitterStrategy: 'FULL' }] } } }, 'Retry of state "a" has JitterStrategy'],
    ['an unknown field of a catcher', { StartAt: 'a', States: { a: { ...task, Catch: [{ ErrorEquals: [], Next: 'a', ResultPath: '$' }] } } }, 'Catch of state "a" has ResultPath'],
    ['a number out of range', { StartAt: 'a', States: { a: { ...task, Retry: [{ ErrorEquals: [], MaxAttempts: 1.5 }] } } }, 'MaxAttempts of state "a" must be a whole number from 0 on, got 1.5'],
    ['a start that does not exist', { StartAt: 'b', States: { a: task } }, 'StartAt must be one of a, got "b"'],
    ['no way on', { StartAt: 'a', States: { a: { Type: 'Task', Resource: 'x' } } }, 'state "a" must have either End: true or Next'],
  ])('%s', (_what, definition, message) => {
    expect(() => parseDefinition(JSON.stringify(definition))).toThrow(message);
  });
});
