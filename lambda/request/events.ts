import type { BulkWorkspacesProperties, IDS_RESOURCE_TYPE, WorkspaceIdsProperties } from '../../src/private/contract';

/** A CloudFormation event as the Provider framework passes it on. */
export interface FleetEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  /** Absent in onEvent of a Create. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: BulkWorkspacesProperties;
  /** Updates only. */
  readonly OldResourceProperties?: BulkWorkspacesProperties;
}

/** The answer of onEvent. The framework adds it to the event for isComplete. */
export interface Joined {
  readonly PhysicalResourceId: string;
  /** When the answer is due, in milliseconds since 1970. */
  readonly Deadline: number;
}

export type JoinedEvent = FleetEvent & Joined;

/** An event of a read of ids. */
export interface IdsEvent extends Omit<FleetEvent, 'ResourceProperties' | 'OldResourceProperties'> {
  readonly ResourceType: typeof IDS_RESOURCE_TYPE;
  readonly ResourceProperties: WorkspaceIdsProperties;
}
