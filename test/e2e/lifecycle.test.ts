import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cdk, CdkRun } from '../../demo/cdk';
import { LocalCloud } from '../../local/cloud';
import { RunningClock } from '../../local/core/clock';

// The life of a fleet through the real cdk CLI: what a user would do, in one stack, in order.

const directory = mkdtempSync(join(tmpdir(), 'lifecycle-'));
const csv = join(directory, 'users.csv');
const outputsFile = join(directory, 'outputs.json');
let cloud: LocalCloud;

beforeAll(async () => {
  cloud = new LocalCloud({
    clock: new RunningClock(120),
    workspaces: { buildTime: 3 * 60_000, directories: [{ directoryId: 'd-90670b2f8c' }], bundles: [{ bundleId: 'wsb-clj85qzj1' }], missingUsers: ['nobody'] },
  });
  await cloud.start();
});

afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

function run(command: 'deploy' | 'destroy', ...args: string[]): Promise<CdkRun> {
  const options = command === 'deploy' ? ['--require-approval', 'never', '--progress', 'events', '--outputs-file', outputsFile] : ['--force'];
  return cdk([command, 'Sales', '-c', `csv=${csv}`, '--no-notices', ...options, ...args, '--output', join(directory, 'cdk.out')],
    cloud.environment, join(directory, `${command}.log`), () => undefined);
}

function deploy(users: readonly string[], ...args: string[]): Promise<CdkRun> {
  writeFileSync(csv, `userName\n${users.join('\n')}\n`);
  return run('deploy', ...args);
}

/** By user, as the stack's outputs say. */
function ids(): string[] {
  const outputs = JSON.parse(readFileSync(outputsFile, 'utf8')).Sales as Record<string, string>;
  return Object.entries(outputs).find(([name]) => name.includes('WorkspaceIds'))![1].split(',');
}

function desktops() {
  return cloud.workspaces.desktops().filter(({ state }) => state !== 'GONE');
}

function idOf(userName: string): string | undefined {
  return desktops().find((each) => each.userName === userName)?.workspaceId;
}

test('a deployment that is refused a user fails with the name and leaves nothing', async () => {
  const { exitCode, lines } = await deploy(['ana', 'nobody']);
  expect(exitCode).not.toBe(0);
  expect(lines.join('\n')).toContain('nobody (ResourceNotFound.User');
  expect(desktops()).toEqual([]);
}, 240_000);

test('a deployment makes the desktops, encrypted, and outputs their ids in the order of the users', async () => {
  const { exitCode, lines } = await deploy(['ana', 'bo', 'chen']);
  expect({ exitCode, lines: exitCode === 0 ? [] : lines }).toEqual({ exitCode: 0, lines: [] });
  expect(ids()).toEqual([idOf('ana'), idOf('bo'), idOf('chen')]);
  expect(desktops().map(({ state, encryption }) => [state, encryption?.rootVolume, encryption?.userVolume])).toEqual(Array(3).fill(['AVAILABLE', true, true]));
}, 240_000);

test('a deployment without a change calls nobody', async () => {
  const before = cloud.workspaces.counts();
  expect((await deploy(['ana', 'bo', 'chen'])).exitCode).toBe(0);
  expect(cloud.workspaces.counts()).toEqual(before);
}, 240_000);

test('an update that adds a user keeps the desktops of the others', async () => {
  const before = ids();
  expect((await deploy(['ana', 'bo', 'chen', 'dora'])).exitCode).toBe(0);
  expect(ids()).toEqual([...before, idOf('dora')]);
}, 240_000);

test('an update that is refused a user takes back what it added, and nothing else', async () => {
  const before = ids();
  const { exitCode, lines } = await deploy(['ana', 'bo', 'chen', 'dora', 'emil', 'nobody']);
  expect(exitCode).not.toBe(0);
  expect(lines.join('\n')).toContain('nobody (ResourceNotFound.User');
  expect(desktops().map(({ workspaceId }) => workspaceId).sort()).toEqual([...before].sort());
}, 240_000);

test('an update that takes a user off the list is refused with a sentence, rolls back, and terminates nothing', async () => {
  const before = ids();
  const { exitCode, lines } = await deploy(['ana', 'bo', 'chen']);
  expect(exitCode).not.toBe(0);
  expect(lines.join('\n')).toContain('takes 1 user with a WorkSpace off the list: dora');
  expect(lines.join('\n')).toMatch(/UPDATE_ROLLBACK_COMPLET/); // as wide as the CLI's column;
  expect(desktops().map(({ workspaceId }) => workspaceId).sort()).toEqual([...before].sort());
}, 240_000);

test('destroy leaves no desktop', async () => {
  expect((await run('destroy')).exitCode).toBe(0);
  expect(desktops()).toEqual([]);
}, 240_000);
