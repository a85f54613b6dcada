import type { Wanted } from '../request/resource-properties';
import type { DesktopRequest } from '../aws/workspaces-api';
import { DesktopSettings, OWNERSHIP_TAG } from '../../src/private/contract';

/** A desktop as CreateWorkspaces is asked for it. What is not set is not sent: the service would take a default of ours literally. */
export function desktopRequest(wanted: Wanted, directoryId: string, fleetId: string, keyArns: Readonly<Record<string, string>>): DesktopRequest {
  const { settings } = wanted;
  const key = settings.VolumeEncryptionKey;
  if (key !== undefined && !keyArns[key]) throw new Error(`the key ${key} was not resolved before a desktop was to be encrypted with it`);
  return {
    DirectoryId: directoryId,
    UserName: wanted.userName,
    BundleId: settings.BundleId,
    VolumeEncryptionKey: key === undefined ? undefined : keyArns[key],
    RootVolumeEncryptionEnabled: flag(settings.RootVolumeEncryptionEnabled),
    UserVolumeEncryptionEnabled: flag(settings.UserVolumeEncryptionEnabled),
    WorkspaceProperties: properties(settings),
    Ipv6Address: settings.Ipv6Address,
    Tags: Object.entries({ ...settings.Tags, [OWNERSHIP_TAG]: fleetId }).map(([Key, Value]) => ({ Key, Value })),
  };
}

function properties(settings: DesktopSettings): DesktopRequest['WorkspaceProperties'] {
  const given = {
    RunningMode: settings.RunningMode,
    RunningModeAutoStopTimeoutInMinutes: number(settings.RunningModeAutoStopTimeoutInMinutes),
    ComputeTypeName: settings.ComputeTypeName,
    RootVolumeSizeGib: number(settings.RootVolumeSizeGib),
    UserVolumeSizeGib: number(settings.UserVolumeSizeGib),
    Protocols: settings.Protocols,
    OperatingSystemName: settings.OperatingSystemName,
    GlobalAccelerator: settings.GlobalAccelerator,
    NestedVirtualizationEnabled: flag(settings.NestedVirtualizationEnabled),
  };
  // Enum members are open sets here: the service knows values that the SDK's types do not have yet.
  return Object.values(given).some((value) => value !== undefined) ? (given as DesktopRequest['WorkspaceProperties']) : undefined;
}

function flag(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'true';
}

function number(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
