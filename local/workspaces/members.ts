import type { BundleProps } from './bundles';
import type { WorkspacesOptions } from './service-options';
import type { ShapeOf } from './shape';
import { badParameter, checkEnum, checkPattern, requireMembers } from './validation';

/**
 * The members of a desktop that can be requested, by the API's names. Input, creation, modification, migration and descriptions use them.
 *
 * To add a member, write its type in `DesktopProperties` and its row in `PROPERTIES` (one beside WorkspaceProperties: `RequestMembers`,
 * `REQUEST_MEMBERS`), its rules with their sources in RULES.md, and its case in test/local/workspaces/members.test.ts; the compiler
 * finds what is missing. Only rules beyond a value's form go elsewhere: for a new value into change-rules.ts, for a new desktop into create.ts.
 */

/** The WorkspaceProperties of a desktop. */
export interface DesktopProperties {
  readonly RunningMode: string;
  readonly RunningModeAutoStopTimeoutInMinutes?: number;
  readonly RootVolumeSizeGib: number;
  readonly UserVolumeSizeGib: number;
  readonly ComputeTypeName: string;
  readonly Protocols?: readonly string[];
  readonly OperatingSystemName?: string;
  readonly GlobalAccelerator?: { readonly Mode: string; readonly PreferredProtocol?: string };
  readonly NestedVirtualizationEnabled?: boolean;
}

/** The members of a request besides its WorkspaceProperties and Tags. */
export interface RequestMembers {
  readonly DirectoryId: string;
  readonly UserName: string;
  readonly BundleId: string;
  readonly VolumeEncryptionKey?: string;
  readonly UserVolumeEncryptionEnabled?: boolean;
  readonly RootVolumeEncryptionEnabled?: boolean;
  readonly WorkspaceName?: string;
  readonly Ipv6Address?: string;
}

/** What ModificationStates calls a change. */
export type ChangedResource = 'ROOT_VOLUME' | 'USER_VOLUME' | 'COMPUTE_TYPE' | 'PROTOCOL' | 'NESTED_VIRTUALIZATION';

/** A change that shows first in ModificationStates, and in the member only when it is done. */
export interface GradualChange {
  readonly resource: ChangedResource;
  /** The option for the duration of the change. */
  readonly time: 'volumeTime' | 'computeTime' | 'protocolTime';
  /** The option for the desktop's state during the change. */
  readonly state: 'stateWhileResizing' | 'stateWhileRestarting';
}

/** What a new desktop's properties depend on. */
export interface Start {
  /** WorkspaceProperties of the request. */
  readonly given: Partial<DesktopProperties>;
  readonly bundle?: Required<BundleProps>;
  readonly options: Pick<WorkspacesOptions, 'defaultRunningMode'>;
}

export interface Migration {
  readonly before: DesktopProperties;
  readonly from?: Required<BundleProps>;
  readonly to: Required<BundleProps>;
}

export interface PropertyMember<T> {
  readonly shape: ShapeOf<NonNullable<T>>;
  /** Throws if the form of a value is wrong. */
  readonly check?: (value: NonNullable<T>) => void;
  /** The value of a new desktop. If it ignores `given`, CreateWorkspaces does not accept the member. */
  readonly start: (given: NonNullable<T> | undefined, about: Start) => T;
  /** How ModifyWorkspaceProperties changes it. `running-mode`: together with the other one, see running-mode.ts. */
  readonly modify: 'refused' | 'at-once' | 'running-mode' | GradualChange;
  /** The value of the new desktop of a migration. `default`: as if its request did not specify it. */
  readonly migrate: 'copied' | 'default' | ((migration: Migration) => T);
}

const asGiven = <T>(given: T): T => given;
const modeOf = ({ given, options }: Start): string => given.RunningMode ?? options.defaultRunningMode;

