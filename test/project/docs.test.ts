import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

// What the documents for contributors say of the project's files is true.

const ROOT = join(__dirname, '..', '..');
const DOCUMENTS = ['CONTRIBUTING.md', 'docs/architecture.md', 'docs/decisions.md'];

const FILE = /(^\.?[\w-]+\/|\.(ts|js|json|md|csv|svg|sh)$)/;

/** Without blocks of code. */
function textOf(document: string): string {
  return readFileSync(join(ROOT, document), 'utf8').replace(/^ *```.*?^ *```$/gms, '');
}

function quotedIn(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, quoted]) => quoted);
}

/** Whether there is such a file or folder; of a pattern, or of what a command is given, whether there is one that it means. */
function isThere(name: string, isBeginning: boolean): boolean {
  if (!isBeginning && !name.includes('*')) return existsSync(join(ROOT, name));
  const pattern = new RegExp(`^${basename(name).replace(/[.+]/g, '\\$&').replace(/\*/g, '.*')}${isBeginning ? '' : '$'}`);
  const folder = join(ROOT, dirname(name));
  return existsSync(folder) && readdirSync(folder).some((each) => pattern.test(each));
}

test.each(DOCUMENTS)('%s: every file that is named in code is there', (document) => {
  const named = quotedIn(textOf(document)).filter((quoted) => !/[<>]/.test(quoted)).flatMap((quoted) => {
    const words = quoted.split(' ');
    return words.filter((word) => FILE.test(word) && !word.startsWith('*')).map((name) => ({ name, isBeginning: words.length > 1 }));
  });
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter(({ name, isBeginning }) => !isThere(name, isBeginning))).toEqual([]);
});

test.each(DOCUMENTS)('%s: links lead somewhere', (document) => {
  const targets = [...textOf(document).matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, target]) => target);
  expect(targets.filter((target) => !leads(document, target))).toEqual([]);
});

function leads(document: string, target: string): boolean {
  const [path, anchor] = target.split('#');
  const file = path === '' ? document : join(dirname(document), path);
  if (!existsSync(join(ROOT, file))) return false;
  const anchors = [...textOf(file).matchAll(/^#+ (.*)$/gm)].map(([, title]) => title.toLowerCase().replace(/[^\w -]/g, '').replace(/ /g, '-'));
  return anchor === undefined || anchors.includes(anchor);
}

/** The cells of each row of the table under a heading. */
function tableUnder(heading: string): string[][] {
  const [, section = ''] = textOf('docs/architecture.md').split(`\n## ${heading}\n`);
  return section.split('\n## ')[0].split('\n').filter((line) => line.startsWith('| ')).slice(1).map((line) => line.slice(2, -2).split(' | '));
}

test('how one user travels: every name is in its file', () => {
  const named = tableUnder('How one user travels').flatMap(([file, names]) => quotedIn(names).map((name) => ({ file: quotedIn(file)[0], name })));
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(({ file, name }) => !new RegExp(`\\b${name}\\b`).test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
});

test('the rooms of the handler are those of lint, in its order, and there are no others', () => {
  const zones: { target: string; from: string }[] = JSON.parse(withoutComments('.eslintrc.json')).rules['import/no-restricted-paths'][1].zones;
  const aboveLast = zones.filter(({ target, from }) => target === './lambda/core' && from.startsWith('./lambda/')).map(({ from }) => from.slice(2));
  const rooms = tableUnder('The rooms of the handler').map(([room]) => quotedIn(room)[0].replace(/\/$/, ''));
  expect(rooms).toEqual([...aboveLast, 'lambda/core']);
  const there = readdirSync(join(ROOT, 'lambda')).filter((each) => each !== 'tsconfig.json').map((each) => `lambda/${each}`);
  expect([...rooms].sort()).toEqual(there.sort());
});

function withoutComments(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8').replace(/^\/\/.*$/gm, '');
}
