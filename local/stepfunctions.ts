import { randomUUID } from 'node:crypto';
import { arn } from './core/account';
import type { EndpointClient } from './core/client';
import type { Clock } from './core/clock';
import { JsonService, Operation } from './core/json-service';
import { ServiceError } from './core/service';
import type { IamRegistry } from './iam';
import { ABORTED, interpret, Outcome, parseDefinition, StateMachineDefinition } from './states-language';

interface StateMachine {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly definition: StateMachineDefinition;
  readonly deletion: AbortController;
}

interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly machine: StateMachine;
  readonly input: string;
  readonly startDate: number;
  stopDate?: number;
  outcome?: Outcome;
}

interface StartExecutionInput { stateMachineArn: string; input?: string; name?: string }

const LARGEST_INPUT = 262_144;

export class StepFunctionsService extends JsonService {
  readonly signingName = 'states';
  protected readonly targetPrefix = 'AWSStepFunctions';
  /** See `Surroundings`; may be set at any time. */
  longCause: 'cut' | 'keep' = 'cut';
  protected readonly version = '1.0';
  private readonly machines = new Map<string, StateMachine>();
  private readonly executions = new Map<string, Execution>();

  protected readonly operations: Readonly<Record<string, Operation>> = {
    StartExecution: (input: StartExecutionInput) => {
      const execution = this.start(input);
      return { executionArn: execution.arn, startDate: execution.startDate / 1_000 };
    },

    DescribeExecution: ({ executionArn }: { executionArn: string }) => {
      const execution = this.executions.get(executionArn);
      if (!execution) throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
      return describe(execution);
    },

    ListExecutions: ({ stateMachineArn }: { stateMachineArn: string }) => ({
      executions: [...this.executions.values()]
        .filter((execution) => execution.machine.arn === stateMachineArn)
        .map(summarize)
        .reverse(),
    }),
  };

  constructor(private readonly clock: Clock, private readonly client: EndpointClient, private readonly iam: IamRegistry) {
    super();
  }

  /** Creates the state machine, or changes the one with the same name. Running executions keep their old definition. */
  putStateMachine(name: string, definition: string, roleArn: string): string {
    const machineArn = arn('states', `stateMachine:${name}`);
    const deletion = this.machines.get(machineArn)?.deletion ?? new AbortController();
    this.machines.set(machineArn, { name, arn: machineArn, roleArn, definition: parseDefinition(definition), deletion });
    return machineArn;
  }

  /** Deletes the state machine. Its executions end, too. */
  deleteStateMachine(machineArn: string): void {
    this.machines.get(machineArn)?.deletion.abort();
    this.machines.delete(machineArn);
  }

  stop(): void {
    for (const machineArn of [...this.machines.keys()]) this.deleteStateMachine(machineArn);
  }

  private start({ stateMachineArn, input = '{}', name = randomUUID() }: StartExecutionInput): Execution {
    const machine = this.machines.get(stateMachineArn);
    if (!machine) throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
    if (Buffer.byteLength(input) > LARGEST_INPUT) {
      throw new ServiceError('InvalidExecutionInput', `Invalid State Machine Execution Input: must be at most ${LARGEST_INPUT} bytes, got ${Buffer.byteLength(input)}`);
    }
    let data: unknown;
    try {
      data = JSON.parse(input);
    } catch (error) {
      throw new ServiceError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${(error as Error).message}'`);
    }

    const executionArn = arn('states', `execution:${machine.name}:${name}`);
    const existing = this.executions.get(executionArn);
    if (existing) {
      if (!existing.outcome && existing.input === input) return existing;
      throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
    }
    const execution: Execution = { arn: executionArn, name, machine, input, startDate: this.clock.now() };
    this.executions.set(executionArn, execution);
    void this.run(execution, data);
    return execution;
  }

  private async run(execution: Execution, data: unknown): Promise<void> {
    const { machine } = execution;
    execution.outcome = await interpret(machine.definition, data, {
      clock: this.clock,
      signal: machine.deletion.signal,
      longCause: this.longCause,
      runTask: (resource, input) => this.invoke(machine, resource, input),
    });
    execution.stopDate = this.clock.now();
  }

  /** The cause is the whole error payload of the failed function, because a catcher may read it. */
  private async invoke(machine: StateMachine, functionArn: string, input: unknown): Promise<Outcome> {
    const accessKeyId = this.iam.accessKeyFor({ kind: 'state-machine', name: machine.name, roleArn: machine.roleArn });
    const path = `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`;
    try {
      const reply = await this.client.send({ service: 'lambda', accessKeyId, method: 'POST', path, body: JSON.stringify(input) });
      const text = reply.body.toString('utf8');
      if (reply.status >= 300) {
        const { Message } = JSON.parse(text) as { Message?: string };
        const code = String(reply.headers['x-amzn-errortype'] ?? 'Unknown');
        return { error: `Lambda.${code}`, cause: `${Message} (Service: Lambda, Status Code: ${reply.status})` };
      }
      const output: unknown = JSON.parse(text);
      if (!reply.headers['x-amz-function-error']) return { output };
      return { error: (output as { errorType?: string }).errorType ?? 'Lambda.Unknown', cause: text };
    } catch (error) {
      return { error: 'Lambda.SdkClientException', cause: (error as Error).message };
    }
  }
}

/** An execution as a list shows it, with fewer members than its description. */
function summarize({ arn: executionArn, name, machine, startDate, stopDate, outcome }: Execution): object {
  const status = !outcome ? 'RUNNING' : outcome === ABORTED ? 'ABORTED' : 'output' in outcome ? 'SUCCEEDED' : 'FAILED';
  return {
    executionArn,
    stateMachineArn: machine.arn,
    name,
    status,
    startDate: startDate / 1_000,
    stopDate: stopDate === undefined ? undefined : stopDate / 1_000,
  };
}

function describe(execution: Execution): object {
  const { input, outcome } = execution;
  return {
    ...summarize(execution),
    input,
    ...(outcome && ('output' in outcome ? { output: JSON.stringify(outcome.output) } : outcome)),
  };
}
