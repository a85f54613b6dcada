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

/** The settings of a desktop, by the names of the props. */
export type Settings = Omit<WorkspaceUser, 'userName'>;
export type SettingName = keyof Settings;

/** Everything that the construct knows about one setting. Its documentation is at the prop. */
export interface Setting<T> {
  /** The type that is checked in plain JavaScript. A string has none, because `problem` checks it. */
  readonly type?: TypeRule;
  /** What is wrong with a value, whatever the other settings are. `otherwise`, for the message, is whose value applies if this one is left out. */
  readonly problem?: (value: T, otherwise: string) => Problem;
  /** Its columns in a CSV file. */
  readonly csv?: CsvColumns<T>;
  /** What is sent, by the contract's names. A member that is undefined is not sent. */
  readonly members: { readonly [M in keyof DesktopSettings]?: (value: T, all: Settings) => DesktopSettings[M] | undefined };
  /** The fleet's value is not copied to users: a fleet has none, or it sends its own once for all desktops, as with tags. */
  readonly userOnly?: true;
}

/**
 * Every setting of a desktop. To add one, add a member to `DesktopSettings` in contract.ts, a prop in workspace-options.ts,
 * and a row here. The columns of CSV files are documented at WorkspaceUsers.fromCsv().
 *
 * Add new rows at the end. Members are sent in this order, so another order would change the hash of every manifest. Messages list the
 * headers of CSV files in this order, too.
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
      // AWS does not document what the flags mean without a key, so they are sent only with one.
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
    members: {}, // sent by the row of the key
  },
  userVolumeEncryptionEnabled: {
    type: FLAG,
    csv: column('userVolumeEncryptionEnabled', trueOrFalse),
    members: {}, // sent by the row of the key
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
    // A CSV file has one column for each tag. users-csv.ts reads them.
    members: { Tags: tags => Object.keys(tags).length > 0 ? tags : undefined },
    userOnly: true,
  },
} satisfies { readonly [Name in SettingName]-?: Setting<NonNullable<Settings[Name]>> };

type Table = typeof TABLE;

/** The settings that a user does not take from the fleet. */
export type UserOnly = { [Name in SettingName]: Table[Name] extends { readonly userOnly: true } ? Name : never }[SettingName];

/** The rows. Their values can be `any` here, because the type of the table has checked that each row fits its prop. */
export const SETTINGS = Object.entries(TABLE) as unknown as readonly (readonly [SettingName, Setting<any>])[];

type WrittenMember = { [Name in SettingName]: keyof Table[Name]['members'] }[SettingName];

/** What is sent for a desktop with these settings. */
export function membersOf(settings: Settings & { readonly bundleId: string }): DesktopSettings {
  const written = {} as Record<WrittenMember, unknown>;
  for (const [name, { members }] of SETTINGS) {
    const value = settings[name];
    if (value === undefined) continue;
    for (const [member, write] of Object.entries(members)) written[member as WrittenMember] = write(value, settings);
  }
  // The compiler reports an error here if the contract has a member that no row writes.
  const all: Record<keyof DesktopSettings, unknown> = written;
  return given(all) as unknown as DesktopSettings;
}

function inGib(size: Size): string {
  return Tokenization.stringifyNumber(size.toGibibytes());
}

/** Removes members that are undefined, so that they make no difference in a manifest. */
function given<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
