import { parseOptions } from '../../bench/options';
import { capturedOutput } from '../captured-output';

const KNOWN = ['calls', 'synth', 'step'];

const said = capturedOutput();

test('runs all of them unless some are named, in their own order', () => {
  expect(parseOptions([], KNOWN)).toEqual({ names: KNOWN, list: false, plots: false });
  expect(parseOptions(['step', 'calls'], KNOWN)).toEqual({ names: ['calls', 'step'], list: false, plots: false });
});

test('with --plots alone, only draws', () => {
  expect(parseOptions(['--plots'], KNOWN)).toEqual({ names: [], list: false, plots: true });
  expect(parseOptions(['--plots', 'calls'], KNOWN)).toMatchObject({ names: ['calls'], plots: true });
});

test('--help lists the options, and exits with 0', () => {
  expect(parseOptions(['--help'], KNOWN)).toBe(0);
  for (const text of ['--list', '--plots', 'calls, synth, step', 'Nothing talks to AWS']) expect(said()).toContain(text);
});

test.each([[['cals'], /there is no benchmark "cals"; there are calls, synth, step/], [['--plot'], /unknown option '--plot'/]])('%j exits with 2 and says why', (args, message) => {
  expect(parseOptions(args, KNOWN)).toBe(2);
  expect(said()).toMatch(message);
});
