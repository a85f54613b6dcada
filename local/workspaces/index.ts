import type { Clock } from '../core/clock';
import { JsonService, Operation } from '../core/json-service';
import { Random } from '../core/random';
import { Call, Reply, ServiceError } from '../core/service';
import type { KmsService } from '../kms';
import { Agenda } from './agenda';
import { Bundles } from './bundles';
import { Directories } from './directories';
import { appear, ElsewhereProps } from './elsewhere';
import { Images } from './images';
import { OperationName, readInput } from './input';
import { EVERY_KEY, KeyAccess } from './key-access';
import { beginTermination, enter, isLeaving, State } from './life';
import { OPERATIONS } from './operations';
import { Others } from './others';
import { BundleSettings, DEFAULT_SETTINGS, DesktopError, DirectorySettings, ImageSettings, WorkspacesSettings } from './settings';
import { Desktop, Desktops, DesktopSnapshot, isVisible } from './store';
import { tagsOf } from './tags';
import { Throttle } from './throttle';
import type { World } from './world';

export type { ElsewhereProps } from './elsewhere';
export type { KeyAccess } from './key-access';
export type { State } from './life';
export type { Others } from './others';
export * from './settings';
export type { DesktopProperties, DesktopSnapshot, Encryption } from './store';

/** By operation. A throttled call is among the calls too. */
export interface Counts {
  readonly calls: Readonly<Record<string, number>>;
  readonly throttled: Readonly<Record<string, number>>;
}

/** What WorkSpaces asks of others. */
export interface WorkspacesPorts {
  /** @default - everybody may use every key */
  readonly keyAccess?: KeyAccess;
}

/** Amazon WorkSpaces for one account and Region, as far as RULES.md says. */
export class WorkspacesService extends JsonService {
  readonly signingName = 'workspaces';
  /** What others do to desktops, and what happens to desktops. */
  readonly others: Others;
  protected readonly targetPrefix = 'WorkspacesService';
  protected readonly operations: Readonly<Record<string, Operation>>;
  private readonly world: World;
  private readonly settings: WorkspacesSettings;
  private readonly throttle: Throttle;
  private readonly calls: Record<string, number> = {};
  private readonly throttled: Record<string, number> = {};

  constructor(clock: Clock, kms: KmsService, settings: Partial<WorkspacesSettings> = {}, ports: WorkspacesPorts = {}) {
    super();
    this.settings = { ...DEFAULT_SETTINGS, ...given(settings) };
    const random = new Random(this.settings.seed);
    const world: World = {
      agenda: new Agenda(clock),
      kms,
      keyAccess: ports.keyAccess ?? EVERY_KEY,
      settings: this.settings,
      random,
      desktops: new Desktops(random),
      directories: new Directories(this.settings.directories, kms),
      bundles: new Bundles(this.settings.bundles, kms),
      images: new Images(this.settings.images),
      otherTags: new Map(),
    };
    this.world = world;
    this.throttle = new Throttle(clock);
    this.others = new Others(world, () => world.agenda.settle());
    this.operations = Object.fromEntries((Object.keys(OPERATIONS) as OperationName[]).map((name): [string, Operation] => [
      name, (input, call) => OPERATIONS[name](world, readInput(name, input), call),
    ]));
  }

  /** The rules as they are now. */
  get rules(): WorkspacesSettings {
    return this.settings;
  }

  async handle(call: Call): Promise<Reply> {
    count(this.calls, call.operation);
    if (!this.throttle.admits(this.settings)) {
      count(this.throttled, call.operation);
      throw new ServiceError('ThrottlingException', 'Rate exceeded');
    }
    this.world.agenda.settle();
    return super.handle(call);
  }

  /** Changes rules while the service runs: a user who appears, a quota that is raised. */
  configure(changes: Partial<Omit<WorkspacesSettings, 'seed' | 'directories' | 'bundles' | 'images'>>): void {
    this.world.agenda.settle();
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

  /** Adds an image, or replaces the one of that id. */
  addImage(image: ImageSettings): void {
    this.world.images.add(image);
  }

  /** Puts a desktop into a state directly, as `others` cannot. It stays in it until something else happens to it. */
  setState(workspaceId: string, state: State, error?: DesktopError): void {
    const desktop = this.existing(workspaceId);
    if (isLeaving(state)) throw new Error(`use terminateElsewhere to put ${workspaceId} in ${state}`);
    if (isLeaving(desktop.state)) throw new Error(`${workspaceId} is ${desktop.state}: it cannot become ${state}`);
    enter(this.world, desktop, state, error);
  }

  /** Somebody terminates it in the console. */
  terminateElsewhere(workspaceId: string): void {
    beginTermination(this.world, this.existing(workspaceId));
  }

  /** A desktop that somebody else made before; it is visible at once. @returns its id */
  createElsewhere(props: ElsewhereProps): string {
    this.world.agenda.settle();
    return appear(this.world, props).workspaceId;
  }

  /** All desktops there have ever been, in the order of their creation. */
  desktops(): DesktopSnapshot[] {
    this.world.agenda.settle();
    const now = this.world.agenda.now();
    return this.world.desktops.ever().map((desktop) => ({
      workspaceId: desktop.workspaceId,
      directoryId: desktop.directoryId,
      userName: desktop.userName,
      bundleId: desktop.bundleId,
      state: desktop.goneAt === undefined ? desktop.state : 'GONE',
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

  /** The tags of a desktop, directory, bundle or image; nothing if there is none of that id. */
  tagsOf(resourceId: string): Readonly<Record<string, string>> | undefined {
    this.world.agenda.settle();
    const tags = tagsOf(this.world, resourceId);
    return tags && Object.fromEntries(tags);
  }

  /** `AMAZON`, or an account's number: the account's own for a bundle that does not exist. */
  bundleOwner(bundleId: string): string {
    return this.world.bundles.find(bundleId)?.owner ?? this.world.kms.account;
  }

  counts(): Counts {
    return { calls: { ...this.calls }, throttled: { ...this.throttled } };
  }

  private existing(workspaceId: string): Desktop {
    this.world.agenda.settle();
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
