import type { LocalCloud } from '../local/cloud';
import type { Call, Middleware, Reply } from '../local/core/service';

export interface WorkspacesCall {
  readonly at: number;
  readonly operation: string;
  /** The number of the step that made it; -1 outside of a step. */
  readonly step: number;
  throttled: boolean;
  /** How many desktops its answer showed as usable for the first time. */
  news: number;
}

export interface Invocation {
  readonly functionName: string;
  readonly from: number;
  to: number;
  /** Calls of this invocation and of those that it invoked. They come one after the other. */
  calls: number;
}

export interface LedgerUse {
  readonly operation: string;
  /** DynamoDB's units, as its answer says. */
  readonly units: number;
}

/** Calls of the framework's onEvent, which nobody waits for: it invokes our onEvent, which reads and writes the ledger, and starts the waiter. */
const CALLS_OF_AN_EVENT = 4;

/** Records the calls at the endpoint of a local cloud during a deployment. */
export class Recorder {
  readonly workspaces: WorkspacesCall[] = [];
  readonly invocations: Invocation[] = [];
  readonly steps: Invocation[] = [];
  readonly ledger: LedgerUse[] = [];
  readonly s3: string[] = [];
  readonly executions: number[] = [];
  /** When an answer first showed each desktop as usable, by id. */
  readonly seenReady = new Map<string, number>();
  private readonly open = new Set<Invocation>();

  constructor(private readonly cloud: LocalCloud) {
    cloud.use(this.record);
  }

  private readonly record: Middleware = async (call, next) => {
    if (!this.isByFunction(call) && call.service !== 'lambda' && call.service !== 'states') return next();
    for (const each of this.open) each.calls++;
    switch (call.service) {
      case 'workspaces': return this.workspacesCall(call, next);
      case 'dynamodb': return this.ledgerCall(call, next);
      case 'lambda': return this.invocation(call, next);
      case 's3': this.s3.push(call.operation); break;
      case 'states': if (call.operation === 'StartExecution') this.executions.push(this.cloud.clock.now()); break;
    }
    return next();
  };

  private isByFunction({ caller }: Call): boolean {
    return this.cloud.iam.principalOf(caller)?.kind === 'function';
  }

  private async workspacesCall({ operation }: Call, next: () => Promise<Reply>): Promise<Reply> {
    const recorded: WorkspacesCall = { at: this.cloud.clock.now(), operation, step: this.steps.length - 1, throttled: false, news: 0 };
    this.workspaces.push(recorded);
    let reply: Reply;
    try {
      reply = await next();
    } catch (error) {
      recorded.throttled = (error as Error).name === 'ThrottlingException';
      throw error;
    }
    if (operation === 'DescribeWorkspaces') {
      const { Workspaces = [] } = JSON.parse(reply.body.toString()) as { Workspaces?: { WorkspaceId: string; State: string }[] };
      for (const { WorkspaceId, State } of Workspaces) {
        if (!['AVAILABLE', 'STOPPED'].includes(State) || this.seenReady.has(WorkspaceId)) continue;
        this.seenReady.set(WorkspaceId, recorded.at);
        recorded.news++;
      }
    }
    return reply;
  }

  /** Also asks for the consumed capacity. The function's own SDK ignores it. */
  private async ledgerCall(call: Call, next: () => Promise<Reply>): Promise<Reply> {
    Object.assign(call.request, { body: Buffer.from(JSON.stringify({ ...call.input, ReturnConsumedCapacity: 'TOTAL' })) });
    const reply = await next();
    // A failed condition also costs a unit, but its answer does not say so.
    const { ConsumedCapacity } = JSON.parse(reply.body.toString()) as { ConsumedCapacity?: { CapacityUnits: number } };
    this.ledger.push({ operation: call.operation, units: ConsumedCapacity?.CapacityUnits ?? 1 });
    return reply;
  }

  private async invocation(call: Call, next: () => Promise<Reply>): Promise<Reply> {
    const { functionName } = call.input as { functionName: string };
    if (call.operation !== 'Invoke') return next();
    const from = this.cloud.clock.now();
    const invocation: Invocation = { functionName: functionName.split(':').at(-1)!, from, to: from, calls: 0 };
    this.invocations.push(invocation);
    if (call.request.headers['x-amz-invocation-type'] === 'Event') {
      invocation.calls = CALLS_OF_AN_EVENT;
      return next();
    }
    if (/ProviderStep/.test(functionName)) this.steps.push(invocation);
    this.open.add(invocation);
    try {
      return await next();
    } finally {
      invocation.to = this.cloud.clock.now();
      this.open.delete(invocation);
    }
  }
}
