import { readFile } from 'node:fs/promises';
import { during, RunningClock, VirtualClock } from '../../local/core/clock';
import { pause, within } from '../../local/core/waiting';

describe('virtual time', () => {
  test('activities continue in the order of their timers; of equal ones, the first comes first', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    const activity = async (name: string, ...sleeps: number[]) => {
      for (const ms of sleeps) {
        await clock.sleep(ms);
        seen.push(`${name} ${clock.now()}`);
      }
    };
    await Promise.all([activity('a', 10, 30), activity('b', 40, 1), activity('c', 5, 5, 5)]);
    expect(seen).toEqual(['c 5', 'a 10', 'c 10', 'c 15', 'b 40', 'a 40', 'b 41']);
  });

  test('it stands still during work, also for many turns of the event loop, and in a file', async () => {
    const clock = new VirtualClock(0);
    let slept = false;
    void clock.sleep(1).then(() => { slept = true; });
    await during(clock, async () => {
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
      await readFile(__filename);
      expect({ slept, now: clock.now() }).toEqual({ slept: false, now: 0 });
    });
    await clock.sleep(1);
    expect({ slept, now: clock.now() }).toEqual({ slept: true, now: 1 });
  });

  test('a hold that is released twice counts once', async () => {
    const clock = new VirtualClock(0);
    const [first, second] = [clock.hold(), clock.hold()];
    first();
    first();
    const slept = clock.sleep(1).then(() => clock.now());
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(clock.now()).toBe(0);
    second();
    expect(await slept).toBe(1);
  });

  test('a cancelled timer does not move time on', async () => {
    const clock = new VirtualClock(0);
    let fired = false;
    const cancel = clock.after(1_000, () => { fired = true; });
    cancel();
    await clock.sleep(10);
    cancel();
    expect({ fired, now: clock.now() }).toEqual({ fired: false, now: 10 });
  });

  test('nothing goes on after a stop', async () => {
    const clock = new VirtualClock(0);
    let fired = false;
    clock.after(1, () => { fired = true; });
    clock.stop();
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    expect({ fired, now: clock.now() }).toEqual({ fired: false, now: 0 });
  });
});

describe.each([['virtual', () => new VirtualClock()], ['scaled', () => new RunningClock(1_000)]])('waiting in %s time', (_, make) => {
  test('ends when it is aborted', async () => {
    const clock = make();
    const start = clock.now();
    const stop = new AbortController();
    clock.after(1_000, () => stop.abort());
    await pause(clock, 1e9, stop.signal);
    expect(clock.now() - start).toBeLessThan(1e8);
    await pause(clock, 1e9, stop.signal); // and does not begin after that
    expect(clock.now() - start).toBeLessThan(1e8);
  });

  test('has the value or the error that comes in time; or undefined', async () => {
    const clock = make();
    expect(await within(clock, 60_000, clock.sleep(1_000).then(() => 'here'))).toEqual({ value: 'here' });
    expect(await within(clock, 1_000, clock.sleep(60_000))).toBeUndefined();
    await expect(within(clock, 60_000, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });
});

test.each([0, -1, NaN])('a clock with the factor %d is refused', (factor) => {
  expect(() => new RunningClock(factor)).toThrow('a clock\'s factor must be above 0');
});
