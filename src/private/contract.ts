/**
 * The contract between the construct and its handler: the properties of the custom resource, its attributes, the environment of the
 * functions, and the names that outlive a deployment (tag keys, table keys, physical id).
 *
 * This is a wire format, version 1. After the first release, stacks that an older version deployed still send its format on update,
 * rollback and delete, and their desktops and ledgers still exist. Therefore only add optional members. Never rename a member, and never
 * give an old name a new meaning. `test/contract` freezes the format. This file has no imports, so that both sides can import it.
 */

/** The type of the custom resource. */
export const RESOURCE_TYPE = 'Custom::BulkWorkspaces';

/** The type of the custom resource that reads ids of a fleet whose ids do not fit one response. It uses the fleet's provider. */
export const IDS_RESOURCE_TYPE = 'Custom::BulkWorkspacesIds';

/**
 * The type of the custom resource by which CloudFormation orders removals: it changes its physical id with every update that has leavers, so
 * CloudFormation deletes the old one in the clean-up, when the update can no longer be rolled back. It uses the fleet's provider.
 */
export const REMOVALS_RESOURCE_TYPE = 'Custom::BulkWorkspacesRemovals';

/** The tag that says to which fleet a desktop belongs. Its value is a fleet id. The handler's policy allows only ids of the stack's fleets. */
export const OWNERSHIP_TAG = 'cdk-bulk-workspaces:fleet';

/**
 * The tag of an adopted desktop. Its value is `true`. The fleet never terminates such a desktop, it only releases it, and the handler's
 * policy does not allow more.
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
  /** Timeout of the step function, in seconds (step). The lease is longer. */
  stepTimeoutSeconds: 'STEP_TIMEOUT_SECONDS',
  /** ARN of the stack, whose events only are believed (all). */
  stackId: 'STACK_ID',
  /** Name of the log group, which failure reasons name (all). */
  logGroupName: 'LOG_GROUP_NAME',
} as const;

/** The timeout of the step function, in seconds. A step stops its work earlier. If it is killed, it holds the lease a little longer than this. */
export const STEP_TIMEOUT_SECONDS = 90;

/** The waiter's interval, in seconds: it asks about a fleet this often. */
export const QUERY_INTERVAL_SECONDS = 30;

/** CloudFormation refuses a longer response: "Response object is too long." */
export const MAX_RESPONSE_BYTES = 4096;

/** Properties of the custom resource. CloudFormation turns every scalar into a string. */
export interface BulkWorkspacesProperties {
  readonly ServiceToken: string;
  /** If it changes, the physical id changes, and CloudFormation replaces the resource. */
  readonly DirectoryId: string;
  /** Number of users. It shows changes in `cdk diff` even if the list is an asset. */
  readonly UserCount: string;
  /** The users, in order. A fleet has either this and `Settings`, or `Manifest`. */
  readonly Users?: UserGroup[];
  /** What `UserGroup.Settings` refers to, by index. */
  readonly Settings?: DesktopSettings[];
  /** The location of an S3 object that contains a `ManifestDocument`, instead of `Users` and `Settings`. */
  readonly Manifest?: ManifestLocation;
  /** What `ValueReference` in a manifest refers to, by index: values that are known only when the stack is deployed. */
  readonly Values?: string[];
  /** Tags of every desktop. Tags in a desktop's settings override them. */
  readonly Tags?: { readonly [key: string]: string };
  readonly WaitFor: 'AVAILABLE' | 'EXISTS';
  readonly LateWorkspaces: 'ACCEPT' | 'FAIL';
  /** Seconds after which the handler responds, even if desktops are not ready. */
  readonly TimeoutSeconds: string;
  /** How many users may be refused: '3', or '10%' of the users, rounded down. */
  readonly FailureTolerance: string;
  /** If it changes, the provider runs, even if nothing else has changed. */
  readonly Refresh?: string;
  /** What happens to the desktops of users who leave the list. With `REFUSE`, an update that removes such a user is refused. */
  readonly RemovedUsers: 'REFUSE' | 'TERMINATE' | 'RELEASE';
  /** How many desktops an update may terminate: '3', '10%' of the existing ones, rounded down, or 'unlimited'. The handler has a default. */
  readonly TerminationLimit?: string;
  /** What happens to an existing desktop if its user gets another bundle. */
  readonly BundleChange: 'REFUSE' | 'NEW_USERS_ONLY' | 'MIGRATE' | 'REPLACE';
  /** Which existing desktops of users the fleet adopts. Without it, none. */
  readonly ExistingWorkspaces?: ExistingWorkspacesProperty;
  /** 'true' if desktops in the old directory stay when the fleet moves to another one. Otherwise CloudFormation deletes them. */
  readonly RetainOnReplace?: string;
  /** What the attribute of the same name has. Without it, all ids. With `COUNT`, for a fleet whose ids may not fit one response, their number. */
  readonly WorkspaceIds?: 'COUNT';
  /** The most ids in one read, if the template has reads. With it, the handler checks with the first desktops whether the ids fit. */
  readonly IdsInOneRead?: string;
  /** The version of the attributes. If it changes, CloudFormation reads the attributes again, including new ones. */
  readonly AttributesVersion: string;
}

