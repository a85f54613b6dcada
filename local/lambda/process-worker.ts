import { ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { environmentOf } from './environment';
import type { FunctionConfiguration } from './function-configuration';
import type { FunctionLog } from './function-log';
import { factorOf, Host } from './host';
import type { Invocation, Message, Worker, WorkerEvents } from './worker';

const CHILD = join(__dirname, 'child');

/** A separate process, with the Lambda runtime's Node.js if the host has it. */
export class ProcessWorker implements Worker {
  readonly gone: Promise<void>;
  private readonly child: ChildProcess;

  constructor(configuration: FunctionConfiguration, folder: string, sandboxId: string, log: FunctionLog, host: Host, events: WorkerEvents) {
    const factor = factorOf(host.clock);
    this.child = spawn(host.nodeBinary, [...heapOf(configuration), '--require', join(CHILD, 'preload.js'), join(CHILD, 'bootstrap.js')], {
      cwd: folder,
      env: {
        ...environmentOf(configuration, folder, sandboxId, host),
        NODE_EXTRA_CA_CERTS: host.responses.certificateFile,
        LOCAL_RESPONSE_PORT: String(host.responses.port),
        ...(factor !== 1 && { LOCAL_TIME: JSON.stringify({ now: host.clock.now(), host: Date.now(), factor }) }),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) stream.setEncoding('utf8').on('data', (text: string) => log.append(text));
    this.gone = new Promise((resolve) => {
      this.child.once('close', () => resolve());
      this.child.once('error', () => resolve()); // the process could not start
    });
    this.child.on('message', (message: Message) => events.message(message));
    this.child.on('error', (error) => events.ended(error.message));
    this.child.on('exit', (code, signal) => {
      const description = signal ? `signal: ${signal === 'SIGKILL' ? 'killed' : signal}` : `exit status ${code}`;
      // Its last message may not have arrived yet.
      if (this.child.connected) this.child.once('disconnect', () => events.ended(description));
      else events.ended(description);
    });
  }

  send(invocation: Invocation): void {
    if (this.child.connected) this.child.send(invocation);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}

/** Limits the heap as Lambda's own bootstrap does. Otherwise Node.js would use as much of the host's memory as it likes. */
function heapOf({ memoryMb }: FunctionConfiguration): string[] {
  const young = Math.floor(memoryMb / 10);
  return [`--max-semi-space-size=${Math.floor(young / 2)}`, `--max-old-space-size=${memoryMb - young}`];
}
