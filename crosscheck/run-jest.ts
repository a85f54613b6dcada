import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './tools';

interface Results {
  readonly numPassedTests: number;
  readonly testResults: readonly { readonly message: string; readonly assertionResults: readonly { readonly status: string }[] }[];
}

export interface JestRun {
  readonly passed: number;
  /** The failures, a text for each file. */
  readonly failures: readonly string[];
}

/** Runs the tests of another jest configuration in this folder. @param folder the folder for its results */
export async function runJest(config: string, folder: string, variables: Readonly<Record<string, string>>): Promise<JestRun> {
  const outputFile = join(folder, 'results.json');
  const args = [require.resolve('jest/bin/jest'), '--ci', '--config', join(__dirname, config), '--maxWorkers=2', '--passWithNoTests=false', '--json', '--outputFile', outputFile];
  // No stdin: a process that can still read from it would not end.
  const child = spawn(process.execPath, args, { cwd: PROJECT, env: { ...process.env, ...variables }, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (text) => { output += text; });
  await new Promise((resolve) => child.once('close', resolve));
  let results: Results;
  try {
    results = JSON.parse(readFileSync(outputFile, 'utf8'));
  } catch {
    throw new Error(`jest left no results for ${config}: ${output}`);
  }
  const failed = results.testResults.filter(({ message, assertionResults }) => message !== '' || assertionResults.some(({ status }) => status !== 'passed'));
  return { passed: results.numPassedTests, failures: failed.map(({ message }) => message || 'skipped tests') };
}
