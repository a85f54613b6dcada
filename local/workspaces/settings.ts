/** How a rule refuses: the one item of the call that breaks it, or the whole call. */
export interface Refusal {
  readonly scope: 'item' | 'call';
  readonly code: string;
  readonly message: string;
}

/** What a duration may depend on. `index` counts the desktops made since the service was, from 0. */
export interface NewDesktop {
  readonly index: number;
  readonly userName: string;
  readonly encrypted: boolean;
}

/** Milliseconds of the service's clock. */
export type Duration = number | ((desktop: NewDesktop) => number);

export interface DesktopError {
  readonly code: string;
  readonly message: string;
}

export interface DirectorySettings {
  readonly directoryId: string;
  /** @default 'REGISTERED' */
  readonly state?: 'REGISTERING' | 'REGISTERED' | 'DEREGISTERING' | 'DEREGISTERED' | 'ERROR';
  /** @default 'PERSONAL' */
  readonly workspaceType?: 'PERSONAL' | 'POOLS';
  /** @default 'corp.amazonworkspaces.com' */
  readonly directoryName?: string;
  /** @default 'SIMPLE_AD' */
  readonly directoryType?: 'SIMPLE_AD' | 'AD_CONNECTOR' | 'CUSTOMER_MANAGED' | 'AWS_IAM_IDENTITY_CENTER';
}

export interface BundleSettings {
  readonly bundleId: string;
  /** @default the bundle's id */
  readonly name?: string;
  /** `AMAZON`, or an account number. @default the account's own */
  readonly owner?: string;
  /** @default 'STANDARD' */
  readonly computeType?: string;
  /** @default 80 */
  readonly rootVolumeGib?: number;
  /** @default 50 */
  readonly userVolumeGib?: number;
  /** @default 'AVAILABLE' */
  readonly state?: 'AVAILABLE' | 'PENDING' | 'ERROR';
}

/** Everything about the service that a scenario may choose. RULES.md says how sure each rule and default is. */
export interface WorkspacesSettings {
  /** Of the ids, the times and the shuffles. */
  readonly seed: number;
  /** A token bucket over all operations of the account. */
  readonly throttle: { readonly perSecond: number; readonly burst: number } | 'off';
  /** How many desktops the account may have. */
  readonly quota: number;

  /** `any`: every well-formed id is a registered directory of personal desktops. */
  readonly directories: 'any' | readonly DirectorySettings[];
  /** `any`: every well-formed id is a bundle of the default shape. */
  readonly bundles: 'any' | readonly BundleSettings[];
  /** The users of every directory. */
  readonly users: 'any' | readonly string[];
  /** Users that no directory has, whatever `users` says. */
  readonly missingUsers: readonly string[];

  /** How long after its creation no answer shows a desktop. */
  readonly invisibleFor: Duration;
  /** How long a desktop is PENDING. `typical`: 10 to 20 minutes, with encrypted volumes 10 to 40. */
  readonly buildTime: Duration | 'typical';
  /** How long a desktop is TERMINATING before its id is gone. */
  readonly terminateTime: Duration;
  /** Whether AUTO_STOP desktops stop when nobody has used them for their timeout. */
  readonly autoStop: boolean;
  /** By user: the desktop goes to ERROR at the end of its build. */
  readonly lateErrors: Readonly<Record<string, DesktopError>>;
  /** Of a desktop whose request does not say. */
  readonly defaultRunningMode: 'ALWAYS_ON' | 'AUTO_STOP';

  /** The order of CreateWorkspaces' PendingRequests, against the order of the request. */
  readonly pendingOrder: 'request' | 'reversed' | 'shuffled';
  /** The order of DescribeWorkspaces. */
  readonly describeOrder: 'id' | 'creation' | 'newest-first';
  /** What the last page has for NextToken. */
  readonly lastPageToken: 'absent' | 'empty';

  /** A second request for the same user in one call. */
  readonly duplicateInBatch: Refusal;
  readonly unknownBundle: Refusal;
  /** The key does not exist, is not enabled, or is not symmetric. */
  readonly badKey: Refusal;
  /** A volume to encrypt, but no key. `default-key`: `alias/aws/workspaces` is used. */
  readonly volumeWithoutKey: Refusal | 'default-key';
  /** A key, but no volume to encrypt. `ignore-key`: the desktop is unencrypted. */
  readonly keyWithoutVolume: Refusal | 'ignore-key';

  /** TerminateWorkspaces' ErrorCode for an id that it does not know. */
  readonly unknownDesktopCode: string;
  /** TerminateWorkspaces' ErrorCode for a desktop that its state protects. */
  readonly protectedDesktopCode: string;
  /** TerminateWorkspaces of a desktop that no answer shows yet. */
  readonly terminateInvisible: 'accept' | 'not-found';
  /** TerminateWorkspaces of a desktop that is TERMINATING already. */
  readonly terminateAgain: 'accept' | 'refuse';
  /** DescribeTags of an id that does not exist. */
  readonly tagsOfUnknown: 'error' | 'empty';
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const BAD_KEY: Refusal = {
  scope: 'item',
  code: 'ResourceNotFound.Key',
  message: 'The specified key could not be found. Please provide a valid key for encryption.',
};

export const EXISTS: Refusal = {
  scope: 'item',
  code: 'ResourceExists.WorkSpace',
  message: 'A WorkSpace already exists for the specified user.',
};

export const DEFAULT_SETTINGS: WorkspacesSettings = {
  seed: 1,
  throttle: { perSecond: 2, burst: 5 },
  quota: Infinity,

  directories: 'any',
  bundles: 'any',
  users: 'any',
  missingUsers: [],

  invisibleFor: 4 * SECOND,
  buildTime: 'typical',
  terminateTime: 5 * MINUTE,
  autoStop: true,
  lateErrors: {},
  defaultRunningMode: 'ALWAYS_ON',

  pendingOrder: 'reversed',
  describeOrder: 'id',
  lastPageToken: 'absent',

  duplicateInBatch: EXISTS,
  unknownBundle: { scope: 'item', code: 'ResourceNotFound.Bundle', message: 'The specified bundle could not be found in the specified region.' },
  badKey: BAD_KEY,
  volumeWithoutKey: BAD_KEY,
  keyWithoutVolume: 'ignore-key',

  unknownDesktopCode: '400',
  protectedDesktopCode: 'InvalidResourceState.WorkSpace',
  terminateInvisible: 'accept',
  terminateAgain: 'accept',
  tagsOfUnknown: 'error',
};
