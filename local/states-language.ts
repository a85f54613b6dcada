import type { Clock } from './core/clock';
import { pause } from './core/waiting';

/** The part of the Amazon States Language that this interpreter supports. A definition with anything else is refused. */
export interface StateMachineDefinition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, TaskState>>;
}

export interface TaskState {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly End?: boolean;
  readonly Next?: string;
  readonly Retry?: Retrier[];
  readonly Catch?: Catcher[];
}

interface Retrier {
  readonly ErrorEquals: string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
}

interface Catcher { readonly ErrorEquals: string[]; readonly Next: string }

export type Outcome =
  | { readonly output: unknown }
  | { readonly error: string; readonly cause: string };

export interface Surroundings {
  readonly clock: Clock;
  /** If aborted, the execution stops at its next step. */
  readonly signal: AbortSignal;
  /** What happens to a cause above 32,768 characters, the limit of the API's model. That AWS cuts it is our assumption. @default 'cut' */
  readonly longCause?: 'cut' | 'keep';
  runTask(resource: string, input: unknown): Promise<Outcome>;
}

const LONGEST_CAUSE = 32_768;
const LARGEST_DATA = 262_144;
export const ABORTED: Outcome = { error: 'States.Aborted', cause: 'the execution was stopped' };

const FIELDS = {
  'state machine': ['Comment', 'StartAt', 'States'],
  'Task': ['Comment', 'Type', 'Resource', 'End', 'Next', 'Retry', 'Catch'],
  'Retry': ['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate'],
  'Catch': ['ErrorEquals', 'Next'],
};

export function parseDefinition(text: string): StateMachineDefinition {
  const definition = JSON.parse(text) as StateMachineDefinition;
  refuseUnknown('state machine', 'the state machine', definition);
  requireState(definition, 'StartAt', definition.StartAt);
  for (const [name, state] of Object.entries(definition.States)) {
    if (state.Type !== 'Task') throw new Error(`state ${JSON.stringify(name)} has Type ${JSON.stringify(state.Type)}; this interpreter has only Task`);
    refuseUnknown('Task', `state ${JSON.stringify(name)}`, state);
    if (typeof state.Resource !== 'string') throw new Error(`Resource of state ${JSON.stringify(name)} must be an ARN, got ${JSON.stringify(state.Resource)}`);
    if ((state.End === true) === (state.Next !== undefined)) throw new Error(`state ${JSON.stringify(name)} must have either End: true or Next`);
    if (state.Next !== undefined) requireState(definition, `Next of ${name}`, state.Next);
    for (const retrier of state.Retry ?? []) {
      refuseUnknown('Retry', `Retry of state ${JSON.stringify(name)}`, retrier);
      requireNumber(name, 'IntervalSeconds', retrier.IntervalSeconds, 1, true);
      requireNumber(name, 'MaxAttempts', retrier.MaxAttempts, 0, true);
      requireNumber(name, 'BackoffRate', retrier.BackoffRate, 1, false);
    }
    for (const catcher of state.Catch ?? []) {
      refuseUnknown('Catch', `Catch of state ${JSON.stringify(name)}`, catcher);
      requireState(definition, `Catch of ${name}`, catcher.Next);
    }
  }
  return definition;
}

/** Runs until a state with End, or until an error that is not caught. */
export async function interpret(definition: StateMachineDefinition, input: unknown, around: Surroundings): Promise<Outcome> {
  let name = definition.StartAt;
  for (let data = input; ;) {
    const state = definition.States[name];
    const outcome = limited(await runWithRetries(state, data, around), around.longCause ?? 'cut');
    if (around.signal.aborted) return ABORTED;
    if ('output' in outcome) {
      if (state.End) return outcome;
      name = state.Next!;
      data = outcome.output;
    } else {
      const catcher = state.Catch?.find(({ ErrorEquals }) => matches(ErrorEquals, outcome.error));
      if (!catcher) return outcome;
      name = catcher.Next;
      data = { Error: outcome.error, Cause: outcome.cause };
    }
  }
}

async function runWithRetries(state: TaskState, input: unknown, { clock, signal, runTask }: Surroundings): Promise<Outcome> {
  const retries = new Map<Retrier, number>();
  for (;;) {
    const outcome = await runTask(state.Resource, input);
    if ('output' in outcome || signal.aborted) return outcome;

    const retrier = state.Retry?.find(({ ErrorEquals }) => matches(ErrorEquals, outcome.error));
    const done = (retrier && retries.get(retrier)) ?? 0;
    if (!retrier || done >= (retrier.MaxAttempts ?? 3)) return outcome;
    retries.set(retrier, done + 1);
    await pause(clock, (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** done * 1_000, signal);
    if (signal.aborted) return ABORTED;
  }
}

function matches(names: string[], error: string): boolean {
  return names.some((name) => name === error || name === 'States.ALL' || (name === 'States.TaskFailed' && error !== 'States.Timeout'));
}

function limited(outcome: Outcome, longCause: 'cut' | 'keep'): Outcome {
  if ('cause' in outcome) return longCause === 'keep' ? outcome : { error: outcome.error, cause: outcome.cause.slice(0, LONGEST_CAUSE) };
  if (Buffer.byteLength(JSON.stringify(outcome.output) ?? '') <= LARGEST_DATA) return outcome;
  const cause = 'The state/task returned a result with a size exceeding the maximum number of bytes service limit.';
  return { error: 'States.DataLimitExceeded', cause };
}

function refuseUnknown(kind: keyof typeof FIELDS, what: string, value: object): void {
  const unknown = Object.keys(value).filter((field) => !FIELDS[kind].includes(field));
  if (unknown.length > 0) throw new Error(`${what} has ${unknown.join(', ')}, which this interpreter does not have; it has ${FIELDS[kind].join(', ')}`);
}

function requireState(definition: StateMachineDefinition, what: string, name: string): void {
  const states = definition.States ?? {};
  if (!Object.hasOwn(states, name)) throw new Error(`${what} must be one of ${Object.keys(states).join(', ')}, got ${JSON.stringify(name)}`);
}

function requireNumber(state: string, field: string, value: number | undefined, minimum: number, whole: boolean): void {
  if (value === undefined || (typeof value === 'number' && value >= minimum && (!whole || Number.isInteger(value)))) return;
  throw new Error(`${field} of state ${JSON.stringify(state)} must be a ${whole ? 'whole ' : ''}number from ${minimum} on, got ${JSON.stringify(value)}`);
}
