import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { broken } from './bundle';
import { failsUnder } from './directed';
import { missed } from './hunt-all';
import { DIRECTED_MUTATIONS, MUTATIONS } from './mutations';

// Tests the search itself: it must find each mutation, which breaks the handler in one place. mutations.exhaustive.ts tries all of them, and
// runs the directed tests of those that histories do not show.

test.each([1, 2, 3, 4, 5, 6, 7])('there are at least two breaks of guarantee %i', (guarantee) => {
  expect(MUTATIONS.filter((each) => each.guarantee === guarantee).length).toBeGreaterThanOrEqual(2);
});

test.each([...MUTATIONS, ...DIRECTED_MUTATIONS])('the handler has, exactly once, what is broken by: $what', (mutation) => {
  const text = readFileSync(join(__dirname, '..', '..', 'lambda', mutation.file), 'utf8');
  expect(broken(text, mutation)).not.toBe(text);
});

test('two breaks of each guarantee are found', async () => {
  const quick = MUTATIONS.filter(({ isQuick }) => isQuick);
  expect(quick.map(({ guarantee }) => guarantee).sort()).toEqual([1, 2, 3, 4, 5, 6, 7].flatMap((guarantee) => [guarantee, guarantee]));
  expect(await missed(quick)).toEqual([]);
});

test('a directed test fails with the broken handler that histories do not show', async () => {
  const quick = DIRECTED_MUTATIONS.find(({ test: file }) => file === 'test/lambda/entries/is-complete.test.ts')!;
  expect(await failsUnder(quick)).toBe(true);
});
