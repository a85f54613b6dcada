import { Annotations, CfnOutput, CustomResource, Duration, Fn, ITaggableV2, NestedStack, RemovalPolicy, Size, Stack, TagManager, TagType, Tokenization } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ComputeType } from './compute-type';
import { FailureTolerance } from './failure-tolerance';
import { GlobalAccelerator } from './global-accelerator';
import { LateWorkspaces } from './late-workspaces';
import { OperatingSystem } from './operating-system';
import { BulkWorkspacesAttributes, BulkWorkspacesProperties, RESOURCE_TYPE } from './private/contract';
import { manifestOf } from './private/manifest';
import { nearNames } from './private/near-names';
import { WorkspacesProvider } from './private/provider';
import { Desktop, desktopsOf } from './private/settings';
import { directoryIdProblem, fail, MAX_TAGS, refuse, sameUserKey, tagsProblem, timeoutProblem, volumeSizesDisputed } from './private/validation';
import { VolumeKey } from './private/volume-key';
import { RunningMode } from './running-mode';
import { WaitFor } from './wait-for';
import { WorkspaceProtocol } from './workspace-protocol';
import { WorkspaceUsers } from './workspace-users';

/** More than this, and a manifest, a deployment of an hour and the service's rate are another matter. */
const MAX_USERS = 200;

/**
 * Who gets a desktop, and what kind.
 */
export interface BulkWorkspacesProps {
  /**
   * The directory with the users, like `d-90670b2f8c`. It must be registered with WorkSpaces, for personal desktops.
   *
   * A fleet cannot move yet: an update to another directory is refused when it is deployed.
   */
  readonly directoryId: string;

  /**
   * What the desktops are made from, like `wsb-clj85qzj1`: image, hardware, volumes and protocol.
   *
   * @default - every user must name one
   */
  readonly bundleId?: string;

  /**
   * The people who get a desktop: up to 200.
   *
   * An update may add users. One that takes a user with a desktop off the list is refused when it is deployed, until fleets can shrink.
   */
  readonly users: WorkspaceUsers;

  /**
   * The key that encrypts the volumes: a symmetric key or an alias of one, of this stack, another stack, or imported.
   *
   * The provider gets permission to use it. A key whose own policy does not let the account decide, which is the default of a key
   * made by the CDK, needs a statement for the provider there. For the key that AWS manages, give
   * `kms.Alias.fromAliasName(stack, 'Key', 'alias/aws/workspaces')`. WorkSpaces cannot change the key of an existing desktop.
   *
   * @default - the volumes are not encrypted
   */
  readonly volumeEncryptionKey?: kms.IKeyRef;

  /**
   * Whether the root volume (C: on Windows) is encrypted. Without a key, true is refused.
   *
   * With it, building a desktop takes up to an hour: consider a `timeout` of 55 minutes.
   *
   * @default - true if there is a key
   */
  readonly rootVolumeEncryptionEnabled?: boolean;

  /**
   * Whether the user volume (D: on Windows) is encrypted. Without a key, true is refused.
   *
   * @default - true if there is a key
   */
  readonly userVolumeEncryptionEnabled?: boolean;

  /**
   * How long the desktops run, and how they are billed.
   *
   * @default - the service's
   */
  readonly runningMode?: RunningMode;

  /**
   * The hardware, if it is not the bundle's.
   *
   * @default - the bundle's
   */
  readonly computeType?: ComputeType;

  /**
   * Size of the root volume: 80 GiB or 175 to 2,000 GiB, from 100 GiB with a graphics bundle. It can't shrink later.
   *
   * @default - the bundle's
   */
  readonly rootVolumeSize?: Size;

  /**
   * Size of the user volume: 10, 50 or 100 GiB with a root volume of 80 GiB, else 100 to 2,000 GiB. It can't shrink later.
   *
   * @default - the bundle's
   */
  readonly userVolumeSize?: Size;

  /**
   * The protocols to choose from, if they are not the bundle's.
   *
   * @default - the bundle's
   */
  readonly protocols?: WorkspaceProtocol[];

