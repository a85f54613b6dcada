import { Pace } from '../../../lambda/aws/pace';
import { VirtualClock } from '../../../local/core/clock';
import { Throttle } from '../../../local/workspaces/throttle';
import { MINUTE, names, properties, SECOND, TestStack } from '../test-stack';

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

describe('a fleet of 200', () => {
  let stack: TestStack;
  beforeEach(async () => {
    stack = await TestStack.start({ buildTime: 10 * MINUTE });
  });
  afterEach(() => stack.stop());

  test('is never throttled when it is alone, from its create to its delete', async () => {
    await stack.create({ users: names(200) });
    await stack.update({ users: names(200) }, { users: names(200), Refresh: '2' });
    await stack.delete({ users: names(200) });
    expect(stack.throttled()).toBe(0);
    expect(stack.users()).toEqual([]);
  });

  test('makes single calls in a step that only waits: others in the account can call meanwhile', async () => {
    const joined = await stack.begin(stack.event('Create', properties({ users: names(200) })));
    await stack.poll(joined);
    await stack.clock.sleep(MINUTE);
    const at: number[] = [];
    stack.whileCalling('DescribeWorkspaces', () => at.push(stack.clock.now()));
    await stack.poll(joined);
    expect(at).toHaveLength(6);
    // The first call shows that the fleet is not ready. The second one may still follow at once.
    const gaps = at.slice(1).map((time, i) => time - at[i]);
    expect(Math.min(...gaps.slice(1))).toBeGreaterThanOrEqual(SECOND / 2);
  });

  test('makes at most six calls in a step that only waits, and asks about every user in turn', async () => {
    const joined = await stack.begin(stack.event('Create', properties({ users: names(200) })));
    await stack.poll(joined);
    await stack.clock.sleep(30 * SECOND);
    const asked = new Set<string>();
    for (let i = 0; i < 4; i++) {
      const calls = stack.calls('DescribeWorkspaces');
      expect(await stack.poll(joined)).toEqual({ IsComplete: false });
      expect(stack.calls('DescribeWorkspaces') - calls).toBeLessThanOrEqual(6);
      await stack.clock.sleep(30 * SECOND);
    }
    for (const { WorkspaceIds = [] } of stack.inputs('DescribeWorkspaces') as { WorkspaceIds?: string[] }[]) WorkspaceIds.forEach((id) => asked.add(id));
    expect(asked.size).toBe(200);
    expect(stack.calls('CreateWorkspaces')).toBe(8);
    expect(stack.calls('DescribeTags')).toBe(0);
  });

  test('slows down and continues if somebody else uses up the account\'s calls', async () => {
    // Somebody else uses the rest of the account's rate: one call every two seconds is left.
    stack.workspaces.configure({ throttle: { perSecond: 0.5, burst: 1 } });
    expect(await stack.create({ users: names(60) })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(names(60)) });
    expect(stack.made()).toEqual(names(60));
    expect(stack.throttled()).toBeGreaterThan(0);
    expect(stack.throttled()).toBeLessThan(40);
  });

  test('passes its pace on from step to step, and to other fleets of the stack', async () => {
    const joined = await stack.begin(stack.event('Create', properties({ users: names(200) })));
    await stack.poll(joined);
    const [lease] = (await stack.rows()).filter(({ sk }) => sk === 'lease');
    expect(lease.pace.tokens).toBeLessThan(3);
    const taken = await stack.services.lease.take({ holder: 'next', fleet: 'another', dueAt: Infinity });
    expect(taken).toEqual({ turn: 'taken', pace: lease.pace });
  });
});

