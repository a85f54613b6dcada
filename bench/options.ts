import { Command } from 'commander';
import { parsed } from '../local/cli/command';

export interface BenchOptions {
  /** In the order in which they run. */
  readonly names: readonly string[];
  readonly list: boolean;
  readonly plots: boolean;
}

const USAGE = 'npm run bench -- [--list] [--plots] [--help] [name...]';

/** @returns the options, or an exit code */
export function parseOptions(args: readonly string[], known: readonly string[]): BenchOptions | number {
  const command = new Command('npm run bench --')
    .usage('[options] [name...]')
    .description('Measures what deployments need: calls, time, money, memory. Everything runs on the local AWS, mostly in virtual time. Nothing talks to AWS.')
    .argument('[name...]', `the benchmarks to run: ${known.join(', ')} (default: all)`)
    .option('--list', 'list what each benchmark measures, and run none')
    .option('--plots', 'draw docs/calls.svg and docs/ramp.svg again; if no benchmark is named, only do this')
    .addHelpText('after', '\nTables are printed, and saved as JSON in .bench/. Times and bytes depend on this machine; calls are the same everywhere.\n\n'
      + 'Exit codes: 0 if all targets are met, 1 if one is missed, 2 for a bad option.\n\n'
      + 'Examples:\n  npm run bench\n  npm run bench -- calls patterns\n  npm run bench -- --plots');
  return parsed(command, args, USAGE, () => {
    const { list = false, plots = false } = command.opts<{ list?: boolean; plots?: boolean }>();
    for (const name of command.args) {
      if (!known.includes(name)) command.error(`error: there is no benchmark ${JSON.stringify(name)}; there are ${known.join(', ')}`);
    }
    const names = command.args.length === 0 && !plots ? known : known.filter((name) => command.args.includes(name));
    return { names, list, plots };
  });
}
