import type { Clock } from './core/clock';
import { Random } from './core/random';
import { Call, LOST, Middleware, Reply, ServiceError } from './core/service';

/**
 * What goes wrong with a call.
 *
 * - `refuse`: it fails before it acts, with the error `code`, or with an internal error.
 * - `throttle`: the same, with the service's error for too many calls.
 * - `lose`: it acts, but its answer never comes, because the connection breaks.
 * - `slow`: it acts at once, but answers after `ms`.
 * - `late`: it acts after `ms`, and then answers.
 * - `kill-before`, `kill-after`: the calling process dies before, or after, it acts.
 */
export type FaultKind = 'refuse' | 'throttle' | 'lose' | 'slow' | 'late' | 'kill-before' | 'kill-after';

export interface Fault {
  /**
   * `anyone`: also CloudFormation, state machines and the deployer. None of these can be killed.
   * @default 'function'
   */
  readonly by?: 'function' | 'anyone';
  /** As in `Call`. @default - any */
  readonly service?: string;
  /** `*`: any. */
  readonly operation: string;
  readonly how: FaultKind;
  /** Which of these calls; as those that are about one desktop. @default - all */
  readonly which?: (call: Call) => boolean;
  /** For `refuse`. @default 'InternalFailure', with status 500 */
  readonly code?: string;
  /** For `refuse`. @default - a message that says that the call was made to fail */
  readonly message?: string;
  /** For `slow` and `late`, on the cloud's clock. @default 20000, longer than the provider waits for an answer */
  readonly ms?: number;
  /** How many matching calls succeed first. @default 0 */
  readonly after?: number;
  /** How many calls are hit. @default 1 */
  readonly times?: number;
}

/** Random faults of calls that functions make. The same calls in the same order get the same faults. */
export interface RandomFaults {
  readonly seed: number;
  /** The share of calls that are hit, from 0 to 1. */
  readonly rate: number;
  /** @default - all kinds except `slow` and `late` */
  readonly kinds?: readonly FaultKind[];
  /** The most faults. @default - no limit */
  readonly most?: number;
}

export interface FaultsOptions {
  readonly clock: Clock;
  /** Kills the function that makes a call. */
  kill(call: Call): void;
  /** Whether a function makes the call. */
  isByFunction(call: Call): boolean;
}

const SLOW_MS = 20_000;
const RANDOM_KINDS: readonly FaultKind[] = ['refuse', 'throttle', 'lose', 'kill-before', 'kill-after'];

/** Each service's error for too many calls. */
const THROTTLED: Readonly<Record<string, readonly [code: string, message: string, status: number]>> = {
  cloudformation: ['Throttling', 'Rate exceeded', 400],
  dynamodb: ['ThrottlingException', 'Rate of requests exceeds the allowed throughput.', 400],
  lambda: ['TooManyRequestsException', 'Rate Exceeded.', 429],
  s3: ['SlowDown', 'Please reduce your request rate.', 503],
  sts: ['Throttling', 'Rate exceeded', 400],
};

/** Makes calls fail, by a script or at random with a seed. */
export class Faults {
  /** The faults that happened, in order: `workspaces:CreateWorkspaces lose`. */
  readonly happened: string[] = [];
  private readonly script: { readonly fault: Fault; seen: number }[] = [];
  private chance?: { readonly random: Random; left: number } & Omit<RandomFaults, 'seed'>;

  constructor(private readonly options: FaultsOptions) {}

  /** Adds faults to the script. If several match the same call, the first one applies. */
  inject(...faults: Fault[]): void {
    this.script.push(...faults.map((fault) => ({ fault, seen: 0 })));
  }

  /** Begins random faults, besides the script. */
  injectRandomly({ seed, ...how }: RandomFaults): void {
    if (!(how.rate >= 0 && how.rate <= 1)) throw new Error(`the rate of random faults must be from 0 to 1, got ${how.rate}`);
    this.chance = { random: new Random(seed), left: how.most ?? Infinity, ...how };
  }

  /** Removes all faults. */
  clear(): void {
    this.script.length = 0;
    this.chance = undefined;
  }

  readonly middleware: Middleware = async (call, next) => {
    const isByFunction = this.options.isByFunction(call);
    const fault = this.scripted(call, isByFunction) ?? (isByFunction ? this.byChance() : undefined);
    if (!fault) return next();
    this.happened.push(`${call.service}:${call.operation} ${fault.how}`);
    return this.strike(fault, call, next);
  };

  private scripted(call: Call, isByFunction: boolean): Fault | undefined {
    let hit: Fault | undefined;
    for (const each of this.script) {
      const { by = 'function', service, operation, which, after = 0, times = 1 } = each.fault;
      if (by === 'function' && !isByFunction) continue;
      if ((service !== undefined && service !== call.service) || (operation !== '*' && operation !== call.operation)) continue;
      if (which && !which(call)) continue;
      const turn = each.seen++ - after;
      if (turn >= 0 && turn < times) hit ??= each.fault;
    }
    return hit;
  }

  private byChance(): Fault | undefined {
    const { chance } = this;
    if (!chance || chance.left <= 0 || chance.random.next() >= chance.rate) return undefined;
    chance.left -= 1;
    const kinds = chance.kinds ?? RANDOM_KINDS;
    return { operation: '*', how: kinds[chance.random.between(0, kinds.length - 1)] };
  }

  private async strike(fault: Fault, call: Call, next: () => Promise<Reply>): Promise<Reply> {
    const { clock, kill } = this.options;
    const { code, message = `${call.operation} was made to fail`, ms = SLOW_MS } = fault;
    switch (fault.how) {
      case 'refuse':
        throw new ServiceError(code ?? 'InternalFailure', message, code === undefined ? 500 : 400);
      case 'throttle': {
        const [throttled, text, status] = THROTTLED[call.service] ?? ['ThrottlingException', 'Rate exceeded', 400];
        throw new ServiceError(throttled, text, status);
      }
      case 'lose':
        await next().catch(() => undefined); // a refusal is lost like any other answer
        return LOST;
      case 'slow': {
        const reply = next();
        reply.catch(() => undefined); // reported below
        await clock.sleep(ms);
        return reply;
      }
      case 'late':
        await clock.sleep(ms);
        return next();
      case 'kill-before':
        kill(call);
        return LOST;
      case 'kill-after':
        await next().catch(() => undefined);
        kill(call);
        return LOST;
    }
  }
}