/** Desktops without a fleet's tag and, with `FleetIds`, those of these fleets. */
export interface ExistingWorkspacesProperty {
  readonly Adopt: 'UNOWNED';
  readonly FleetIds?: string[];
}

/** The location of a manifest in S3. */
export interface ManifestLocation {
  readonly Bucket: string;
  readonly Key: string;
}

/** The content of a manifest: what is inline in a small fleet's properties. */
export interface ManifestDocument {
  readonly Users: UserGroup<string | ValueReference>[];
  readonly Settings: DesktopSettings<string | ValueReference>[];
}

/** In a manifest, the place of a value that is the element of `Values` with this index. */
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
 * The settings of a desktop: members of CreateWorkspaces, by the API's names, as strings. A member that is not given is not sent.
 */
export interface DesktopSettings<Text = string> {
  readonly BundleId: Text;
  /** The ARN or id of a key, or the name or ARN of an alias. WorkSpaces always gets the key's ARN. */
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

/** Attributes of the custom resource, which `Fn::GetAtt` can read. Those without a `?` are always present. */
export interface BulkWorkspacesAttributes {
  /**
   * The ids of the desktops, separated by commas, in the order of the users. If a user was refused, there is nothing between the commas.
   * If the property of the same name is `COUNT`, a text for people that has the number of desktops.
   */
  readonly WorkspaceIds: string;
  /** A text for people: the names of refused users, and error codes. Shortened to fit the response; `none` if there are none. */
  readonly RefusedUsers: string;
  /** A text for people: the names of users whose desktop is still being built. Shortened to fit the response; `none` if there are none. */
  readonly LateUsers: string;
  /** `<stack uuid>/<hash of the logical id>`: the value of the ownership tag. */
  readonly FleetId: string;
  /**
   * A text for people: what the deployment left for later (for example a change that WorkSpaces does not accept yet, with the time from which
   * it does), and which desktops it left behind. Shortened to fit the response; `none` if there is nothing.
   */
  readonly Notices: string;
  /** The number of the last generation that has noted leavers; `0` if there was none. The resource for removals has it as a property. */
  readonly Removals: string;
  /** Changes whenever an id changes. Only if the property `WorkspaceIds` is `COUNT`. */
  readonly IdsDigest?: string;
}

/** Properties of a read of ids. CloudFormation deploys the fleet before the read. */
export interface WorkspaceIdsProperties {
  readonly ServiceToken: string;
  readonly FleetId: string;
  readonly DirectoryId: string;
  /** The fleet's attribute of this name. If it changes, the ids are read again. */
  readonly IdsDigest: string;
  readonly UserNames: string[];
}

/** Attributes of a read of ids. */
export interface WorkspaceIdsAttributes {
  /** Ids, separated by commas, in the order of `UserNames`. If a user was refused, there is nothing between the commas. */
  readonly Ids: string;
}

/** Properties of the resource for removals. */
export interface RemovalsProperties {
  readonly ServiceToken: string;
  readonly FleetId: string;
  readonly DirectoryId: string;
  /** The fleet's attribute of this name. */
  readonly Removals: string;
}

/** The current value of `AttributesVersion`. */
export const ATTRIBUTES_VERSION = '2';

/** The result of the step function. */
export type StepResult =
  | {
    readonly Status: 'DONE';
    /** None for the resource for removals. */
    readonly Attributes?: BulkWorkspacesAttributes | WorkspaceIdsAttributes;
  }
  | {
    readonly Status: 'NOT_YET';
    /** True if the step ran out of time and there is more work that need not wait. */
    readonly More?: boolean;
  }
  | { readonly Status: 'FAILED'; readonly Reason: string };
