import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const PROJECT = resolve(__dirname, '..');
/** The variable with the folder for the templates of tests. */
export const TEMPLATES_VARIABLE = 'CROSSCHECK_TEMPLATES';
const BIN = join(PROJECT, '.crosscheck', 'venv', 'bin');

/** A program of the pinned Python packages. Throws if they are not installed, because nothing may pass unchecked. */
export function tool(name: 'python' | 'aws' | 'moto_server'): string {
  const path = join(BIN, name);
  if (!existsSync(path)) throw new Error(`${path} does not exist: the cross-checks run with \`npm run crosscheck\`, which installs it`);
  return path;
}

/** The path of a Python script of this folder. */
export function script(name: string): string {
  return join(__dirname, 'python', name);
}

/** Only the variables that a program needs, so that it does not see AWS settings of the person who runs it. */
export function environment(more: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = process.env;
  return { PATH, HOME, LANG, PYTHONDONTWRITEBYTECODE: '1', ...more };
}
