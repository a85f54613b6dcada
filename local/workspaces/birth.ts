import { enter, later } from './life';
import type { DesktopError } from './settings';
import type { Computer, Desktop, DesktopProperties, Encryption } from './store';
import { milliseconds, World } from './world';

const MINUTE = 60_000;

export interface Birth {
  readonly directoryId: string;
  readonly userName: string;
  readonly workspaceName?: string;
  readonly bundleId: string;
  /** As in a request's WorkspaceProperties. */
  readonly properties?: any;
  readonly tags: Iterable<readonly [string, string]>;
  readonly encryption?: Encryption;
  readonly origin: Desktop['origin'];
  /** @default - a new one */
  readonly workspaceId?: string;
  /** What is known of its computer, which shows in every state. @default - made up, and shows while it runs */
  readonly computer?: Computer;
  readonly ipv6Address?: string;
}

/** Adds a desktop to the world, PENDING, with nothing to come yet. All rules have been kept by now. */
export function bear(world: World, birth: Birth): Desktop {
  const { agenda, settings, random, desktops } = world;
  const { directoryId, userName, workspaceName, bundleId, encryption, origin } = birth;
  const index = desktops.nextIndex;
  const now = agenda.now();
  const subject = { index, userName, encrypted: encryption !== undefined };
  // What others made was there before anybody looked.
  const found = origin === 'elsewhere';
  const visibleAt = found ? now : now + milliseconds(settings.invisibleFor, subject);
  const desktop: Desktop = {
    workspaceId: birth.workspaceId ?? desktops.newId(),
    index,
    directoryId,
    userName,
    workspaceName,
    bundleId,
    encryption,
    encrypted: encryption !== undefined,
    properties: complete(world, birth),
    tags: new Map(birth.tags),
    origin,
    createdAt: now,
    visibleAt,
    completeAt: found ? now : visibleAt + milliseconds(settings.incompleteFor, subject),
    computer: birth.computer ?? {
      IpAddress: `10.${Math.floor(index / 62500) % 250}.${Math.floor(index / 250) % 250}.${(index % 250) + 4}`,
      Ipv6Address: birth.ipv6Address,
      SubnetId: `subnet-${random.text(17, '0123456789abcdef')}`,
      ComputerName: `WSAMZN-${random.text(8).toUpperCase()}`,
    },
    computerAlwaysShown: birth.computer !== undefined,
    connection: { state: 'DISCONNECTED' },
    state: 'PENDING',
    built: false,
    course: 0,
    autoStopTimer: 0,
    changedAt: new Map(found ? [] : [['launch', now]]),
  };
  desktops.add(desktop);
  return desktop;
}

/** From PENDING to AVAILABLE, or to its late error. */
export function build(world: World, desktop: Desktop): void {
  const error = lateError(world.settings.lateErrors, desktop.userName);
  later(world, desktop, buildTime(world, desktop), () => enter(world, desktop, error ? 'ERROR' : 'AVAILABLE', error));
}

function buildTime({ settings, random }: World, desktop: Desktop): number {
  if (settings.buildTime === 'typical') return random.between(10 * MINUTE, (desktop.encrypted ? 40 : 20) * MINUTE);
  return milliseconds(settings.buildTime, desktop);
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
    GlobalAccelerator: properties.GlobalAccelerator,
    NestedVirtualizationEnabled: properties.NestedVirtualizationEnabled,
  };
}

function lateError(errors: Readonly<Record<string, DesktopError>>, userName: string): DesktopError | undefined {
  return Object.entries(errors).find(([name]) => name.toLowerCase() === userName.toLowerCase())?.[1];
}
