import { failsUnder } from './directed';
import { missed } from './hunt-all';
import { DIRECTED_MUTATIONS, MUTATIONS } from './mutations';

test('every break of the handler is found', async () => {
  expect(await missed(MUTATIONS)).toEqual([]);
}, 900_000);

test.each(DIRECTED_MUTATIONS)('$test fails with a handler that $what', async (mutation) => {
  expect(await failsUnder(mutation)).toBe(true);
});
