import { cpus } from 'node:os';
import { Listr } from 'listr2';
import { LISTR, playAll, playOnly } from './exhaustive-command';
import { hunt, Verdict } from './mutant';
import { MUTATIONS } from './mutations';
import { type MutationsOptions, parseOptions, type RandomOptions } from './options';
import { search, type Found, type Totals } from './run';

/** The most histories for each mutation. With several seeds, every mutation was found within a tenth of them. */
const RUNS_PER_MUTATION = 3_000;

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (typeof options === 'number') return options;
  switch (options.kind) {
    case 'random': return play(options);
    case 'mutations': return huntAll(options);
    case 'exhaustive': return options.only === undefined ? playAll(options) : playOnly(options.only, options);
  }
}

async function play({ runs, seed, path, trace, passOver }: RandomOptions): Promise<number> {
  const start = Date.now();
  const seconds = () => (Date.now() - start) / 1_000;
  const says = ({ histories, events, faults, effects }: Totals) => (
    `${histories} histories, ${events} events, ${faults} faults, ${effects} changes of desktops, ${Math.round(histories / seconds())} histories/s`
  );
  let found: Found | undefined;
  await new Listr([{
    title: `${runs} histories with the seed ${seed}`,
    task: async (_context, task) => {
      let shown = 0;
      found = await search({
        runs,
        seed,
        path,
        passOver,
        onProgress: (totals) => {
          if (Date.now() - shown < (process.stdout.isTTY ? 500 : 10_000)) return;
          shown = Date.now();
          task.output = says(totals);
        },
      });
      task.title = `${says(found)}, ${Math.round(seconds())} s`;
      if (found.failure) throw new Error(`${task.title}: something must not be`);
    },
  }], LISTR).run();
  const failure = found?.failure;
  if (!failure) return found ? 0 : 1;
  console.log(`\n${failure.what.join('\n')}\n\nThe smallest history found that shows it:\n\n${failure.history}\n`);
  if (trace) console.log(`What happened in it, in minutes and seconds:\n\n${failure.trace.join('\n')}\n`);
  console.log(`npm run chaos -- --seed ${failure.seed} --path ${failure.path}${trace ? '' : ' --trace'}`);
  return 1;
}

async function huntAll({ seed }: MutationsOptions): Promise<number> {
  const verdicts: Verdict[] = [];
  await new Listr(MUTATIONS.map((mutation) => ({
    title: `guarantee ${mutation.guarantee}: ${mutation.what}`,
    task: async (_context, task) => {
      const verdict = await hunt(mutation, { seed, runs: RUNS_PER_MUTATION });
      verdicts.push(verdict);
      task.title = `${task.title}: ${verdict.found ? `found in history ${verdict.histories}` : 'NOT FOUND'} (${verdict.seconds.toFixed(1)} s)`;
      if (!verdict.found) throw new Error(task.title);
    },
  })), { ...LISTR, concurrent: cpus().length }).run();
  const found = verdicts.filter((each) => each.found).length;
  console.log(`\n${found} of ${MUTATIONS.length} breaks of the handler were found`);
  return found === MUTATIONS.length ? 0 : 1;
}

main(process.argv.slice(2)).then((code) => process.exit(code), (error) => {
  console.error(error);
  process.exit(1);
});