describe('the pace', () => {
  test('allows a few calls at once, then fewer than two a second', async () => {
    const clock = new VirtualClock();
    const pace = new Pace(clock);
    const start = clock.now();
    for (let i = 0; i < 100; i++) await pace.next();
    expect(clock.now() - start).toBeGreaterThan(47 * SECOND);
    expect(clock.now() - start).toBeLessThan(48 * SECOND);
  });

  test('allows only single calls if nobody waits for them, and the next step has its burst again', async () => {
    const clock = new VirtualClock();
    const pace = new Pace(clock);
    await pace.next();
    pace.slowDown();
    const start = clock.now();
    for (let i = 0; i < 5; i++) await pace.next();
    expect(clock.now() - start).toBeGreaterThanOrEqual(4 / 1.99 * SECOND);
    const left = pace.state();
    await clock.sleep(30 * SECOND);
    expect(new Pace(clock, left).state().tokens).toBe(4.75);
  });

  test('slows down when throttled, keeps a call every four seconds, and recovers', async () => {
    const clock = new VirtualClock();
    const pace = new Pace(clock);
    pace.throttled();
    expect(pace.state()).toMatchObject({ tokens: 0, rate: expect.closeTo(1.99 * 0.6), at: clock.now() });
    for (let i = 0; i < 10; i++) pace.throttled();
    expect(pace.state().rate).toBe(0.25);
    for (let i = 0; i < 1_500; i++) pace.succeeded();
    expect(pace.state().rate).toBe(1.99);
  });

  test('rises quickly to near the rate at which it was throttled, and then slowly', () => {
    const pace = new Pace(new VirtualClock());
    pace.throttled();
    for (let i = 0; i < 10; i++) pace.succeeded();
    const near = pace.state().rate;
    expect(near).toBeGreaterThan(1.99 * 0.8 - 0.001);
    for (let i = 0; i < 10; i++) pace.succeeded();
    expect(pace.state().rate).toBeLessThan(near * 1.03);
  });

  test('continues where the previous step left it', async () => {
    const clock = new VirtualClock();
    const first = new Pace(clock);
    for (let i = 0; i < 10; i++) await first.next();
    const start = clock.now();
    await new Pace(clock, first.state()).next();
    expect(clock.now()).toBeGreaterThan(start);
    await clock.sleep(MINUTE);
    expect(new Pace(clock, first.state()).state().tokens).toBe(4.75);
  });

  test('saves nothing up for a burst while somebody else uses the account', async () => {
    const clock = new VirtualClock();
    const pace = new Pace(clock);
    pace.throttled();
    await clock.sleep(MINUTE);
    expect(pace.state().tokens).toBe(1);
    for (let i = 0; i < 1_500; i++) pace.succeeded();
    await clock.sleep(MINUTE);
    expect(pace.state().tokens).toBe(4.75);
  });

  test('recovers while nobody calls, within ten minutes', async () => {
    const clock = new VirtualClock();
    const slow = { tokens: 0, rate: 0.4, ceiling: 0.5, at: clock.now() };
    await clock.sleep(5 * MINUTE);
    expect(new Pace(clock, slow).state()).toMatchObject({ rate: expect.closeTo(0.4 + 0.995), ceiling: expect.closeTo(0.5 + 0.995) });
    await clock.sleep(60 * MINUTE);
    expect(new Pace(clock, slow).state()).toEqual({ tokens: 4.75, rate: 1.99, at: clock.now() });
  });

  test('is rarely throttled if somebody else uses half of the account\'s rate', async () => {
    const clock = new VirtualClock();
    const pace = new Pace(clock);
    const account = new Throttle(clock);
    const rules = { throttle: { perSecond: 2, burst: 5 }, throttledCall: 'free' as const };
    let others = clock.now();
    let [calls, throttled] = [0, 0];
    while (calls - throttled < 600) {
      await pace.next();
      for (; others <= clock.now(); others += SECOND) account.admits(rules);
      calls++;
      if (account.admits(rules)) {
        pace.succeeded();
      } else {
        throttled++;
        pace.throttled();
      }
    }
    expect(throttled).toBeGreaterThan(0);
    expect(throttled / calls).toBeLessThan(0.02);
  });

  test('works after a step whose clock was ahead', async () => {
    const clock = new VirtualClock();
    const ahead = { tokens: 2, rate: 1, at: clock.now() + MINUTE };
    expect(new Pace(clock, ahead).state()).toEqual({ tokens: 2, rate: 1, at: clock.now() });
  });
});
