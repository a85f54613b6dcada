import { FunctionConfiguration, InvocationResult } from './function-configuration';
import { FunctionLog } from './function-log';
import type { Host } from './host';
import { LocalFunction } from './local-function';
import { arn } from '../core/account';
import type { Clock } from '../core/clock';
import { Call, Reply, Service, ServiceError, WireRequest } from '../core/service';
import { pause } from '../core/waiting';

const PATH = /^\/2015-03-31\/functions\/([^/]+)(\/invocations)?$/;
const LARGEST_REQUEST = { RequestResponse: 6 * 1_024 * 1_024, Event: 1_024 * 1_024 };
/** Lambda repeats a failed asynchronous invocation twice. */
const ASYNC_RETRY_DELAYS_MS = [60_000, 120_000];

export interface LambdaServiceOptions {
  readonly clock: Clock;
  readonly logDirectory?: string;
  /** A function, because the host is known only after the cloud has started. */
  readonly host: () => Host;
  /** Whether a function's role lets Lambda write the function's log. @default - always */
  readonly mayLog?: (configuration: FunctionConfiguration) => boolean;
  /** The folder for unpacked code; a function, for the same reason. */
  readonly workDirectory: () => string;
}

export class LambdaService implements Service {
  readonly signingName = 'lambda';
  private readonly functions = new Map<string, LocalFunction>();
  /** Deleted or replaced functions, which may still be running. */
  private readonly retired = new Set<LocalFunction>();
  private readonly logs = new Map<string, FunctionLog>();
  private readonly stopping = new AbortController();
  private repeats = { times: 0, afterMs: 0 };

  constructor(private readonly options: LambdaServiceOptions) {}

  get names(): string[] {
    return [...this.functions.keys()];
  }

  /** Creates the function, or replaces the one with the same name. */
  async put(configuration: FunctionConfiguration): Promise<void> {
    const log = this.logOf(configuration.name);
    const made = new LocalFunction(configuration, log, this.options.host(), this.options.workDirectory());
    await made.ready();
    log.mayWrite = () => this.options.mayLog?.(configuration) ?? true;
    const former = this.functions.get(configuration.name);
    this.functions.set(configuration.name, made);
    if (former) this.retire(former);
  }

  delete(name: string): void {
    const former = this.functions.get(name);
    this.functions.delete(name);
    if (former) this.retire(former);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all([...this.functions.values(), ...this.retired].map((each) => each.kill()));
    this.functions.clear();
    this.retired.clear();
  }

  /** Delivers the next asynchronous invocations twice, as Lambda says it may: the second time after `afterMs`; 0 means both at once. */
  repeatEvents(times: number, afterMs = 0): void {
    this.repeats = { times, afterMs };
  }

  /** Ends a sandbox at once, as if its machine failed. @returns whether there is one with this id */
  killSandbox(id: string): boolean {
    return [...this.functions.values(), ...this.retired].some((each) => each.killSandbox(id));
  }

  /** The output of a function on stdout and stderr, also after it was deleted. */
  log(name: string): string {
    return this.logs.get(name)?.text ?? '';
  }

  parse(request: WireRequest): { operation: string; input: { functionName: string } } {
    const [, encodedName, invocations] = PATH.exec(request.path) ?? [];
    const operation = { POST: invocations && 'Invoke', GET: invocations ? undefined : 'GetFunction' }[request.method];
    if (!encodedName || !operation) {
      throw new ServiceError('UnknownOperationException', `the local lambda service does not have ${request.method} ${request.path}; it has Invoke, GetFunction`, 404);
    }
    return { operation, input: { functionName: decodeURIComponent(encodedName) } };
  }

  async handle(call: Call): Promise<Reply> {
    const found = this.find(call.input.functionName);
    return call.operation === 'GetFunction' ? getFunction(found.configuration) : this.invoke(found, call.request);
  }

  reply(error: ServiceError): Reply {
    return {
      status: error.status,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code },
      body: JSON.stringify({ Type: error.status < 500 ? 'User' : 'Service', Message: error.message, ...error.members }),
    };
  }

  private retire(former: LocalFunction): void {
    former.retire();
    this.retired.add(former);
  }

  private async invoke(found: LocalFunction, request: WireRequest): Promise<Reply> {
    const type = String(request.headers['x-amz-invocation-type'] ?? 'RequestResponse');
    if (type !== 'RequestResponse' && type !== 'Event') {
      throw new ServiceError('InvalidParameterValueException', `InvocationType must be RequestResponse or Event, got ${JSON.stringify(type)}`);
    }
    const event = request.body.toString('utf8') || '{}';
    if (request.body.length > LARGEST_REQUEST[type]) {
      const message = `Request must be smaller than ${LARGEST_REQUEST[type]} bytes for the InvokeFunction operation`;
      throw new ServiceError('RequestTooLargeException', message, 413);
    }
    try {
      JSON.parse(event);
    } catch (error) {
      throw new ServiceError('InvalidRequestContentException', `Could not parse request body into json: ${(error as Error).message}`);
    }
    if (type === 'Event') {
      void this.invokeLater(found.configuration.name, event);
      if (this.repeats.times > 0) {
        this.repeats.times -= 1;
        void pause(this.options.clock, this.repeats.afterMs, this.stopping.signal).then(() => this.invokeLater(found.configuration.name, event));
      }
      return { status: 202, body: '' };
    }
    const { reservedConcurrency } = found.configuration;
    if (reservedConcurrency !== undefined && found.running >= reservedConcurrency) {
      throw new ServiceError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' });
    }
    return answer(await found.invoke(event));
  }

  private async invokeLater(name: string, event: string): Promise<void> {
    for (const delay of [...ASYNC_RETRY_DELAYS_MS, undefined]) {
      try {
        if (this.stopping.signal.aborted) return;
        const result = await this.find(name).invoke(event);
        if (!result.functionError) return;
      } catch (error) {
        this.logOf(name).note(`asynchronous invocation: ${(error as Error).message}\n`);
      }
      if (delay !== undefined) await pause(this.options.clock, delay, this.stopping.signal);
      if (this.stopping.signal.aborted || !this.functions.has(name)) return;
    }
  }

  /** Finds a function by name or ARN. */
  private find(nameOrArn: string): LocalFunction {
    const name = nameOrArn.startsWith('arn:') ? nameOrArn.split(':')[6] : nameOrArn;
    const found = this.functions.get(name);
    if (!found) throw new ServiceError('ResourceNotFoundException', `Function not found: ${arn('lambda', `function:${name}`)}`, 404);
    return found;
  }

  private logOf(name: string): FunctionLog {
    const log = this.logs.get(name) ?? new FunctionLog(name, this.options.logDirectory);
    this.logs.set(name, log);
    return log;
  }
}

function answer(result: InvocationResult): Reply {
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': result.requestId,
      'x-amz-executed-version': '$LATEST',
      ...(result.functionError && { 'x-amz-function-error': result.functionError }),
    },
    body: result.payload,
  };
}

function getFunction(configuration: FunctionConfiguration): Reply {
  const body = {
    Configuration: {
      FunctionName: configuration.name,
      FunctionArn: configuration.arn,
      Runtime: configuration.runtime,
      Handler: configuration.handler,
      Role: configuration.roleArn,
      Timeout: configuration.timeoutSeconds,
      MemorySize: configuration.memoryMb,
      Description: configuration.description,
      Environment: { Variables: configuration.environment },
      Version: '$LATEST',
      State: 'Active',
      LastUpdateStatus: 'Successful',
    },
  };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
