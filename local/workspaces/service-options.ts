import type { BundleProps } from './bundles';
import type { DirectoryProps } from './directories';
import type { Duration } from './duration';
import type { ImageProps } from './images';
import type { DesktopError, Refusal } from './refusal';
import type { State } from './state';

/** Everything about the service that a scenario may choose. RULES.md says how sure each rule and default is. */
export interface WorkspacesOptions {
  /** Of the ids, the times and the shuffles. */
  readonly seed: number;
  /** A token bucket over all operations of the account. */
  readonly throttle: { readonly perSecond: number; readonly burst: number } | 'off';
  /** What a call costs that was throttled: nothing, or what had been earned towards the next token. */
  readonly throttledCall: 'free' | 'costs';
  /** How many desktops the account may have. */
  readonly quota: number;
  /** How a desktop beyond the quota is refused. */
  readonly quotaExceeded: Refusal;

  /** `any`: every well-formed id is a registered directory of personal desktops. */
  readonly directories: 'any' | readonly DirectoryProps[];
  /** `any`: every well-formed id is a bundle of the default shape. */
  readonly bundles: 'any' | readonly BundleProps[];
  readonly images: readonly ImageProps[];
  /** The users of every directory. */
  readonly users: 'any' | readonly string[];
  /** Users that no directory has, whatever `users` says. */
  readonly missingUsers: readonly string[];

  /** How long after its creation no answer shows a desktop. */
  readonly invisibleFor: Duration;
  /** For how long then DescribeWorkspaces shows only its id, directory, user and state. */
  readonly incompleteFor: Duration;
  /** How long a desktop is PENDING. `typical`: 10 to 20 minutes, with encrypted volumes 10 to 40. */
  readonly buildTime: Duration | 'typical';
  /** How long a desktop is TERMINATING. */
  readonly terminateTime: Duration;
  /** How long it is TERMINATED then, before its id is gone. */
  readonly terminatedFor: Duration;
  /** How long a desktop is STOPPING. */
  readonly stopTime: Duration;
  /** How long a desktop is STARTING. */
  readonly startTime: Duration;
  /** How long a desktop is REBOOTING. */
  readonly rebootTime: Duration;
  /** How long a desktop is REBUILDING. */
  readonly rebuildTime: Duration;
  /** How long a desktop is RESTORING. */
  readonly restoreTime: Duration;
  /** Whether AUTO_STOP desktops stop when nobody has used them for their timeout. */
  readonly autoStop: boolean;
  /** By user: the desktop goes to ERROR at the end of its build. */
  readonly lateErrors: Readonly<Record<string, DesktopError>>;
  /** Of a desktop whose request does not say. */
  readonly defaultRunningMode: 'ALWAYS_ON' | 'AUTO_STOP';
  /** How long a directory is REGISTERING. */
  readonly registerTime: number;
  /** How long a directory is DEREGISTERING. */
  readonly deregisterTime: number;

  /** How long a change is UPDATE_INITIATED, before it is UPDATE_IN_PROGRESS. */
  readonly changeInitiatedFor: Duration;
  /** How long a volume's change is UPDATE_IN_PROGRESS. */
  readonly volumeTime: Duration;
  /** How long a change of the compute type, or of nested virtualization, is. */
  readonly computeTime: Duration;
  /** How long a change of the protocol is. */
  readonly protocolTime: Duration;
  /** What state a desktop is in while a volume grows. */
  readonly stateWhileResizing: State | 'unchanged';
  /** What state a desktop is in while a change is in progress that restarts it: compute type, protocol, nested virtualization. */
  readonly stateWhileRestarting: State | 'unchanged';
  /** How long after the launch, and after the same change before, a volume or a larger compute type has to wait. */
  readonly changeWait: Duration;
  /** How long after a smaller compute type the next smaller one has to wait. */
  readonly smallerComputeWait: Duration;
  /** How a change is refused that comes too early. */
  readonly changeTooEarly: DesktopError;
  /** In which states the running mode can be changed: all in which there is a desktop, or those of the other changes. */
  readonly runningModeStates: 'any' | 'AVAILABLE or STOPPED';
  /** Users whose desktop's next change ends in UPDATE_FAILED. */
  readonly failedChanges: readonly string[];

  /** How long a migration takes. */
  readonly migrateTime: Duration;
  /** What state the source is in while it is migrated. */
  readonly stateWhileMigrating: State | 'unchanged';
  /** Users whose desktop's migration fails at its end: the source stays, the target goes. */
  readonly failedMigrations: readonly string[];

  /** The order of CreateWorkspaces' PendingRequests, against the order of the request. */
  readonly pendingOrder: 'request' | 'reversed' | 'shuffled';
  /** The order of DescribeWorkspaces. */
  readonly describeOrder: 'id' | 'creation' | 'newest-first';
  /** What the last page has for NextToken. */
  readonly lastPageToken: 'absent' | 'empty';

  readonly unknownDirectory: Refusal;
  readonly unknownUser: Refusal;
  /** A second request for the same user in one call. */
  readonly duplicateInBatch: Refusal;
  /** The bundle does not exist, or is not AVAILABLE. */
  readonly unknownBundle: Refusal;
  /** Sizes of volumes that the bundle cannot have; the message names those that it can. */
  readonly badVolumes: Omit<Refusal, 'message'>;
  /** The key does not exist, or is not symmetric. */
  readonly badKey: Refusal;
  /** The key is not enabled. */
  readonly unavailableKey: Refusal;
  /** An ARN of a key of another account in this Region. */
  readonly crossAccountKeys: 'refuse' | 'accept';
  /** A volume to encrypt, but no key. `default-key`: `alias/aws/workspaces` is used. */
  readonly volumeWithoutKey: Refusal | 'default-key';
  /** A key, but no volume to encrypt. `ignore-key`: the desktop is unencrypted. */
  readonly keyWithoutVolume: Refusal | 'ignore-key';
  /** The caller may not use the key: see `KeyAccess`. */
  readonly keyDenied: Refusal;
  /** Whether kms:Encrypt, Decrypt, ReEncrypt* and GenerateDataKey* of the caller are asked for too, not only kms:CreateGrant. */
  readonly keyUserActions: 'checked' | 'unchecked';
  /** Whether CreateWorkspaces with tags asks for workspaces:CreateTags as well. */
  readonly createTagsOnCreate: 'checked' | 'unchecked';

  /** The ErrorCode of TerminateWorkspaces and its like for an id that they do not know. */
  readonly unknownDesktopCode: string;
  /** The same for a desktop that its state protects. */
  readonly protectedDesktopCode: string;
  /** TerminateWorkspaces of an id that it does not know. `ignore`: it says nothing. */
  readonly terminateUnknown: 'refuse' | 'ignore';
  /** TerminateWorkspaces of a desktop that no answer shows yet. */
  readonly terminateInvisible: 'accept' | 'not-found';
  /** TerminateWorkspaces of a desktop that is TERMINATING already. */
  readonly terminateAgain: 'accept' | 'refuse';
  /** TerminateWorkspaces of a desktop that is SUSPENDED, which stays as it is. `ignore`: it says nothing. */
  readonly terminateSuspended: 'refuse' | 'ignore';
  /** DescribeTags of an id that does not exist. */
  readonly tagsOfUnknown: 'error' | 'empty';
}
