import { parseOptions } from './options';
import { capturedOutput } from '../captured-output';

const said = capturedOutput();

test('without options, random histories are played', () => {
  expect(parseOptions([])).toEqual({ kind: 'random', runs: 1_000, seed: 1, path: undefined, passOver: [], trace: false });
});

test.each([
  [['--seed', '-7', '--path', '12:0:3', '--trace'], { kind: 'random', seed: -7, path: '12:0:3', trace: true }],
  [['--pass-over', 'a', '--pass-over', 'b'], { kind: 'random', passOver: ['a', 'b'] }],
  [['--mutations', '--seed', '3'], { kind: 'mutations', seed: 3 }],
  [['--exhaustive'], { kind: 'exhaustive', depth: 2 }],
  [['--exhaustive', '--depth', '3'], { kind: 'exhaustive', depth: 3 }],
  [['--exhaustive', '--only', 'ana+bo,bo/undone@17:lose,delete', '--trace'], { kind: 'exhaustive', only: 'ana+bo,bo/undone@17:lose,delete', trace: true }],
])('%j is understood', (args, options) => {
  expect(parseOptions(args)).toMatchObject(options);
});

test('--help lists the options with examples, and exits with 0', () => {
  expect(parseOptions(['--help'])).toBe(0);
  for (const option of ['--runs', '--seed', '--path', '--pass-over', '--trace', '--mutations', '--exhaustive', '--depth', '--only']) expect(said()).toContain(option);
  expect(said()).toMatch(/Examples:\n {2}npm run chaos -- --runs 5000/);
});

test.each([
  [['--bogus'], "unknown option '--bogus'"],
  [['surplus'], 'too many arguments'],
  [['--runs'], 'argument missing'],
  [['--runs', '0'], 'a whole number, 1 or more'],
  [['--runs', '1.5'], 'a whole number, 1 or more'],
  [['--seed', 'x'], 'a whole number'],
  [['--path', 'x'], 'such as 12:0:3'],
  [['--path', '1:2', '--runs', '5'], '--runs and --path exclude each other: --path plays one history'],
  [['--path', '1:2', '--mutations'], '--mutations and --path exclude each other'],
  [['--mutations', '--runs', '5'], '--mutations and --runs exclude each other'],
  [['--mutations', '--trace'], '--mutations and --trace exclude each other'],
  [['--mutations', '--exhaustive'], '--exhaustive and --mutations exclude each other'],
  [['--exhaustive', '--seed', '1'], '--exhaustive and --seed exclude each other'],
  [['--exhaustive', '--pass-over', 'a'], '--exhaustive and --pass-over exclude each other'],
  [['--exhaustive', '--depth', '0'], 'a whole number, 1 or more'],
  [['--exhaustive', '--depth', '2', '--only', 'ana'], '--depth and --only exclude each other: --only plays one history'],
  [['--exhaustive', '--only', 'zoe'], 'there is no operation "zoe"; there are ana, '],
  [['--exhaustive', '--only', 'ana@3:melt'], 'there is no fault "melt" of 3; there are kill-before, '],
  [['--exhaustive', '--only', 'ana@CreateTags:lose'], 'there is no fault "lose" of CreateTags; there are denied, failing'],
  [['--exhaustive', '--only', 'ana@1:lose,bo@2:lose'], 'only one operation can have a fault'],
  [['--depth', '2'], '--depth needs --exhaustive'],
  [['--only', 'ana'], '--only needs --exhaustive'],
  [['--mutations', '--depth', '2'], '--mutations and --depth exclude each other'],
])('%j gets the reason, a usage line, and exit code 2', (args, reason) => {
  expect(parseOptions(args)).toBe(2);
  expect(said()).toContain(reason);
  expect(said()).toContain('usage: npm run chaos --');
});
