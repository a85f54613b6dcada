import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const SCRIPT = join(__dirname, '../../scripts/check-imports.js');
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'imports-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** @param files the text of each file, by its path */
function check(files: Readonly<Record<string, string>>, ...folders: string[]) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...folders], { cwd: root, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

test('imports in one direction are fine, of packages too', () => {
  const files = {
    'one/a.ts': "import type { B } from './b';\nimport { join } from 'node:path';\nexport type A = B;\nexport { join };\n",
    'one/b.ts': "export * from '../two';\n",
    'two/index.ts': 'export type B = string;\n',
  };
  expect(check(files, 'one', 'two')).toEqual({ status: 0, said: 'one, two: 3 files import each other without a circle\n' });
});

test.each([
  ['values', "import { B } from './b';\nexport const a = B;\n"],
  ['types only', "import type { B } from './b';\nexport type A = B;\n"],
  ['a type among values', "import { type B } from './b';\nexport type A = B;\n"],
  ['what is exported again', "export type { B } from './b';\n"],
  ['a type by import()', "export type A = import('./b').B;\n"],
  ['what is loaded later', "export const a = () => import('./b');\n"],
])('a circle is found: %s', (_what, text) => {
  const back = "import type { A } from './a';\nexport type B = A;\n";
  expect(check({ 'one/a.ts': text, 'one/b.ts': back }, 'one')).toEqual({
    status: 1, said: expect.stringContaining('  one/a.ts -> one/b.ts -> one/a.ts\n'),
  });
});

test('a circle through three files and two folders is found, by its shortest way', () => {
  const files = {
    'one/a.ts': "import type { B } from '../two';\nimport type { D } from './d';\nexport type A = B | D;\n",
    'two/index.ts': "export * from './c';\n",
    'two/c.ts': "import type { A } from '../one/a';\nexport type B = A;\n",
    'one/d.ts': 'export type D = string;\n',
  };
  const { status, said } = check(files, 'one', 'two');
  expect(status).toBe(1);
  expect(said).toContain('  one/a.ts -> two/index.ts -> two/c.ts -> one/a.ts (3 files in all)\n');
  expect(check(files, 'one').status).toBe(0);
});

test('a folder without sources is no folder without circles', () => {
  mkdirSync(join(root, 'empty'));
  expect(check({}, 'empty')).toEqual({ status: 2, said: 'there is no TypeScript file in empty\n' });
  expect(check({ 'one/a.ts': '' }, 'one', 'empty')).toEqual({ status: 2, said: 'there is no TypeScript file in empty\n' });
  expect(check({}).status).toBe(2);
});
