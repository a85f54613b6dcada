import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const SCRIPT = join(__dirname, '..', '..', 'scripts', 'third-party-notices.js');
const REPOSITORY = { type: 'git', url: 'git+https://github.com/a/repository.git' };

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'notices-')); });
afterEach(() => rmSync(folder, { recursive: true }));

function put(file: string, content: string | object): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
}

function putPackage(name: string, members: object, texts: Readonly<Record<string, string>> = {}): void {
  put(`node_modules/${name}/package.json`, { name: name.replace(/^.*node_modules\//, ''), version: '1.2.3', ...members });
  for (const [file, text] of Object.entries(texts)) put(`node_modules/${name}/${file}`, text);
}

/** @param bytes how many bytes of each file are in the bundle */
function run(bytes: Readonly<Record<string, number>>): { readonly status: number | null; readonly said: string } {
  const inputs = Object.fromEntries(Object.entries(bytes).map(([file, bytesInOutput]) => [file, { bytesInOutput }]));
  put('meta.json', { outputs: { 'index.js': { inputs } } });
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT, 'meta.json', 'out/NOTICES'], { cwd: folder, encoding: 'utf8' });
  return { status, said: stderr };
}

function notices(): string {
  return readFileSync(join(folder, 'out', 'NOTICES'), 'utf8');
}

test('names each package that has code in the bundle, with its texts, and equal texts once', () => {
  putPackage('@a/one', { license: 'Apache-2.0', repository: REPOSITORY }, { LICENSE: 'the licence', NOTICE: 'a notice' });
  putPackage('two', { license: 'MIT' }, { 'LICENSE.txt': 'by two\r\n' });
  putPackage('two/node_modules/three', { license: 'MIT' }, { 'license.md': 'by two' });
  putPackage('unused', { license: 'MIT' }, { LICENSE: 'unused' });
  const files = { 'lambda/own.ts': 5, 'node_modules/@a/one/lib/x.js': 1, 'node_modules/two/x.js': 1, 'node_modules/two/node_modules/three/x.js': 2, 'node_modules/unused/x.js': 0 };
  expect(run(files)).toEqual({ status: 0, said: '' });
  expect(notices().split(/\n*={80}\n/).slice(1)).toEqual([
    expect.stringMatching(/^@a\/one 1\.2\.3 \(Apache-2\.0\), https:\/\/github\.com\/a\/repository\n-+\nthe licence\n\na notice$/),
    expect.stringMatching(/^three 1\.2\.3 \(MIT\)\ntwo 1\.2\.3 \(MIT\)\n-+\nby two\n$/),
  ]);
});

test('is not written again if it would be the same', () => {
  putPackage('two', { license: 'MIT' }, { LICENSE: 'by two' });
  run({ 'node_modules/two/x.js': 1 });
  const file = join(folder, 'out', 'NOTICES');
  utimesSync(file, 1, 1);
  run({ 'node_modules/two/x.js': 1 });
  expect(statSync(file).mtimeMs).toBe(1_000);
});

test('a package without a licence text gets that of another package of its repository', () => {
  putPackage('one', { license: 'MIT', repository: REPOSITORY });
  putPackage('two', { license: 'MIT', repository: REPOSITORY }, { LICENSE: 'by both' });
  expect(run({ 'node_modules/one/x.js': 1, 'node_modules/two/x.js': 1 }).status).toBe(0);
  expect(notices()).toMatch(/one 1\.2\.3 .*\ntwo 1\.2\.3 .*\n-+\nby both\n$/);
});

test('fails when it finds no package at all', () => {
  expect(run({ 'lambda/own.ts': 1 })).toEqual({ status: 1, said: expect.stringContaining('meta.json names no package') });
});

test.each<[string, () => void, string]>([
  ['no text', () => putPackage('one', { license: 'MIT' }), 'one: there is no text of its licence, MIT'],
  ['no licence', () => putPackage('one', {}, { LICENSE: 'text' }), 'one: the licence (none) is not one of 0BSD, Apache-2.0'],
  ['another licence', () => putPackage('one', { license: 'GPL-3.0-only' }, { LICENSE: 'text' }), 'one: the licence "GPL-3.0-only" is not one of'],
  ['a choice of licences', () => putPackage('one', { license: '(MIT OR GPL-3.0-only)' }, { LICENSE: 'text' }), 'is not one of'],
])('fails for a package with %s', (_what, prepare, message) => {
  prepare();
  expect(run({ 'node_modules/one/x.js': 1 })).toEqual({ status: 1, said: expect.stringContaining(message) });
});
