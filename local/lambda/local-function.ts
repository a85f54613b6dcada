import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FunctionConfiguration, InvocationResult } from './function-configuration';
import { FunctionLog } from './function-log';
import type { Host } from './host';
import { Sandbox } from './sandbox';
import { unzip } from './unzip';

/** A deployed version of a function: its unpacked code and the sandboxes that run it. */
export class LocalFunction {
  private readonly folder: Promise<string>;
  private readonly sandboxes = new Set<Sandbox>();
  private readonly idle: Sandbox[] = [];
  private closed = false;
  private invocations = 0;

  constructor(readonly configuration: FunctionConfiguration, private readonly log: FunctionLog, private readonly host: Host, workDirectory: string) {
    this.folder = this.unpack(workDirectory);
    this.folder.catch(() => undefined); // reported by ready()
  }

  /** How many invocations there are at the moment. */
  get running(): number {
    return this.invocations;
  }

  /** Rejects when the code cannot be unpacked. */
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
    if (this.closed) throw new Error(`${this.configuration.name} was invoked after it had been deleted`);
    const sandbox = this.warm() ?? new Sandbox(this.configuration, folder, this.log, this.host);
    this.sandboxes.add(sandbox);
    const result = await sandbox.invoke(event);
    if (sandbox.alive && !this.closed) this.idle.push(sandbox);
    else this.end(sandbox);
    return result;
  }

  /** Takes no further invocations; what is running may finish. */
  retire(): void {
    this.closed = true;
    for (const sandbox of this.idle.splice(0)) this.end(sandbox);
  }

  /** Resolves when no process is left. */
  async kill(): Promise<void> {
    this.closed = true;
    const sandboxes = [...this.sandboxes];
    for (const sandbox of sandboxes) sandbox.kill();
    await Promise.all(sandboxes.map((sandbox) => sandbox.gone));
    await this.folder.then((folder) => rm(folder, { recursive: true, force: true }), () => undefined);
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
