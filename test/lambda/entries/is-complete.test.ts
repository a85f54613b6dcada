import type { LambdaClient } from '@aws-sdk/client-lambda';
import { awsInvokeStep, checkComplete } from '../../../lambda/entries/is-complete';
import type { JoinedEvent } from '../../../lambda/request/events';
import { VirtualClock } from '../../../local/core/clock';

const EVENT = { Deadline: Infinity } as JoinedEvent;

const MINUTE = 60_000;

describe('a step that is invoked', () => {
  const invoke = (answer: object) => awsInvokeStep({ send: async () => answer } as unknown as LambdaClient, 'step')(EVENT);
  const payload = (value: unknown) => Buffer.from(JSON.stringify(value));

  test('answers with its result', async () => {
    expect(await invoke({ Payload: payload({ Status: 'NOT_YET' }) })).toEqual({ Status: 'NOT_YET' });
  });

  test.each<[object, string, string]>([
    [{ FunctionError: 'Unhandled', Payload: payload({ errorType: 'Runtime.ExitError', errorMessage: 'killed' }) }, 'Runtime.ExitError', 'killed'],
    [{ FunctionError: 'Unhandled', Payload: payload({ Status: 'DONE' }) }, 'Unhandled', 'no answer'],
    [{ Payload: payload({}) }, 'NoAnswer', 'no answer'],
    [{ Payload: payload(null) }, 'NoAnswer', 'no answer'],
    [{ Payload: Buffer.alloc(0) }, 'NoAnswer', 'no answer'],
    [{}, 'NoAnswer', 'no answer'],
  ])('and answers %j has not finished', async (answer, name, message) => {
    await expect(invoke(answer)).rejects.toMatchObject({ name, message });
  });
});

test('a reason for people has no stack trace', async () => {
  const clock = new VirtualClock();
  const answer = checkComplete(async () => ({ Status: 'FAILED', Reason: 'no directory' }), clock, EVENT, 'Logs', 0);
  await expect(answer).rejects.toMatchObject({ message: 'no directory', stack: 'Error: no directory' });
});

test('the deployment fails a little after the answer was due: later if a step may still be delayed than if it crashed', async () => {
  const clock = new VirtualClock();
  const event = { Deadline: clock.now() } as JoinedEvent;
  const check = (crashes: boolean) => checkComplete(async () => {
    if (crashes) throw new Error('killed');
    return { Status: 'NOT_YET' };
  }, clock, event, 'Logs', 0);
  await clock.sleep(1.4 * MINUTE);
  expect([await check(true), await check(false)]).toEqual([{ IsComplete: false }, { IsComplete: false }]);
  await clock.sleep(0.2 * MINUTE);
  await expect(check(true)).rejects.toThrow('kept crashing until the timeout, last with Error: killed');
  expect(await check(false)).toEqual({ IsComplete: false });
  await clock.sleep(0.5 * MINUTE);
  await expect(check(false)).rejects.toThrow('did not finish this fleet in time');
});

test('a step that has more to do is followed by the next one at once, until isComplete itself must finish', async () => {
  const clock = new VirtualClock();
  let steps = 0;
  const check = (more: boolean) => checkComplete(async () => {
    steps++;
    await clock.sleep(MINUTE);
    return more ? { Status: 'NOT_YET', More: true } : { Status: 'NOT_YET' };
  }, clock, EVENT, 'Logs', clock.now() + 2.5 * MINUTE);
  expect(await check(true)).toEqual({ IsComplete: false });
  expect(steps).toBe(3);
  await check(false);
  expect(steps).toBe(4);
});
