import { Account } from './account';
import type { Benchmark, Report } from './benchmark';
import { figures } from './calls';
import { MEAN_BUILD, measured, userNames } from './deployment';
import { Cell, table } from './table';
import { MINUTE, SECOND } from '../test/virtual/virtual-stack';

export const PATTERN_SIZES = [10, 100, 1_000];
export const FORMULA_SIZE = 10_000;

interface Pattern {
  readonly name: string;
  readonly atOnce: (users: number) => number;
  readonly pollEvery: number;
  readonly source: string;
}

const PATTERNS: readonly Pattern[] = [
  {
    name: 'Terraform',
    atOnce: () => 10,
    pollEvery: 10 * SECOND,
    source: 'aws_workspaces_workspace: one CreateWorkspaces for each desktop, then polls whose interval the plugin SDK soon raises to 10 s; '
      + '10 at once is the default of -parallelism',
  },
  {
    name: 'CfnWorkspace',
    atOnce: (users) => users,
    pollEvery: 30 * SECOND,
    source: 'AWS::WorkSpaces::Workspace: its handler is not public. We assume one create and a poll every 30 s for each resource, all at once; '
      + 'more than 500 need several stacks',
  },
  {
    name: 'one by one',
    atOnce: () => 1,
    pollEvery: 30 * SECOND,
    source: 'a script: creates a desktop, asks every 30 s until it is ready, then creates the next one',
  },
];

export interface PatternFigures {
  readonly pattern: string;
  readonly users: number;
  readonly how: 'simulated' | 'by formula';
  readonly calls: number;
  readonly throttled?: number;
  readonly minutes: number;
}

export const patterns: Benchmark = {
  name: 'patterns',
  what: 'calls and minutes of Terraform, CfnWorkspace and a script, compared with BulkWorkspaces, with the same build times',
  async run(say): Promise<Report> {
    const all = await comparison(say);
    const rows = all.map(({ pattern, users, how, calls, throttled, minutes }): Cell[] => [users, pattern, calls, throttled ?? '-', minutes, how]);
    const notes = [
      ...PATTERNS.map(({ name, source }) => `${name}: ${source}.`),
      'A throttled client tries again with the backoff of the SDKs, as often as needed. The limits of these tools on tries or minutes are not applied.',
      'By formula: one create, and polls during the mean time of a build, without throttling. For CfnWorkspace at this size, it is the',
      'minimum: one create and one poll for each desktop, at 2 calls a second.',
    ];
    return { sections: [table(['users', 'pattern', 'calls', 'throttled', 'minutes', ''], rows), notes.join('\n')], data: all };
  },
};

let known: Promise<PatternFigures[]> | undefined;

/** Runs once, for all benchmarks that use it. */
export function comparison(say: (progress: string) => void): Promise<PatternFigures[]> {
  known ??= compare(say);
  return known;
}

async function compare(say: (progress: string) => void): Promise<PatternFigures[]> {
  const all: PatternFigures[] = [];
  for (const users of PATTERN_SIZES) {
    for (const pattern of PATTERNS) {
      say(`${pattern.name}, ${users} users`);
      all.push(await simulate(pattern, users));
    }
    say(`BulkWorkspaces, ${users} users`);
    all.push(await ours(users));
  }
  return [...all, ...PATTERNS.map((pattern) => formula(pattern, FORMULA_SIZE)), await ours(FORMULA_SIZE)];
}

async function simulate({ name, atOnce, pollEvery }: Pattern, users: number): Promise<PatternFigures> {
  const account = new Account();
  const waiting = userNames(users);
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await account.make(next, pollEvery);
  };
  await Promise.all(Array.from({ length: atOnce(users) }, worker));
  return { pattern: name, users, how: 'simulated', ...account.counts, minutes: account.minutes };
}

function formula({ name, atOnce, pollEvery }: Pattern, users: number): PatternFigures {
  if (atOnce(users) === users) return { pattern: name, users, how: 'by formula', calls: 2 * users, minutes: (2 * users) / 2 / 60 };
  const polls = Math.ceil(MEAN_BUILD / pollEvery + 0.5);
  const minutes = (users / atOnce(users)) * ((MEAN_BUILD + pollEvery / 2) / MINUTE);
  return { pattern: name, users, how: 'by formula', calls: users * (1 + polls), throttled: 0, minutes };
}

async function ours(users: number): Promise<PatternFigures> {
  const { total, throttled, minutes } = figures(await measured(users));
  return { pattern: 'BulkWorkspaces', users, how: 'simulated', calls: total, throttled, minutes };
}
