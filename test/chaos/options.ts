import { Command, InvalidArgumentError } from 'commander';
import { DEPTH, parseId } from './exhaustive';
import { parsed } from '../../local/cli/command';

/** What to play. */
export type ChaosOptions = RandomOptions | MutationsOptions | ExhaustiveOptions;

export interface RandomOptions {
  readonly kind: 'random';
  readonly runs: number;
  readonly seed: number;
  readonly path?: string;
  readonly trace: boolean;
  readonly passOver: readonly string[];
}

export interface MutationsOptions {
  readonly kind: 'mutations';
  readonly seed: number;
}

export interface ExhaustiveOptions {
  readonly kind: 'exhaustive';
  readonly depth: number;
  /** The id of the only history to play. */
  readonly only?: string;
  readonly trace: boolean;
}

interface Parsed {
  runs: number;
  seed: number;
  path?: string;
  passOver?: string[];
  trace?: boolean;
  mutations?: boolean;
  exhaustive?: boolean;
  depth: number;
  only?: string;
}

const USAGE = 'npm run chaos -- [--runs N] [--seed N] [--path PATH] [--pass-over TEXT]... [--trace] | --mutations [--seed N] '
  + '| --exhaustive [--depth N | --only ID] [--trace] | --help';
/** Options that go together; the others exclude them. */
const TOGETHER: Readonly<Record<ChaosOptions['kind'], readonly (keyof Parsed)[]>> = {
  random: ['runs', 'seed', 'path', 'passOver', 'trace'],
  mutations: ['mutations', 'seed'],
  exhaustive: ['exhaustive', 'depth', 'only', 'trace'],
};

/** @returns the options, or an exit code */
export function parseOptions(args: readonly string[]): ChaosOptions | number {
  const command = new Command('npm run chaos --')
    .usage('[options]')
    .description('Plays histories of fleets with the handler over the local services, in virtual time: deployments that succeed, fail, are cancelled\n'
      + 'and rolled back, functions that die, answers that are lost. After each operation, it checks that all guarantees are kept.\n'
      + 'Histories are random, or with --exhaustive all within a bound. The same options give the same histories.')
    .option('--runs <N>', 'how many random histories', number(1), 1_000)
    .option('--seed <N>', 'which random histories', number(), 1)
    .option('--path <PATH>', 'play only one history: the path that was printed when it failed, with the same --seed', path)
    .option('--pass-over <TEXT>', 'ignore known failures: those whose message has this text (may be repeated)', (text: string, before: string[] = []) => [...before, text])
    .option('--trace', 'if a history fails, print all that happened in it')
    .option('--mutations', 'break the handler in each way of test/chaos/mutations.ts, and check that the random search finds it')
    .option('--exhaustive', 'play every order of operations on a fleet of up to two users, with one fault at each call')
    .option('--depth <N>', 'with --exhaustive: how many operations a history has at most, before the fleet is deleted', number(1), DEPTH)
    .option('--only <ID>', 'with --exhaustive: play only one history: the id that was printed when it failed', id)
    .addHelpText('after', '\nExit codes: 0 if all is as it should be, 1 if a guarantee was broken or a mutation not found, 2 for a bad option.\n\n'
      + 'Examples:\n  npm run chaos -- --runs 5000 --seed 7\n  npm run chaos -- --seed 7 --path 12:0:3 --trace\n  npm run chaos -- --mutations\n'
      + '  npm run chaos -- --exhaustive\n  npm run chaos -- --exhaustive --only ana+bo,bo/undone@17:lose --trace')
    .allowExcessArguments(false);
  return parsed(command, args, USAGE, () => complete(command, command.opts<Parsed>()));
}

function complete(command: Command, { runs, seed, path: only, passOver = [], trace = false, ...options }: Parsed): ChaosOptions {
  const given = command.options.map((option) => option.attributeName() as keyof Parsed).filter((name) => command.getOptionValueSource(name) === 'cli');
  const kind = given.includes('exhaustive') || given.includes('mutations') ? (given.includes('exhaustive') ? 'exhaustive' : 'mutations') : 'random';
  const surplus = given.find((name) => !TOGETHER[kind].includes(name));
  if (surplus !== undefined) command.error(`error: ${conflict(kind, surplus)}`);
  if (kind === 'random' && given.includes('path') && given.includes('runs')) {
    command.error('error: --runs and --path exclude each other: --path plays one history');
  }
  if (kind === 'exhaustive' && given.includes('depth') && given.includes('only')) {
    command.error('error: --depth and --only exclude each other: --only plays one history');
  }
  switch (kind) {
    case 'random': return { kind, runs, seed, path: only, passOver, trace };
    case 'mutations': return { kind, seed };
    case 'exhaustive': return { kind, depth: options.depth, only: options.only, trace };
  }
}

function conflict(kind: ChaosOptions['kind'], surplus: keyof Parsed): string {
  const option = `--${surplus.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return kind === 'random' ? `${option} needs --exhaustive` : `--${kind} and ${option} exclude each other`;
}

function number(least = -Infinity): (text: string) => number {
  return (text) => {
    if (!/^-?\d{1,9}$/.test(text) || Number(text) < least) {
      throw new InvalidArgumentError(`It must be a whole number${least === -Infinity ? '' : `, ${least} or more`}.`);
    }
    return Number(text);
  };
}

function path(text: string): string {
  if (!/^\d+(:\d+)*$/.test(text)) throw new InvalidArgumentError('It must be a path that a failure has printed, such as 12:0:3.');
  return text;
}

function id(text: string): string {
  try {
    parseId(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
  return text;
}
