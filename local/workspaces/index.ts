import type { Clock } from '../core/clock';
import { JsonService, Operation } from '../core/json-service';
import { Call, Reply, ServiceError } from '../core/service';
import type { KmsService } from '../kms';
import { bear } from './birth';
import { Bundles, describeWorkspaceBundles } from './bundles';
import { createWorkspaces } from './create';
import { describeWorkspaces } from './describe';
import { describeWorkspaceDirectories, Directories } from './directories';
import { isGone, isVisible, State, stateOf } from './life';
import { Random } from './random';
import { BundleSettings, DEFAULT_SETTINGS, DesktopError, DirectorySettings, WorkspacesSettings } from './settings';
import { Desktop, Desktops, DesktopSnapshot } from './store';
import { createTags, deleteTags, describeTags } from './tags';
import { beginTermination, terminateWorkspaces } from './terminate';
import { Throttle } from './throttle';
import type { World } from './world';

export type { State } from './life';
export * from './settings';
export type { DesktopProperties, DesktopSnapshot, Encryption } from './store';

/** By operation. A throttled call is among the calls too. */
export interface Counts {
  readonly calls: Readonly<Record<string, number>>;
  readonly throttled: Readonly<Record<string, number>>;
}

/** What of a desktop somebody else chooses. */
export interface ElsewhereProps {
  readonly directoryId: string;
  readonly userName: string;
  readonly bundleId: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** As in a request's WorkspaceProperties. */
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** Amazon WorkSpaces for one account and Region, as far as RULES.md says. */
export class WorkspacesService extends JsonService {
  readonly signingName = 'workspaces';
  protected readonly targetPrefix = 'WorkspacesService';
  protected readonly operations: Readonly<Record<string, Operation>>;
  private readonly world: World;
  private readonly settings: WorkspacesSettings;
  private readonly throttle: Throttle;
  private readonly calls: Record<string, number> = {};
  private readonly throttled: Record<string, number> = {};

  constructor(clock: Clock, kms: KmsService, settings: Partial<WorkspacesSettings> = {}) {
    super();
    this.settings = { ...DEFAULT_SETTINGS, ...given(settings) };
    const random = new Random(this.settings.seed);
    const world: World = {
      clock,
      kms,
      settings: this.settings,
      random,
      desktops: new Desktops(clock, random),
      directories: new Directories(this.settings.directories, kms),
      bundles: new Bundles(this.settings.bundles, kms),
    };
    this.world = world;
    this.throttle = new Throttle(clock);
    this.operations = {
      CreateWorkspaces: (input) => createWorkspaces(world, input),
      DescribeWorkspaces: (input) => describeWorkspaces(world, input),
      TerminateWorkspaces: (input) => terminateWorkspaces(world, input),
      CreateTags: (input) => createTags(world, input),
      DeleteTags: (input) => deleteTags(world, input),
      DescribeTags: (input) => describeTags(world, input),
      DescribeWorkspaceBundles: (input) => describeWorkspaceBundles(world, input),
      DescribeWorkspaceDirectories: (input) => describeWorkspaceDirectories(world, input),
    };
  }

  async handle(call: Call): Promise<Reply> {
    count(this.calls, call.operation);
    if (!this.throttle.admits(this.settings.throttle)) {
      count(this.throttled, call.operation);
      throw new ServiceError('ThrottlingException', 'Rate exceeded');
    }
    return super.handle(call);
  }

  /** Changes rules while the service runs: a user who appears, a quota that is raised. */
  configure(changes: Partial<Omit<WorkspacesSettings, 'seed' | 'directories' | 'bundles'>>): void {
    Object.assign(this.settings, given(changes));
  }

  /** Adds a directory, or replaces the one of that id. */
  addDirectory(directory: DirectorySettings): void {
    this.world.directories.add(directory);
  }

  /** Adds a bundle, or replaces the one of that id. */
  addBundle(bundle: BundleSettings): void {
    this.world.bundles.add(bundle);
  }

  /** What others do to a desktop, or what happens to it. It stays in that state until it is terminated or set again. */
  setState(workspaceId: string, state: State, error?: DesktopError): void {
    const desktop = this.existing(workspaceId);
    if (state === 'TERMINATING' || state === 'TERMINATED') throw new Error(`use terminateElsewhere to put ${workspaceId} in ${state}`);
    desktop.forced = { state, error };
  }

  terminateElsewhere(workspaceId: string): void {
    beginTermination(this.world, this.existing(workspaceId));
  }

  /** A desktop that somebody else made before: it is AVAILABLE and visible at once. @returns its id */
  createElsewhere({ directoryId, userName, bundleId, tags = {}, properties }: ElsewhereProps): string {
    const other = this.world.desktops.ofUser(directoryId, userName);
    if (other) throw new Error(`${userName} has ${other.workspaceId} in ${directoryId} already`);
    return bear(this.world, { directoryId, userName, bundleId, properties, tags: Object.entries(tags), origin: 'elsewhere' }).workspaceId;
  }

  /** All desktops there have ever been, in the order of their creation. */
  desktops(): DesktopSnapshot[] {
    const now = this.world.clock.now();
    return this.world.desktops.ever().map((desktop) => ({
      workspaceId: desktop.workspaceId,
      directoryId: desktop.directoryId,
      userName: desktop.userName,
      bundleId: desktop.bundleId,
      state: isGone(desktop, now) ? 'GONE' : stateOf(desktop, now),
      visible: isVisible(desktop, now),
      origin: desktop.origin,
      properties: desktop.properties,
      encryption: desktop.encryption,
      tags: Object.fromEntries(desktop.tags),
      createdAt: desktop.createdAt,
      terminatingAt: desktop.terminatingAt,
      goneAt: desktop.goneAt,
    }));
  }

  counts(): Counts {
    return { calls: { ...this.calls }, throttled: { ...this.throttled } };
  }

  private existing(workspaceId: string): Desktop {
    const desktop = this.world.desktops.find(workspaceId);
    if (!desktop) throw new Error(`there is no desktop ${workspaceId}`);
    return desktop;
  }
}

/** A setting that is undefined is one that was not given. */
function given<T extends object>(settings: T): T {
  return Object.fromEntries(Object.entries(settings).filter(([, setting]) => setting !== undefined)) as T;
}

function count(counts: Record<string, number>, operation: string): void {
  counts[operation] = (counts[operation] ?? 0) + 1;
}
