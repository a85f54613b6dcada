import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FunctionConfiguration, InvocationResult } from './function-configuration';
import { FunctionLog } from './function-log';
import type { Host } from './host';
import { InProcessWorker } from './in-process/worker';
import { ProcessWorker } from './process-worker';
import { Sandbox } from './sandbox';
import { unzip } from './unzip';
import { Clock, during, VirtualClock } from '../core/clock';

/** A deployed version of a function: its unpacked code and the sandboxes that run it. */
export class LocalFunction {
  private readonly folder: Promise<string>;
  private readonly sandboxes = new Set<Sandbox>();
  private readonly idle: Sandbox[] = [];
  private closed = false;
  private invocations = 0;

  constructor(readonly configuration: FunctionConfiguration, private readonly log: FunctionLog, private readonly host: Host, workDirectory: string) {
    this.folder = during(host.clock, () => this.unpack(workDirectory));
    this.folder.catch(() => undefined); // reported by ready()
  }

  /** How many invocations are running. */
  get running(): number {
    return this.invocations;
  }

  /** Rejects if the code cannot be unpacked. */
  async ready(): Promise<void> {
    await this.folder;
  }

  async invoke(event: string): Promise<InvocationResult> {
    this.invocations += 1;
    try {
      return await this.run(event);
    } finally {
      this.invocations -= 1;
    }
  }

  private async run(event: string): Promise<InvocationResult> {
    const folder = await this.folder;
    if (this.closed) throw new Error(`${this.configuration.name} was invoked after it was deleted`);
    const sandbox = this.warm() ?? this.sandbox(folder);
    this.sandboxes.add(sandbox);
    const result = await sandbox.invoke(event);
    if (sandbox.alive && !this.closed) this.idle.push(sandbox);
    else this.end(sandbox);
    return result;
  }

  /** @returns whether the sandbox is one of this function's */
  killSandbox(id: string): boolean {
    const sandbox = [...this.sandboxes].find((each) => each.id === id);
    sandbox?.kill();
    return sandbox !== undefined;
  }

  /** Accepts no further invocations. Running ones may finish. */
  retire(): void {
    this.closed = true;
    for (const sandbox of this.idle.splice(0)) this.end(sandbox);
  }

  /** Resolves when no process is running any more. */
  async kill(): Promise<void> {
    this.closed = true;
    const sandboxes = [...this.sandboxes];
    for (const sandbox of sandboxes) sandbox.kill();
    await Promise.all(sandboxes.map((sandbox) => sandbox.gone));
    await this.folder.then((folder) => rm(folder, { recursive: true, force: true }), () => undefined);
  }

  private sandbox(folder: string): Sandbox {
    const { configuration, log, host } = this;
    return new Sandbox(configuration, host, (id, events) => (isVirtual(host)
      ? new InProcessWorker(configuration, folder, id, log, host, events)
      : new ProcessWorker(configuration, folder, id, log, host, events)
    ));
  }

  private end(sandbox: Sandbox): void {
    sandbox.kill();
    void sandbox.gone.then(() => this.sandboxes.delete(sandbox));
  }

  private warm(): Sandbox | undefined {
    for (let sandbox = this.idle.pop(); sandbox; sandbox = this.idle.pop()) {
      if (sandbox.alive) return sandbox;
      this.end(sandbox);
    }
    return undefined;
  }

  private async unpack(workDirectory: string): Promise<string> {
    const { code, name } = this.configuration;
    const folder = await mkdtemp(join(workDirectory, `${name}-`));
    if ('archive' in code) await unzip(code.archive, folder);
    else await writeFile(join(folder, 'index.js'), code.source);
    return folder;
  }
}

/** With a virtual clock, a function must run in this process: another process would not see the clock. */
function isVirtual<T extends { readonly clock: Clock }>(host: T): host is T & { readonly clock: VirtualClock } {
  return host.clock instanceof VirtualClock;
}
