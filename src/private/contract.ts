/**
 * What the construct and its handler say to each other: the properties of the custom resource, its attributes, the
 * environment of the functions, and the names that outlive a deployment (tag keys, table keys, physical id).
 *
 * This is a wire format, version 1. From the first release on, stacks deployed with an older version still send its shape on update,
 * rollback and delete, and desktops and ledgers made by it still exist. So: only ever add optional members; never rename, never
 * give an old name a new meaning. `test/contract` freezes it. The file has no imports, so that both sides can have it.
 */

/** The type of the custom resource. */
export const RESOURCE_TYPE = 'Custom::BulkWorkspaces';

/** The type of the custom resource that reads ids of a fleet whose ids do not fit one answer. It has the fleet's provider. */
export const IDS_RESOURCE_TYPE = 'Custom::BulkWorkspacesIds';

/** The tag that says whose a WorkSpace is. Its value is a fleet id; the handler's policy allows no other. */
export const OWNERSHIP_TAG = 'cdk-bulk-workspaces:fleet';

/**
 * The tag of a WorkSpace that was somebody's before it became the fleet's. It has `true` as its value, and is never terminated by
 * the fleet, only released; the handler's policy does not allow it either.
 */
export const ADOPTED_TAG = 'cdk-bulk-workspaces:adopted';

/** The keys of the ledger's table. */
export const TABLE_PARTITION_KEY = 'pk';
export const TABLE_SORT_KEY = 'sk';

/** The exports of `assets/lambda/provider/index.js`. The type ties them to the compiled handler. */
export const HANDLERS = { onEvent: 'onEvent', isComplete: 'isComplete', step: 'step' } as const;

/** The environment of the functions. */
export const ENVIRONMENT = {
  /** Name of the ledger's table (onEvent, step). */
  tableName: 'LEDGER_TABLE_NAME',
  /** Name of the step function (isComplete). */
  stepFunctionName: 'STEP_FUNCTION_NAME',
  /** Timeout of the step function, in seconds; the lease is longer than this (step). */
  stepTimeoutSeconds: 'STEP_TIMEOUT_SECONDS',
  /** Name of the log group, for the pointer in failure reasons (all). */
  logGroupName: 'LOG_GROUP_NAME',
} as const;

/** Seconds. The step function works for less; a step that is killed holds the lease for a little longer. */
export const STEP_TIMEOUT_SECONDS = 90;

/** Seconds between two looks at a fleet: the waiter's interval. */
export const QUERY_INTERVAL_SECONDS = 30;

/** CloudFormation refuses longer answers: "Response object is too long." */
export const MAX_RESPONSE_BYTES = 4096;

/** Properties of the custom resource. CloudFormation turns every scalar into a string. */
export interface BulkWorkspacesProperties {
  readonly ServiceToken: string;
  /** A change of it makes another physical id, hence a replacement. */
  readonly DirectoryId: string;
  /** Number of users, so that a change shows in `cdk diff` also when the list is an asset. */
  readonly UserCount: string;
  /** The users, in order, inline. Either this and `Settings`, or `Manifest`. */
  readonly Users?: UserGroup[];
  /** What `UserGroup.Settings` refers to, by index. */
  readonly Settings?: DesktopSettings[];
  /** Where an S3 object lies that holds `ManifestDocument`; instead of `Users` and `Settings`. */
  readonly Manifest?: ManifestLocation;
  /** What `ValueReference` in a manifest refers to, by index: values that are known only when the stack is deployed. */
  readonly Values?: string[];
  /** Tags of every desktop, beside those in its settings, which win. */
  readonly Tags?: { readonly [key: string]: string };
  readonly WaitFor: 'AVAILABLE' | 'EXISTS';
  readonly LateWorkspaces: 'ACCEPT' | 'FAIL';
  /** Seconds until the handler gives its answer, whatever the state. */
  readonly TimeoutSeconds: string;
  /** How many users may be refused: '3', or '10%' of the users, rounded down. */
  readonly FailureTolerance: string;
  /** Any other value than before makes the provider look again. */
  readonly Refresh?: string;
  /** What becomes of the desktops of users who leave the list; with `REFUSE`, an update that takes one away is refused. */
  readonly RemovedUsers: 'REFUSE' | 'TERMINATE' | 'RELEASE';
  /** How many desktops an update may terminate: '3', '10%' of those that there are, rounded down, or 'unlimited'; without it, the handler's default. */
  readonly TerminationLimit?: string;
  /** What becomes of a desktop whose user is to have another bundle. */
  readonly BundleChange: 'REFUSE' | 'NEW_USERS_ONLY' | 'MIGRATE' | 'REPLACE';
  /** Which desktops that users have already become the fleet's; none, unless this is there. */
  readonly ExistingWorkspaces?: ExistingWorkspacesProperty;
  /** 'true' when CloudFormation leaves the desktops alone that a fleet had in another directory before; it deletes them otherwise. */
  readonly RetainOnReplace?: string;
  /** What the attribute of that name has: all ids, or, of a fleet whose ids may not fit one answer, how many there are. Ids are then read. */
  readonly WorkspaceIds?: 'COUNT';
  /** How many ids one read may ask for, where the template asks for any: whether they fit shows with the first desktops. */
  readonly IdsInOneRead?: string;
  /** Which attributes the template may ask for: a change of it makes CloudFormation ask for those that are new. */
  readonly AttributesVersion: string;
}

