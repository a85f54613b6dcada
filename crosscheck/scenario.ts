import type { Botocore, Exchange, ServiceName } from './botocore';
import type { Moto } from './moto';
import type { LocalCloud } from '../local/cloud';
import type { VirtualClock } from '../local/core/clock';
import type { WorkspacesOptions } from '../local/workspaces';

/** The outputs of earlier steps, and the ids of the place where the scenario runs. */
export interface Seen {
  /** The output of the step with this name. */
  readonly output: (step: string) => any;
  /** A directory in which desktops can be made, and other ids that `setUp` returned. */
  readonly place: Readonly<Record<string, string>>;
}

export interface Step {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input?: object | ((seen: Seen) => object);
  /** The name by which later steps use its output, and by which the table of differences names it. @default - no name */
  readonly name?: string;
  /** The error that the answer must be. @default - the call must succeed */
  readonly fails?: string;
  /** The request breaks the model, and botocore must report a problem that contains this. @default - the request must follow the model */
  readonly malformed?: string;
  /** Runs before the call: time passes, or others act. A scenario with such a step must be local. */
  readonly before?: (cloud: LocalCloud, seen: Seen) => unknown;
  /** Repeats the call until this holds for its output, for effects that take time. */
  readonly until?: (output: any) => boolean;
}

export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Options of the local WorkSpaces. @default - no throttling, nothing takes time */
  readonly options?: Partial<WorkspacesOptions>;
  /** Why it cannot run on moto, too. */
  readonly localOnly?: string;
  /** Prepares the local cloud with what calls cannot make. @returns `Seen.place` */
  readonly setUp?: (cloud: LocalCloud) => Promise<Record<string, string>> | Record<string, string>;
  /** The same on moto. */
  readonly setUpMoto?: (calls: Botocore, moto: Moto) => Promise<Record<string, string>>;
}

export interface Played { readonly step: Step; readonly label: string; readonly exchange: Exchange }

/** Runs the steps of a scenario, one after the other. `cloud` is absent if the scenario does not run on the local cloud. */
export async function play(scenario: Scenario, botocore: Botocore, place: Readonly<Record<string, string>>, cloud?: LocalCloud): Promise<Played[]> {
  const outputs = new Map<string, any>();
  const seen: Seen = {
    place,
    output: (name) => {
      if (!outputs.has(name)) throw new Error(`no step ${JSON.stringify(name)} of "${scenario.name}" has succeeded so far`);
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

/** Lets virtual time of the local cloud pass. */
export function minutes(count: number): (cloud: LocalCloud) => Promise<void> {
  return ({ clock }) => (clock as VirtualClock).sleep(count * 60_000);
}
