import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { broken, hunt } from './mutant';
import { MUTATIONS } from './mutations';

// Whether the search would see it: the handler is broken on purpose, in one place at a time.

const HUNT = { seed: 1, runs: 3_000 };
/** As many at once as CI has cores. */
const AT_ONCE = 2;

test.each([1, 2, 3, 4, 5, 6, 7])('there are at least two breaks of guarantee %i', (guarantee) => {
  expect(MUTATIONS.filter((each) => each.guarantee === guarantee).length).toBeGreaterThanOrEqual(2);
});

test.each(MUTATIONS)('the handler has, exactly once, what is broken by: $what', (mutation) => {
  const text = readFileSync(join(__dirname, '..', '..', 'lambda', mutation.file), 'utf8');
  expect(broken(text, mutation)).not.toBe(text);
});

test('every break of the handler is found', async () => {
  const waiting = [...MUTATIONS];
  const missed: string[] = [];
  const worker = async () => {
    for (let mutation = waiting.shift(); mutation; mutation = waiting.shift()) {
      const { found, histories } = await hunt(mutation, HUNT);
      if (!found) missed.push(`guarantee ${mutation.guarantee}: ${mutation.what} (${histories} histories)`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  expect(missed).toEqual([]);
}, 600_000);
