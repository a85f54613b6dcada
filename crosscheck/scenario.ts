import type { Botocore, Exchange, ServiceName } from './botocore';
import type { Moto } from './moto';
import type { LocalCloud } from '../local/cloud';
import type { VirtualClock } from '../local/core/clock';
import type { WorkspacesOptions } from '../local/workspaces';

/** What earlier steps were answered, and what the place where the scenario runs has. */
export interface Seen {
  /** The output of the step of that name. */
  readonly output: (step: string) => any;
  /** A directory that desktops can be made in, and others that `setUp` found. */
  readonly place: Readonly<Record<string, string>>;
}

export interface Step {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input?: object | ((seen: Seen) => object);
  /** What later steps know its output by, and the table of differences the step. @default - no name */
  readonly name?: string;
  /** The error that it must be answered with. @default - it must go well */
  readonly fails?: string;
  /** The request is against the model, and botocore must find so: what it finds contains this. @default - it must be as the model says */
  readonly malformed?: string;
  /** What happens before, that no call does: time passes, others act. Steps with it make their scenario local. */
  readonly before?: (cloud: LocalCloud, seen: Seen) => unknown;
  /** Repeats the call until its output is so, as one must whose effect comes later. */
  readonly until?: (output: any) => boolean;
}

export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Of the local WorkSpaces service. @default - no throttling, nothing takes time */
  readonly options?: Partial<WorkspacesOptions>;
  /** Why it cannot run on moto as well. */
  readonly localOnly?: string;
  /** What calls cannot make, on the local cloud. @returns what `Seen.place` has */
  readonly setUp?: (cloud: LocalCloud) => Promise<Record<string, string>> | Record<string, string>;
  /** The same on moto. */
  readonly setUpMoto?: (calls: Botocore, moto: Moto) => Promise<Record<string, string>>;
}

export interface Played { readonly step: Step; readonly label: string; readonly exchange: Exchange }

/** Steps of a scenario, one after the other. On another place than the local cloud `cloud` is absent. */
export async function play(scenario: Scenario, botocore: Botocore, place: Readonly<Record<string, string>>, cloud?: LocalCloud): Promise<Played[]> {
  const outputs = new Map<string, any>();
  const seen: Seen = {
    place,
    output: (name) => {
      if (!outputs.has(name)) throw new Error(`no step ${JSON.stringify(name)} of "${scenario.name}" has gone well so far`);
      return outputs.get(name);
    },
  };
  const played: Played[] = [];
  for (const step of scenario.steps) {
    if (cloud) await step.before?.(cloud, seen);
    const { service, operation, name, input = {} } = step;
    const label = `${service} ${operation}${name ? ` (${name})` : ''}`;
    const exchange = await repeated(step, () => botocore.call(service, operation, typeof input === 'function' ? input(seen) : input));
    if (name && 'output' in exchange.outcome) outputs.set(name, exchange.outcome.output);
    played.push({ step, label, exchange });
  }
  return played;
}

async function repeated({ until }: Step, call: () => Promise<Exchange>): Promise<Exchange> {
  for (;;) {
    const exchange = await call();
    if (!until || !('output' in exchange.outcome) || until(exchange.outcome.output)) return exchange;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Virtual time of the local cloud passes. */
export function minutes(count: number): (cloud: LocalCloud) => Promise<void> {
  return ({ clock }) => (clock as VirtualClock).sleep(count * 60_000);
}
