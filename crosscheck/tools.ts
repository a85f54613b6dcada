import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const PROJECT = resolve(__dirname, '..');
/** Names the folder for what tests synthesize. */
export const TEMPLATES_VARIABLE = 'CROSSCHECK_TEMPLATES';
const BIN = join(PROJECT, '.crosscheck', 'venv', 'bin');

/** A program of the pinned Python packages. Throws when they have not been installed: nothing passes without having been checked. */
export function tool(name: 'python' | 'aws' | 'moto_server'): string {
  const path = join(BIN, name);
  if (!existsSync(path)) throw new Error(`${path} does not exist: the cross-checks run with \`npm run crosscheck\`, which installs it`);
  return path;
}

/** A script of this folder. */
export function script(name: string): string {
  return join(__dirname, 'python', name);
}

/** Of this process only what a program needs, so that no AWS settings of whoever runs it get through. */
export function environment(more: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = process.env;
  return { PATH, HOME, LANG, PYTHONDONTWRITEBYTECODE: '1', ...more };
}
