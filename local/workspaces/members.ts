import type { BundleProps } from './bundles';
import type { WorkspacesOptions } from './service-options';
import type { ShapeOf } from './shape';
import { badParameter, checkEnum, checkPattern, requireMembers } from './validation';

/**
 * What can be asked of a desktop, by the API's names: input, creation, modification, migration and descriptions read it from here.
 *
 * To add a member, write its type in `DesktopProperties` and its row in `PROPERTIES` (one beside WorkspaceProperties: `RequestMembers`,
 * `REQUEST_MEMBERS`), its rules with their sources in RULES.md, and its case in test/local/workspaces/members.test.ts; types hold these
 * together. Only what must hold beyond its form goes elsewhere: for a new value in change-rules.ts, for a new desktop in create.ts.
 */

/** WorkspaceProperties, as a desktop has them. */
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

/** The members of a request beside its WorkspaceProperties and Tags. */
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

/** A change that shows in ModificationStates, and only then in the member. */
export interface GradualChange {
  readonly resource: ChangedResource;
  /** The option that says how long it is in progress. */
  readonly time: 'volumeTime' | 'computeTime' | 'protocolTime';
  /** The option that says in what state the desktop is meanwhile. */
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
  /** Throws what is wrong with a value on its face. */
  readonly check?: (value: NonNullable<T>) => void;
  /** What a desktop has from CreateWorkspaces on. One that does not look at what was given is not taken there. */
  readonly start: (given: NonNullable<T> | undefined, about: Start) => T;
  /** How ModifyWorkspaceProperties changes it; `running-mode`: with the other one, see running-mode.ts. */
  readonly modify: 'refused' | 'at-once' | 'running-mode' | GradualChange;
  /** What MigrateWorkspace gives to the new desktop; `anew`: what a desktop has whose request does not say. */
  readonly migrate: 'kept' | 'anew' | ((migration: Migration) => T);
}

const asGiven = <T>(given: T): T => given;
const modeOf = ({ given, options }: Start): string => given.RunningMode ?? options.defaultRunningMode;

export const PROPERTIES: { readonly [Name in keyof DesktopProperties]-?: PropertyMember<DesktopProperties[Name]> } = {
  RunningMode: {
    shape: 'string',
    check: (mode) => checkEnum('RunningMode', mode),
    start: (_given, about) => modeOf(about),
    modify: 'running-mode',
    migrate: 'kept',
  },
  RunningModeAutoStopTimeoutInMinutes: {
    shape: 'integer',
    check: (timeout) => {
      if (!(timeout > 0 && timeout % 60 === 0)) throw badParameter(`RunningModeAutoStopTimeoutInMinutes ${timeout} is invalid: it must be a multiple of 60.`);
    },
    start: (given, about) => (modeOf(about) === 'AUTO_STOP' ? given ?? 60 : undefined),
    modify: 'running-mode',
    migrate: 'kept',
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
    // With its data: a size of its own stays, one that was the bundle's is the larger of both bundles'.
    migrate: ({ before: { UserVolumeSizeGib: size }, from, to }) => (from && size !== from.userVolumeGib ? size : Math.max(size, to.userVolumeGib)),
  },
  ComputeTypeName: {
    shape: 'string',
    check: (type) => checkEnum('ComputeTypeName', type),
    start: (given, { bundle }) => given ?? bundle?.computeType ?? 'STANDARD',
    modify: { resource: 'COMPUTE_TYPE', time: 'computeTime', state: 'stateWhileRestarting' },
    migrate: 'anew',
  },
  Protocols: {
    shape: ['string'],
    check: (protocols) => protocols.forEach((protocol) => checkEnum('Protocols', protocol)),
    start: asGiven,
    modify: { resource: 'PROTOCOL', time: 'protocolTime', state: 'stateWhileRestarting' },
    migrate: 'anew',
  },
  OperatingSystemName: {
    shape: 'string',
    check: (name) => checkEnum('OperatingSystemName', name),
    start: asGiven,
    modify: 'refused',
    migrate: 'anew',
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
    migrate: 'kept',
  },
  NestedVirtualizationEnabled: {
    shape: 'boolean',
    start: asGiven,
    modify: { resource: 'NESTED_VIRTUALIZATION', time: 'computeTime', state: 'stateWhileRestarting' },
    migrate: 'anew',
  },
};

export type RequestMember<T> = {
  readonly shape: ShapeOf<NonNullable<T>>;
  readonly required?: boolean;
  /** Throws what is wrong with a value on its face. */
  readonly check?: (value: unknown) => void;
} & (
  /** The desktop keeps it as it was given, and DescribeWorkspaces shows it. */
  | { readonly storedIn: 'requested'; readonly migrate: 'kept' | 'anew' }
  /** The desktop has something else that was made of it. */
  | { readonly storedIn: 'identity' | 'encryption' | 'computer' }
);

export const REQUEST_MEMBERS = {
  DirectoryId: { shape: 'string', required: true, check: (id) => checkPattern('Directory ID', id), storedIn: 'identity' },
  UserName: { shape: 'string', required: true, check: (name) => checkPattern('User Name', name), storedIn: 'identity' },
  BundleId: { shape: 'string', required: true, check: (id) => checkPattern('Bundle ID', id), storedIn: 'identity' },
  VolumeEncryptionKey: { shape: 'string', storedIn: 'encryption' },
  UserVolumeEncryptionEnabled: { shape: 'boolean', storedIn: 'encryption' },
  RootVolumeEncryptionEnabled: { shape: 'boolean', storedIn: 'encryption' },
  WorkspaceName: { shape: 'string', check: (name) => checkPattern('WorkSpace Name', name), storedIn: 'requested', migrate: 'kept' },
  Ipv6Address: { shape: 'string', check: (address) => checkPattern('IPv6 Address', address), storedIn: 'computer' },
} as const satisfies { readonly [Name in keyof RequestMembers]-?: RequestMember<RequestMembers[Name]> };

/** The members of its request that a desktop keeps as they were given. */
export type Requested = {
  readonly [Name in keyof RequestMembers as (typeof REQUEST_MEMBERS)[Name]['storedIn'] extends 'requested' ? Name : never]?: RequestMembers[Name];
};
