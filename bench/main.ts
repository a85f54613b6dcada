import { answers } from './answers';
import { type Benchmark, save, type Target } from './benchmark';
import { bill } from './bill';
import { calls } from './calls';
import { cli } from './cli';
import { coldStart } from './cold-start';
import { parseOptions } from './options';
import { patterns } from './patterns';
import { plots } from './plots';
import { step } from './step';
import { synth } from './synth';
import { table } from './table';
import { throttling } from './throttling';
import { bundleHandler } from '../demo/cdk';

const BENCHMARKS: readonly Benchmark[] = [calls, patterns, synth, step, answers, bill, coldStart, throttling, cli];

/** Every function in this process has its own SDK. Each SDK warns that its newer versions need a newer Node.js. */
process.removeAllListeners('warning').on('warning', (warning) => {
  if (warning.name !== 'Warning' || !warning.message.includes('NodeVersionSupportWarning')) console.error(warning.stack);
});

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, BENCHMARKS.map(({ name }) => name));
  if (typeof options === 'number') return options;
  if (options.list) {
    console.log(table(['name', 'what it measures'], BENCHMARKS.map(({ name, what }) => [name, what])));
    return 0;
  }
  bundleHandler();
  let missed = 0;
  for (const benchmark of BENCHMARKS.filter(({ name }) => options.names.includes(name))) missed += await run(benchmark);
  if (options.plots) console.log(`\nDrawn: ${(await plots(say)).join(', ')}`);
  return missed === 0 ? 0 : 1;
}

/** @returns how many targets were missed */
async function run({ name, what, run: measure }: Benchmark): Promise<number> {
  console.log(`\n== ${name}: ${what}\n`);
  const start = Date.now();
  const { sections, targets = [], data } = await measure(say);
  console.log(sections.join('\n\n'));
  if (targets.length > 0) console.log(`\nTargets\n\n${table(['what', 'target', 'measured', ''], targets.map(row))}`);
  const file = save(name, { measuredAt: new Date(start).toISOString(), node: process.version, data, targets });
  console.log(`\n${Math.round((Date.now() - start) / 1_000)} s, ${file}`);
  return targets.filter(({ met }) => !met).length;
}

function say(progress: string): void {
  console.error(`   ... ${progress}`);
}

function row({ what, target, measured, met }: Target): string[] {
  return [what, target, measured, met ? 'met' : 'MISSED'];
}

main(process.argv.slice(2)).then(
  (code) => { process.exitCode = code; },
  (error) => { console.error(error); process.exitCode = 1; },
);
