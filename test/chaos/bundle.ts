import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { Mutation } from './mutations';

export const PROJECT = resolve(__dirname, '..', '..');
/** The bundle may be in any folder, so packages are resolved from the project's. */
export const ENVIRONMENT = { ...process.env, NODE_PATH: join(PROJECT, 'node_modules') };
const LAMBDA = join(PROJECT, 'lambda');

/**
 * Makes a program of a file of this folder, which runs without the TypeScript compiler.
 *
 * @param mutation how the handler in it is broken
 * @param use gets the program's file, which exists until its promise ends
 */
export async function withBundle<T>(entry: string, mutation: Mutation | undefined, use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
  try {
    const outfile = join(folder, 'search.js');
    await build({
      entryPoints: [join(__dirname, entry)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      packages: 'external',
      absWorkingDir: PROJECT,
      tsconfig: join(PROJECT, 'tsconfig.development.json'),
      logLevel: 'silent',
      plugins: mutation ? [breaking(mutation)] : [],
    });
    return await use(outfile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
