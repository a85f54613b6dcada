import type { DesktopError } from './settings';
import type { Desktop, DesktopProperties, Encryption } from './store';
import { milliseconds, World } from './world';

const MINUTE = 60_000;

export interface Birth {
  readonly directoryId: string;
  readonly userName: string;
  readonly bundleId: string;
  /** As in a request's WorkspaceProperties. */
  readonly properties?: any;
  readonly tags: Iterable<readonly [string, string]>;
  readonly encryption?: Encryption;
  readonly origin: Desktop['origin'];
}

/** Adds a desktop to the world. All rules have been kept by now. */
export function bear(world: World, birth: Birth): Desktop {
  const { clock, settings, random, desktops } = world;
  const index = desktops.nextIndex;
  const now = clock.now();
  const subject = { index, userName: birth.userName, encrypted: birth.encryption !== undefined };
  // What others made was there before anybody looked.
  const found = birth.origin === 'elsewhere';
  const builtAt = found ? now : now + buildTime(world, subject);
  const properties = complete(world, birth);
  const timeout = properties.RunningModeAutoStopTimeoutInMinutes;
  const desktop: Desktop = {
    workspaceId: desktops.newId(),
    index,
    directoryId: birth.directoryId,
    userName: birth.userName,
    bundleId: birth.bundleId,
    encryption: birth.encryption,
    properties,
    tags: new Map(birth.tags),
    origin: birth.origin,
    createdAt: now,
    visibleAt: found ? now : now + milliseconds(settings.invisibleFor, subject),
    builtAt,
    stopsAt: settings.autoStop && properties.RunningMode === 'AUTO_STOP' && timeout !== undefined ? builtAt + timeout * MINUTE : undefined,
    lateError: found ? undefined : lateError(settings.lateErrors, birth.userName),
    computer: {
      IpAddress: `10.${Math.floor(index / 62500) % 250}.${Math.floor(index / 250) % 250}.${(index % 250) + 4}`,
      SubnetId: `subnet-${random.text(17, '0123456789abcdef')}`,
      ComputerName: `WSAMZN-${random.text(8).toUpperCase()}`,
    },
  };
  desktops.add(desktop);
  return desktop;
}

function buildTime({ settings, random }: World, subject: { index: number; userName: string; encrypted: boolean }): number {
  if (settings.buildTime === 'typical') return random.between(10 * MINUTE, (subject.encrypted ? 40 : 20) * MINUTE);
  return milliseconds(settings.buildTime, subject);
}

function complete({ settings, bundles }: World, { bundleId, properties = {} }: Birth): DesktopProperties {
  const bundle = bundles.find(bundleId);
  const mode = properties.RunningMode ?? settings.defaultRunningMode;
  return {
    RunningMode: mode,
    RunningModeAutoStopTimeoutInMinutes: mode === 'AUTO_STOP' ? properties.RunningModeAutoStopTimeoutInMinutes ?? 60 : undefined,
    RootVolumeSizeGib: properties.RootVolumeSizeGib ?? bundle?.rootVolumeGib ?? 80,
    UserVolumeSizeGib: properties.UserVolumeSizeGib ?? bundle?.userVolumeGib ?? 50,
    ComputeTypeName: properties.ComputeTypeName ?? bundle?.computeType ?? 'STANDARD',
    Protocols: properties.Protocols,
    OperatingSystemName: properties.OperatingSystemName,
  };
}

function lateError(errors: Readonly<Record<string, DesktopError>>, userName: string): DesktopError | undefined {
  return Object.entries(errors).find(([name]) => name.toLowerCase() === userName.toLowerCase())?.[1];
}
