import { CLOSING_TIME, LONGEST_CALL, OutOfTime, TimeLeft } from '../../../lambda/core/time-left';
import { VirtualClock } from '../../../local/core/clock';

const MINUTE = 60_000;

test('work begins until the time of the step or of the operation is up, and calls until they might not end in time', async () => {
  const clock = new VirtualClock();
  const start = clock.now();
  const time = new TimeLeft(clock, start + MINUTE);
  expect([time.isUp, time.until]).toEqual([false, start + MINUTE]);
  time.stopAt(start + MINUTE / 2);
  await clock.sleep(MINUTE / 2);
  expect([time.isUp, time.isStepOver]).toEqual([true, false]);
  time.require(CLOSING_TIME - LONGEST_CALL);
  expect(() => time.require(CLOSING_TIME - LONGEST_CALL + 1)).toThrow(OutOfTime);
  time.stopAt(Infinity);
  expect(time.isUp).toBe(false);
  await clock.sleep(MINUTE / 2 + CLOSING_TIME - LONGEST_CALL);
  expect([time.isUp, time.isStepOver]).toEqual([true, true]);
  time.require();
  await clock.sleep(1);
  expect(() => time.require()).toThrow(OutOfTime);
});

test('an operation with little time has less time for its last calls', () => {
  const clock = new VirtualClock();
  const time = new TimeLeft(clock, Infinity);
  time.stopAt(clock.now(), LONGEST_CALL);
  time.require();
  expect(() => time.require(1)).toThrow(OutOfTime);
});
