import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Benchmark, OUTPUT, PROJECT, type Report, sum } from './benchmark';
import { Cell, table } from './table';
import { cdk } from '../demo/cdk';
import { idsOf } from '../demo/ids';
import { LocalCloud } from '../local/cloud';
import { RunningClock } from '../local/core/clock';

const USERS = 5_000;
const MORE = 1_000;
const FEWER = 100;
/** How many times faster the cloud's time passes. The CLI and the functions are separate processes. */
const TIME_FACTOR = 60;
const MINUTE = 60_000;

export const cli: Benchmark = {
  name: 'cli',
  what: `a fleet of ${USERS.toLocaleString('en-US')} deployed, grown by ${MORE.toLocaleString('en-US')}, cut by ${FEWER} and destroyed with the real cdk CLI, each function in a process of its own`,
  async run(say): Promise<Report> {
    const cloud = new LocalCloud({ clock: new RunningClock(TIME_FACTOR), logDirectory: join(OUTPUT, 'cli-functions') });
    await cloud.start();
    try {
      return await lifeOf(cloud, say);
    } finally {
      await cloud.stop();
    }
  },
};

async function lifeOf(cloud: LocalCloud, say: (progress: string) => void): Promise<Report> {
  const csv = join(OUTPUT, 'cli-users.csv');
  const outputsFile = join(OUTPUT, 'cli-outputs.json');
  const rows: Cell[][] = [];
  const problems: string[] = [];
  let users: string[] = [];

  const command = async (what: string, ...args: string[]) => {
    say(what);
    const [virtual, real, before] = [cloud.clock.now(), Date.now(), cloud.workspaces.counts()];
    const calls = (operation?: string) => {
      const now = cloud.workspaces.counts().calls;
      return sum(Object.keys(now).filter((each) => !operation || each === operation).map((each) => (now[each] ?? 0) - (before.calls[each] ?? 0)));
    };
    const app = `tsx --tsconfig tsconfig.development.json ${join(PROJECT, 'bench', 'cli-app.ts')}`;
    const context = ['-c', `csv=${csv}`, '-c', `limit=${FEWER}`, '-c', `last=${users.at(-1)}`];
    const { exitCode, lines } = await cdk(
      [...args, '--app', app, ...context, '--no-notices', '--output', join(OUTPUT, 'cli-cdk.out')], cloud.environment, join(OUTPUT, 'cli.log'), () => undefined,
    );
    if (exitCode !== 0) problems.push(`${what}: ${lines.slice(-8).join('\n')}`);
    const throttled = sum(Object.values(cloud.workspaces.counts().throttled)) - sum(Object.values(before.throttled));
    rows.push([
      what, standing(cloud).length, calls(), calls('CreateWorkspaces'), calls('TerminateWorkspaces'), throttled,
      (cloud.clock.now() - virtual) / MINUTE, (Date.now() - real) / 1_000,
    ]);
  };
  const deploy = async (what: string, to: string[]) => {
    users = to;
    writeFileSync(csv, ['userName', ...users, ''].join('\n'));
    const before = new Map(standing(cloud).map(({ userName, workspaceId }) => [userName, workspaceId]));
    await command(what, 'deploy', 'Large', '--require-approval', 'never', '--outputs-file', outputsFile);
    if (problems.length > 0) return;
    problems.push(...await differences(cloud, users, before, outputsFile));
  };

  const names = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `user${String(from + i).padStart(5, '0')}`);
  await deploy(`deploy ${USERS.toLocaleString('en-US')}`, names(0, USERS));
  await deploy(`grow by ${MORE.toLocaleString('en-US')}`, names(0, USERS + MORE));
  await deploy(`cut by ${FEWER}`, names(FEWER, USERS + MORE));
  await command('destroy', 'destroy', 'Large', '--force');
  const left = standing(cloud).length;
  return {
    sections: [table(['', 'desktops after it', 'WorkSpaces calls', 'CreateWorkspaces', 'TerminateWorkspaces', 'throttled', 'minutes', 's real'], rows), ...problems],
    targets: [
      { what: 'everybody on the list has one desktop, nobody has lost theirs, and the outputs say so', target: 'always', measured: problems[0] ?? 'always', met: problems.length === 0 },
      { what: 'desktops after destroy', target: '0', measured: String(left), met: left === 0 },
    ],
    data: rows,
  };
}

function standing(cloud: LocalCloud) {
  return cloud.workspaces.desktops().filter(({ state }) => !['TERMINATING', 'TERMINATED', 'GONE'].includes(state));
}

/** @param before the desktops before the deployment */
async function differences(cloud: LocalCloud, users: readonly string[], before: ReadonlyMap<string, string>, outputsFile: string): Promise<string[]> {
  const outputs = Object.entries((JSON.parse(readFileSync(outputsFile, 'utf8')) as { Large: Record<string, string> }).Large);
  const output = (name: string) => outputs.find(([key]) => key.includes(name))?.[1] ?? '';
  const ids = await idsOf(output('WorkspaceIds'), users, cloud.endpointUrl, cloud.environment.AWS_REGION!);
  const there = new Map(standing(cloud).map(({ userName, workspaceId }) => [userName, workspaceId]));
  const wrong = users.filter((user) => {
    const id = there.get(user);
    return id === undefined || id !== ids.get(user) || id !== (before.get(user) ?? id);
  });
  return [
    ...wrong.slice(0, 5).map((user) => `${user} has ${there.get(user)}, had ${before.get(user)}, and the output says ${ids.get(user)}`),
    ...(standing(cloud).length === users.length ? [] : [`${standing(cloud).length} desktops for ${users.length} users`]),
    ...(output('Last') === there.get(users.at(-1)!) ? [] : [`the output Last is ${output('Last')}, and that desktop ${there.get(users.at(-1)!)}`]),
  ];
}
