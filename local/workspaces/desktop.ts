import type { ChangedResource, DesktopProperties, Requested } from './members';
import type { DesktopError } from './refusal';
import type { State } from './state';

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

/** A change of a desktop's properties that takes time; `DONE` ones do not show. */
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

/** @param now on the clock */
export function isVisible(desktop: Desktop, now: number): boolean {
  return desktop.goneAt === undefined && now >= desktop.visibleAt;
}

export function isChanging({ change }: Desktop): boolean {
  return change?.state === 'UPDATE_INITIATED' || change?.state === 'UPDATE_IN_PROGRESS';
}
