import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { parsed } from '../local/cli/command';
import { WORKSPACE_USERS } from '../src/private/user-entry';
import { WorkspaceUsers } from 'cdk-bulk-workspaces';

export const MAX_USERS = 10_000;

export interface DemoOptions {
  /** The users who get a desktop, in order. */
  readonly users: readonly string[];
  /** The file that the app reads. If the option is a number, the demo writes the file. */
  readonly csv?: string;
  /** Users who do not exist in the directory. */
  readonly refuse: readonly string[];
  /** How many users may be refused before the deployment fails. */
  readonly tolerate: number;
  readonly destroy: boolean;
}

interface Parsed { users?: number; csv?: string; refuse?: string[]; tolerate: number; destroy?: boolean }

const USAGE = 'npm run demo -- [--users N | --csv FILE] [--refuse NAME]... [--tolerate N] [--destroy] [--help]';

/**
 * @param team the users of the example, who come first
 * @returns the options, or an exit code
 */
export function parseOptions(args: readonly string[], team: readonly string[]): DemoOptions | number {
  const command = new Command('npm run demo --')
    .usage('[options]')
    .description('Deploys examples/sales.ts with the real cdk CLI to an AWS that runs on 127.0.0.1, and shows the ids of the desktops.\n'
      + 'Needs no account and no network. It never talks to AWS, even if there are credentials.')
    .option('--users <N>', `how many people get a desktop, 1 to ${MAX_USERS.toLocaleString('en-US')} (default: ${team.length})`, users)
    .option('--csv <FILE>', 'use the people in this file instead; its first row has the names of columns, including "userName"', csvFile)
    .option('--refuse <NAME>', 'this user does not exist in the directory, and is added to the list: the deployment fails with the name and the '
      + 'reason, rolls back, and leaves no desktop (may be repeated)', userName)
    .option('--tolerate <N>', 'failureTolerance: if at most so many users are refused, the deployment succeeds and names them', count, 0)
    .option('--destroy', 'run "cdk destroy" after the deployment: no desktop is left')
    .addHelpText('after', '\nExit codes: 0 if the desktops are as expected at the end, 1 if not, 2 for a bad option.\n\n'
      + 'Examples:\n  npm run demo\n  npm run demo -- --users 26\n  npm run demo -- --users 5000\n'
      + `  npm run demo -- --refuse ${team[1]}                 the deployment fails, with the name and the reason\n`
      + `  npm run demo -- --refuse ${team[1]} --tolerate 1    it succeeds, and names the refused user`)
    .allowExcessArguments(false);
  return parsed(command, args, USAGE, () => complete(command, command.opts<Parsed>(), team));
}

function complete(command: Command, { users: number, csv, refuse = [], tolerate, destroy = false }: Parsed, team: readonly string[]): DemoOptions {
  if (number !== undefined && csv !== undefined) command.error('error: --users and --csv exclude each other: give one of them');
  const people = csv === undefined ? firstOf(number ?? team.length, team) : namesIn(csv);
  const listed = (name: string) => people.find((each) => each.toLowerCase() === name.toLowerCase());
  for (const name of refuse) {
    if (listed(name) !== undefined) continue;
    if (csv !== undefined) command.error(`error: --refuse ${name}: nobody in ${csv} has this name; use a name that is in it, such as ${people[0]}`);
    people.push(name);
  }
  if (people.length > MAX_USERS) command.error(`error: that makes ${people.length} users, but at most ${MAX_USERS} are allowed`);
  return { users: people, csv, refuse: [...new Set(refuse.map((name) => listed(name)!))], tolerate, destroy };
}

/** The first users of the team. If the team is too small, more are invented. */
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

/** Adds a name, if a directory could have such a user. */
function userName(name: string, before: string[] = []): string[] {
  try {
    WorkspaceUsers.fromNames([name]);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return [...before, name];
}

/** Resolves the path from the user's folder, which npm passes on. */
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

/** Reads the file as the app will read it. */
export function namesIn(file: string): string[] {
  return WORKSPACE_USERS.contentOf(WorkspaceUsers.fromCsv(file)).map(({ user }) => user.userName);
}

export function csvOf(userNames: readonly string[], team: string): string {
  const rows = new Map(readFileSync(team, 'utf8').trim().split('\n').map((row) => [row.split(',')[0], row]));
  return [rows.get('userName'), ...userNames.map((name) => rows.get(name) ?? `${name},`)].join('\n') + '\n';
}
