import { randomUUID } from 'node:crypto';
import type { DeploymentMode } from './deployment-mode';
import type { Json, JsonObject } from './json';
import type { RollbackConfiguration } from './rollback-triggers';
import type { ResourceDefinition, Template } from './template';
import { arn } from '../core/account';
import type { Clock } from '../core/clock';

export interface StackResource {
  readonly logicalId: string;
  definition: ResourceDefinition;
  /** Resources that it depends on: it was made after them, and is deleted before them. */
  dependencies: readonly string[];
  /** Undefined while the resource does not exist. */
  physicalId?: string;
  status: string;
  reason?: string;
  changed: number;
  /** The properties that were applied last, without intrinsic functions. */
  properties: JsonObject;
  attributes: JsonObject;
}

/** What a deployment has done so far, as far as a rollback needs to know it. */
export interface Progress {
  /** By logical id. */
  readonly created: Map<string, StackResource>;
  /** Changed resources as they were before, by logical id. */
  readonly before: Map<string, StackResource>;
  /** Replaced resources, to be deleted after the deployment has succeeded. */
  readonly replaced: StackResource[];
}

export interface StackEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly properties?: JsonObject;
  readonly token?: string;
}

export interface Output { readonly key: string; readonly value: string; readonly description?: string; readonly exportName?: string }

/** The stack that a deployment should produce. */
export interface DesiredStack {
  readonly template: Template;
  readonly templateBody: string;
  /** Values by name. Lists are lists, and SSM parameters are resolved. */
  readonly parameters: Readonly<Record<string, Json>>;
  /** The values as they were given. */
  readonly rawParameters: Readonly<Record<string, string>>;
  readonly tags: readonly { Key: string; Value: string }[];
  readonly capabilities: readonly string[];
  readonly roleArn?: string;
  readonly rollbackConfiguration: RollbackConfiguration;
  readonly mode: DeploymentMode;
}

/** A stack's state. `Deployment`, `Rollback` and `deleteStack` change it. */
export class Stack {
  readonly id: string;
  readonly created: number;
  readonly resources = new Map<string, StackResource>();
  /** Oldest first. */
  readonly events: StackEvent[] = [];
  /** The names of other stacks' exports that it uses. */
  imports = new Set<string>();
  outputs: Output[] = [];
  updated?: number;
  deleted?: number;
  statusReason?: string;
  /** The last deployment that succeeded; undefined before there was one. */
  current?: DesiredStack;
  /** What was requested last. GetTemplate shows it. */
  latest?: DesiredStack;
  changeSetId?: string;
  /** What deployments have done that failed and were not rolled back. */
  unfinished?: { readonly progress: Progress; readonly mode: DeploymentMode };
  /** Continues a failed rollback of an update, without the named resources. */
  continueRollback?: (toSkip: readonly string[]) => Promise<void>;
  private currentStatus = 'REVIEW_IN_PROGRESS';

  constructor(readonly name: string, private readonly clock: Clock) {
    this.id = arn('cloudformation', `stack/${name}/${randomUUID()}`);
    this.created = clock.now();
  }

  get status(): string {
    return this.currentStatus;
  }

  get inProgress(): boolean {
    return this.status.endsWith('_IN_PROGRESS') && this.status !== 'REVIEW_IN_PROGRESS';
  }

  /** The random part of the id. Stable names are derived from it. */
  get uuid(): string {
    return this.id.split('/')[2];
  }

  setStatus(status: string, reason?: string, token?: string): void {
    this.currentStatus = status;
    this.statusReason = reason;
    this.record({ logicalId: this.name, physicalId: this.id, type: 'AWS::CloudFormation::Stack', status, reason, token });
  }

  setResourceStatus(resource: StackResource, status: string, reason?: string, token?: string): void {
    resource.status = status;
    resource.reason = reason;
    // Two statuses of a resource never have the same time, not even if the clock stands still.
    resource.changed = Math.max(this.clock.now(), resource.changed + 1);
    const { logicalId, physicalId, properties, definition } = resource;
    this.record({ logicalId, physicalId, type: definition.Type, status, reason, properties, token });
  }

  private record(event: Omit<StackEvent, 'id' | 'timestamp'>): void {
    const id = event.type === 'AWS::CloudFormation::Stack' ? randomUUID() : `${event.logicalId}-${event.status}-${randomUUID()}`;
    // Clients sort events by time, so no two may have the same.
    const latest = this.events.at(-1)?.timestamp ?? 0;
    this.events.push({ ...event, id, timestamp: Math.max(Math.floor(this.clock.now()), latest + 1) });
  }
}
