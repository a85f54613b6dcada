import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Botocore } from './botocore';
import { Moto } from './moto';
import { Difference, differences, normalized } from './normal';
import { play, Played, Scenario } from './scenario';
import { SCENARIOS } from './scenarios';
import { rowsOf } from './table';
import { environment, script, tool } from './tools';
import { LocalCloud } from '../local/cloud';

const MARKDOWN = readFileSync(join(__dirname, 'moto-differences.md'), 'utf8');
const rows = rowsOf(MARKDOWN, 'call', 'where', 'here', 'moto', 'which is like AWS, and why', 'grade');
const occurred = new Set<(typeof rows)[number]>();
let moto: Moto;

beforeAll(async () => {
  moto = await Moto.start();
});
afterAll(() => moto.stop());

/** A difference between both answers. If one of them failed, the difference between their results. */
interface Found extends Difference { readonly call: string; readonly step: string }

function differencesOf(here: Played, there: Played): Found[] {
  const { label, step: { service, operation } } = here;
  const about = { call: `${service} ${operation}`, step: label };
  const [a, b] = [here.exchange.outcome, there.exchange.outcome];
  if ('output' in a && 'output' in b) return differences(a.output, b.output).map((each) => ({ ...about, ...each }));
  const ends = { here: endOf(here), there: endOf(there) };
  return ends.here === ends.there ? [] : [{ ...about, where: 'outcome', ...ends }];
}

function endOf({ exchange: { outcome, status } }: Played): string {
  if ('output' in outcome) return 'done';
  if ('unreadable' in outcome || status === 500) return `status ${status}`;
  return normalized(`${outcome.error.Code}: ${outcome.error.Message}`);
}

/** Finds the row for a difference. A row is about one step or all steps of an operation. `*` stands for any text. */
function rowOf({ call, step, where, here, there }: Found) {
  return rows.find((row) => (row.call === call || row.call === step) && row.where === where && like(row.here, here) && like(row.moto, there));
}

function like(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^]*')}$`).test(text);
}

async function onLocalCloud(scenario: Scenario): Promise<Played[]> {
  const cloud = new LocalCloud({ workspaces: { throttle: 'off', buildTime: 0, invisibleFor: 0, ...scenario.options } });
  await cloud.start();
  const botocore = new Botocore(cloud.environment);
  try {
    return await play(scenario, botocore, await scenario.setUp?.(cloud) ?? {}, cloud);
  } finally {
    await botocore.stop();
    await cloud.stop();
  }
}

async function onMoto(scenario: Scenario): Promise<Played[]> {
  await moto.reset();
  await moto.configure({ lambda: { use_docker: false } });
  const botocore = new Botocore(moto.environment);
  try {
    return await play(scenario, botocore, await scenario.setUpMoto?.(botocore, moto) ?? {});
  } finally {
    await botocore.stop();
  }
}

const both = SCENARIOS.filter(({ localOnly }) => localOnly === undefined);

test.each(both.map((each) => [each.name, each] as const))('%s, as moto has it', async (_name, scenario) => {
  const [here, there] = [await onLocalCloud(scenario), await onMoto(scenario)];
  const unlisted = new Set<string>();
  for (const found of here.flatMap((played, i) => differencesOf(played, there[i]))) {
    const row = rowOf(found);
    if (row) occurred.add(row);
    else unlisted.add([found.step, found.where, found.here, found.there].join(' | '));
  }
  expect([...unlisted]).toEqual([]);
});

test('every listed difference from moto occurs', () => {
  expect(rows.filter((row) => !occurred.has(row))).toEqual([]);
});

test('every operation of WorkSpaces that moto has is here too, or is listed', () => {
  const has = JSON.parse(execFileSync(tool('python'), [script('moto_operations.py'), 'workspaces'], { env: environment({}), encoding: 'utf8' })) as string[];
  expect(has.length).toBeGreaterThan(10);
  const here = Object.keys(Reflect.get(new LocalCloud().workspaces, 'operations'));
  const listed = rowsOf(MARKDOWN, 'operation that only moto has', 'why it is not here').map((row) => row['operation that only moto has']);
  expect(has.filter((operation) => !here.includes(operation)).sort()).toEqual(listed.sort());
});
