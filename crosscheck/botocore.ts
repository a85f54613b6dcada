import { ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { environment, script, tool } from './tools';

export type ServiceName =
  'cloudformation' | 'ds' | 'dynamodb' | 'ec2' | 'iam' | 'kms' | 'lambda' | 'resourcegroupstaggingapi' | 's3' | 'ssm' | 'stepfunctions' | 'sts' | 'workspaces';

export interface AwsError { readonly Code: string; readonly Message: string; readonly [member: string]: unknown }

/** One call of a service, checked against botocore's model. */
export interface Exchange {
  readonly outcome:
    | { readonly output: any }
    | { readonly error: AwsError }
    /** An answer that botocore cannot read. */
    | { readonly unreadable: string };
  readonly status: number;
  /** Problems of the request. */
  readonly request: readonly string[];
  /** Problems of the reply. */
  readonly reply: readonly string[];
}

/** Calls services with botocore, a client that shares no code with the JavaScript SDK or with the local cloud. */
export class Botocore {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: { resolve(answer: any): void; reject(error: Error): void }[] = [];
  private errors = '';

  /** The endpoint of the next calls. @default - that of the variables */
  endpoint?: string;

  /** @param variables endpoint and credentials, as in LocalCloud.environment */
  constructor(variables: Readonly<Record<string, string | undefined>>) {
    this.child = spawn(tool('python'), [script('caller.py')], { env: environment(variables) });
    this.child.stderr.on('data', (text) => { this.errors += text; });
    this.child.on('close', (code) => {
      this.waiting.splice(0).forEach(({ reject }) => reject(new Error(`botocore ended with exit code ${code}: ${this.errors}`)));
    });
    createInterface({ input: this.child.stdout }).on('line', (line) => this.answered(JSON.parse(line)));
  }

  /** Problems of a request, without sending it. */
  async problemsOf(service: ServiceName, operation: string, input: object): Promise<readonly string[]> {
    return (await this.ask<{ request: string[] }>({ service, operation, input, only: 'request' })).request;
  }

  /** The values of an enum of the model. */
  async enumOf(service: ServiceName, shape: string): Promise<string[]> {
    return (await this.ask<{ values: string[] }>({ service, operation: shape, input: {}, only: 'enum' })).values;
  }

  /** Bytes in the input are `{ $base64: '...' }`. */
  call(service: ServiceName, operation: string, input: object = {}): Promise<Exchange> {
    return this.ask<Exchange>({ service, operation, input, endpoint: this.endpoint });
  }

  /** The output of a call that must succeed. */
  async output(service: ServiceName, operation: string, input: object = {}): Promise<any> {
    const { outcome } = await this.call(service, operation, input);
    if (!('output' in outcome)) throw new Error(`${service} ${operation} failed: ${JSON.stringify(outcome)}`);
    return outcome.output;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const closed = new Promise((resolve) => this.child.once('close', resolve));
    this.child.stdin.end();
    await closed;
  }

  private ask<Answer>(question: object): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.child.stdin.write(`${JSON.stringify(question)}\n`);
    });
  }

  private answered(answer: { failed?: string }): void {
    const { resolve, reject } = this.waiting.shift()!;
    if (answer.failed !== undefined) reject(new Error(`botocore could not make the call: ${answer.failed}`));
    else resolve(answer);
  }
}
