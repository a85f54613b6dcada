import { Size, Tokenization } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import type { DesktopSettings } from './contract';
import { typesProblem } from './given-types';
import type { UserEntry } from './user-entry';
import { bundleIdProblem, fail, ipv6AddressProblem, Problem, protocolsProblem, refuse, tagsProblem, volumeSizesProblem, whoIs } from './validation';
import { keyProblem, VolumeKey, volumeKey } from './volume-key';
import type { RunningMode } from '../running-mode';
import type { WorkspaceUser } from '../workspace-user';

/** What a fleet says for all its desktops, under the names that a user has for their own. */
export type FleetSettings = Omit<WorkspaceUser, 'userName' | 'tags' | 'ipv6Address'>;

/** One user's desktop as it goes over the wire. */
export interface Desktop {
  readonly userName: string;
  readonly settings: DesktopSettings;
  /** The key behind `settings.VolumeEncryptionKey`. */
  readonly key?: VolumeKey;
}

/** Lays every user's settings over the fleet's, and refuses what cannot be. */
export function desktopsOf(scope: IConstruct, fleet: FleetSettings, entries: readonly UserEntry[]): Desktop[] {
  if (fleet.bundleId !== undefined) refuse(bundleIdProblem(fleet.bundleId), scope);
  refuse(volumeSizesProblem(fleet.rootVolumeSize, fleet.userVolumeSize), scope);
  if (fleet.protocols) refuse(protocolsProblem(fleet.protocols, "the bundle's"), scope);
  if (fleet.volumeEncryptionKey && fleet.rootVolumeEncryptionEnabled === false && fleet.userVolumeEncryptionEnabled === false) {
    fail(scope, KEY_WITHOUT_VOLUME);
  }
  // Most users have nothing of their own: one desktop's settings are those of all of them.
  let common: Omit<Desktop, 'userName'> | undefined;
  return entries.map(entry => {
    if (hasOwnSettings(entry.user)) return desktopOf(scope, fleet, entry);
    common ??= desktopOf(scope, fleet, entry);
    return { ...common, userName: entry.user.userName };
  });
}

function hasOwnSettings(user: WorkspaceUser): boolean {
  return Object.entries(user).some(([name, value]) => name !== 'userName' && value !== undefined);
}

function desktopOf(scope: IConstruct, fleet: FleetSettings, entry: UserEntry): Desktop {
  const own = entry.user;
  const { userName } = own;
  const whose = `${whoIs(userName)}${entry.where ? `, ${entry.where}` : ''}`;
  const refuseOwn = (problem: Problem) => refuse(problem && `${problem} (${whose})`, scope);
  refuseOwn(typesProblem(own));

  const bundleId = own.bundleId ?? fleet.bundleId;
  if (bundleId === undefined) {
    fail(scope, `${whoIs(userName)} has no bundle${entry.where ? ` (${entry.where})` : ''}; give 'bundleId' to the fleet or to this user`);
  }
  if (own.bundleId !== undefined) refuseOwn(bundleIdProblem(own.bundleId));
  if (own.ipv6Address !== undefined) refuseOwn(ipv6AddressProblem(own.ipv6Address));
  if (own.protocols) refuseOwn(protocolsProblem(own.protocols, "the fleet's"));
  if (own.tags) refuseOwn(tagsProblem("'tags'", own.tags));
  if (own.rootVolumeSize || own.userVolumeSize) {
    refuseOwn(volumeSizesProblem(own.rootVolumeSize ?? fleet.rootVolumeSize, own.userVolumeSize ?? fleet.userVolumeSize));
  }

  const encryption = encryptionOf(fleet, own, problem => {
    const isOwn = own.volumeEncryptionKey || own.rootVolumeEncryptionEnabled !== undefined || own.userVolumeEncryptionEnabled !== undefined;
    return fail(scope, isOwn ? `${problem} (${whose})` : problem);
  });
  const protocols = own.protocols ?? fleet.protocols;
  const accelerator = own.globalAccelerator ?? fleet.globalAccelerator;

  return {
    userName,
    key: encryption.key,
    settings: given<DesktopSettings>({
      BundleId: bundleId,
      ...encryption.settings,
      ...runningModeSettings(own.runningMode ?? fleet.runningMode),
      ComputeTypeName: (own.computeType ?? fleet.computeType)?.name,
      RootVolumeSizeGib: gibText(own.rootVolumeSize ?? fleet.rootVolumeSize),
      UserVolumeSizeGib: gibText(own.userVolumeSize ?? fleet.userVolumeSize),
      Protocols: protocols?.map(protocol => protocol.name),
      OperatingSystemName: (own.operatingSystem ?? fleet.operatingSystem)?.name,
      GlobalAccelerator: accelerator && given({ Mode: accelerator.mode, PreferredProtocol: accelerator.preferredProtocol }),
      NestedVirtualizationEnabled: (own.nestedVirtualization ?? fleet.nestedVirtualization)?.toString(),
      Ipv6Address: own.ipv6Address,
      Tags: own.tags && Object.keys(own.tags).length > 0 ? own.tags : undefined,
    }),
  };
}

