import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { broken } from './bundle';
import { missed } from './hunt-all';
import { MUTATIONS } from './mutations';

// Tests the search itself: it must find each mutation, which breaks the handler in one place. mutations.exhaustive.ts tries all of them.

test.each([1, 2, 3, 4, 5, 6, 7])('there are at least two breaks of guarantee %i', (guarantee) => {
  expect(MUTATIONS.filter((each) => each.guarantee === guarantee).length).toBeGreaterThanOrEqual(2);
});

test.each(MUTATIONS)('the handler has, exactly once, what is broken by: $what', (mutation) => {
  const text = readFileSync(join(__dirname, '..', '..', 'lambda', mutation.file), 'utf8');
  expect(broken(text, mutation)).not.toBe(text);
});

test('two breaks of each guarantee are found', async () => {
  const quick = MUTATIONS.filter(({ isQuick }) => isQuick);
  expect(quick.map(({ guarantee }) => guarantee).sort()).toEqual([1, 2, 3, 4, 5, 6, 7].flatMap((guarantee) => [guarantee, guarantee]));
  expect(await missed(quick)).toEqual([]);
});
