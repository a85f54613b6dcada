import { isGone, isVisible, Life, State } from './life';
import { Random } from './random';
import type { Clock } from '../core/clock';

export interface Encryption {
  readonly keyArn: string;
  readonly grantId: string;
  readonly userVolume: boolean;
  readonly rootVolume: boolean;
}

export interface DesktopProperties {
  readonly RunningMode: string;
  readonly RunningModeAutoStopTimeoutInMinutes?: number;
  readonly RootVolumeSizeGib: number;
  readonly UserVolumeSizeGib: number;
  readonly ComputeTypeName: string;
  readonly Protocols?: readonly string[];
  readonly OperatingSystemName?: string;
}

export interface Desktop extends Life {
  readonly workspaceId: string;
  readonly index: number;
  readonly directoryId: string;
  readonly userName: string;
  readonly bundleId: string;
  readonly encryption?: Encryption;
  readonly properties: DesktopProperties;
  readonly tags: Map<string, string>;
  /** Whether CreateWorkspaces made it, or somebody else did. */
  readonly origin: 'api' | 'elsewhere';
  readonly computer: { readonly IpAddress: string; readonly SubnetId: string; readonly ComputerName: string };
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
  private readonly byId = new Map<string, Desktop>();
  /** The newest desktop of each user and directory: an older one must be gone for a newer one to exist. */
  private readonly byOwner = new Map<string, Desktop>();

  constructor(private readonly clock: Clock, private readonly random: Random) {}

  get nextIndex(): number {
    return this.byId.size;
  }

  newId(): string {
    for (;;) {
      const id = `ws-${this.random.text(9)}`;
      if (!this.byId.has(id)) return id;
    }
  }

  add(desktop: Desktop): void {
    this.byId.set(desktop.workspaceId, desktop);
    this.byOwner.set(ownerKey(desktop.directoryId, desktop.userName), desktop);
  }

  /** All, gone ones too, in the order of their creation. */
  ever(): Desktop[] {
    return [...this.byId.values()];
  }

  /** All whose id is not gone. */
  existing(): Desktop[] {
    return this.ever().filter((desktop) => !isGone(desktop, this.clock.now()));
  }

  /** All that answers show. */
  visible(): Desktop[] {
    return this.ever().filter((desktop) => isVisible(desktop, this.clock.now()));
  }

  find(workspaceId: string): Desktop | undefined {
    const desktop = this.byId.get(workspaceId);
    return desktop && !isGone(desktop, this.clock.now()) ? desktop : undefined;
  }

  ofUser(directoryId: string, userName: string): Desktop | undefined {
    const desktop = this.byOwner.get(ownerKey(directoryId, userName));
    return desktop && !isGone(desktop, this.clock.now()) ? desktop : undefined;
  }
}

/** Directories do not tell users apart by case. */
export function ownerKey(directoryId: string, userName: string): string {
  return `${directoryId}/${userName.toLowerCase()}`;
}
