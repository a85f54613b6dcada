import type { Computer, Desktop, Encryption } from './desktop';
import { milliseconds } from './duration';
import { enter, later } from './life';
import type { DesktopProperties, Requested } from './members';
import { startingProperties } from './properties';
import type { DesktopError } from './refusal';
import type { World } from './world';

const MINUTE = 60_000;

export interface Birth {
  readonly directoryId: string;
  readonly userName: string;
  readonly bundleId: string;
  readonly requested: Requested;
  /** As in a request's WorkspaceProperties. */
  readonly properties?: Partial<DesktopProperties>;
  readonly tags: Iterable<readonly [string, string]>;
  readonly encryption?: Encryption;
  readonly origin: Desktop['origin'];
  /** @default - a new one */
  readonly workspaceId?: string;
  /** The computer that every answer shows, in every state. @default - an invented one, shown while it runs */
  readonly computer?: Computer;
  readonly ipv6Address?: string;
}

/** Adds a PENDING desktop to the world, with nothing on its agenda yet. The caller has checked all rules. */
export function bear(world: World, birth: Birth): Desktop {
  const { agenda, options, random, desktops, bundles } = world;
  const { directoryId, userName, bundleId, requested, properties = {}, encryption, origin } = birth;
  const index = desktops.nextIndex;
  const now = agenda.now();
  const subject = { index, userName, encrypted: encryption !== undefined };
  // A desktop that others made existed before the service started.
  const found = origin === 'elsewhere';
  const visibleAt = found ? now : now + milliseconds(options.invisibleFor, subject);
  const desktop: Desktop = {
    workspaceId: birth.workspaceId ?? desktops.newId(),
    index,
    directoryId,
    userName,
    bundleId,
    requested,
    encryption,
    encrypted: encryption !== undefined,
    properties: startingProperties({ given: properties, bundle: bundles.find(bundleId), options }),
    tags: new Map(birth.tags),
    origin,
    createdAt: now,
    visibleAt,
    completeAt: found ? now : visibleAt + milliseconds(options.incompleteFor, subject),
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

/** Plans the way from PENDING to AVAILABLE, or to the desktop's late error. */
export function build(world: World, desktop: Desktop): void {
  const error = lateError(world.options.lateErrors, desktop.userName);
  later(world, desktop, buildTime(world, desktop), () => enter(world, desktop, error ? 'ERROR' : 'AVAILABLE', error));
}

function buildTime({ options, random }: World, desktop: Desktop): number {
  if (options.buildTime === 'typical') return random.between(10 * MINUTE, (desktop.encrypted ? 40 : 20) * MINUTE);
  return milliseconds(options.buildTime, desktop);
}

function lateError(errors: Readonly<Record<string, DesktopError>>, userName: string): DesktopError | undefined {
  return Object.entries(errors).find(([name]) => name.toLowerCase() === userName.toLowerCase())?.[1];
}
