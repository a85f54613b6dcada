import { ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { failure, FunctionConfiguration, InvocationResult } from './function-configuration';
import { FunctionLog } from './function-log';
import { factorOf, Host, hostTimeoutMs } from './host';
import { REGION } from '../core/account';

const CHILD = join(__dirname, 'child');
const INIT_TIMEOUT_MS = 10_000;
const LARGEST_RESPONSE = 6 * 1_024 * 1_024;

interface LambdaError { readonly errorType: string; readonly errorMessage: string; readonly trace?: string[] }

type Message =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly payload: string }
  | { readonly type: 'failed' | 'init-failed'; readonly error: LambdaError; readonly exits?: boolean };

type Exit = { readonly type: 'exit'; readonly description: string };

/** One execution environment: a process that handles one invocation at a time, and is used again. */
export class Sandbox {
  /** Resolves when the process has ended and all that it wrote has been read. */
  readonly gone: Promise<void>;
  private readonly child: ChildProcess;
  /** Settled by the next message or the end of the process, whichever comes first. */
  private waiting?: (event: Message | Exit) => void;
  private readonly started: Promise<Message | Exit>;
  private usable = true;

  constructor(private readonly configuration: FunctionConfiguration, folder: string, log: FunctionLog, private readonly host: Host) {
    this.child = spawn(host.nodeBinary, ['--require', join(CHILD, 'preload.js'), join(CHILD, 'bootstrap.js')], {
      cwd: folder,
      env: environmentOf(configuration, folder, host),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) stream.setEncoding('utf8').on('data', (text: string) => log.append(text));
    this.started = this.next();
    this.gone = new Promise((resolve) => {
      this.child.once('close', () => resolve());
      this.child.once('error', () => resolve()); // it was never there
    });
    this.child.on('message', (message: Message) => this.settle(message));
    this.child.on('error', (error) => this.end(error.message));
    this.child.on('exit', (code, signal) => {
      const description = signal ? `signal: ${signal === 'SIGKILL' ? 'killed' : signal}` : `exit status ${code}`;
      // What it said last may still be on its way.
      if (this.child.connected) this.child.once('disconnect', () => this.end(description));
      else this.end(description);
    });
  }

  /** Whether it can take another invocation. */
  get alive(): boolean {
    return this.usable;
  }

  async invoke(event: string): Promise<InvocationResult> {
    const requestId = randomUUID();
    const started = await this.before(INIT_TIMEOUT_MS, this.started);
    if (!started) {
      this.kill();
      return failure(requestId, 'Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after 10.00 seconds`);
    }
    if (started.type !== 'ready') return this.result(requestId, started);

    const { timeoutSeconds, arn } = this.configuration;
    const ended = this.next();
    if (this.child.connected) this.child.send({ requestId, arn, event, timeoutMs: timeoutSeconds * 1_000 });
    const outcome = await this.before(hostTimeoutMs(this.host.clock, timeoutSeconds), ended);
    if (!outcome) {
      this.kill();
      return failure(requestId, 'Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`);
    }
    return this.result(requestId, outcome);
  }

  kill(): void {
    this.usable = false;
    this.child.kill('SIGKILL');
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

  private async before<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await Promise.race([promise, new Promise<undefined>((resolve) => { timer = setTimeout(() => resolve(undefined), ms); })]);
    } finally {
      clearTimeout(timer);
    }
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
        throw new Error(`${this.configuration.name} said that it is ready while it handled ${requestId}`);
    }
  }
}

/** What Lambda's runtime has, and nothing of the host's own environment. */
function environmentOf(configuration: FunctionConfiguration, folder: string, host: Host): NodeJS.ProcessEnv {
  const { name, handler, memoryMb, roleArn, environment } = configuration;
  const factor = factorOf(host.clock);
  return {
    ...environment,
    _HANDLER: handler,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `local/[$LATEST]${randomUUID().replace(/-/g, '')}`,
    AWS_ACCESS_KEY_ID: host.accessKeyFor(name, roleArn),
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_ENDPOINT_URL: host.endpointUrl,
    AWS_EC2_METADATA_DISABLED: 'true',
    LAMBDA_TASK_ROOT: folder,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    NODE_PATH: host.nodeModules,
    NODE_EXTRA_CA_CERTS: host.responses.certificateFile,
    LOCAL_RESPONSE_PORT: String(host.responses.port),
    ...(factor !== 1 && { LOCAL_TIME: JSON.stringify({ now: host.clock.now(), host: Date.now(), factor }) }),
  };
}
