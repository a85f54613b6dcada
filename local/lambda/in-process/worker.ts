import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globalsOf } from './globals';
import { ModuleLoader } from './module-loader';
import { networkModules } from './network';
import { Waits } from './waits';
import type { VirtualClock } from '../../core/clock';
import { environmentOf } from '../environment';
import type { FunctionConfiguration } from '../function-configuration';
import type { FunctionLog } from '../function-log';
import type { Host } from '../host';
import type { Invocation, Message, Worker, WorkerEvents } from '../worker';

const BOOTSTRAP = join(__dirname, '..', 'child', 'bootstrap.js');

/**
 * A function's runtime and code in this process, for virtual time, which another process would not see. The function has an environment, a
 * clock and a network of its own, unless its code tries to break out.
 *
 * Limits: it cannot stop a function that never waits for anything. It cannot tell which function left a rejected promise unhandled. It cannot
 * see that a function reads a file while one of its timers is pending; then time may jump to that timer.
 */
export class InProcessWorker implements Worker {
  readonly gone = Promise.resolve();
  private readonly waits: Waits;
  private dead = false;

  constructor(
    configuration: FunctionConfiguration,
    folder: string,
    sandboxId: string,
    log: FunctionLog,
    host: Host & { readonly clock: VirtualClock },
    private readonly events: WorkerEvents,
  ) {
    this.waits = new Waits(host.clock);
    const { globals, modules } = globalsOf({
      clock: host.clock,
      waits: this.waits,
      log,
      environment: environmentOf(configuration, folder, sandboxId, host),
      runtime: {
        send: (message, sent) => this.said(message, sent),
        onInvocation: (receive) => { this.receive = receive; },
        onCrash: (report) => { this.report = report; },
        crash: (error) => this.report(error),
        exit: (code) => this.end(`exit status ${code}`),
      },
    });
    const loader = new ModuleLoader(host.nodeModules, globals, { ...modules, ...networkModules(host, this.waits) });
    this.waits.working(true);
    loader.run(BOOTSTRAP, readFileSync(BOOTSTRAP, 'utf8'));
  }

  private receive: (invocation: Invocation) => void = () => undefined;
  private report: (error: unknown) => void = () => undefined;

  send(invocation: Invocation): void {
    if (this.dead) return;
    this.waits.working(true);
    this.receive(invocation);
  }

  kill(): void {
    this.dead = true;
    this.waits.end();
  }

  private said(message: Message, sent: () => void): void {
    if (this.dead) return;
    this.waits.working(false);
    setImmediate(() => {
      if (this.dead) return;
      this.events.message(message);
      sent();
    });
  }

  private end(description: string): void {
    if (this.dead) return;
    this.kill();
    this.events.ended(description);
  }
}
