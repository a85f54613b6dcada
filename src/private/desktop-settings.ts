import { Size, Tokenization } from 'aws-cdk-lib';
import type { DesktopSettings } from './contract';
import { column, CsvColumns, gibibytes, globalAccelerator, key, listField, runningMode, trueOrFalse } from './csv-fields';
import { COMPUTE_TYPE, GLOBAL_ACCELERATOR, OPERATING_SYSTEM, RUNNING_MODE, WORKSPACE_PROTOCOL } from './kinds';
import { FLAG, having, listOf, ours, SIZE, TypeRule } from './type-rules';
import { bundleIdProblem, ipv6AddressProblem, Problem, protocolsProblem, tagsProblem } from './validation';
import { ComputeType } from '../compute-type';
import { OperatingSystem } from '../operating-system';
import { WorkspaceProtocol } from '../workspace-protocol';
import type { WorkspaceUser } from '../workspace-user';

/** What a desktop can be asked to be, under the names of the props. */
export type Settings = Omit<WorkspaceUser, 'userName'>;
export type SettingName = keyof Settings;

/** All that the construct knows of one setting, but for its documentation, which is at the props. */
export interface Setting<T> {
  /** What it must be in plain JavaScript. None for a text: `problem` looks at its form. */
  readonly type?: TypeRule;
  /** What is wrong with a value, whatever the others are. Without the value, that of `otherwise` holds. */
  readonly problem?: (value: T, otherwise: string) => Problem;
  /** How a CSV file says it. */
  readonly csv?: CsvColumns<T>;
  /** What is sent, by the contract's names; a member that is undefined is not. */
  readonly members: { readonly [M in keyof DesktopSettings]?: (value: T, all: Settings) => DesktopSettings[M] | undefined };
  /** Not taken from the fleet: it has none, or, as with tags, sends its own once for all desktops. */
  readonly userOnly?: true;
}

/**
 * Every setting of a desktop. To add one: a member of `DesktopSettings` in contract.ts, the prop in workspace-options.ts,
 * and a row here. Columns of CSV files are documented at WorkspaceUsers.fromCsv().
 *
 * New rows come last: members are sent in this order, and manifests are known by a hash. Headers of CSV files are listed in it, too.
 */
const TABLE = {
  bundleId: {
    problem: bundleIdProblem,
    csv: column('bundleId', field => field),
    members: { BundleId: id => id },
  },
  volumeEncryptionKey: {
    type: having('keyRef', 'be a key or an alias, such as kms.Key.fromKeyArn() or kms.Alias.fromAliasName()'),
    csv: column('volumeEncryptionKey', key),
    members: {
      VolumeEncryptionKey: ({ keyRef }) => keyRef.keyArn,
      // What the service makes of flags without a key is not documented, so they go with it.
      RootVolumeEncryptionEnabled: (_, { rootVolumeEncryptionEnabled }) => String(rootVolumeEncryptionEnabled ?? true),
      UserVolumeEncryptionEnabled: (_, { userVolumeEncryptionEnabled }) => String(userVolumeEncryptionEnabled ?? true),
    },
  },
  runningMode: {
    type: ours(RUNNING_MODE, '.autoStop(), .alwaysOn() or .manual()'),
    csv: { columns: ['runningMode', 'autoStopTimeoutInMinutes'], read: runningMode },
    members: {
      RunningMode: ({ mode }) => mode,
      RunningModeAutoStopTimeoutInMinutes: ({ autoStopTimeout }) => autoStopTimeout && Tokenization.stringifyNumber(autoStopTimeout.toMinutes()),
    },
  },
  computeType: {
    type: ours(COMPUTE_TYPE, '.STANDARD, another member, or .of()'),
    csv: column('computeType', ComputeType.of),
    members: { ComputeTypeName: ({ name }) => name },
  },
  rootVolumeSize: {
    type: SIZE,
    csv: column('rootVolumeSizeGib', gibibytes),
    members: { RootVolumeSizeGib: inGib },
  },
  userVolumeSize: {
    type: SIZE,
    csv: column('userVolumeSizeGib', gibibytes),
    members: { UserVolumeSizeGib: inGib },
  },
  protocols: {
    type: listOf(ours(WORKSPACE_PROTOCOL, '.DCV, .PCOIP or .of()')),
    problem: protocolsProblem,
    csv: column('protocols', field => listField(field).map(WorkspaceProtocol.of)),
    members: { Protocols: protocols => protocols.map(({ name }) => name) },
  },
  operatingSystem: {
    type: ours(OPERATING_SYSTEM, '.WINDOWS_SERVER_2022, another member, or .of()'),
    csv: column('operatingSystem', OperatingSystem.of),
    members: { OperatingSystemName: ({ name }) => name },
  },
  rootVolumeEncryptionEnabled: {
    type: FLAG,
    csv: column('rootVolumeEncryptionEnabled', trueOrFalse),
    members: {}, // the key's row has it
  },
  userVolumeEncryptionEnabled: {
    type: FLAG,
    csv: column('userVolumeEncryptionEnabled', trueOrFalse),
    members: {}, // the key's row has it
  },
  globalAccelerator: {
    type: ours(GLOBAL_ACCELERATOR, '.enabledAuto(), .disabled(), .inherited() or .of()'),
    csv: { columns: ['globalAccelerator', 'globalAcceleratorProtocol'], read: globalAccelerator },
    members: { GlobalAccelerator: ({ mode, preferredProtocol }) => given({ Mode: mode, PreferredProtocol: preferredProtocol?.name }) },
  },
  nestedVirtualizationEnabled: {
    type: FLAG,
    csv: column('nestedVirtualizationEnabled', trueOrFalse),
    members: { NestedVirtualizationEnabled: String },
  },
  ipv6Address: {
    problem: ipv6AddressProblem,
    csv: column('ipv6Address', field => field),
    members: { Ipv6Address: address => address },
    userOnly: true,
  },
  tags: {
    problem: tags => tagsProblem("'tags'", tags),
    // A CSV file has a column for each tag: users-csv.ts.
    members: { Tags: tags => Object.keys(tags).length > 0 ? tags : undefined },
    userOnly: true,
  },
} satisfies { readonly [Name in SettingName]-?: Setting<NonNullable<Settings[Name]>> };

type Table = typeof TABLE;

/** Those that are not taken from the fleet. */
export type UserOnly = { [Name in SettingName]: Table[Name] extends { readonly userOnly: true } ? Name : never }[SettingName];

/** Row by row: that each takes what its prop has, the table's type has said. */
export const SETTINGS = Object.entries(TABLE) as unknown as readonly (readonly [SettingName, Setting<any>])[];

type WrittenMember = { [Name in SettingName]: keyof Table[Name]['members'] }[SettingName];

/** What is sent of a desktop with these settings. */
export function membersOf(settings: Settings & { readonly bundleId: string }): DesktopSettings {
  const written = {} as Record<WrittenMember, unknown>;
  for (const [name, { members }] of SETTINGS) {
    const value = settings[name];
    if (value === undefined) continue;
    for (const [member, write] of Object.entries(members)) written[member as WrittenMember] = write(value, settings);
  }
  // The compiler stops here when the contract has a member that no row writes.
  const all: Record<keyof DesktopSettings, unknown> = written;
  return given(all) as unknown as DesktopSettings;
}

function inGib(size: Size): string {
  return Tokenization.stringifyNumber(size.toGibibytes());
}

/** Without the members that are undefined: a manifest must not differ by them. */
function given<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
