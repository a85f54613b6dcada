import { spawn } from 'node:child_process';
import { ENVIRONMENT, PROJECT, withBundle } from './bundle';
import type { Mutation } from './mutations';

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
  return withBundle('mutant-main.ts', mutation, async (file) => {
    const { code, output } = await run(file, [String(runs), String(seed), ...mutation.features ?? []]);
    const seconds = (Date.now() - start) / 1_000;
    const last = output.trim().split('\n').at(-1) ?? '';
    if (code !== 0 || !last.startsWith('{')) throw new Error(`the search with "${mutation.what}" came to no end: ${output.slice(-2_000)}`);
    const { histories, what } = JSON.parse(last) as { histories: number; what?: string };
    return { mutation, found: what !== undefined, histories, seconds, what: what ?? 'nothing' };
  });
}

function run(file: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((settle, reject) => {
    const child = spawn(process.execPath, [file, ...args], { cwd: PROJECT, env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    child.on('error', reject);
    child.on('close', (code) => settle({ code, output }));
  });
}
