import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { Mutation } from './mutations';

const PROJECT = resolve(__dirname, '..', '..');
const LAMBDA = join(PROJECT, 'lambda');

export interface Hunt {
  readonly seed: number;
  /** The most histories in one process. */
  readonly runs: number;
}

/** The result of the search for one mutation. */
export interface Verdict {
  readonly mutation: Mutation;
  readonly found: boolean;
  readonly histories: number;
  readonly seconds: number;
  /** What the search found, or why it could not run. */
  readonly what: string;
}

/** Plays histories with the broken handler, in a process of its own, until one breaks a guarantee. */
export async function hunt(mutation: Mutation, { seed, runs }: Hunt): Promise<Verdict> {
  const start = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
  try {
    const file = join(folder, 'search.js');
    await bundle(mutation, file);
    const { code, output } = await run(file, [String(runs), String(seed), ...mutation.features ?? []]);
    const seconds = (Date.now() - start) / 1_000;
    const last = output.trim().split('\n').at(-1) ?? '';
    if (code !== 0 || !last.startsWith('{')) throw new Error(`the search with "${mutation.what}" came to no end: ${output.slice(-2_000)}`);
    const { histories, what } = JSON.parse(last) as { histories: number; what?: string };
    return { mutation, found: what !== undefined, histories, seconds, what: what ?? 'nothing' };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bundle(mutation: Mutation, outfile: string): Promise<void> {
  await build({
    entryPoints: [join(__dirname, 'mutant-main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    absWorkingDir: PROJECT,
    tsconfig: join(PROJECT, 'tsconfig.development.json'),
    logLevel: 'silent',
    plugins: [breaking(mutation)],
  });
}

/** @throws if the text to replace does not occur exactly once */
export function broken(text: string, { file, find, replace }: Mutation): string {
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`lambda/${file} has this ${times} times, and not once; correct test/chaos/mutations.ts: ${find}`);
  return text.replace(find, () => replace);
}

function breaking(mutation: Mutation): Plugin {
  return {
    name: 'break',
    setup(building) {
      building.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (path !== join(LAMBDA, mutation.file)) return undefined;
        return { contents: broken(await readFile(path, 'utf8'), mutation), loader: 'ts' };
      });
    },
  };
}

function run(file: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((settle, reject) => {
    // The bundle may be in any folder, so packages are resolved from the project's.
    const child = spawn(process.execPath, [file, ...args], {
      cwd: PROJECT,
      env: { ...process.env, NODE_PATH: join(PROJECT, 'node_modules') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    child.on('error', reject);
    child.on('close', (code) => settle({ code, output }));
  });
}