  /**
   * The operating system, if it is not the bundle's.
   *
   * @default - the bundle's
   */
  readonly operatingSystem?: OperatingSystem;

  /**
   * Whether the desktops' traffic goes through AWS Global Accelerator.
   *
   * @default - the directory's
   */
  readonly globalAccelerator?: GlobalAccelerator;

  /**
   * Whether virtual machines can run in the desktops.
   *
   * @default - the service's
   */
  readonly nestedVirtualization?: boolean;

  /**
   * Tags of every desktop: at most 49, keys of 1 to 127 characters that do not begin with `aws:`, values of up to 255.
   *
   * `StackProps.tags` and `Tags.of(...)` of the fleet, the stack or the app reach the desktops, too; a tag from `Tags.of` wins over one
   * given here, and this over `StackProps.tags`. Tags given only to the CLI (`cdk deploy --tags`) can't be seen at synth and do not.
   *
   * @default - only those
   */
  readonly workspaceTags?: { [key: string]: string };

  /**
   * What a desktop must have reached before the deployment goes on.
   *
   * @default WaitFor.AVAILABLE
   */
  readonly waitFor?: WaitFor;

  /**
   * How long a deployment waits for the desktops: 1 to 55 minutes.
   *
   * CloudFormation waits for an hour at most, and cleaning up after a failure takes some of it.
   *
   * @default Duration.minutes(50)
   */
  readonly timeout?: Duration;

  /**
   * What desktops that are still being built when the time is over mean for the deployment.
   *
   * @default LateWorkspaces.ACCEPT
   */
  readonly lateWorkspaces?: LateWorkspaces;

  /**
   * How many users the service may refuse before the deployment fails.
   *
   * @default FailureTolerance.none()
   */
  readonly failureTolerance?: FailureTolerance;

  /**
   * What happens to the desktops when the fleet is taken out of the stack, or the stack is deleted.
   *
   * The default keeps them, as they hold people's work; the desktops of a failed create are removed nevertheless. With
   * `RemovalPolicy.DESTROY` they are terminated. It says nothing about users who leave the list.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Any other text than before makes the provider look again, although nothing else has changed: after someone has terminated a
   * desktop in the console, say.
   *
   * @default - the provider looks when something changes
   */
  readonly refresh?: string;

  /**
   * Where the provider's functions log. All fleets of a stack share one provider, so all must give the same or none.
   *
   * @default - a log group without a name of its own, kept for three months and deleted with the stack
   */
  readonly logGroup?: logs.ILogGroupRef;

  /**
   * Whether the ids of the desktops, the refused and the late users become outputs of the stack.
   *
   * @default true
   */
  readonly outputs?: boolean;
}

/**
 * Amazon WorkSpaces desktops for many people: created 25 at a time, waited for until they are there, with their ids as attributes.
 *
 * Behind all fleets of a stack is one provider: Lambda functions, a state machine that calls them, and a table.
 *
 * @example
 * const fleet = new BulkWorkspaces(this, 'Sales', {
 *   directoryId: 'd-90670b2f8c',
 *   bundleId: 'wsb-clj85qzj1',
 *   users: WorkspaceUsers.fromNames('ana', 'bo', 'chen'),
 *   volumeEncryptionKey: new kms.Key(this, 'Key', { enableKeyRotation: true }),
 *   runningMode: RunningMode.autoStop(Duration.hours(1)),
 * });
 * new CfnOutput(this, 'AnasDesktop', { value: fleet.workspaceId('ana') });
 */
export class BulkWorkspaces extends Construct implements ITaggableV2 {
  /**
   * The ids of the desktops, one for each user, in the order of the users.
   *
   * An empty string where a user was refused within the tolerance.
   */
  public readonly workspaceIds: string[];

  /**
   * For people: the refused users with the service's reasons, shortened when they are many; `none` when there are none.
   */
  public readonly refusedUsers: string;

