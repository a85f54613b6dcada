import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import type { Waits } from './waits';
import type { VirtualClock } from '../../core/clock';
import { Random } from '../../core/random';
import type { FunctionLog } from '../function-log';
import type { Invocation, Message } from '../worker';

export interface Surroundings {
  readonly clock: VirtualClock;
  readonly waits: Waits;
  readonly log: FunctionLog;
  readonly environment: Readonly<Record<string, string>>;
  /** Receives what child/bootstrap.js sends to its parent. */
  readonly runtime: {
    send(message: Message, sent: () => void): void;
    onInvocation(receive: (invocation: Invocation) => void): void;
    onCrash(report: (error: unknown) => void): void;
    /** Called with an error that a timer has thrown. */
    crash(error: unknown): void;
    exit(code: number): void;
  };
}

/** The globals and modules that a function sees instead of this process's own. */
export function globalsOf(surroundings: Surroundings): { globals: Record<string, unknown>; modules: Record<string, unknown> } {
  const timers = timersOn(surroundings);
  const output = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      surroundings.log.append(String(chunk));
      done();
    },
  });
  const process = processOf(surroundings, output);
  const globals: Record<string, unknown> = {
    process,
    console: new Console(output),
    Date: dateOn(surroundings.clock),
    Math: mathOn(surroundings.clock),
    ...timers,
    fetch: () => { throw new Error('fetch would reach beyond the local cloud: use node:http or node:https, as the AWS SDK does'); },
  };
  const own: Record<PropertyKey, unknown> = { ...globals };
  const globalObject = new Proxy(own, {
    get: (target, key) => (Object.hasOwn(target, key) ? target[key] : Reflect.get(globalThis, key)),
    has: (target, key) => Object.hasOwn(target, key) || Reflect.has(globalThis, key),
  });
  own.globalThis = own.global = globalObject;
  return {
    globals: { ...globals, globalThis: globalObject, global: globalObject },
    modules: { process, timers, 'timers/promises': { setTimeout: promisify(timers.setTimeout) } },
  };
}

function processOf({ environment, runtime }: Surroundings, stdout: Writable): NodeJS.Process {
  const own = {
    env: { ...environment },
    stdout,
    stderr: stdout,
    send: runtime.send,
    exit: runtime.exit,
    on: (event: string, listener: (about: any) => void) => {
      if (event === 'message') runtime.onInvocation(listener);
      if (event === 'uncaughtException') runtime.onCrash(listener);
    },
  };
  return Object.create(process, Object.fromEntries(Object.entries(own).map(([key, value]) => [key, { value, writable: true }])));
}

function dateOn(clock: VirtualClock): DateConstructor {
  return new Proxy(Date, {
    apply: () => new Date(clock.now()).toString(),
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [clock.now()] : args, newTarget),
    get: (target, key) => (key === 'now' ? () => clock.now() : Reflect.get(target, key)),
  });
}

/** Math with random numbers that are the same in every run of the same history. */
function mathOn(clock: VirtualClock): Math {
  const random = new Random(clock.now());
  return Object.create(Math, { random: { value: () => random.next() } });
}

function timersOn({ clock, waits, runtime }: Surroundings) {
  function start(ms: number, fire: () => void): { cancel(): void } {
    let cancel = (): void => undefined;
    const over = waits.begin(() => cancel());
    cancel = clock.after(ms, () => {
      if (!over()) return;
      try {
        fire();
      } catch (error) {
        runtime.crash(error); // as in a process of its own
      }
    });
    return { cancel: () => { cancel(); over(); } };
  }

  class Timeout {
    private timer?: { cancel(): void };

    constructor(private readonly ms: number, private readonly fire: () => void, private readonly again: boolean) {
      this.refresh();
    }

    refresh(): this {
      this.clear();
      this.timer = start(this.ms, () => {
        if (this.again) this.refresh();
        this.fire();
      });
      return this;
    }

    clear(): void {
      this.timer?.cancel();
    }

    ref(): this { return this; }
    unref(): this { return this; }
    hasRef(): boolean { return true; }
  }

  const clear = (timeout: unknown): void => { if (timeout instanceof Timeout) timeout.clear(); };
  const timeoutAfter = (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => new Timeout(ms, () => callback(...args), false);
  return {
    // promisify uses this.
    setTimeout: Object.assign(timeoutAfter, {
      [promisify.custom]: (ms = 0, value?: unknown) => new Promise((resolve) => { timeoutAfter(resolve, ms, value); }),
    }),
    setInterval: (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => new Timeout(Math.max(1, ms), () => callback(...args), true),
    clearTimeout: clear,
    clearInterval: clear,
  };
}
