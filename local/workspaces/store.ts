import type { State } from './life';
import type { Change } from './modify';
import type { DesktopError } from './settings';
import type { Random } from '../core/random';

/** The UserName of desktops that have no user, but a WorkspaceName. */
export const DECOUPLED = '[UNDEFINED]';

export interface Encryption {
  readonly keyArn: string;
  /** A key of another account keeps its grants there. */
  readonly grantId?: string;
  readonly userVolume?: boolean;
  readonly rootVolume?: boolean;
}

/** By the API's names. */
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

/** By the API's names. */
export interface Computer {
  readonly IpAddress?: string;
  readonly Ipv6Address?: string;
  readonly SubnetId?: string;
  readonly ComputerName?: string;
}

export interface Connection {
  state: 'CONNECTED' | 'DISCONNECTED';
  /** On the clock. */
  lastKnownAt?: number;
  /** When it was looked at; each time it is asked for, unless given. */
  checkedAt?: number;
}

export interface Desktop {
  readonly workspaceId: string;
  readonly index: number;
  readonly directoryId: string;
  readonly userName: string;
  /** Of a user-decoupled desktop. */
  readonly workspaceName?: string;
  readonly bundleId: string;
  readonly encryption?: Encryption;
  readonly encrypted: boolean;
  readonly tags: Map<string, string>;
  /** Whether the API made it, or somebody else did. */
  readonly origin: 'api' | 'elsewhere';
  readonly createdAt: number;
  /** From when answers show it. */
  readonly visibleAt: number;
  /** From when they show all of it. */
  readonly completeAt: number;
  readonly computer: Computer;
  /** Whether its computer shows although none is running. */
  readonly computerAlwaysShown: boolean;
  readonly connection: Connection;

  state: State;
  error?: DesktopError;
  /** Whether its build has ended: only then it has properties to show. */
  built: boolean;
  properties: DesktopProperties;
  /** Counts what has happened to it: what had been going to happen before does not any more. */
  course: number;
  /** Counts what has set its timeout back. */
  autoStopTimer: number;
  /** The last change of its properties that takes time. */
  change?: Change;
  /** When a change began, by what it was; and when the desktop was launched. */
  readonly changedAt: Map<string, number>;
  /** The desktop that it is becoming. */
  migratingTo?: Desktop;
  /** When its termination began, if it did. */
  terminatingAt?: number;
  /** From when its id is gone. */
  goneAt?: number;
}

/** A desktop as the outside may look at it, gone ones included. */
export interface DesktopSnapshot {
  readonly workspaceId: string;
  readonly directoryId: string;
  readonly userName: string;
  readonly bundleId: string;
  readonly state: State | 'GONE';
  readonly visible: boolean;
  readonly origin: 'api' | 'elsewhere';
  readonly properties: DesktopProperties;
  readonly encryption?: Encryption;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly terminatingAt?: number;
  readonly goneAt?: number;
}

/** All desktops there have ever been. */
export class Desktops {
  private readonly all = new Map<string, Desktop>();
  private readonly existing = new Map<string, Desktop>();
  /** A user has two while one is migrated. */
  private readonly byOwner = new Map<string, Set<Desktop>>();

  constructor(private readonly random: Random) {}

  get nextIndex(): number {
    return this.all.size;
  }

  /** How many have an id that is not gone. */
  get count(): number {
    return this.existing.size;
  }

  newId(): string {
    for (;;) {
      const id = `ws-${this.random.text(9)}`;
      if (!this.all.has(id)) return id;
    }
  }

  add(desktop: Desktop): void {
    const key = keyOf(desktop);
    this.all.set(desktop.workspaceId, desktop);
    this.existing.set(desktop.workspaceId, desktop);
    this.byOwner.set(key, (this.byOwner.get(key) ?? new Set()).add(desktop));
  }

  /** Its id is gone. */
  remove(desktop: Desktop): void {
    const key = keyOf(desktop);
    this.existing.delete(desktop.workspaceId);
    this.byOwner.get(key)?.delete(desktop);
    if (this.byOwner.get(key)?.size === 0) this.byOwner.delete(key);
  }

  /** All, gone ones too, in the order of their creation. */
  ever(): Desktop[] {
    return [...this.all.values()];
  }

  /** All whose id is not gone, in the order of their creation. */
  present(): Desktop[] {
    return [...this.existing.values()];
  }

  find(workspaceId: string): Desktop | undefined {
    return this.existing.get(workspaceId);
  }

  ofOwner(directoryId: string, userName: string, workspaceName?: string): Desktop[] {
    return [...this.byOwner.get(ownerKey(directoryId, userName, workspaceName)) ?? []];
  }
}

/** Directories do not tell users apart by case. */
export function ownerKey(directoryId: string, userName: string, workspaceName = ''): string {
  return `${directoryId}/${userName.toLowerCase()}/${workspaceName}`;
}

function keyOf({ directoryId, userName, workspaceName }: Desktop): string {
  return ownerKey(directoryId, userName, workspaceName);
}

/** @param now on the clock */
export function isVisible(desktop: Desktop, now: number): boolean {
  return desktop.goneAt === undefined && now >= desktop.visibleAt;
}
