import type { EventRecord } from './events';
import { SECOND } from '../../lambda/core/clock';
import type { Clock } from '../../local/core/clock';
import type { Call } from '../../local/core/service';
import { type Answer, sent, standIn } from '../stand-ins/sdk-client';

/** The timeout of a call in `lambda/provider.ts`. The caller does not know whether a call that took longer had an effect. */
const REQUEST_TIMEOUT = 15 * SECOND;

/** The process of a Lambda function, for one invocation. It can be killed; then it makes no more calls. */
export class Process {
  /** How many calls of this process had a fault. */
  faults = 0;
  /** The tags of desktops that this process read last. */
  readonly tagsRead = new Map<string, Readonly<Record<string, string>>>();
  /** The last answer of CloudFormation to this process. */
  statusRead?: string;
  /** When it last read or wrote the fleet's row, which says whether its event is the newest. */
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

  /** The clock of the process. A dead process never wakes. */
  clock(clock: Clock): Pick<Clock, 'now' | 'sleep'> {
    return { now: () => clock.now(), sleep: async (ms) => { await clock.sleep(ms); if (this.isDead) await never(); } };
  }
}

export function never(): Promise<never> {
  return new Promise<never>(() => undefined);
}

/** Carries out one call for a process. */
export type Carry = (process: Process, call: Call) => Promise<Answer>;

/** Stands in for the AWS SDK client of a process. It stops waiting for a call as early as the SDK does. */
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
  reply.catch(() => undefined); // nobody waits for the reply after the timeout
  try {
    return await Promise.race([reply, timeout]);
  } finally {
    cancel();
  }
}
