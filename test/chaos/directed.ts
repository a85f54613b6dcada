import { spawn } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { ENVIRONMENT, PROJECT, withBundle } from './bundle';
import type { DirectedMutation } from './mutations';

/**
 * Runs the directed test of a mutation with the broken handler, in a process of its own.
 * @returns whether the test fails
 * @throws if it does not run
 */
export async function failsUnder(mutation: DirectedMutation): Promise<boolean> {
  return withBundle(`../../${mutation.test}`, mutation, async (file) => {
    const config = { rootDir: dirname(file), testMatch: [`**/${basename(file)}`], transform: {}, testTimeout: 300_000 };
    const output = await jest(['--ci', '--no-cache', '--runInBand', '--config', JSON.stringify(config)]);
    const result = /^Tests: +(\d+ failed)?/m.exec(output);
    if (!result) throw new Error(`${mutation.test} did not run with "${mutation.what}": ${output.slice(-2_000)}`);
    return result[1] !== undefined;
  });
}

function jest(args: readonly string[]): Promise<string> {
  return new Promise((settle, reject) => {
    const child = spawn(process.execPath, [require.resolve('jest/bin/jest'), ...args], { cwd: PROJECT, env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    child.on('error', reject);
    child.on('close', () => settle(output));
  });
}
