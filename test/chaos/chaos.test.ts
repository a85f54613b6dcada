import { search } from './run';

// Plays random histories, and checks that the handler keeps its guarantees in each. `npm run chaos -- --help` plays more of them.

const SEED = 20_260_101;
const RUNS = 100;

test(`${RUNS} random histories keep all guarantees`, async () => {
  const { failure, ...totals } = await search({ runs: RUNS, seed: SEED });
  expect(failure && [...failure.what, failure.history, `npm run chaos -- --seed ${failure.seed} --path ${failure.path} --trace`].join('\n')).toBeUndefined();
  // The histories had events and effects; otherwise finding nothing would prove nothing.
  expect(totals.histories).toBe(RUNS);
  expect(totals.events).toBeGreaterThan(4 * RUNS);
  expect(totals.effects).toBeGreaterThan(4 * RUNS);
  expect(totals.faults).toBeGreaterThan(RUNS / 2);
}, 300_000);

test('the same seed gives the same histories, down to the last call', async () => {
  const [first, second] = [await search({ runs: 10, seed: SEED }), await search({ runs: 10, seed: SEED })];
  expect(second).toEqual(first);
}, 60_000);
