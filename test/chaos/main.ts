import { cpus } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { Listr } from 'listr2';
import { hunt, Verdict } from './mutant';
import { MUTATIONS } from './mutations';
import { search, type Found, type Totals } from './run';

interface Options {
  readonly runs: number;
  readonly seed: number;
  readonly path?: string;
  readonly mutations?: boolean;
  readonly trace?: boolean;
  readonly passOver?: readonly string[];
}

/** The most histories for each mutation. With several seeds, every mutation was found within a tenth of them. */
const RUNS_PER_MUTATION = 3_000;

async function main(args: readonly string[]): Promise<number> {
  const options = new Command('npm run chaos --')
    .usage('[options]')
    .description('Plays random histories of fleets with the handler over the local services, in virtual time: deployments that succeed, fail, are cancelled\n'
      + 'and taken back, events that come twice and late, functions that die, answers that are lost, and what others do meanwhile. After each\n'
      + 'it looks whether what is promised has been kept. The same seed gives the same histories.')
    .option('--runs <N>', 'how many histories', count, 1_000)
    .option('--seed <N>', 'which ones', count, 1)
    .option('--path <PATH>', 'of a run that failed, as it was printed: only that history')
    .option('--trace', 'when a history fails, print all that happened in it')
    .option('--pass-over <TEXT>', 'look past what is known: what is found and has this text in it (may be repeated)', (text: string, before: string[] = []) => [...before, text])
    .option('--mutations', 'break the handler on purpose, in each way of mutations.ts, and look whether the search finds it')
    .addHelpText('after', '\nExits with 0 when all is as it should be, and with 1 when something was found, or a break was not.\n\n'
      + 'Examples:\n  npm run chaos -- --runs 5000 --seed 7\n  npm run chaos -- --seed 7 --path 12:0:3 --trace\n  npm run chaos -- --mutations')
    .allowExcessArguments(false)
    .parse(['node', 'chaos', ...args])
    .opts<Options>();
  return options.mutations ? huntAll(options) : play(options);
}

async function play({ runs, seed, path, trace, passOver }: Options): Promise<number> {
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

async function huntAll({ seed }: Options): Promise<number> {
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

const LISTR = { exitOnError: false, fallbackRendererCondition: () => !process.stdout.isTTY, fallbackRenderer: 'simple' } as const;

function count(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new InvalidArgumentError('a whole number is needed.');
  return Number(text);
}

main(process.argv.slice(2)).then((code) => process.exit(code), (error) => {
  console.error(error);
  process.exit(1);
});
