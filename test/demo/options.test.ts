import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvOf, parseOptions } from '../../demo/options';
import { capturedOutput } from '../captured-output';

const TEAM = ['ana', 'bo', 'chen'];
const directory = mkdtempSync(join(tmpdir(), 'demo-options-'));
afterAll(() => rmSync(directory, { recursive: true }));

const said = capturedOutput();

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

test('without options, the team gets desktops', () => {
  expect(parseOptions([], TEAM)).toEqual({ users: TEAM, csv: undefined, refuse: [], tolerate: 0, destroy: false });
});

test('--users uses the first of the team, and invents more', () => {
  expect(parseOptions(['--users', '2'], TEAM)).toMatchObject({ users: ['ana', 'bo'] });
  expect(parseOptions(['--users', '4'], TEAM)).toMatchObject({ users: ['ana', 'bo', 'chen', 'user004'] });
});

test('--csv uses the people of a file', () => {
  const csv = file('people.csv', 'userName\ndora\nemil\n');
  expect(parseOptions(['--csv', csv, '--refuse', 'EMIL'], TEAM)).toMatchObject({ users: ['dora', 'emil'], csv, refuse: ['emil'] });
});

test('--refuse names one of the people, in any case, or adds a name to the list', () => {
  expect(parseOptions(['--refuse', 'BO', '--refuse', 'bo', '--tolerate', '1'], TEAM)).toMatchObject({ users: TEAM, refuse: ['bo'], tolerate: 1 });
  expect(parseOptions(['--refuse', 'dora'], TEAM)).toMatchObject({ users: [...TEAM, 'dora'], refuse: ['dora'] });
});

test('--help lists the options, and exits with 0', () => {
  expect(parseOptions(['--help'], TEAM)).toBe(0);
  for (const option of ['--users', '--csv', '--refuse', '--tolerate', '--destroy']) expect(said()).toContain(option);
});

test.each([
  [['--bogus'], "unknown option '--bogus'"],
  [['surplus'], 'too many arguments'],
  [['--users'], 'argument missing'],
  [['--users', '0'], 'a whole number, 1 to 10,000'],
  [['--users', '10001'], 'a whole number, 1 to 10,000'],
  [['--users', 'many'], 'a whole number, 1 to 10,000'],
  [['--users', '10000', '--refuse', 'one-more'], 'that makes 10001 users'],
  [['--tolerate', '-1'], 'a whole number, 0 or more'],
  [['--refuse', ''], 'user name'],
  [['--refuse', 'a,b'], 'user name'],
  [['--csv', 'no-such-file.csv'], 'There is no file'],
  [['--csv', file('bad.csv', 'name\nana\n')], 'userName'],
  [['--csv', file('good.csv', 'userName\nana\n'), '--refuse', 'bo'], 'has this name'],
  [['--csv', file('good.csv', 'userName\nana\n'), '--users', '3'], 'exclude each other'],
])('%j gets the reason, a usage line, and exit code 2', (args, reason) => {
  expect(parseOptions(args, TEAM)).toBe(2);
  expect(said()).toContain(reason);
  expect(said()).toContain('usage: npm run demo --');
});

test('the file for the app has the team\'s rows, and simple rows for others', () => {
  const team = file('team.csv', 'userName,tag:Team\nana,field\nbo,inside\n');
  expect(csvOf(['bo', 'dora'], team)).toBe('userName,tag:Team\nbo,inside\ndora,\n');
});
