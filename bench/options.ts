import { Command, CommanderError } from 'commander';

export interface BenchOptions {
  /** In the order in which they are run. */
  readonly names: readonly string[];
  readonly list: boolean;
  readonly plots: boolean;
}

/** @returns the options; or the code to exit with, when all has been said already: 0 after --help, 2 after a bad option */
export function parseOptions(args: readonly string[], known: readonly string[]): BenchOptions | number {
  const command = new Command('npm run bench --')
    .usage('[options] [name...]')
    .description('Measures what deployments take: calls, time, money, memory. All of it here, on the local AWS and in virtual time: nothing talks to AWS.')
    .argument('[name...]', `what to run, of ${known.join(', ')} (default: all)`)
    .option('--list', 'say what each of them measures, and run none')
    .option('--plots', 'draw docs/calls.svg and docs/ramp.svg anew; alone, nothing else is run')
    .addHelpText('after', '\nTables are printed, and kept as JSON in .bench/. Times and bytes are of this machine, calls are the same everywhere.\n\n'
      + 'Exits with 0 when all targets are met, 1 when one is missed, 2 for a bad option.\n\n'
      + 'Examples:\n  npm run bench\n  npm run bench -- calls patterns\n  npm run bench -- --plots')
    .showHelpAfterError('usage: npm run bench -- [--list] [--plots] [--help] [name...]')
    .exitOverride();
  try {
    command.parse([...args], { from: 'user' });
    const { list = false, plots = false } = command.opts<{ list?: boolean; plots?: boolean }>();
    for (const name of command.args) {
      if (!known.includes(name)) command.error(`error: there is no benchmark ${JSON.stringify(name)}; there are ${known.join(', ')}`);
    }
    const names = command.args.length === 0 && !plots ? known : known.filter((name) => command.args.includes(name));
    return { names, list, plots };
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
