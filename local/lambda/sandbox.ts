import { randomUUID } from 'node:crypto';
import { failure, FunctionConfiguration, InvocationResult } from './function-configuration';
import { Host, sandboxTimeout } from './host';
import type { Message, Worker, WorkerEvents } from './worker';

const INIT_TIMEOUT_SECONDS = 10;
const LARGEST_RESPONSE = 6 * 1_024 * 1_024;

type Exit = { readonly type: 'exit'; readonly description: string };

/** An execution environment: a worker that handles one invocation at a time, and is reused. */
export class Sandbox {
  /** The session token of all its calls. */
  readonly id = randomUUID();
  private readonly worker: Worker;
  /** Called with the next message or the end of the worker, whichever comes first. */
  private waiting?: (event: Message | Exit) => void;
  private readonly started: Promise<Message | Exit>;
  private usable = true;

  constructor(
    private readonly configuration: FunctionConfiguration,
    private readonly host: Host,
    start: (id: string, events: WorkerEvents) => Worker,
  ) {
    this.started = this.next();
    this.worker = start(this.id, {
      message: (message) => this.settle(message),
      ended: (description) => this.end(description),
    });
  }

  /** Whether it can handle another invocation. */
  get alive(): boolean {
    return this.usable;
  }

  get gone(): Promise<void> {
    return this.worker.gone;
  }

  async invoke(event: string): Promise<InvocationResult> {
    const requestId = randomUUID();
    const started = await this.before(INIT_TIMEOUT_SECONDS, this.started);
    if (!started) return this.timedOut(requestId, INIT_TIMEOUT_SECONDS);
    if (started.type !== 'ready') return this.result(requestId, started);

    const { timeoutSeconds, arn } = this.configuration;
    const ended = this.next();
    this.worker.send({ requestId, arn, event, timeoutMs: timeoutSeconds * 1_000 });
    const outcome = await this.before(timeoutSeconds, ended);
    return outcome ? this.result(requestId, outcome) : this.timedOut(requestId, timeoutSeconds);
  }

  /** Ends the worker as if its machine failed. A running invocation ends like one whose runtime was killed. */
  kill(): void {
    this.worker.kill();
    this.end('signal: killed');
  }

  private next(): Promise<Message | Exit> {
    return new Promise((resolve) => { this.waiting = resolve; });
  }

  private settle(event: Message | Exit): void {
    if (event.type === 'init-failed' || (event.type === 'failed' && event.exits)) this.usable = false;
    this.waiting?.(event);
    this.waiting = undefined;
  }

  private end(description: string): void {
    this.usable = false;
    this.settle({ type: 'exit', description });
  }

  private before<T>(seconds: number, promise: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const cancel = sandboxTimeout(this.host.clock, seconds, () => resolve(undefined));
      void promise.then(resolve).finally(cancel);
    });
  }

  private timedOut(requestId: string, seconds: number): InvocationResult {
    this.kill();
    return failure(requestId, 'Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`);
  }

  private result(requestId: string, outcome: Message | Exit): InvocationResult {
    switch (outcome.type) {
      case 'exit': {
        const how = outcome.description === 'exit status 0' ? 'exited without providing a reason' : `exited with error: ${outcome.description}`;
        return failure(requestId, 'Runtime.ExitError', `RequestId: ${requestId} Error: Runtime ${how}`);
      }
      case 'failed':
      case 'init-failed':
        return { requestId, functionError: 'Unhandled', payload: JSON.stringify(outcome.error) };
      case 'done':
        if (Buffer.byteLength(outcome.payload) > LARGEST_RESPONSE) {
          return failure(requestId, 'Function.ResponseSizeTooLarge', `Response payload size exceeded maximum allowed payload size (${LARGEST_RESPONSE} bytes).`);
        }
        return { requestId, payload: outcome.payload };
      case 'ready':
        throw new Error(`${this.configuration.name} reported that it is ready while it handled ${requestId}`);
    }
  }
}
