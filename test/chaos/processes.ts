import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { EventRecord } from './events';
import { ConditionFailed } from './table';
import { SECOND } from '../../lambda/core/clock';
import type { Clock } from '../../local/core/clock';
import { Call, LOST, Reply, ServiceError } from '../../local/core/service';

/** As in `lambda/provider.ts`: a call that takes longer is given up, whatever becomes of it. */
const REQUEST_TIMEOUT = 15 * SECOND;

/** The process of a Lambda function, for one invocation: it can be killed, and makes no call from then on. */
export class Process {
  /** How many calls of this process were made to go wrong. */
  faults = 0;
  /** The tags of desktops as this process has read them last. */
  readonly tagsRead = new Map<string, Readonly<Record<string, string>>>();
  /** What CloudFormation has told this process last. */
  statusRead?: string;
  /** When it has last read or written the fleet's row, which tells it whether its event still counts. */
  currentReadAt = -Infinity;
  readonly died: Promise<never>;
  private killed = false;
  private die?: (error: Error) => void;

  constructor(readonly id: string, readonly event: EventRecord, readonly role: 'onEvent' | 'step') {
    this.died = new Promise((_resolve, reject) => { this.die = reject; });
    this.died.catch(() => undefined);
  }

  get isDead(): boolean {
    return this.killed;
  }

  kill(why: string): void {
    this.killed = true;
    this.die!(Object.assign(new Error(`RequestId: ${this.id} Error: ${why}`), { name: 'Runtime.ExitError' }));
  }

  /** Time as the process has it: a dead one never wakes. */
  clock(clock: Clock): Pick<Clock, 'now' | 'sleep'> {
    return { now: () => clock.now(), sleep: async (ms) => { await clock.sleep(ms); if (this.isDead) await never(); } };
  }
}

export function never(): Promise<never> {
  return new Promise<never>(() => undefined);
}

/** Carries out one call, for the process that makes it. */
export type Carry = (process: Process, call: Call) => Promise<Reply>;

/**
 * Stands in for a client of the AWS SDK, without what the SDK spends its time on: signing, serializing, middlewares. It tries as often, gives up
 * as early and names errors as the SDK does.
 */
export function clientOf<T>(process: Process, service: string, attempts: number, clock: Clock, carry: Carry): T {
  const once = async (operation: string, input: unknown): Promise<unknown> => {
    if (process.isDead) return never();
    const call: Call = {
      service,
      operation,
      region: 'us-east-1',
      caller: { accessKeyId: 'FUNCTION', sessionToken: process.id },
      input: service === 'dynamodb' ? input : JSON.parse(JSON.stringify(input)),
      request: undefined as never,
    };
    try {
      const reply = await inTime(clock, carry(process, call));
      if (reply === LOST) throw Object.assign(new Error('socket hang up'), { name: 'Error', code: 'ECONNRESET' });
      return typeof reply.body === 'string' ? JSON.parse(reply.body) : reply.body;
    } catch (error) {
      if (process.isDead) return never();
      throw sdkError(error);
    }
  };
  const send = async (command: { input: unknown; constructor: { name: string } }) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const output = await once(command.constructor.name.replace(/Command$/, ''), command.input);
        if (process.isDead) break;
        return output;
      } catch (error) {
        if (attempt >= attempts || !isWorthAnother(error)) throw error;
      }
    }
    return never();
  };
  return { send, middlewareStack: { add: () => undefined }, destroy: () => undefined } as T;
}

async function inTime<T>(clock: Clock, reply: Promise<T>): Promise<T> {
  let cancel: () => void = () => undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(REQUEST_TIMEOUT, () => reject(Object.assign(new Error('the request took too long'), { name: 'TimeoutError' })));
  });
  reply.catch(() => undefined); // of one that was given up nobody hears
  try {
    return await Promise.race([reply, timeout]);
  } finally {
    cancel();
  }
}

function sdkError(error: unknown): unknown {
  if (error instanceof ConditionFailed) {
    return new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: { httpStatusCode: 400 } });
  }
  if (!(error instanceof ServiceError)) return error;
  return Object.assign(new Error(error.message), { name: error.code, $metadata: { httpStatusCode: error.status } });
}

function isWorthAnother(error: unknown): boolean {
  const { name, code, $metadata } = error as { name: string; code?: string; $metadata?: { httpStatusCode: number } };
  return code === 'ECONNRESET' || name === 'TimeoutError' || /throttl/i.test(name) || ($metadata?.httpStatusCode ?? 0) >= 500;
}
