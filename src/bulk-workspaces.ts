import {
  Annotations, CfnDeletionPolicy, CfnOutput, CfnResource, CustomResource, Duration, Fn, ITaggableV2, Lazy, NestedStack, RemovalPolicy, Stack,
  TagManager, TagType, Token, Tokenization,
} from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { BulkWorkspacesProps } from './bulk-workspaces-props';
import { BundleChange } from './bundle-change';
import { ExistingWorkspaces } from './existing-workspaces';
import { FailureTolerance } from './failure-tolerance';
import { LateWorkspaces } from './late-workspaces';
import { ATTRIBUTES_VERSION, BulkWorkspacesAttributes, BulkWorkspacesProperties, ExistingWorkspacesProperty, RESOURCE_TYPE } from './private/contract';
import { typesProblem } from './private/given-types';
import { manifestOf } from './private/manifest';
import { nearNames } from './private/near-names';
import { WorkspacesProvider } from './private/provider';
import { Desktop, desktopsOf } from './private/settings';
import { userKey } from './private/taken-users';
import {
  directoryIdProblem, fail, refuse, TAG_ROOM, TAG_ROOM_ADOPTED, tagsProblem, timeoutProblem, volumeSizesDisputed, whoIs,
} from './private/validation';
import { VolumeKey } from './private/volume-key';
import { WaitFor } from './wait-for';

/** More than this, and a manifest, a deployment of an hour and the service's rate are another matter. */
const MAX_USERS = 200;

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
export class BulkWorkspaces extends Construct implements ITaggableV2, iam.IGrantable {
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
   * For people: what the deployment has left for later, shortened when it is much, or left behind; `none` when there is nothing.
   *
   * A volume, say, that the service lets grow only 6 hours after its last change, with the time (UTC): the next deployment from then on does it,
   * if only with a new `refresh` value.
   */
  public readonly notices: string;

  /**
   * Value of the tag `cdk-bulk-workspaces:fleet` on every desktop of this fleet: what says that it is of this fleet.
   *
   * Another fleet can take the desktops over by it: see `ExistingWorkspaces.adoptFrom`.
   */
  public readonly fleetId: string;

  /** How many users there are. */
  public readonly userCount: number;

  /**
   * The role with which desktops are made and terminated: one for all fleets of the stack.
   *
   * For a key of this stack whose own policy does not let the account decide; the fleet is created after it. What
   * `key.grantEncryptDecrypt(fleet)` and its like change is the policy of the role, which has these permissions already.
   *
   * @example
   * declare const admins: iam.IRole;
   * const key = new kms.Key(this, 'Key', {
   *   policy: new iam.PolicyDocument({
   *     statements: [new iam.PolicyStatement({ principals: [admins], actions: ['kms:*'], resources: ['*'] })],
   *   }),
   * });
   * const fleet = new BulkWorkspaces(this, 'Sales', {
   *   directoryId: 'd-90670b2f8c',
   *   bundleId: 'wsb-clj85qzj1',
   *   users: WorkspaceUsers.fromNames('ana', 'bo', 'chen'),
   *   volumeEncryptionKey: key,
   * });
   * key.addToResourcePolicy(new iam.PolicyStatement({
   *   principals: [fleet.grantPrincipal],
   *   actions: ['kms:DescribeKey', 'kms:CreateGrant', 'kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'],
   *   resources: ['*'],
   * }));
   */
  public readonly grantPrincipal: iam.IPrincipal;

  /** Holds the tags that reach the desktops. */
  public readonly cdkTagManager: TagManager;

  private readonly desktops: Desktop[];
  private readonly adopts: boolean;
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
    this.adopts = props.existingWorkspaces?.adopts ?? false;
    const timeoutSeconds = Tokenization.stringifyNumber((props.timeout ?? Duration.minutes(50)).toSeconds());
    this.warnAboutVolumes(props);

    const tags = { ...stackTags(Stack.of(this)), ...props.workspaceTags };
    this.cdkTagManager = new TagManager(TagType.MAP, RESOURCE_TYPE, tags);
    // Aspects add tags until the app is synthesized.
    this.node.addValidation({ validate: () => this.tagProblems() });

