import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SCRIPT = join(__dirname, '../../scripts/check-code-blocks.js');
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'code-blocks-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** @param documents the lines of each document, by its name */
function check(documents: Readonly<Record<string, readonly string[]>>) {
  for (const [name, lines] of Object.entries(documents)) writeFileSync(join(root, name), lines.join('\n'));
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...Object.keys(documents)], { cwd: root, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

test('blocks compile in the fixture or alone, in lists too, and do not share their names', () => {
  const documents = {
    'one.md': ['# One', '', '```ts', 'const stack: Stack = this;', '```', '', '* in a list', '', '  ```ts', '  declare const fleet: BulkWorkspaces;', '  const stack: string = fleet.fleetId;', '  ```'],
    'two.md': ['```sh', 'no TypeScript', '```', '```ts nofixture', "import { App } from 'aws-cdk-lib';", 'const stack = new App();', '```', '```', 'nor this', '```'],
  };
  expect(check(documents)).toEqual({ status: 0, said: '2 documents: 3 blocks of TypeScript compile\n' });
});

test('what does not compile is named with document, line and column', () => {
  const documents = {
    'one.md': ['text', '', '* in a list', '', '  ```ts', '  declare const fleet: BulkWorkspaces;', '  fleet.nothing;', '  ```'],
    'two.md': ['```ts nofixture', 'new Stack();', '```', '```ts', 'new Stack(', '```'],
  };
  const { status, said } = check(documents);
  expect(status).toBe(1);
  expect(said.split('\n').slice(1, 4)).toEqual([
    "  one.md:7:9: Property 'nothing' does not exist on type 'BulkWorkspaces'.",
    "  two.md:2:5: Cannot find name 'Stack'.",
    expect.stringMatching(/^ {2}two\.md:4 \(in its fixture\): /),
  ]);
});

test.each([
  ['a fixture that is not there', ['', '```ts fixture=none', 'text', '```'], 'one.md:2: there is no fixture rosetta/none.ts-fixture\n'],
  ['a block without an end', ['', '', '```ts', 'text'], 'one.md:3: this block has no end\n'],
  ['no block', ['text'], 'there is no block of TypeScript in one.md\n'],
])('a document that cannot be checked has not passed: %s', (_what, lines, said) => {
  expect(check({ 'one.md': lines })).toEqual({ status: 2, said });
});
