import { type Feature, LISTS } from './features';
import { search } from './run';

// The search with one mutation in the handler, started by `mutant.ts` with `<histories> <seed> [<feature>...]`. Its last line has the result.

const [runs, seed, ...features] = process.argv.slice(2);
void search({
  runs: Number(runs), seed: Number(seed), shrink: false, features: [...LISTS, ...features as Feature[]],
}).then(({ histories, failure }) => {
  console.log(JSON.stringify({ histories, what: failure?.what.join('; ') }));
  process.exit(0);
});
