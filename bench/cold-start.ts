import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { type Benchmark, median, OUTPUT, PROJECT, type Report, sum } from './benchmark';
import { table } from './table';
import { hostEnvironment } from '../demo/cdk';

const RUNS = 9;
const HANDLER = join(PROJECT, 'assets', 'lambda', 'provider', 'index.js');
const FRAMEWORK = join(PROJECT, 'node_modules', 'aws-cdk-lib', 'custom-resources', 'lib', 'provider-framework', 'runtime');

interface Subject {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
}

export const coldStart: Benchmark = {
  name: 'cold-start',
  what: `milliseconds to load the handler's bundle in a fresh process, median of ${RUNS}, compared with a bundle that has only its SDK clients`,
  async run(say): Promise<Report> {
    const subjects: Subject[] = [
      { name: 'the handler', file: HANDLER, bytes: statSync(HANDLER).size },
      clientsOnly(),
      { name: 'the Provider framework, with the SDK of node_modules', file: join(FRAMEWORK, 'framework.js'), bytes: sizeOfScripts(FRAMEWORK) },
      { name: 'nothing', file: write('nothing.js', ''), bytes: 0 },
    ];
    const times = subjects.map((): number[] => []);
    // In turns, so that other load of the machine affects all of them.
    for (let run = 0; run < RUNS; run++) {
      say(`run ${run + 1} of ${RUNS}`);
      subjects.forEach(({ file }, i) => times[i].push(load(file)));
    }
    const rows = subjects.map(({ name, bytes }, i) => ({ name, bytes, milliseconds: median(times[i]), fastest: Math.min(...times[i]) }));
    return {
      sections: [
        table(['what is loaded', 'ms', 'fastest', 'times the clients', 'bytes'], rows.map(({ name, bytes, milliseconds, fastest }) => (
          [name, milliseconds, fastest, milliseconds / rows[1].milliseconds, bytes]
        ))),
        'The handler also contains the commands that it sends, and makes its clients at the first call. The other bundle makes them when it is loaded.\n'
        + 'The framework uses the SDK of the Lambda runtime, whose bytes are not counted.',
      ],
      data: rows,
    };
  },
};

/** Loads a file in a new process. @returns milliseconds */
function load(file: string): number {
  const { stdout, stderr, status } = spawnSync(
    process.execPath, ['-e', 'const start = performance.now(); require(process.argv[1]); console.log(performance.now() - start)', file],
    { encoding: 'utf8', env: { ...hostEnvironment(), AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' } },
  );
  if (status !== 0) throw new Error(`${file} could not be loaded:\n${stderr}`);
  return Number(stdout);
}

/** A bundle that only makes the clients of lambda/provider.ts, without commands. It is bundled like the handler. */
function clientsOnly(): Subject {
  const provider = readFileSync(join(PROJECT, 'lambda', 'provider.ts'), 'utf8');
  const clients = [...provider.matchAll(/import \{ (\w+Client) \} from '(@aws-sdk\/client-[\w-]+)'/g)];
  const source = write('clients.ts', [
    ...clients.map(([statement]) => `${statement};`),
    `const clients = [${clients.map(([, client]) => `new ${client}({ region: 'us-east-1' })`)}];`,
    'export const handler = async () => clients.length;',
  ].join('\n'));
  const file = source.replace(/\.ts$/, '.js');
  buildSync({
    entryPoints: [source], outfile: file, bundle: true, platform: 'node', target: 'node22', mainFields: ['module', 'main'], legalComments: 'none',
  });
  return { name: `its ${clients.length} SDK clients, made`, file, bytes: statSync(file).size };
}

function write(name: string, text: string): string {
  const folder = join(OUTPUT, 'cold-start');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function sizeOfScripts(folder: string): number {
  return sum(readdirSync(folder).filter((file) => file.endsWith('.js')).map((file) => statSync(join(folder, file)).size));
}
