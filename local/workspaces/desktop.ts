import type { ChangedResource, DesktopProperties, Requested } from './members';
import type { DesktopError } from './refusal';
import type { State } from './state';

/** The UserName of desktops that have a WorkspaceName instead of a user. */
export const DECOUPLED = '[UNDEFINED]';

export interface Encryption {
  readonly keyArn: string;
  /** A key of another account keeps its grants there. */
  readonly grantId?: string;
  readonly userVolume?: boolean;
  readonly rootVolume?: boolean;
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
  /** When the status was checked. If absent, the time of each call. */
  checkedAt?: number;
}

/** A change of a desktop's properties that takes time. A `DONE` one is not shown. */
export interface Change {
  readonly resource: ChangedResource;
  state: 'UPDATE_INITIATED' | 'UPDATE_IN_PROGRESS' | 'UPDATE_FAILED' | 'DONE';
}

export interface Desktop {
  readonly workspaceId: string;
  readonly index: number;
  readonly directoryId: string;
  readonly userName: string;
  readonly bundleId: string;
  readonly requested: Requested;
  readonly encryption?: Encryption;
  readonly encrypted: boolean;
  readonly tags: Map<string, string>;
  /** Whether the API made it, or somebody else did. */
  readonly origin: 'api' | 'elsewhere';
  readonly createdAt: number;
  /** The time from which answers show it. */
  readonly visibleAt: number;
  /** The time from which answers show all of it. */
  readonly completeAt: number;
  readonly computer: Computer;
  /** Whether answers show its computer even when none is running. */
  readonly computerAlwaysShown: boolean;
  readonly connection: Connection;

  state: State;
  error?: DesktopError;
  /** Whether its build has ended. Before that, answers show no properties. */
  built: boolean;
  properties: DesktopProperties;
  /** Counts its changes of state. A planned event does not happen if this has changed meanwhile. */
  course: number;
  /** Counts how often its timeout was restarted. */
  autoStopTimer: number;
  /** The last change of its properties that took time. */
  change?: Change;
  /** When changes began, by kind; and when the desktop was launched. */
  readonly changedAt: Map<string, number>;
  /** The new desktop of its migration. */
  migratingTo?: Desktop;
  /** When its termination began, if it did. */
  terminatingAt?: number;
  /** The time from which its id is gone. */
  goneAt?: number;
}

/** A read-only copy of a desktop, for tests and tools. There is one of each gone desktop, too. */
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

/** @param now on the clock */
export function isVisible(desktop: Desktop, now: number): boolean {
  return desktop.goneAt === undefined && now >= desktop.visibleAt;
}

export function isChanging({ change }: Desktop): boolean {
  return change?.state === 'UPDATE_INITIATED' || change?.state === 'UPDATE_IN_PROGRESS';
}
