import { LISTS } from './features';
import { search } from './run';

// The search, as `mutant.ts` starts it, with one break in the handler: `<histories> <seed>`. Its last line says what it has seen.

const [runs, seed] = process.argv.slice(2).map(Number);
void search({ runs, seed, shrink: false, features: LISTS }).then(({ histories, failure }) => {
  console.log(JSON.stringify({ histories, what: failure?.what.join('; ') }));
  process.exit(0);
});