const KEY_WITHOUT_VOLUME = "'volumeEncryptionKey' is given and neither volume is to be encrypted with it; " +
  "leave it out, or one of 'rootVolumeEncryptionEnabled' and 'userVolumeEncryptionEnabled'";

interface Encryption {
  readonly settings?: Pick<DesktopSettings, 'VolumeEncryptionKey' | 'RootVolumeEncryptionEnabled' | 'UserVolumeEncryptionEnabled'>;
  readonly key?: VolumeKey;
}

function encryptionOf(fleet: FleetSettings, own: WorkspaceUser, refuseIt: (problem: string) => never): Encryption {
  const key = own.volumeEncryptionKey ?? fleet.volumeEncryptionKey;
  const root = own.rootVolumeEncryptionEnabled ?? fleet.rootVolumeEncryptionEnabled ?? key !== undefined;
  const user = own.userVolumeEncryptionEnabled ?? fleet.userVolumeEncryptionEnabled ?? key !== undefined;
  if (!key) {
    if (root || user) {
      refuseIt(`'${root ? 'rootVolumeEncryptionEnabled' : 'userVolumeEncryptionEnabled'}' is true and there is no 'volumeEncryptionKey'; ` +
        "give a key, for the one that AWS manages kms.Alias.fromAliasName(stack, 'Key', 'alias/aws/workspaces')");
    }
    // What the service makes of flags without a key is not documented; without either, a desktop is not encrypted.
    return {};
  }
  if (!root && !user) {
    if (own.volumeEncryptionKey) refuseIt(KEY_WITHOUT_VOLUME);
    // The fleet's key is for the others: this user's flags say so.
    return {};
  }
  const problem = keyProblem(key);
  if (problem) refuseIt(problem);
  const resolved = volumeKey(key);
  return {
    key: resolved,
    settings: {
      VolumeEncryptionKey: resolved.arn,
      RootVolumeEncryptionEnabled: String(root),
      UserVolumeEncryptionEnabled: String(user),
    },
  };
}

function runningModeSettings(mode: RunningMode | undefined): Pick<DesktopSettings, 'RunningMode' | 'RunningModeAutoStopTimeoutInMinutes'> {
  return {
    RunningMode: mode?.mode,
    RunningModeAutoStopTimeoutInMinutes: mode?.autoStopTimeout && Tokenization.stringifyNumber(mode.autoStopTimeout.toMinutes()),
  };
}

function gibText(size: Size | undefined): string | undefined {
  return size && Tokenization.stringifyNumber(size.toGibibytes());
}

/** Without the members that are not given: a manifest must not differ by them. */
function given<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
