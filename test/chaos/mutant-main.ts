import { type Feature, LISTS } from './features';
import { search } from './run';

// The search with one mutation in the handler, started by `mutant.ts` with `<histories> <seed> [<feature>...]`. Its last line has the result.

const [runs, seed, ...features] = process.argv.slice(2);
void search({
  runs: Number(runs), seed: Number(seed), shrink: false, features: features.length > 0 ? features as Feature[] : LISTS,
}).then(({ histories, failure }) => {
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ histories, seconds: (user + system) / 1e6, what: failure?.what.join('; ') }));
  process.exit(0);
});
