import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { type Benchmark, median, type Report, sum } from './benchmark';
import { buildTimes, measured, userNames } from './deployment';
import { Cell, table } from './table';
import { LocalCloud } from '../local/cloud';
import { RunningClock } from '../local/core/clock';
import { publish } from '../test/local/assembly';
import { MINUTE } from '../test/virtual/virtual-stack';
import { BulkWorkspaces, WorkspaceUsers } from 'cdk-bulk-workspaces';

export const USERS = 10_000;
/** Lambda gives a function a whole core at 1,769 MB: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const CORE = 1_769;
const READS = ['GetItem', 'Query'];
const TIME_FACTOR = 60;
const NAME = 'Test';
const ALL_ASKED_FOR = 8 * MINUTE;
const MOST_CPU_MS = 1_000;
const MOST_MEMORY_MB = 256;

interface Use {
  /** Milliseconds. */
  readonly cpu: number;
  /** The most memory of its process so far, in MB. */
  readonly memory: number;
  readonly given: number;
  readonly isWaiting: boolean;
  /** Whether its process started after everybody had been asked for, and has only waited. */
  readonly isLater: boolean;
}

export const step: Benchmark = {
  name: 'step',
  what: `CPU and memory of the step over ${USERS.toLocaleString('en-US')} members, in a separate process, and the reads and writes of a deployment in the ledger`,
  async run(say): Promise<Report> {
    say(`deployment of ${USERS} users, with functions in processes of their own`);
    const uses = await usesOfStep(USERS);
    const waiting = uses.filter(({ isWaiting, isLater }) => isWaiting && isLater);
    if (waiting.length === 0) throw new Error(`none of ${uses.length} invocations has waited in a separate process`);
    say(`deployment of ${USERS} users, in virtual time`);
    const { record: { ledger } } = await measured(USERS);
    const row = (what: string, of: readonly Use[]): Cell[] => {
      const cpu = of.map((each) => each.cpu);
      const [{ given }] = of;
      return [what, of.length, median(cpu), Math.max(...cpu), median(cpu) * (CORE / given), Math.max(...of.map(({ memory }) => memory))];
    };
    const rows = [...new Set(ledger.map(({ operation }) => operation))].map((operation): Cell[] => {
      const calls = ledger.filter((each) => each.operation === operation);
      return [operation, READS.includes(operation) ? 'read' : 'write', calls.length, sum(calls.map(({ units }) => units)), Math.max(...calls.map(({ units }) => units))];
    });
    const [mostCpu, mostMemory] = [Math.max(...waiting.map(({ cpu }) => cpu)), Math.max(...waiting.map(({ memory }) => memory))];
    return {
      sections: [
        `Invocations of the step, of one deployment of ${USERS.toLocaleString('en-US')} users\n\n${table(
          ['', 'invocations', 'CPU ms, median', 'most', `median on Lambda's ${uses[0].given} MB, ms`, 'most memory, MB'],
          [row('that wait', waiting), row('that create', uses.filter(({ isLater }) => !isLater)), row('all', uses)],
        )}\n\nThe function is a process of Node.js of its own, and another one from the 8th minute on; its memory is the most that the process has had, the\n`
        + 'runtime included. '
        + `The share of a core on ${uses[0].given} MB is in proportion to ${CORE} MB, which is a whole core.`,
        `The ledger in one deployment of ${USERS.toLocaleString('en-US')} users\n\n${table(['operation', '', 'calls', 'units', 'most in one call'], rows)}`,
      ],
      targets: [
        { what: 'CPU of a step that waits', target: `at most ${MOST_CPU_MS} ms`, measured: `${mostCpu} ms`, met: mostCpu <= MOST_CPU_MS },
        { what: 'memory of a step that waits', target: `at most ${MOST_MEMORY_MB} MB`, measured: `${mostMemory} MB`, met: mostMemory <= MOST_MEMORY_MB },
      ],
      data: { uses, ledger: rows },
    };
  },
};

/** Uses of the step, in order. */
async function usesOfStep(users: number): Promise<Use[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-step-'));
  const logs = join(folder, 'logs');
  const cloud = new LocalCloud({ clock: new RunningClock(TIME_FACTOR), logDirectory: logs, workspaces: { buildTime: buildTimes() } });
  try {
    await cloud.start();
    cloud.clock.after(ALL_ASKED_FOR, () => cloud.faults.inject({ operation: 'DescribeWorkspaces', how: 'kill-before' }));
    const app = new App({ outdir: join(folder, 'cdk.out') });
    new BulkWorkspaces(new Stack(app, NAME), 'Fleet', {
      directoryId: 'd-90670b2f8c', bundleId: 'wsb-clj85qzj1', users: WorkspaceUsers.fromNames(userNames(users)), timeout: Duration.minutes(55),
    });
    app.synth();
    const client = new CloudFormationClient({ region: 'us-east-1', endpoint: cloud.endpointUrl, credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } });
    const TemplateURL = publish(cloud, app.outdir, NAME);
    await client.send(new CreateStackCommand({ StackName: NAME, TemplateURL, Capabilities: ['CAPABILITY_IAM'] }));
    client.destroy();
    await cloud.cloudformation.settled();
    const { status } = cloud.cloudformation.stacks.find(NAME)!;
    if (status !== 'CREATE_COMPLETE') throw new Error(`the deployment of ${users} users ended in ${status}`);
  } finally {
    await cloud.stop();
  }
  const log = readdirSync(logs).find((name) => name.includes('ProviderStep'))!;
  const text = readFileSync(join(logs, log), 'utf8');
  rmSync(folder, { recursive: true });
  let memoryBefore = 0;
  let isLater = false;
  return text.split(/(?<=^REPORT .*)\n/m).flatMap((invocation) => {
    const [, given, memory, cpu] = /^REPORT .*Memory Size: (\d+) MB\tMax Memory Used: (\d+) MB\tCPU: (\d+) ms/m.exec(invocation) ?? [];
    const isWaiting = invocation.includes("kind: 'not-yet'") && !invocation.includes("what: 'create'");
    if (given === undefined) return [];
    isLater ||= Number(memory) < memoryBefore;
    memoryBefore = Number(memory);
    return [{ cpu: Number(cpu), memory: Number(memory), given: Number(given), isWaiting, isLater }];
  });
}