/** Desktops without an owner; and, when `FleetIds` is there, also those of these fleets. */
export interface ExistingWorkspacesProperty {
  readonly Adopt: 'UNOWNED';
  readonly FleetIds?: string[];
}

/** Where a manifest lies. */
export interface ManifestLocation {
  readonly Bucket: string;
  readonly Key: string;
}

/** The content of a manifest: what is inline in a small fleet's properties. */
export interface ManifestDocument {
  readonly Users: UserGroup<string | ValueReference>[];
  readonly Settings: DesktopSettings<string | ValueReference>[];
}

/** Stands in a manifest for the element of `Values` with this index. */
export interface ValueReference {
  readonly Value: string;
}

/** Users that follow each other and have the same settings. */
export interface UserGroup<Text = string> {
  /** Index into `Settings`. */
  readonly Settings: string;
  readonly UserNames: Text[];
}

/**
 * What a desktop is asked to be: the members of CreateWorkspaces by the API's names, each a string, and none of them
 * sent unless given.
 */
export interface DesktopSettings<Text = string> {
  readonly BundleId: Text;
  /** ARN or id of a key, or name or ARN of an alias. The service always gets the key's ARN. */
  readonly VolumeEncryptionKey?: Text;
  /** 'true' or 'false'. */
  readonly RootVolumeEncryptionEnabled?: Text;
  /** 'true' or 'false'. */
  readonly UserVolumeEncryptionEnabled?: Text;
  readonly RunningMode?: Text;
  readonly RunningModeAutoStopTimeoutInMinutes?: Text;
  readonly ComputeTypeName?: Text;
  readonly RootVolumeSizeGib?: Text;
  readonly UserVolumeSizeGib?: Text;
  readonly Protocols?: Text[];
  readonly OperatingSystemName?: Text;
  readonly GlobalAccelerator?: { readonly Mode: Text; readonly PreferredProtocol?: Text };
  /** 'true' or 'false'. */
  readonly NestedVirtualizationEnabled?: Text;
  readonly Ipv6Address?: Text;
  readonly Tags?: { readonly [key: string]: Text };
}

/** Attributes of the custom resource: what `Fn::GetAtt` can ask for. Every one is always present. */
export interface BulkWorkspacesAttributes {
  /**
   * Ids of the desktops, comma-separated, in the order of the users; nothing between two commas where a user was refused. Where the property
   * of that name says `COUNT`, how many desktops there are, for people.
   */
  readonly WorkspaceIds: string;
  /** For people: names and codes, capped to fit the answer; `none` when there are none. */
  readonly RefusedUsers: string;
  /** For people: names of those whose desktop is still being built, capped; `none` when there are none. */
  readonly LateUsers: string;
  /** `<stack uuid>/<hash of the logical id>`: the value of the ownership tag. */
  readonly FleetId: string;
  /**
   * For people: what the deployment has left for later (a change that the service will take only then, with its time) or behind, capped;
   * `none` when there is nothing.
   */
  readonly Notices: string;
  /** Another one whenever an id has changed. Only where the property `WorkspaceIds` says `COUNT`. */
  readonly IdsDigest?: string;
}

/** Properties of a read of ids: of users in a fleet that has been deployed before it. */
export interface WorkspaceIdsProperties {
  readonly ServiceToken: string;
  readonly FleetId: string;
  readonly DirectoryId: string;
  /** The fleet's attribute: when its ids change, they are read again. */
  readonly IdsDigest: string;
  readonly UserNames: string[];
}

/** Attributes of a read of ids. */
export interface WorkspaceIdsAttributes {
  /** Comma-separated, in the order of `UserNames`; nothing between two commas where a user was refused. */
  readonly Ids: string;
}

/** The current value of `AttributesVersion`. */
export const ATTRIBUTES_VERSION = '1';

/** What the step function answers. */
export type StepResult =
  | { readonly Status: 'DONE'; readonly Attributes: BulkWorkspacesAttributes | WorkspaceIdsAttributes }
  | {
    readonly Status: 'NOT_YET';
    /** The step's time was up, with more to do at once. */
    readonly More?: boolean;
  }
  | { readonly Status: 'FAILED'; readonly Reason: string };
