import type { BundleProps } from './bundles';
import type { DirectoryProps } from './directories';
import type { Duration } from './duration';
import type { ImageProps } from './images';
import type { OddAnswer } from './odd-answers';
import type { DesktopError, Refusal } from './refusal';
import type { State } from './state';

/**
 * How an answer spells a user's name. `domain`: `CORP\\ana`. `principal`: `ana@corp.example.com`. `capitals`: `ANA`. `decomposed`: each accent is a
 * sign of its own. `none`: it has no name.
 */
export type Spelling = 'as asked' | 'domain' | 'principal' | 'capitals' | 'decomposed' | 'none';

/** All options of the service that a scenario may set. RULES.md says how certain each rule and default is. */
export interface WorkspacesOptions {
  /** The seed of random ids, times and orders. */
  readonly seed: number;
  /** A token bucket over all operations of the account. */
  readonly throttle: { readonly perSecond: number; readonly burst: number } | 'off';
  /** What a throttled call costs: nothing, or the part of the next token that was there already. */
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
  /** Users that no directory has, even if `users` names them. */
  readonly missingUsers: readonly string[];

  /** How long a new desktop is missing from all answers. */
  readonly invisibleFor: Duration;
  /** After that, how long DescribeWorkspaces shows only its id, directory, user and state. */
  readonly incompleteFor: Duration;
  /** How long a desktop is PENDING. `typical`: 10 to 20 minutes, with encrypted volumes 10 to 40. */
  readonly buildTime: Duration | 'typical';
  /** How long a desktop is TERMINATING. */
  readonly terminateTime: Duration;
  /** After that, how long it is TERMINATED before its id is gone. */
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
  /** Users whose desktop becomes ERROR at the end of its build, and the error. */
  readonly lateErrors: Readonly<Record<string, DesktopError>>;
  /** The running mode of a desktop whose request does not specify one. */
  readonly defaultRunningMode: 'ALWAYS_ON' | 'AUTO_STOP';
  /** How long a directory is REGISTERING. */
  readonly registerTime: number;
  /** How long a directory is DEREGISTERING. */
  readonly deregisterTime: number;

  /** How long a change is UPDATE_INITIATED, before it is UPDATE_IN_PROGRESS. */
  readonly changeInitiatedFor: Duration;
  /** How long a volume's change is UPDATE_IN_PROGRESS. */
  readonly volumeTime: Duration;
  /** The same for a change of the compute type, or of nested virtualization. */
  readonly computeTime: Duration;
  /** The same for a change of the protocol. */
  readonly protocolTime: Duration;
  /** The state of a desktop while a volume grows. */
  readonly stateWhileResizing: State | 'unchanged';
  /** The state of a desktop during a change that restarts it: compute type, protocol, nested virtualization. */
  readonly stateWhileRestarting: State | 'unchanged';
  /** The minimum time from the launch, and from the last such change, to a larger volume or compute type. */
  readonly changeWait: Duration;
  /** The minimum time between two changes to a smaller compute type. */
  readonly smallerComputeWait: Duration;
  /** How a change that comes too early is refused. */
  readonly changeTooEarly: DesktopError;
  /** The states in which the running mode can be changed: any in which the desktop exists, or those of the other changes. */
  readonly runningModeStates: 'any' | 'AVAILABLE or STOPPED';
  /** Users whose desktop's next change ends in UPDATE_FAILED. */
  readonly failedChanges: readonly string[];

  /** How long a migration takes. */
  readonly migrateTime: Duration;
  /** The state of the source during a migration. */
  readonly stateWhileMigrating: State | 'unchanged';
  /** Users whose desktop's migration fails at its end: the source stays, and the target is terminated. */
  readonly failedMigrations: readonly string[];

  /** The order of CreateWorkspaces' PendingRequests, compared with the request. */
  readonly pendingOrder: 'request' | 'reversed' | 'shuffled';
  /** How CreateWorkspaces' PendingRequests spell the user's name, compared with the request. */
  readonly createdNames: Spelling;
  /** How DescribeWorkspaces spells it. */
  readonly shownNames: Spelling;
  /** The order of DescribeWorkspaces. */
  readonly describeOrder: 'id' | 'creation' | 'newest-first';
  /** Answers that the service has never been seen to give: `odd-answers.ts`. */
  readonly oddAnswers: readonly OddAnswer[];
  /** The NextToken of the last page. */
  readonly lastPageToken: 'absent' | 'empty';

  readonly unknownDirectory: Refusal;
  readonly unknownUser: Refusal;
  /** A second request for the same user in one call. */
  readonly duplicateInBatch: Refusal;
  /** The bundle does not exist, or is not AVAILABLE. */
  readonly unknownBundle: Refusal;
  /** Sizes of volumes that the bundle cannot have. The message names the allowed sizes. */
  readonly badVolumes: Omit<Refusal, 'message'>;
  /** The key does not exist, or is not symmetric. */
  readonly badKey: Refusal;
  /** The key is not enabled. */
  readonly unavailableKey: Refusal;
  /** An ARN of a key of another account in this Region. */
  readonly crossAccountKeys: 'refuse' | 'accept';
  /** A volume to encrypt without a key. `default-key`: `alias/aws/workspaces` is used. */
  readonly volumeWithoutKey: Refusal | 'default-key';
  /** A key without a volume to encrypt. `ignore-key`: the desktop is not encrypted. */
  readonly keyWithoutVolume: Refusal | 'ignore-key';
  /** The caller may not use the key: see `KeyAccess`. */
  readonly keyDenied: Refusal;
  /** Whether the caller needs kms:Encrypt, Decrypt, ReEncrypt* and GenerateDataKey*, too, besides kms:CreateGrant. */
  readonly keyUserActions: 'checked' | 'unchecked';
  /** Whether CreateWorkspaces with tags needs workspaces:CreateTags, too. */
  readonly createTagsOnCreate: 'checked' | 'unchecked';

  /** The ErrorCode of TerminateWorkspaces and similar operations for an unknown id. */
  readonly unknownDesktopCode: string;
  /** The same for a desktop that its state protects. */
  readonly protectedDesktopCode: string;
  /** TerminateWorkspaces of an unknown id. `ignore`: no error. */
  readonly terminateUnknown: 'refuse' | 'ignore';
  /** TerminateWorkspaces of a desktop that no answer shows yet. */
  readonly terminateInvisible: 'accept' | 'not-found';
  /** TerminateWorkspaces of a desktop that is already TERMINATING. */
  readonly terminateAgain: 'accept' | 'refuse';
  /** TerminateWorkspaces of a SUSPENDED desktop, which stays as it is. `ignore`: no error. */
  readonly terminateSuspended: 'refuse' | 'ignore';
  /** DescribeTags of an id that does not exist. */
  readonly tagsOfUnknown: 'error' | 'empty';
}
