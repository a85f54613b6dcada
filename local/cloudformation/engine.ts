import type { ResourceContext, ResourceType } from './resource-type';
import type { Alarms } from './rollback-triggers';
import type { Stack, StackResource } from './stack';
import type { Clock } from '../core/clock';

/** What deployments of all stacks share. */
export interface Engine {
  readonly clock: Clock;
  readonly alarms: Alarms;
  /** Aborted when the cloud stops. */
  readonly stopping: AbortSignal;
  typeOf(type: string): ResourceType;
  exportedValue(name: string): string | undefined;
}

export function contextOf(stack: Stack, resource: StackResource, signal: AbortSignal): ResourceContext {
  const isExpress = stack.latest?.mode.isExpress ?? false;
  return { stackId: stack.id, stackName: stack.name, logicalId: resource.logicalId, type: resource.definition.Type, isExpress, signal };
}
