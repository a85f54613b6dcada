import type {
  BulkWorkspacesProperties, IDS_RESOURCE_TYPE, REMOVALS_RESOURCE_TYPE, RemovalsProperties, WorkspaceIdsProperties,
} from '../../src/private/contract';

/** A CloudFormation event as the Provider framework passes it on. */
export interface FleetEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly ResourceType?: string;
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

type OtherEvent = Omit<FleetEvent, 'ResourceType' | 'ResourceProperties' | 'OldResourceProperties'>;

/** An event of the resource for removals. */
export interface RemovalsEvent extends OtherEvent {
  readonly ResourceType: typeof REMOVALS_RESOURCE_TYPE;
  readonly ResourceProperties: RemovalsProperties;
  /** From onEvent: when the answer is due, in milliseconds since 1970. */
  readonly Deadline?: number;
}

/** An event of a read of ids. */
export interface IdsEvent extends OtherEvent {
  readonly ResourceType: typeof IDS_RESOURCE_TYPE;
  readonly ResourceProperties: WorkspaceIdsProperties;
}
