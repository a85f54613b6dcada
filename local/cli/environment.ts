import type { Shell } from './options';

const LINES: Readonly<Record<Exclude<Shell, 'json'>, { set(name: string, value: string): string; unset(name: string): string }>> = {
  posix: {
    set: (name, value) => `export ${name}='${value.replace(/'/g, '\'\\\'\'')}'`,
    unset: (name) => `unset ${name}`,
  },
  powershell: {
    set: (name, value) => `$env:${name} = '${value.replace(/'/g, '\'\'')}'`,
    unset: (name) => `Remove-Item Env:${name} -ErrorAction Ignore`,
  },
};

/** The variables as text, for a shell or a program. Variables that are undefined must be unset. */
export function printed(environment: Readonly<Record<string, string | undefined>>, shell: Shell): string {
  if (shell === 'json') {
    return JSON.stringify(Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value ?? null])), undefined, 2);
  }
  const { set, unset } = LINES[shell];
  return Object.entries(environment).map(([name, value]) => (value === undefined ? unset(name) : set(name, value))).join('\n');
}