  /**
   * For people: the users whose desktop was still being built when the time was over, shortened when they are many; `none` when there are none.
   */
  public readonly lateUsers: string;

  /**
   * Value of the tag `cdk-bulk-workspaces:fleet` on every desktop of this fleet: what says that it is of this fleet.
   */
  public readonly fleetId: string;

  /** How many users there are. */
  public readonly userCount: number;

  /** Holds the tags that reach the desktops. */
  public readonly cdkTagManager: TagManager;

  private readonly desktops: Desktop[];
  private readonly ledger: WorkspacesProvider['ledger'];

  /**
   * A fleet of desktops in one directory.
   *
   * @param scope Its parent: a stack, or a construct within one.
   * @param id Its name there. Another name is another fleet, with other desktops.
   * @param props Who gets a desktop, and what kind.
   * @throws when something is given that WorkSpaces can't accept, with what to write instead.
   */
  constructor(scope: Construct, id: string, props: BulkWorkspacesProps) {
    super(scope, id);

    // Everything that can be refused is, before there is any child.
    this.check(props);
    this.desktops = desktopsOf(this, props, props.users._entries);
    this.userCount = this.desktops.length;
    const timeoutSeconds = Tokenization.stringifyNumber((props.timeout ?? Duration.minutes(50)).toSeconds());
    this.warnAboutVolumes(props);

    const tags = { ...stackTags(Stack.of(this)), ...props.workspaceTags };
    this.cdkTagManager = new TagManager(TagType.MAP, RESOURCE_TYPE, tags);
    // Aspects add tags until the app is synthesized.
    this.node.addValidation({ validate: () => this.tagProblems() });

    const provider = WorkspacesProvider.getOrCreate(this, props.logGroup);
    this.ledger = provider.ledger;
    const manifest = manifestOf(this, this.desktops);
    provider.permissions.allowFleet({
      directoryId: props.directoryId,
      bundleIds: this.desktops.map(desktop => desktop.settings.BundleId),
      keys: this.keys(),
      manifest: manifest.asset,
    });

    const properties: Omit<BulkWorkspacesProperties, 'ServiceToken' | 'Tags'> = {
      DirectoryId: props.directoryId,
      UserCount: String(this.userCount),
      ...manifest.properties,
      WaitFor: props.waitFor ?? WaitFor.AVAILABLE,
      LateWorkspaces: props.lateWorkspaces ?? LateWorkspaces.ACCEPT,
      TimeoutSeconds: timeoutSeconds,
      FailureTolerance: (props.failureTolerance ?? FailureTolerance.none()).value,
      Refresh: props.refresh,
    };
    const resource = new CustomResource(this, 'Resource', {
      resourceType: RESOURCE_TYPE,
      serviceToken: provider.serviceToken,
      serviceTimeout: Duration.hours(1),
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      properties: { ...properties, Tags: this.cdkTagManager.renderedTags },
    });
    // The permissions must be there before the first step and until after the last, that of the delete. The way from the resource
    // to them leads through the framework's functions, which we don't rely on.
    resource.node.addDependency(provider.permissions.policy);
    for (const { construct, aliasName } of this.keys()) {
      // An alias is named by text, from which CloudFormation can't see that it must be there first.
      if (aliasName !== undefined) resource.node.addDependency(construct);
    }

    const attribute = (name: keyof BulkWorkspacesAttributes) => resource.getAttString(name);
    const ids = Fn.split(',', attribute('WorkspaceIds'));
    this.workspaceIds = this.desktops.map((_, index) => Fn.select(index, ids));
    this.refusedUsers = attribute('RefusedUsers');
    this.lateUsers = attribute('LateUsers');
    this.fleetId = attribute('FleetId');

    if (props.outputs ?? true) {
      new CfnOutput(this, 'WorkspaceIds', { value: attribute('WorkspaceIds'), description: 'Ids of the desktops, in the order of the users' });
      new CfnOutput(this, 'RefusedUsers', { value: this.refusedUsers, description: 'Users for whom WorkSpaces refused a desktop, and why' });
      new CfnOutput(this, 'LateUsers', { value: this.lateUsers, description: 'Users whose desktop was still being built when the time was over' });
    }
  }