    const provider = WorkspacesProvider.getOrCreate(this, props.logGroup);
    this.ledger = provider.ledger;
    this.grantPrincipal = provider.stepRole.grantPrincipal;
    provider.takenUsers.add(this, props.directoryId, props.users._entries);
    const manifest = manifestOf(this, this.desktops);
    provider.permissions.allowFleet({
      directoryId: props.directoryId,
      bundleIds: this.desktops.map(desktop => desktop.settings.BundleId),
      migrates: props.bundleChange === BundleChange.MIGRATE,
      keys: this.keys(),
      manifest: manifest.asset,
      tagKeys: () => this.tagKeys(),
      adopts: this.adopts,
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
      RemovedUsers: props.removedUsers,
      TerminationLimit: props.terminationLimit?.value,
      BundleChange: props.bundleChange,
      ExistingWorkspaces: existingWorkspacesProperty(props.existingWorkspaces),
      RetainOnReplace: Lazy.string({ produce: () => isRetainedOnReplace(resource) ? 'true' : undefined }),
      AttributesVersion: ATTRIBUTES_VERSION,
    };
    const resource: CustomResource = new CustomResource(this, 'Resource', {
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
    this.notices = attribute('Notices');
    this.fleetId = attribute('FleetId');

    if (props.outputs ?? true) {
      new CfnOutput(this, 'WorkspaceIds', { value: attribute('WorkspaceIds'), description: 'Ids of the desktops, in the order of the users' });
      new CfnOutput(this, 'RefusedUsers', { value: this.refusedUsers, description: 'Users for whom WorkSpaces refused a desktop, and why' });
      new CfnOutput(this, 'LateUsers', { value: this.lateUsers, description: 'Users whose desktop was still being built when the time was over' });
      new CfnOutput(this, 'Notices', { value: this.notices, description: 'What the deployment has left for later, or left behind' });
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
    const wanted = userKey(this, userName);
    const index = this.desktops.findIndex(desktop => userKey(this, desktop.userName) === wanted);
    if (index < 0) {
      const names = this.desktops.map(desktop => desktop.userName).filter(name => !Token.isUnresolved(name));
      const near = nearNames(userName, names).map(name => JSON.stringify(name));
      fail(this, `${whoIs(userName)} is not in this fleet; ` + (near.length > 0
        ? `did you mean ${near.join(' or ')}?`
        : `add it to 'users'${names.length > 0 ? `, or ask for one of them, such as ${JSON.stringify(names[0])}` : ''}`));
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
    refuse(typesProblem(props, ['users']), this);
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
    WorkspacesProvider.checkUsers(this, props.directoryId, props.users._entries);
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
    const room = this.adopts ? TAG_ROOM_ADOPTED : TAG_ROOM;
    const problem = tagsProblem("this fleet ('workspaceTags', StackProps.tags and Tags.of)", tags, room);
    const problems = [problem && `${problem}; Tags.of(fleet).remove(key) keeps a tag from the desktops`];
    for (const { userName, settings } of this.desktops) {
      const count = new Set([...Object.keys(tags), ...Object.keys(settings.Tags ?? {})]).size;
      if (settings.Tags && count > room.most) {
        problems.push(`${whoIs(userName)} has ${count} tags together with the fleet's, and can have ${room.most}: ${room.why}; take some away`);
      }
    }
    return problems.filter(each => each !== undefined);
  }

  /** Of all desktops, with what `Tags.of` has added. */
  private tagKeys(): string[] {
    return [this.cdkTagManager.tagValues(), ...this.desktops.map(({ settings }) => settings.Tags ?? {})].flatMap(tags => Object.keys(tags));
  }

  private keys(): VolumeKey[] {
    return this.desktops.flatMap(({ key }) => key ?? []);
  }
}

/** Nothing for the default, with which fleets were deployed before there was the choice. */
function existingWorkspacesProperty(existing: ExistingWorkspaces | undefined): ExistingWorkspacesProperty | undefined {
  if (!existing?.adopts) return undefined;
  return { Adopt: 'UNOWNED', ...existing.fleetIds.length > 0 && { FleetIds: existing.fleetIds } };
}

/** As it is in the template: aspects change removal policies until the app is synthesized. */
function isRetainedOnReplace(resource: CustomResource): boolean {
  return (resource.node.defaultChild as CfnResource).cfnOptions.updateReplacePolicy === CfnDeletionPolicy.RETAIN;
}

/** Those of `StackProps.tags`, which CloudFormation puts on nothing that a custom resource makes. A nested stack gets its parent's. */
function stackTags(stack: Stack): { [key: string]: string } {
  const outer = NestedStack.isNestedStack(stack) && stack.nestedStackParent ? stackTags(stack.nestedStackParent) : {};
  return { ...outer, ...stack.tags.tagValues() };
}
