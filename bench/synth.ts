import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Benchmark, median, PROJECT, type Report } from './benchmark';
import { Cell, table } from './table';
import { hostEnvironment } from '../demo/cdk';

export type Kind = 'BulkWorkspaces' | 'CfnWorkspace';

const RUNS = 9;
/** The limit, as a multiple of the time for 10 users. */
const MOST_FOR_10_000 = 1.2;
/** The loop ends at 500 users, because a template has at most 500 resources. */
const CASES: readonly (readonly [Kind, number])[] = [
  ['BulkWorkspaces', 10], ['BulkWorkspaces', 1_000], ['BulkWorkspaces', 10_000], ['CfnWorkspace', 10], ['CfnWorkspace', 400],
];

interface Synthesized {
  readonly kind: Kind;
  readonly users: number;
  readonly milliseconds: number;
  readonly runs: readonly number[];
  readonly template: string;
}

export const synth: Benchmark = {
  name: 'synth',
  what: `milliseconds of synth in a fresh process, median of ${RUNS}, and size of the template`,
  async run(say): Promise<Report> {
    const all = measure(say);
    const [, thousand, tenThousand] = all.map(({ template }) => JSON.parse(template) as unknown);
    const different = differences(thousand, tenThousand);
    const expected = different.every((path) => /\/(UserCount|Manifest\/Key)$/.test(path));
    const ratio = all[2].milliseconds / all[0].milliseconds;
    const rows = all.map(({ kind, users, milliseconds, template }): Cell[] => [
      kind, users, milliseconds, milliseconds / all.find((each) => each.kind === kind)!.milliseconds, Buffer.byteLength(template),
    ]);
    return {
      sections: [
        table(['construct', 'users', 'ms', 'times those of 10', 'template bytes'], rows),
        `From new App() to the end of synth(), without the loading of the libraries.\n\nThe templates of 1,000 and 10,000 users differ in:\n${different.join('\n')}`,
      ],
      targets: [{
        what: 'synth of 10,000 users', target: `at most ${MOST_FOR_10_000} times that of 10`, measured: ratio.toFixed(2), met: ratio <= MOST_FOR_10_000,
      }, {
        what: 'templates of 1,000 and 10,000 users differ in', target: 'UserCount and the key of the manifest', measured: `${different.length} values`, met: expected,
      }],
      data: { cases: all.map(({ template, ...each }) => ({ ...each, templateBytes: Buffer.byteLength(template) })), different },
    };
  },
};

/** In turns, so that other load of the machine affects all of them equally. */
function measure(say: (progress: string) => void): Synthesized[] {
  const folder = mkdtempSync(join(tmpdir(), 'bench-synth-'));
  try {
    const runs = Array.from({ length: RUNS }, (_, run) => {
      say(`run ${run + 1} of ${RUNS}`);
      return CASES.map(([kind, users], i) => synthesize(kind, users, join(folder, `${run}-${i}`)));
    });
    return CASES.map(([kind, users], i) => {
      const each = runs.map((run) => run[i]);
      return { kind, users, milliseconds: median(each), runs: each, template: readFileSync(join(folder, `0-${i}`, 'Test.template.json'), 'utf8') };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function synthesize(kind: Kind, users: number, outdir: string): number {
  return Number(child('synth-child.ts', kind, String(users), outdir));
}

/** Runs a script of this folder in a new process, and returns what it prints last. */
export function child(script: string, ...args: readonly string[]): string {
  const tsx = join(PROJECT, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const { status, stdout, stderr } = spawnSync(
    process.execPath, [tsx, '--tsconfig', join(PROJECT, 'tsconfig.development.json'), join(__dirname, script), ...args],
    { cwd: PROJECT, encoding: 'utf8', env: { ...hostEnvironment(), AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' }, maxBuffer: 2 ** 28 },
  );
  if (status !== 0) throw new Error(`${script} ${args.join(' ')} failed:\n${stderr}`);
  return stdout.trim().split('\n').at(-1)!;
}

/** Paths at which two values differ. */
export function differences(one: unknown, other: unknown, path = ''): string[] {
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return one === other ? [] : [path];
  const [a, b] = [one, other] as Record<string, unknown>[];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => differences(a[key], b[key], `${path}/${key}`));
}
