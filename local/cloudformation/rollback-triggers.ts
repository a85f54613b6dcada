import { validationError } from './errors';
import type { Clock } from '../core/clock';
import { pause } from '../core/waiting';

export type AlarmState = 'OK' | 'ALARM';

/** The alarms that rollback triggers may name, by ARN. The local AWS has no CloudWatch, so whoever uses it sets their states. */
export class Alarms {
  private readonly states = new Map<string, AlarmState>();
  private readonly watchers = new Set<() => void>();

  set(arn: string, state: AlarmState): void {
    this.states.set(arn, state);
    for (const changed of [...this.watchers]) changed();
  }

  /** Undefined if there is no such alarm. */
  state(arn: string): AlarmState | undefined {
    return this.states.get(arn);
  }

  /** @returns a function that ends the watch */
  watch(changed: () => void): () => void {
    this.watchers.add(changed);
    return () => void this.watchers.delete(changed);
  }
}

/** As in the API. A query has numbers as text, and an empty list as empty text. */
export interface RollbackConfigurationInput {
  readonly RollbackTriggers?: { readonly Arn: string; readonly Type: string }[] | '';
  readonly MonitoringTimeInMinutes?: string;
}

/** What CloudFormation watches during a deployment, and for how long after all resources are deployed. */
export interface RollbackConfiguration {
  readonly triggers: readonly { readonly Arn: string; readonly Type: string }[];
  readonly monitoringMinutes?: number;
}

const MOST_TRIGGERS = 5;
const MOST_MINUTES = 180;
const TYPES = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'];

/** @param before the stack's configuration: what the request does not say stays as it was */
export function rollbackConfigurationOf(
  input: RollbackConfigurationInput = {}, before: RollbackConfiguration = { triggers: [] },
): RollbackConfiguration {
  const triggers = input.RollbackTriggers === undefined ? before.triggers : input.RollbackTriggers || [];
  const monitoringMinutes = input.MonitoringTimeInMinutes === undefined ? before.monitoringMinutes : Number(input.MonitoringTimeInMinutes);
  if (triggers.length > MOST_TRIGGERS) throw validationError(`at most ${MOST_TRIGGERS} rollback triggers are allowed, got ${triggers.length}`);
  const other = triggers.find(({ Type }) => !TYPES.includes(Type));
  if (other) throw validationError(`a rollback trigger's Type must be ${TYPES.join(' or ')}, got ${JSON.stringify(other.Type)}`);
  if (monitoringMinutes !== undefined && !(Number.isInteger(monitoringMinutes) && monitoringMinutes >= 0 && monitoringMinutes <= MOST_MINUTES)) {
    throw validationError(`MonitoringTimeInMinutes must be from 0 to ${MOST_MINUTES}, got ${JSON.stringify(input.MonitoringTimeInMinutes)}`);
  }
  return { triggers, monitoringMinutes };
}

/** Watches the alarms of one deployment, from its beginning to the end of the monitoring time. */
export class TriggerWatch {
  private readonly end: () => void;

  /** @param breached called with the reason, once or several times */
  constructor(private readonly alarms: Alarms, private readonly configuration: RollbackConfiguration, breached: (reason: string) => void) {
    const look = () => {
      const reason = this.breach();
      if (reason !== undefined) breached(reason);
    };
    this.end = alarms.watch(look);
    look();
  }

  /** The text of CloudFormation's own reason has not been seen. */
  private breach(): string | undefined {
    for (const { Arn } of this.configuration.triggers) {
      const state = this.alarms.state(Arn);
      if (state === undefined) return `the rollback trigger ${Arn} does not exist`;
      if (state === 'ALARM') return `the rollback trigger ${Arn} is in the state ALARM`;
    }
    return undefined;
  }

  /** Waits for the monitoring time, or until the deployment is stopped. */
  async monitor(clock: Clock, stopped: AbortSignal): Promise<void> {
    const { monitoringMinutes = 0 } = this.configuration;
    await pause(clock, monitoringMinutes * 60_000, stopped);
  }

  stop(): void {
    this.end();
  }
}
