import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Listr } from 'listr2';
import { bundleHandler, cdk, CdkRun } from './cdk';
import { idsOf } from './ids';
import { csvOf, DemoOptions, namesIn, parseOptions } from './options';
import { Progress } from './progress';
import { failureSection, figures, outputsSection, table } from './report';
import { LocalCloud } from '../local/cloud';
import { RunningClock } from '../local/core/clock';

const PROJECT = resolve(__dirname, '..');
const RUNS = join(PROJECT, '.demo');
/** The folder for everything that a run writes: logs of the CLI and of the functions, the cloud assembly, the outputs. */
const OUTPUT = join(RUNS, String(process.pid));
const TEAM = join(PROJECT, 'examples', 'sales.csv');
const OUTPUTS_FILE = join(OUTPUT, 'outputs.json');
const IDS_FILE = join(OUTPUT, 'ids.csv');
/**
 * Desktops take 10 to 40 minutes to build. Here, an hour passes in a minute. It passes in up to four if there are thousands: the machine's own time
 * for a call passes as fast, and a busy one would not get through all of them before the timeout.
 */
const timeFactor = (users: number) => Math.max(15, Math.min(60, 100_000 / users));
/** How many ids are shown. The file has all of them. */
const SHOWN = 200;

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, namesIn(TEAM));
  if (typeof options === 'number') return options;

  console.log('Nothing here talks to AWS: all endpoints are on 127.0.0.1, credentials are invented, and AWS_* variables of your environment are not used.');
  tidyUp();
  mkdirSync(OUTPUT, { recursive: true });
  bundleHandler();
  const csv = options.csv ?? join(OUTPUT, 'users.csv');
  if (options.csv === undefined) writeFileSync(csv, csvOf(options.users, TEAM));

  const cloud = new LocalCloud({
    clock: new RunningClock(timeFactor(options.users.length)),
    logDirectory: join(OUTPUT, 'functions'),
    workspaces: {
      directories: [{ directoryId: 'd-90670b2f8c' }],
      bundles: [{ bundleId: 'wsb-clj85qzj1' }],
      missingUsers: options.refuse,
    },
  });
  const children = new Set<ChildProcess>();
  const stop = () => {
    children.forEach((child) => child.kill());
    void cloud.stop().finally(() => process.exit(130));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await cloud.start();
    return await run(options, cloud, csv, (child) => children.add(child));
  } finally {
    await cloud.stop();
  }
}

async function run(options: DemoOptions, cloud: LocalCloud, csv: string, running: (child: ChildProcess) => void): Promise<number> {
  const [virtual, real] = [cloud.clock.now(), Date.now()];
  const shouldSucceed = options.refuse.length <= options.tolerate;
  const command = async (title: string, expected: boolean, logName: string, cdkArgs: readonly string[]): Promise<CdkRun> => {
    let result: CdkRun | undefined;
    await new Listr([{
      title,
      task: async (_context, task) => {
        const progress = new Progress(cloud, options.users.length);
        const show = setInterval(() => { task.output = progress.toString(); }, process.stdout.isTTY ? 500 : 5_000);
        try {
          result = await cdk(cdkArgs, cloud.environment, join(OUTPUT, logName), (line) => progress.read(line), running);
        } finally {
          clearInterval(show);
        }
        const succeeded = result.exitCode === 0;
        const how = (succeeded ? 'succeeded' : 'failed') + (succeeded === expected ? (expected ? '' : ', as it should,') : ', which it should not,');
        task.title = `${title}: ${how} after ${progress.minutes()} min of virtual time`;
        if (succeeded !== expected) throw new Error(task.title);
      },
    }], { exitOnError: false, fallbackRendererCondition: () => !process.stdout.isTTY, fallbackRenderer: 'simple' }).run();
    return result!;
  };

  const context = ['-c', `csv=${csv}`, '-c', `tolerate=${options.tolerate}`, '--output', join(OUTPUT, 'cdk.out')];
  const deployed = await command('cdk deploy Sales', shouldSucceed, 'cdk-deploy.log', [
    'deploy', 'Sales', ...context, '--require-approval', 'never', '--progress', 'events', '--no-notices', '--outputs-file', OUTPUTS_FILE,
  ]);
  console.log();
  const problems = shouldSucceed ? await checkSuccess(deployed, options, cloud) : checkFailure(deployed, options, cloud);

  if (options.destroy && deployed.exitCode !== 0) console.log('\nNothing was deployed, so there is nothing to destroy.');
  if (options.destroy && deployed.exitCode === 0) {
    const destroyed = await command('cdk destroy Sales', true, 'cdk-destroy.log', ['destroy', 'Sales', ...context, '--force', '--no-notices']);
    if (destroyed.exitCode !== 0) problems.push(...destroyed.lines.slice(-12));
    problems.push(...desktopsLeft(cloud));
    if (problems.length === 0) console.log('\nThe stack is deleted, and no desktop is left.');
  }

  console.log(`\nLogs of the CLI and of the Lambda functions: ${relative(process.cwd(), OUTPUT)}\n`);
  console.log(figures(cloud, cloud.clock.now() - virtual, Date.now() - real));
  if (problems.length === 0) return 0;
  console.error(`\nThe result is not as expected:\n\n${problems.join('\n')}`);
  return 1;
}

