import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { WORKSPACE_USERS } from '../src/private/user-entry';
import { WorkspaceUsers } from 'cdk-bulk-workspaces';

export const MAX_USERS = 10_000;

export interface DemoOptions {
  /** Those to get a desktop, in order. */
  readonly users: readonly string[];
  /** The file that the app reads; written by the demo when it was given a number. */
  readonly csv?: string;
  /** Users who do not exist in the directory. */
  readonly refuse: readonly string[];
  /** How many may be refused without the deployment failing. */
  readonly tolerate: number;
  readonly destroy: boolean;
}

interface Parsed { users?: number; csv?: string; refuse?: string[]; tolerate: number; destroy?: boolean }

/**
 * @param team the users of the example, who are taken first
 * @returns the options; or the code to exit with, when all has been said already: 0 after --help, 2 after a bad option
 */
export function parseOptions(args: readonly string[], team: readonly string[]): DemoOptions | number {
  const command = new Command('npm run demo --')
    .usage('[options]')
    .description('Deploys examples/sales.ts with the real cdk CLI on an AWS that runs on 127.0.0.1, and shows the ids of the desktops.\n'
      + 'Needs no account and no network, and never talks to AWS, whatever credentials there are.')
    .option('--users <N>', `how many people get a desktop, 1 to ${MAX_USERS.toLocaleString('en-US')} (default: ${team.length})`, users)
    .option('--csv <FILE>', 'take the people from this file instead; its first row names the columns, of which "userName" is one', csvFile)
    .option('--refuse <NAME>', 'this user does not exist in the directory, and is put on the list if not on it: the deployment fails with the name and the '
      + 'reason, rolls back, and leaves no desktop (may be repeated)', userName)
    .option('--tolerate <N>', 'failureTolerance: that many users may be refused, and the deployment succeeds and names them', count, 0)
    .option('--destroy', 'deploy, and then "cdk destroy": no desktop is left')
    .addHelpText('after', '\nExits with 0 when the desktops are in the end as the options say, 1 when they are not, 2 for a bad option.\n\n'
      + 'Examples:\n  npm run demo\n  npm run demo -- --users 26\n  npm run demo -- --users 5000\n'
      + `  npm run demo -- --refuse ${team[1]}                 the deployment fails, with the name and the reason\n`
      + `  npm run demo -- --refuse ${team[1]} --tolerate 1    it succeeds, and names the refused user`)
    .allowExcessArguments(false)
    .showHelpAfterError('usage: npm run demo -- [--users N | --csv FILE] [--refuse NAME]... [--tolerate N] [--destroy] [--help]')
    .exitOverride();
  try {
    command.parse([...args], { from: 'user' });
    return complete(command, command.opts<Parsed>(), team);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

function complete(command: Command, { users: number, csv, refuse = [], tolerate, destroy = false }: Parsed, team: readonly string[]): DemoOptions {
  if (number !== undefined && csv !== undefined) command.error('error: --users and --csv exclude each other: give one of them');
  const people = csv === undefined ? firstOf(number ?? team.length, team) : namesIn(csv);
  const listed = (name: string) => people.find((each) => each.toLowerCase() === name.toLowerCase());
  for (const name of refuse) {
    if (listed(name) !== undefined) continue;
    if (csv !== undefined) command.error(`error: --refuse ${name}: nobody of that name is in ${csv}; name one who is, such as ${people[0]}`);
    people.push(name);
  }
  if (people.length > MAX_USERS) command.error(`error: that makes ${people.length} users, and the most is ${MAX_USERS}`);
  return { users: people, csv, refuse: [...new Set(refuse.map((name) => listed(name)!))], tolerate, destroy };
}

/** The team, and more of the kind when it is too small. */
function firstOf(n: number, team: readonly string[]): string[] {
  return Array.from({ length: n }, (_, i) => team[i] ?? `user${String(i + 1).padStart(3, '0')}`);
}

function users(text: string): number {
  const n = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (n < 1 || n > MAX_USERS) throw new InvalidArgumentError(`It must be a whole number, 1 to ${MAX_USERS.toLocaleString('en-US')}.`);
  return n;
}

function count(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return Number(text);
}

/** One more, if a directory could have a user of that name. */
function userName(name: string, before: string[] = []): string[] {
  try {
    WorkspaceUsers.fromNames([name]);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return [...before, name];
}

/** From where the user stands, which npm tells. */
function csvFile(path: string): string {
  const file = resolve(process.env.INIT_CWD ?? process.cwd(), path);
  if (!existsSync(file)) throw new InvalidArgumentError(`There is no file ${file}.`);
  try {
    namesIn(file);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return file;
}

/** Read as the app is going to read it. */
export function namesIn(file: string): string[] {
  return WORKSPACE_USERS.contentOf(WorkspaceUsers.fromCsv(file)).map(({ user }) => user.userName);
}

export function csvOf(userNames: readonly string[], team: string): string {
  const rows = new Map(readFileSync(team, 'utf8').trim().split('\n').map((row) => [row.split(',')[0], row]));
  return [rows.get('userName'), ...userNames.map((name) => rows.get(name) ?? `${name},`)].join('\n') + '\n';
}
