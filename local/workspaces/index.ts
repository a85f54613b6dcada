import type { Clock } from '../core/clock';
import { JsonService, Operation } from '../core/json-service';
import { Random } from '../core/random';
import { Call, Reply, ServiceError } from '../core/service';
import type { KmsService } from '../kms';
import { Agenda } from './agenda';
import { BundleProps, Bundles } from './bundles';
import { DEFAULT_OPTIONS } from './defaults';
import { Desktop, DesktopSnapshot, isVisible } from './desktop';
import { Directories, DirectoryProps } from './directories';
import { appear, ElsewhereProps } from './elsewhere';
import { ImageProps, Images } from './images';
import { OperationName, readInput } from './input';
import { EVERY_KEY, KeyAccess } from './key-access';
import { beginTermination, enter } from './life';
import { oddly } from './odd-answers';
import { OPERATIONS } from './operations';
import { Others } from './others';
import type { DesktopError } from './refusal';
import type { WorkspacesOptions } from './service-options';
import { isLeaving, State } from './state';
import { Desktops } from './store';
import { tagsOf } from './tags';
import { Throttle } from './throttle';
import type { World } from './world';

export type { BundleProps } from './bundles';
export { DEFAULT_OPTIONS } from './defaults';
export type { DesktopSnapshot, Encryption } from './desktop';
export type { DirectoryProps } from './directories';
export type { Duration, NewDesktop } from './duration';
export type { ElsewhereProps } from './elsewhere';
export type { ImageProps } from './images';
export type { KeyAccess } from './key-access';
export type { DesktopProperties } from './members';
export { OTHER_ANSWERS, type OtherAnswer } from './other-answers';
export type { Others } from './others';
export type { DesktopError, Refusal } from './refusal';
export type { WorkspacesOptions } from './service-options';
export type { State } from './state';

/** Numbers of calls, by operation. A throttled call counts as a call, too. */
export interface Counts {
  readonly calls: Readonly<Record<string, number>>;
  readonly throttled: Readonly<Record<string, number>>;
}

/** What WorkSpaces needs from other services. */
export interface WorkspacesPorts {
  /** @default - everybody may use every key */
  readonly keyAccess?: KeyAccess;
}

/** Amazon WorkSpaces for one account and Region, as far as RULES.md describes it. */
export class WorkspacesService extends JsonService {
  readonly signingName = 'workspaces';
  /** What other people do to desktops, and what happens to them. */
  readonly others: Others;
  /** The options as they are now. */
  readonly options: WorkspacesOptions;
  protected readonly targetPrefix = 'WorkspacesService';
  protected readonly operations: Readonly<Record<string, Operation>>;
  private readonly world: World;
  private readonly throttle: Throttle;
  private readonly calls: Record<string, number> = {};
  private readonly throttled: Record<string, number> = {};

  constructor(clock: Clock, kms: KmsService, options: Partial<WorkspacesOptions> = {}, ports: WorkspacesPorts = {}) {
    super();
    this.options = { ...DEFAULT_OPTIONS, ...given(options) };
    const { seed, directories, bundles, images } = this.options;
    const random = new Random(seed);
    const world: World = {
      agenda: new Agenda(clock),
      kms,
      keyAccess: ports.keyAccess ?? EVERY_KEY,
      options: this.options,
      random,
      desktops: new Desktops(random),
      directories: new Directories(directories, kms),
      bundles: new Bundles(bundles, kms),
      images: new Images(images),
      otherTags: new Map(),
    };
    this.world = world;
    this.throttle = new Throttle(clock);
    this.others = new Others(world, () => world.agenda.settle());
    this.operations = Object.fromEntries((Object.keys(OPERATIONS) as OperationName[]).map((name): [string, Operation] => [
      name, (input, call) => oddly(this.options.oddAnswers, name, OPERATIONS[name](world, readInput(name, input), call)),
    ]));
  }

  async handle(call: Call): Promise<Reply> {
    count(this.calls, call.operation);
    if (!this.throttle.admits(this.options)) {
      count(this.throttled, call.operation);
      throw new ServiceError('ThrottlingException', 'Rate exceeded');
    }
    this.world.agenda.settle();
    return super.handle(call);
  }

  /** Changes options while the service runs: a user who appears, a quota that is raised. */
  configure(changes: Partial<Omit<WorkspacesOptions, 'seed' | 'directories' | 'bundles' | 'images'>>): void {
    this.world.agenda.settle();
    Object.assign(this.options, given(changes));
  }

  /** Adds a directory, or replaces the one with the same id. */
  addDirectory(directory: DirectoryProps): void {
    this.world.directories.add(directory);
  }

  /** Adds a bundle, or replaces the one with the same id. */
  addBundle(bundle: BundleProps): void {
    this.world.bundles.add(bundle);
  }

  /** Adds an image, or replaces the one with the same id. */
  addImage(image: ImageProps): void {
    this.world.images.add(image);
  }

  /** Puts a desktop directly into a state, which `others` cannot do. The desktop stays in it until something else happens to it. */
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

  /** Adds a desktop that somebody else made earlier. It is visible at once. @returns its id */
  createElsewhere(props: ElsewhereProps): string {
    this.world.agenda.settle();
    return appear(this.world, props).workspaceId;
  }

  /** All desktops that ever existed, in the order of their creation. */
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

  /** The tags of a desktop, directory, bundle or image; undefined if there is none with that id. */
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

/** Removes undefined options, which count as not given. */
function given<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, option]) => option !== undefined)) as T;
}

function count(counts: Record<string, number>, operation: string): void {
  counts[operation] = (counts[operation] ?? 0) + 1;
}