export const PROPERTIES: { readonly [Name in keyof DesktopProperties]-?: PropertyMember<DesktopProperties[Name]> } = {
  RunningMode: {
    shape: 'string',
    check: (mode) => checkEnum('RunningMode', mode),
    start: (_given, about) => modeOf(about),
    modify: 'running-mode',
    migrate: 'copied',
  },
  RunningModeAutoStopTimeoutInMinutes: {
    shape: 'integer',
    check: (timeout) => {
      if (!(timeout > 0 && timeout % 60 === 0)) throw badParameter(`RunningModeAutoStopTimeoutInMinutes ${timeout} is invalid: it must be a multiple of 60.`);
    },
    start: (given, about) => (modeOf(about) === 'AUTO_STOP' ? given ?? 60 : undefined),
    modify: 'running-mode',
    migrate: 'copied',
  },
  RootVolumeSizeGib: {
    shape: 'integer',
    start: (given, { bundle }) => given ?? bundle?.rootVolumeGib ?? 80,
    modify: { resource: 'ROOT_VOLUME', time: 'volumeTime', state: 'stateWhileResizing' },
    migrate: ({ before, to }) => Math.max(before.RootVolumeSizeGib, to.rootVolumeGib),
  },
  UserVolumeSizeGib: {
    shape: 'integer',
    start: (given, { bundle }) => given ?? bundle?.userVolumeGib ?? 50,
    modify: { resource: 'USER_VOLUME', time: 'volumeTime', state: 'stateWhileResizing' },
    // The volume keeps its data. A size that differs from the bundle's stays. Otherwise it is the larger of both bundles' sizes.
    migrate: ({ before: { UserVolumeSizeGib: size }, from, to }) => (from && size !== from.userVolumeGib ? size : Math.max(size, to.userVolumeGib)),
  },
  ComputeTypeName: {
    shape: 'string',
    check: (type) => checkEnum('ComputeTypeName', type),
    start: (given, { bundle }) => given ?? bundle?.computeType ?? 'STANDARD',
    modify: { resource: 'COMPUTE_TYPE', time: 'computeTime', state: 'stateWhileRestarting' },
    migrate: 'default',
  },
  Protocols: {
    shape: ['string'],
    check: (protocols) => protocols.forEach((protocol) => checkEnum('Protocols', protocol)),
    start: asGiven,
    modify: { resource: 'PROTOCOL', time: 'protocolTime', state: 'stateWhileRestarting' },
    migrate: 'default',
  },
  OperatingSystemName: {
    shape: 'string',
    check: (name) => checkEnum('OperatingSystemName', name),
    start: asGiven,
    modify: 'refused',
    migrate: 'default',
  },
  GlobalAccelerator: {
    shape: { Mode: 'string', PreferredProtocol: 'string' },
    check: (accelerator) => {
      requireMembers({ ...accelerator }, 'Mode');
      checkEnum('GlobalAcceleratorMode', accelerator.Mode);
      checkEnum('PreferredProtocol', accelerator.PreferredProtocol);
    },
    start: asGiven,
    modify: 'at-once',
    migrate: 'copied',
  },
  NestedVirtualizationEnabled: {
    shape: 'boolean',
    start: asGiven,
    modify: { resource: 'NESTED_VIRTUALIZATION', time: 'computeTime', state: 'stateWhileRestarting' },
    migrate: 'default',
  },
};

export type RequestMember<T> = {
  readonly shape: ShapeOf<NonNullable<T>>;
  readonly required?: boolean;
  /** Throws if the form of a value is wrong. */
  readonly check?: (value: unknown) => void;
} & (
  /** The desktop stores it unchanged, and DescribeWorkspaces shows it. */
  | { readonly storedIn: 'requested'; readonly migrate: 'copied' | 'default' }
  /** The desktop stores something derived from it. */
  | { readonly storedIn: 'identity' | 'encryption' | 'computer' }
);

export const REQUEST_MEMBERS = {
  DirectoryId: { shape: 'string', required: true, check: (id) => checkPattern('Directory ID', id), storedIn: 'identity' },
  UserName: { shape: 'string', required: true, check: (name) => checkPattern('User Name', name), storedIn: 'identity' },
  BundleId: { shape: 'string', required: true, check: (id) => checkPattern('Bundle ID', id), storedIn: 'identity' },
  VolumeEncryptionKey: { shape: 'string', storedIn: 'encryption' },
  UserVolumeEncryptionEnabled: { shape: 'boolean', storedIn: 'encryption' },
  RootVolumeEncryptionEnabled: { shape: 'boolean', storedIn: 'encryption' },
  WorkspaceName: { shape: 'string', check: (name) => checkPattern('WorkSpace Name', name), storedIn: 'requested', migrate: 'copied' },
  Ipv6Address: { shape: 'string', check: (address) => checkPattern('IPv6 Address', address), storedIn: 'computer' },
} as const satisfies { readonly [Name in keyof RequestMembers]-?: RequestMember<RequestMembers[Name]> };

/** The members of its request that a desktop stores unchanged. */
export type Requested = {
  readonly [Name in keyof RequestMembers as (typeof REQUEST_MEMBERS)[Name]['storedIn'] extends 'requested' ? Name : never]?: RequestMembers[Name];
};
