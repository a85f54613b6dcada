import { Command, InvalidArgumentError } from 'commander';
import { parsed } from './command';
import { check } from '../core/elsewhere';

export type Shell = 'posix' | 'powershell' | 'json';

export interface LocalOptions {
  readonly port: number;
  /** How many times faster the cloud's time passes than the host's. */
  readonly speed: number;
  readonly account?: string;
  readonly region?: string;
  readonly directories: readonly string[];
  readonly bundles: readonly string[];
  readonly missingUsers: readonly string[];
  readonly shell: Shell;
  readonly logs?: string;
  readonly quiet: boolean;
}

interface Parsed {
  port: number;
  speed: number;
  account?: string;
  region?: string;
  directory?: string[];
  bundle?: string[];
  missingUser?: string[];
  shell: Shell;
  logs?: string;
  quiet?: boolean;
}

/** The directory that the examples use. */
const DIRECTORY = 'd-90670b2f8c';
const BUNDLE = 'wsb-clj85qzj1';

const USAGE = 'npm run local -- [--port N] [--speed N] [--account ID] [--region NAME] [--directory ID]... [--bundle ID]... [--missing-user NAME]... '
  + '[--shell KIND] [--logs FOLDER] [--quiet] [--help]';

/** @returns the options, or an exit code */
export function parseOptions(args: readonly string[]): LocalOptions | number {
  const command = new Command('npm run local --')
    .usage('[options]')
    .description('Runs the local AWS on 127.0.0.1 until Ctrl-C. Prints environment variables that make any AWS tool talk to it:\n'
      + 'the cdk CLI, the aws CLI, SDKs, Terraform. Its state is in memory, and is lost when it stops.')
    .option('--port <N>', 'the port to listen on; 0 for any free port', port, 4600)
    .option('--speed <N>', 'how many times faster its time passes: at 60, a desktop that takes 20 minutes is ready in 20 seconds', speed, 60)
    .option('--account <ID>', 'its account, if your stacks name one (default: 123456789012)', place('account'))
    .option('--region <NAME>', 'its Region, if your stacks name one (default: us-east-1)', place('region'))
    .option('--directory <ID>', `a registered directory (may be repeated; default: ${DIRECTORY})`, id(/^d-[0-9a-f]{8,63}$/, DIRECTORY))
    .option('--bundle <ID>', `a bundle (may be repeated; default: ${BUNDLE})`, id(/^wsb-[0-9a-z]{8,63}$/, BUNDLE))
    .option('--missing-user <NAME>', 'a user who does not exist in any directory; all others do (may be repeated)', (name: string, before: string[] = []) => [...before, name])
    .option('--shell <KIND>', 'the format of the variables: posix, powershell or json', shell, 'posix')
    .option('--logs <FOLDER>', 'write the output of functions to this folder, a file for each')
    .option('--quiet', 'do not print a line for each call')
    .addHelpText('after', '\nExit codes: 0 after Ctrl-C, 1 if it cannot start, 2 for a bad option.\n\n'
      + 'Examples:\n  npm run local\n  npm run local -- --port 0 --speed 1\n  npm run --silent local -- --quiet --shell json > environment.json')
    .allowExcessArguments(false);
  return parsed(command, args, USAGE, () => {
    const { directory = [DIRECTORY], bundle = [BUNDLE], missingUser = [], quiet = false, ...rest } = command.opts<Parsed>();
    return { ...rest, directories: directory, bundles: bundle, missingUsers: missingUser, quiet };
  });
}

function place(what: 'account' | 'region'): (text: string) => string {
  return (text) => {
    try {
      return check(what, text);
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  };
}

function port(text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (number < 0 || number > 65_535) throw new InvalidArgumentError('It must be a whole number, 0 to 65535.');
  return number;
}

function speed(text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (!(number > 0 && number <= 1_000)) throw new InvalidArgumentError('It must be a number above 0, at most 1000.');
  return number;
}

function id(pattern: RegExp, example: string): (text: string, before?: string[]) => string[] {
  return (text, before = []) => {
    if (!pattern.test(text)) throw new InvalidArgumentError(`It must look like ${example}.`);
    return [...before, text];
  };
}

function shell(text: string): Shell {
  if (text === 'posix' || text === 'powershell' || text === 'json') return text;
  throw new InvalidArgumentError('It must be posix, powershell or json.');
}