/** Deletes the files of earlier runs, except those that are still running. */
function tidyUp(): void {
  mkdirSync(RUNS, { recursive: true });
  for (const pid of readdirSync(RUNS)) {
    try {
      process.kill(Number(pid), 0);
    } catch {
      rmSync(join(RUNS, pid), { recursive: true, force: true });
    }
  }
}

/** Checks that everybody has a usable desktop, or one that is being built if the outputs say that some are late, except refused users. */
async function checkSuccess(deployed: CdkRun, { users, refuse, csv }: DemoOptions, cloud: LocalCloud): Promise<string[]> {
  if (deployed.exitCode !== 0) return failureSection(deployed.lines);
  const outputs = Object.entries(JSON.parse(readFileSync(OUTPUTS_FILE, 'utf8')).Sales as Record<string, string>);
  const output = (name: string) => outputs.find(([key]) => key.includes(name))?.[1] ?? '';
  const ids = await idsOf(output('WorkspaceIds'), users, cloud.endpointUrl, cloud.environment.AWS_REGION!);
  console.log(outputsSection(deployed.lines).join('\n'));
  writeFileSync(IDS_FILE, users.map((user) => `${user},${ids.get(user) ?? ''}\n`).join(''));
  console.log(`\nUsers and their WorkSpaces:\n${table(new Map(users.slice(0, SHOWN).map((user) => [user, ids.get(user) ?? ''])))}`);
  if (users.length > SHOWN) console.log(`  and ${(users.length - SHOWN).toLocaleString('en-US')} more, all of them in ${relative(process.cwd(), IDS_FILE)}`);

  const desktops = new Map(cloud.workspaces.desktops().map((each) => [each.workspaceId, each]));
  const states = ['AVAILABLE', 'STOPPED', ...(output('LateUsersSummary') === 'none' ? [] : ['PENDING'])];
  const wrong = users.filter((user) => {
    const id = ids.get(user) ?? '';
    const desktop = desktops.get(id);
    if (refuse.includes(user)) return id !== '' || !output('RefusedUsersSummary').includes(user);
    return desktop?.userName !== user || !states.includes(desktop.state) || (csv === undefined && !desktop.encryption);
  });
  return wrong.map((user) => `the output is wrong about ${user}`);
}

/** Checks that the deployment failed, that the reason names the refused users, and that no desktop is left. */
function checkFailure(deployed: CdkRun, { refuse }: DemoOptions, cloud: LocalCloud): string[] {
  if (deployed.exitCode === 0) return ['cdk deploy succeeded, although more users were refused than tolerated'];
  const shown = failureSection(deployed.lines);
  console.log(`The deployment has failed, as it should with ${refuse.join(', ')} not in the directory:\n\n${shown.join('\n')}`);
  const problems = desktopsLeft(cloud);
  if (!refuse.some((name) => shown.join().includes(name))) problems.push(`the reason does not name ${refuse.join(' or ')}`);
  if (problems.length === 0) console.log('\nIt was rolled back, and no desktop is left.');
  return problems;
}

function desktopsLeft(cloud: LocalCloud): string[] {
  const left = cloud.workspaces.desktops().filter(({ state }) => state !== 'GONE');
  return left.length === 0 ? [] : [`desktops are left: ${left.length}, such as ${left[0].workspaceId} (${left[0].userName}, ${left[0].state})`];
}

main(process.argv.slice(2)).then(
  (code) => { process.exitCode = code; },
  (error) => { console.error(error); process.exitCode = 1; },
);
