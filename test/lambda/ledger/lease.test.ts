import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Lease } from '../../../lambda/ledger/lease';
import { STEP_TIMEOUT_SECONDS } from '../../../src/private/contract';
import { MINUTE, SECOND, TestStack } from '../test-stack';

const pace = { tokens: 1, rate: 1, at: 0 };
const due = 1e15;

// Both tables: the expressions are DynamoDB's.
describe.each([['DynamoDB', TestStack.start], ['what stands in for it', TestStack.startQuick]])('the lease on %s', (_what, start) => {
  let stack: TestStack;
  beforeEach(async () => { stack = await start({}); });
  afterEach(() => stack.stop());

  const take = async (fleet: string, dueAt = due, holder = `step of ${fleet}`) => (await stack.services.lease.take({ holder, fleet, dueAt })).turn;
  const release = (fleet: string) => stack.services.lease.release({ holder: `step of ${fleet}`, fleet }, pace);

  test('is one step\'s until its release, and the same step can take it again', async () => {
    expect(await take('a')).toBe('taken');
    expect(await take('a')).toBe('taken');
    expect(await take('b')).toBe('next');
    await release('a');
    expect(await stack.services.lease.take({ holder: 'x', fleet: 'b', dueAt: due })).toEqual({ turn: 'taken', pace });
  });

  test('runs out some seconds after the function would have timed out', async () => {
    await take('a');
    await stack.clock.sleep((STEP_TIMEOUT_SECONDS + 10) * SECOND);
    expect(await take('b')).toBe('next');
    await stack.clock.sleep(10 * SECOND);
    expect(await take('b')).toBe('taken');
  });

  test('is taken although the claims of 450 fleets have ended; some steps later, none of them is left', async () => {
    await take('a');
    for (let i = 0; i < 450; i++) await take(`5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f/${String(i).padStart(8, '0')}/d-90677cc91c`);
    await stack.clock.sleep(5 * MINUTE);
    const claims = async () => Object.keys((await stack.rows()).find(({ pk }) => pk === 'lease')!).filter((each) => each.startsWith('waits:')).length;
    expect(await claims()).toBe(450);
    for (let i = 0; i < 5; i++) {
      expect(await take('a')).toBe('taken');
      await release('a');
    }
    expect(await claims()).toBe(0);
  });

  test('that ran out is not released by its former holder', async () => {
    await take('a');
    await stack.clock.sleep(2 * MINUTE);
    await take('b');
    expect(await release('a')).toBe(true);
    expect(await take('c')).toBe('next');
  });

  test('goes to the fleet that has waited longest, not to the one that asks first', async () => {
    await take('a');
    for (const fleet of ['b', 'c', 'd']) {
      await stack.clock.sleep(5 * SECOND);
      await take(fleet);
    }
    await release('a');
    expect([await take('d'), await take('c'), await take('a')]).toEqual(['later', 'later', 'later']);
    expect(await take('b')).toBe('taken');
    await release('b');
    expect([await take('b'), await take('d'), await take('c')]).toEqual(['later', 'later', 'taken']);
  });

  test('goes first to a fleet whose answer is due', async () => {
    await take('a');
    await take('b');
    await stack.clock.sleep(5 * SECOND);
    await take('c', stack.clock.now() + MINUTE);
    await release('a');
    expect([await take('b'), await take('c', stack.clock.now() + MINUTE)]).toEqual(['later', 'taken']);
  });

  test('is not kept for a fleet that does not ask any more', async () => {
    await take('a');
    await take('b');
    await release('a');
    expect(await take('c')).toBe('later');
    await stack.clock.sleep(40 * SECOND);
    expect(await take('c')).toBe('later');
    await stack.clock.sleep(40 * SECOND);
    expect(await take('c')).toBe('taken');
    expect((await stack.rows()).find(({ sk }) => sk === 'lease')).not.toHaveProperty('waits:b');
  });

  test('is not claimed by a second step of the fleet that has it', async () => {
    await take('a');
    expect(await take('a', due, 'another step')).toBe('later');
    expect(await release('a')).toBe(false);
    expect(await take('b')).toBe('taken');
  });

  test('its release tells whether another fleet waits', async () => {
    await take('a');
    expect(await release('a')).toBe(false);
    await take('a');
    await take('b');
    expect(await release('a')).toBe(true);
    // Asked for and taken since.
    await take('b');
    expect(await release('b')).toBe(false);
    // Asked for and given up.
    await take('b');
    await take('c');
    await stack.clock.sleep(80 * SECOND);
    expect(await release('b')).toBe(false);
  });

  test('has a claim of each fleet, however often it asks', async () => {
    await take('a');
    for (let i = 0; i < 20; i++) {
      for (const fleet of ['b', 'c']) await take(fleet);
      await stack.clock.sleep(3 * SECOND);
    }
    const row = (await stack.rows()).find(({ sk }) => sk === 'lease')!;
    expect(Object.keys(row).filter((each) => each.startsWith('waits:'))).toEqual(['waits:b', 'waits:c']);
  });

  test('is not taken if the table does not answer, and the error is thrown', async () => {
    const down = new Lease({ send: async () => { throw new Error('down'); } } as unknown as DynamoDBClient, 'Ledger', stack.clock, MINUTE);
    await expect(down.take({ holder: 'x', fleet: 'b', dueAt: due })).rejects.toThrow('down');
    await expect(down.release({ holder: 'x', fleet: 'b' }, pace)).rejects.toThrow('down');
  });
});