  /**
   * The id of one user's desktop.
   *
   * An empty string if the user was refused within the tolerance.
   *
   * @param userName One of the users, in any case.
   * @throws when there is no such user, with the names that come near.
   */
  public workspaceId(userName: string): string {
    const wanted = sameUserKey(userName);
    const index = this.desktops.findIndex(desktop => sameUserKey(desktop.userName) === wanted);
    if (index < 0) {
      const names = this.desktops.map(desktop => desktop.userName);
      const near = nearNames(userName, names).map(name => JSON.stringify(name));
      fail(this, `there is no user ${JSON.stringify(userName)} in this fleet; ` + (near.length > 0
        ? `did you mean ${near.join(' or ')}?`
        : `add it to 'users', or ask for one of them, such as ${JSON.stringify(names[0])}`));
    }
    return this.workspaceIds[index];
  }

  /**
   * Lets someone read the ledger: what the provider has noted about the desktops of all fleets of the stack.
   *
   * @param grantee Who may read.
   */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.ledger.grantReadData(grantee);
  }

  private check(props: BulkWorkspacesProps): void {
    refuse(directoryIdProblem(props.directoryId), this);
    const count = props.users._entries.length;
    if (count > MAX_USERS) {
      fail(this, `'users' has ${count} users, and larger fleets than ${MAX_USERS} are not supported yet; split them into several BulkWorkspaces`);
    }
    if (props.timeout) refuse(timeoutProblem(props.timeout), this);
    if (props.workspaceTags) refuse(tagsProblem("'workspaceTags'", props.workspaceTags), this);
    if (props.removalPolicy === RemovalPolicy.SNAPSHOT) {
      fail(this, `'removalPolicy' must not be SNAPSHOT, got ${JSON.stringify(props.removalPolicy)}: a desktop has no snapshot that outlives it; ` +
        'use RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE to keep the desktops, or DESTROY');
    }
    WorkspacesProvider.checkLogGroup(this, props.logGroup);
  }

  private warnAboutVolumes(props: BulkWorkspacesProps): void {
    const disputed = props.users._entries.some(({ user }) =>
      volumeSizesDisputed(user.rootVolumeSize ?? props.rootVolumeSize, user.userVolumeSize ?? props.userVolumeSize));
    if (!disputed) return;
    Annotations.of(this).addWarningV2('cdk-bulk-workspaces:volumeSizes80With100',
      "'rootVolumeSize' 80 with 'userVolumeSize' 100 GiB is in AWS's list of sizes, and against its rule that the root volume has at least 175 GiB " +
      'when the user volume has 100; the service may refuse it');
  }

  /** What `Tags.of` has made of the tags. */
  private tagProblems(): string[] {
    const tags = this.cdkTagManager.tagValues();
    const problems = [tagsProblem("this fleet ('workspaceTags', StackProps.tags and Tags.of)", tags)];
    for (const { userName, settings } of this.desktops) {
      const count = new Set([...Object.keys(tags), ...Object.keys(settings.Tags ?? {})]).size;
      if (settings.Tags && count > MAX_TAGS) {
        problems.push(`user ${JSON.stringify(userName)} has ${count} tags together with the fleet's, and a desktop takes ${MAX_TAGS} beside the one ` +
          'that says whose it is; take some away');
      }
    }
    return problems.filter(problem => problem !== undefined);
  }

  private keys(): VolumeKey[] {
    return this.desktops.flatMap(({ key }) => key ?? []);
  }
}

/** Those of `StackProps.tags`, which CloudFormation puts on nothing that a custom resource makes. A nested stack gets its parent's. */
function stackTags(stack: Stack): { [key: string]: string } {
  const outer = NestedStack.isNestedStack(stack) && stack.nestedStackParent ? stackTags(stack.nestedStackParent) : {};
  return { ...outer, ...stack.tags.tagValues() };
}
