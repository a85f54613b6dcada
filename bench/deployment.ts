import { Duration } from 'aws-cdk-lib';
import { sum } from './benchmark';
import { Recorder } from './recorder';
import { Random } from '../local/core/random';
import type { WorkspacesOptions } from '../local/workspaces';
import { MINUTE, Outcome, VirtualStack } from '../test/virtual/virtual-stack';
import { BulkWorkspaces, WorkspaceUsers } from 'cdk-bulk-workspaces';

const SEED = 7;
/** The range of the local service's build times: from the fastest to the slowest with encrypted volumes. */
const BUILD = { from: 10 * MINUTE, to: 40 * MINUTE };

/** The build times of all benchmarks, so that their results can be compared. */
export function buildTimes(): () => number {
  const random = new Random(SEED);
  return () => random.between(BUILD.from, BUILD.to);
}

export const MEAN_BUILD = (BUILD.from + BUILD.to) / 2;

export interface Deployment {
  readonly users: number;
  readonly outcome: Outcome;
  readonly record: Recorder;
  readonly startedAt: number;
  /** When each desktop was asked for, and when it became usable, in the order in which they were made. */
  readonly createdAt: readonly number[];
  readonly readyAt: readonly number[];
  readonly functions: readonly FunctionSize[];
  readonly logBytes: number;
}

export interface FunctionSize {
  readonly logicalId: string;
  readonly memoryMb: number;
  readonly isArm: boolean;
}

/**
 * Creates a stack with the real template, the framework's own code and the bundled handler, in virtual time.
 * @param fleets how many fleets, of so many users each
 * @param meanwhile starts what others do in the account
 */
export async function deploy(
  users: number,
  { fleets = 1, options = {}, meanwhile = () => undefined }: {
    readonly fleets?: number;
    readonly options?: Partial<WorkspacesOptions>;
    readonly meanwhile?: (stack: VirtualStack) => void;
  } = {},
): Promise<Deployment> {
  const next = buildTimes();
  const createdAt: number[] = [];
  const readyAt: number[] = [];
  const buildTime = () => {
    const time = next();
    createdAt.push(stack.clock.now());
    readyAt.push(stack.clock.now() + time);
    return time;
  };
  const stack: VirtualStack = await VirtualStack.start({ buildTime, ...options });
  try {
    const record = new Recorder(stack.cloud);
    const startedAt = stack.clock.now();
    let functions: FunctionSize[] = [];
    meanwhile(stack);
    const outcome = await stack.deploy((in_) => {
      for (let fleet = 0; fleet < fleets; fleet++) {
        new BulkWorkspaces(in_, `Fleet${fleet}`, {
          directoryId: 'd-90670b2f8c',
          bundleId: 'wsb-clj85qzj1',
          users: WorkspaceUsers.fromNames(userNames(users, fleet * users)),
          timeout: Duration.minutes(55),
        });
      }
    }, (template) => { functions = functionsOf(template); });
    if (outcome.status !== 'CREATE_COMPLETE') throw new Error(`the deployment of ${users} users ended in ${outcome.status}: ${JSON.stringify(outcome.failures)}`);
    const { lambda } = stack.cloud;
    const logBytes = sum(lambda.names.map((name) => Buffer.byteLength(lambda.log(name))));
    return { users: users * fleets, outcome, record, startedAt, createdAt, readyAt, functions, logBytes };
  } finally {
    await stack.stop();
  }
}

const known = new Map<number, Promise<Deployment>>();

/** A deployment of so many users. It runs once, and several benchmarks use it. */
export function measured(users: number): Promise<Deployment> {
  if (!known.has(users)) known.set(users, deploy(users));
  return known.get(users)!;
}

export function userNames(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, i) => `user${String(from + i).padStart(5, '0')}`);
}

interface FunctionResource {
  readonly Type: string;
  readonly Properties: { readonly MemorySize?: number; readonly Architectures?: readonly string[] };
}

function functionsOf({ Resources }: { Resources: Record<string, FunctionResource> }): FunctionSize[] {
  return Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function').map(([logicalId, { Properties }]) => ({
    logicalId, memoryMb: Properties.MemorySize ?? 128, isArm: Properties.Architectures?.[0] === 'arm64',
  }));
}

/** Calls by operation, the most frequent first. */
export function byOperation(calls: readonly { readonly operation: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operation } of calls) counts[operation] = (counts[operation] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
}
