import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

// Files that the documents name exist, and links in the documents work.

const ROOT = join(__dirname, '..', '..');
const FOR_CONTRIBUTORS = ['CONTRIBUTING.md', 'docs/architecture.md', 'docs/decisions.md'];
/** The pages for users, one for each task. */
const PAGES = readdirSync(join(ROOT, 'docs')).filter((file) => file.endsWith('.md') && file !== 'README.md').map((file) => `docs/${file}`)
  .filter((page) => !FOR_CONTRIBUTORS.includes(page));
const FOR_USERS = ['README.md', 'docs/README.md', 'examples/README.md', ...PAGES];
const DOCUMENTS = [...FOR_CONTRIBUTORS, 'SECURITY.md', ...FOR_USERS];
const REPOSITORY = 'https://github.com/cdk-bulk-workspaces/cdk-bulk-workspaces/blob/main/';

/** Files and folders of the reader, or that are created when the reader follows the text. */
const OF_READERS = ['app.ts', 'dist/js/*.tgz', '.demo/', '~/.cdk/cache/accounts_partitions.json'];

const FILE = /(^\.?[\w-]+\/|\.(ts|js|json|md|csv|svg|sh)$)/;

/** The text without blocks of code. */
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

/** @returns files and folders; of a command, what its arguments begin with */
function namedIn(document: string): { name: string; isBeginning: boolean }[] {
  return quotedIn(textOf(document)).filter((quoted) => !/[<>]/.test(quoted)).flatMap((quoted) => {
    const words = quoted.split(' ');
    return words.filter((word) => FILE.test(word) && !word.startsWith('*')).map((name) => ({ name, isBeginning: words.length > 1 }));
  });
}

test.each(FOR_CONTRIBUTORS)('%s: every file that is named in code is there', (document) => {
  const named = namedIn(document);
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter(({ name, isBeginning }) => !isThere(name, isBeginning))).toEqual([]);
});

test.each([...FOR_USERS, 'SECURITY.md'])('%s: every file that is named in code is there, or the reader\'s', (document) => {
  const named = namedIn(document).filter(({ name }) => !OF_READERS.includes(name) && !name.startsWith('alias/'));
  expect(named.filter(({ name, isBeginning }) => !isThere(name, isBeginning))).toEqual([]);
});

test.each(DOCUMENTS)('%s: links and images lead somewhere', (document) => {
  const targets = [...textOf(document).matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target);
  expect(targets.filter((target) => !isElsewhere(target) && !leads(document, target))).toEqual([]);
});

test('links of the forms for issues lead to what there is', () => {
  const text = readFileSync(join(ROOT, '.github', 'ISSUE_TEMPLATE', 'config.yml'), 'utf8');
  const targets = [...text.matchAll(/url: (\S+)/g)].map(([, target]) => target).filter((target) => !isElsewhere(target));
  expect(targets).not.toEqual([]);
  expect(targets.filter((target) => !leads('README.md', target))).toEqual([]);
});

test('every page is in both lists of pages', () => {
  expect(PAGES.length).toBeGreaterThan(9);
  const linked = (document: string) => [...textOf(document).matchAll(/^\| \[[^\]]+\]\(([^)#]+\.md)\)/gm)].map(([, target]) => join(dirname(document), target));
  expect(linked('docs/README.md').sort()).toEqual([...PAGES].sort());
  expect(linked('README.md').sort()).toEqual(['API.md', ...PAGES].sort());
});

test.each(PAGES)('%s begins with an example', (page) => {
  const [top, first] = readFileSync(join(ROOT, page), 'utf8').split('\n## ');
  expect(top + first).toMatch(/^ *```(ts|sh)/m);
});

test('the README is short, has its contents, and shows how to try and how to test', () => {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
  expect(text.split('\n').length).toBeLessThanOrEqual(201);
  const titles = [...textOf('README.md').matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  const [, contents] = /\*\*Contents:\*\*(.*?)\n\n/s.exec(text)!;
  expect([...contents.matchAll(/\[([^\]]+)\]\(#/g)].map(([, title]) => title)).toEqual(titles);
  const commands = [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, lines]) => lines.trim().split('\n'));
  expect(commands).toEqual(expect.arrayContaining(['npm ci && npm run demo', 'npm cit']));
});

test('the picture of the README is the one that its script draws', () => {
  const folder = mkdtempSync(join(tmpdir(), 'overview-'));
  try {
    const file = join(folder, 'overview.svg');
    expect(spawnSync(process.execPath, [join(ROOT, 'scripts', 'draw-overview.js'), file]).status).toBe(0);
    expect(readFileSync(join(ROOT, 'docs', 'overview.svg'), 'utf8')).toBe(readFileSync(file, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Pages that are not files of this project. */
function isElsewhere(target: string): boolean {
  return /^https?:/.test(target) && !target.startsWith(REPOSITORY);
}

function leads(document: string, target: string): boolean {
  const [path, anchor] = target.split('#');
  const file = path.startsWith(REPOSITORY) ? path.slice(REPOSITORY.length) : path === '' ? document : join(dirname(document), path);
  if (!existsSync(join(ROOT, file))) return false;
  const anchors = [...textOf(file).matchAll(/^#+ (.*)$/gm)].map(([, title]) => title.toLowerCase().replace(/[^\w -]/g, '').replace(/ /g, '-'));
  return anchor === undefined || anchors.includes(anchor);
}

/** The cells of each row of the table under a heading. */
function tableUnder(heading: string): string[][] {
  const [, section = ''] = textOf('docs/architecture.md').split(`\n## ${heading}\n`);
  return section.split('\n## ')[0].split('\n').filter((line) => line.startsWith('| ')).slice(1).map((line) => line.slice(2, -2).split(' | '));
}

test('how one user gets a desktop: every name is in its file', () => {
  const named = tableUnder('How one user gets a desktop').flatMap(([file, names]) => quotedIn(names).map((name) => ({ file: quotedIn(file)[0], name })));
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(({ file, name }) => !new RegExp(`\\b${name}\\b`).test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
});

test('the rooms of the handler are those of lint, in its order, and there are no others', () => {
  const zones: { target: string; from: string }[] = JSON.parse(withoutComments('.eslintrc.json')).rules['import/no-restricted-paths'][1].zones;
  const above = (room: string) => zones.filter(({ target, from }) => target === `./${room}` && from.startsWith('./lambda/')).map(({ from }) => from.slice(2));
  const rooms = tableUnder('The rooms of the handler').map(([room]) => quotedIn(room)[0].replace(/\/$/, ''));
  expect(rooms.slice(1).map((room) => [...above(room), room])).toEqual(rooms.slice(1).map((_, i) => rooms.slice(0, i + 2)));
  const there = readdirSync(join(ROOT, 'lambda')).filter((each) => each !== 'tsconfig.json').map((each) => `lambda/${each}`);
  expect([...rooms].sort()).toEqual(there.sort());
});

function withoutComments(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8').replace(/^\/\/.*$/gm, '');
}
