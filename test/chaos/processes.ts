import type { EventRecord } from './events';
import { SECOND } from '../../lambda/core/clock';
import type { Clock } from '../../local/core/clock';
import type { Call } from '../../local/core/service';
import { type Answer, sent, standIn } from '../stand-ins/sdk-client';

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
export type Carry = (process: Process, call: Call) => Promise<Answer>;

/** Stands in for a client of the AWS SDK that a process has. It gives a call up as early as the SDK does. */
export function clientOf<T>(process: Process, service: string, attempts: number, clock: Clock, carry: Carry): T {
  return standIn(attempts, async (operation, input) => {
    if (process.isDead) return never();
    const call: Call = {
      service,
      operation,
      region: 'us-east-1',
      caller: { accessKeyId: 'FUNCTION', sessionToken: process.id },
      input: sent(service, input),
      request: undefined as never,
    };
    try {
      const answer = await inTime(clock, carry(process, call));
      return process.isDead ? await never() : answer;
    } catch (error) {
      if (process.isDead) return never();
      throw error;
    }
  });
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
