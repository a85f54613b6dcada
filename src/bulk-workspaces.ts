import {
  Annotations, CfnDeletionPolicy, CfnOutput, CfnResource, CustomResource, Duration, Fn, ITaggableV2, Lazy, NestedStack, RemovalPolicy, Stack,
  TagManager, TagType, Token, Tokenization,
} from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { BulkWorkspacesProps } from './bulk-workspaces-props';
import { IBulkWorkspacesProvider } from './bulk-workspaces-provider';
import { BundleChange } from './bundle-change';
import { ExistingWorkspaces } from './existing-workspaces';
import { FailureTolerance } from './failure-tolerance';
import { LateWorkspaces } from './late-workspaces';
import { ATTRIBUTES_VERSION, BulkWorkspacesAttributes, BulkWorkspacesProperties, RESOURCE_TYPE } from './private/contract';
import { DesiredDesktop, desiredDesktops } from './private/desired-desktops';
import { FLEET_NAMES, namesProblem } from './private/given-names';
import { typesProblem } from './private/given-types';
import { IdReads } from './private/id-reads';
import { BUNDLE_CHANGE, EXISTING_WORKSPACES, FAILURE_TOLERANCE, LATE_WORKSPACES, REMOVED_USERS, TERMINATION_LIMIT } from './private/kinds';
import { manifestOf } from './private/manifest';
import { nearNames } from './private/near-names';
import { WorkspacesProvider } from './private/provider';
import { addRemovals } from './private/removals';
import { userKey } from './private/taken-users';
import { UserEntry, WORKSPACE_USERS } from './private/user-entry';
import {
  directoryIdProblem, fail, refuse, TAG_ROOM, TAG_ROOM_ADOPTED, tagsProblem, timeoutProblem, volumeSizesDisputed, whoIs,
} from './private/validation';
import { VolumeKey } from './private/volume-key';
import { RemovedUsers } from './removed-users';
import { WaitFor } from './wait-for';

/** CloudFormation waits one hour at most for a custom resource. 20,000 desktops that took 10 to 40 minutes each were ready after 48. */
const MAX_USERS = 20_000;

/** The fleet's response to CloudFormation always has room for this many ids. */
const MAX_IDS_IN_ANSWER = 200;

/**
 * Creates Amazon WorkSpaces desktops for many users, 25 in a call, and waits until the desktops are ready.
 *
 * The desktops of one `BulkWorkspaces` are a fleet. All fleets of a stack share one provider, which does the work: Lambda functions,
 * a state machine that calls them, and a DynamoDB table, the ledger.
 *
 * @example
 * const fleet = new BulkWorkspaces(this, 'Sales', {
 *   directoryId: 'd-90670b2f8c',
 *   bundleId: 'wsb-clj85qzj1',
 *   users: WorkspaceUsers.fromNames(['ana', 'bo', 'chen']),
 *   volumeEncryptionKey: new kms.Key(this, 'Key', { enableKeyRotation: true }),
 *   runningMode: RunningMode.autoStop(Duration.hours(1)),
 * });
 * new CfnOutput(this, 'AnasDesktop', { value: fleet.workspaceId('ana') });
 */
export class BulkWorkspaces extends Construct implements ITaggableV2 {
  /**
   * The users whom WorkSpaces refused, with its reasons. A text for people.
   *
   * It is shortened if there are many such users, and `none` if there are none.
   */
  public readonly refusedUsersSummary: string;

  /**
   * The late users: those whose desktop was still being built when `timeout` ended. A text for people.
   *
   * It is shortened if there are many such users, and `none` if there are none.
   */
  public readonly lateUsersSummary: string;

  /**
   * What the deployment left for later, and which desktops it left behind. A text for people.
   *
   * It is shortened if it is long, and `none` if there is nothing. For example, WorkSpaces lets a volume grow only 6 hours after its last
   * change: the text then says from when it can grow (UTC). The first deployment after that time makes the change. If nothing else in the
   * template has changed, give `refresh` a new value.
   */
  public readonly noticesSummary: string;

  /**
   * The value of the tag `cdk-bulk-workspaces:fleet`, which each desktop of this fleet carries and no other desktop.
   *
   * Give it to another fleet that is to adopt these desktops: see `ExistingWorkspaces.adopt()`.
   */
  public readonly fleetId: string;

  /**
   * Creates, changes and terminates the desktops of all fleets of the stack.
   *
   * You need its role only if your key's policy does not allow IAM policies to give access to the key. Then add a statement for the role to the
   * key's policy, as in the example. If the key is in the same stack, CloudFormation creates it before the fleet.
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
   *   users: WorkspaceUsers.fromNames(['ana', 'bo', 'chen']),
   *   volumeEncryptionKey: key,
   * });
   * key.addToResourcePolicy(new iam.PolicyStatement({
   *   principals: [fleet.provider.handlerRole],
   *   actions: ['kms:DescribeKey', 'kms:CreateGrant', 'kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'],
   *   resources: ['*'],
   * }));
   */
  public readonly provider: IBulkWorkspacesProvider;

  /** The tags of the fleet's desktops. `Tags.of()` adds to them. */
  public readonly cdkTagManager: TagManager;

  private readonly desktops: DesiredDesktop[];
  private readonly indexes = new Map<string, number>();
  private readonly adopts: boolean;
  private readonly ledger: WorkspacesProvider['ledger'];
  private readonly ids: (string | undefined)[] = [];
  private readonly makeId: (index: number) => string;

  /**
   * Adds a fleet of desktops in one directory.
   *
   * @param scope Its parent: a stack, or a construct within one.
   * @param id Its name within the parent. With another name, it is another fleet, with other desktops.
   * @param props The users who get a desktop, and the settings of the desktops.
   * @throws if WorkSpaces would not accept a value. The message says what to write instead.
   */
  constructor(scope: Construct, id: string, props: BulkWorkspacesProps) {
    super(scope, id);

    // All refusals come before the first child, so that a refused fleet leaves nothing in the tree.
    this.check(props ?? {});
    const entries = WORKSPACE_USERS.contentOf(props.users);
    this.desktops = desiredDesktops(this, props, entries);
    const existingWorkspaces = EXISTING_WORKSPACES.contentOf(props.existingWorkspaces ?? ExistingWorkspaces.refuse());
    this.adopts = existingWorkspaces !== undefined;
    const timeoutSeconds = Tokenization.stringifyNumber((props.timeout ?? Duration.minutes(50)).toSeconds());
    this.warnAboutVolumes(props, entries);
    this.warnAboutEncryption();

    const tags = { ...stackTags(Stack.of(this)), ...props.tags };
    this.cdkTagManager = new TagManager(TagType.MAP, RESOURCE_TYPE, tags);
    // Aspects can add tags until synthesis, so these are checked late.
    this.node.addValidation({ validate: () => this.tagProblems() });

    const provider = WorkspacesProvider.getOrCreate(this, props.logGroup);
    this.ledger = provider.ledger;
    this.provider = provider;
    provider.takenUsers.add(this, props.directoryId, entries);
    const bundleChange = BUNDLE_CHANGE.contentOf(props.bundleChange ?? BundleChange.refuse());
    const manifest = manifestOf(this, this.desktops);
    provider.permissions.allowFleet({
      directoryId: props.directoryId,
      bundleIds: this.desktops.map(desktop => desktop.settings.BundleId),
      migrates: bundleChange === 'MIGRATE',
      keys: this.keys(),
      manifest: manifest.asset,
      tagKeys: () => this.tagKeys(),
      adopts: this.adopts,
    });

    const countsIds = this.desktops.length > MAX_IDS_IN_ANSWER;
    const properties: Omit<BulkWorkspacesProperties, 'ServiceToken' | 'Tags'> = {
      DirectoryId: props.directoryId,
      UserCount: String(this.desktops.length),
      ...manifest.properties,
      WaitFor: props.waitFor ?? WaitFor.AVAILABLE,
      LateWorkspaces: LATE_WORKSPACES.contentOf(props.lateWorkspaces ?? LateWorkspaces.accept()),
      TimeoutSeconds: timeoutSeconds,
      FailureTolerance: FAILURE_TOLERANCE.contentOf(props.failureTolerance ?? FailureTolerance.none()),
      Refresh: props.refresh,
      RemovedUsers: REMOVED_USERS.contentOf(props.removedUsers ?? RemovedUsers.refuse()),
      TerminationLimit: props.terminationLimit ? TERMINATION_LIMIT.contentOf(props.terminationLimit) : undefined,
      BundleChange: bundleChange,
      ExistingWorkspaces: existingWorkspaces,
      RetainOnReplace: Lazy.string({ produce: () => isRetainedOnReplace(resource) ? 'true' : undefined }),
      AttributesVersion: ATTRIBUTES_VERSION,
      WorkspaceIds: countsIds ? 'COUNT' : undefined,
      IdsInOneRead: Lazy.string({ produce: () => reads && reads.inOneRead > 0 ? String(reads.inOneRead) : undefined }),
    };
    const resource: CustomResource = new CustomResource(this, 'Resource', {
      resourceType: RESOURCE_TYPE,
      serviceToken: provider.serviceToken,
      serviceTimeout: Duration.hours(1),
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      properties: { ...properties, Tags: this.cdkTagManager.renderedTags },
    });
    // The permissions must exist before the first step and until the last one, which is that of the delete. Without this line, the resource
    // would depend on them only through the framework's functions, and we do not control how those are connected.
    resource.node.addDependency(provider.permissions.policy);
    for (const { construct, aliasName } of this.keys()) {
      // The template has only the name of an alias. It does not show CloudFormation that the alias must be created first.
      // A key from a CSV file is in no tree.
      if (aliasName !== undefined && construct.node.root === this.node.root) resource.node.addDependency(construct);
    }

    const attribute = (name: keyof BulkWorkspacesAttributes) => resource.getAttString(name);
    const reads = countsIds ? new IdReads(this, provider, {
      FleetId: attribute('FleetId'),
      DirectoryId: props.directoryId,
      IdsDigest: attribute('IdsDigest'),
    }) : undefined;
    this.makeId = index => reads
      ? reads.idOf(this.desktops[index].userName)
      : Fn.select(index, Fn.split(',', attribute('WorkspaceIds')));
    this.refusedUsersSummary = attribute('RefusedUsers');
    this.lateUsersSummary = attribute('LateUsers');
    this.noticesSummary = attribute('Notices');
    this.fleetId = attribute('FleetId');
    addRemovals(this, provider, { FleetId: this.fleetId, DirectoryId: props.directoryId, Removals: attribute('Removals') });

    if (props.outputs ?? true) {
      new CfnOutput(this, 'WorkspaceIds', countsIds
        ? { value: `${attribute('WorkspaceIds')}; to list users and ids: ${this.ledgerQuery(props.directoryId)}`, description: 'Number of desktops, and the command that lists them' }
        : { value: attribute('WorkspaceIds'), description: 'Ids of the desktops, in the order of the users' });
      new CfnOutput(this, 'RefusedUsersSummary', { value: this.refusedUsersSummary, description: 'Users for whom WorkSpaces refused a desktop, and why' });
      new CfnOutput(this, 'LateUsersSummary', { value: this.lateUsersSummary, description: 'Users whose desktop was still being built when the timeout ended' });
      new CfnOutput(this, 'NoticesSummary', { value: this.noticesSummary, description: 'What the deployment left for later, and which desktops it left behind' });
    }
  }

  /**
   * Returns the id of one user's desktop, like `ws-8kgdr3qp1`.
   *
   * The id is an empty string if WorkSpaces refused the user and `failureTolerance` allows that.
   *
   * If the fleet has more than 200 users, the ids that you ask for are read by additional resources in the stack: one for about 270 ids.
   *
   * @param userName The name of a user of this fleet. Upper and lower case are the same.
   * @throws if the fleet has no such user. The message contains similar names.
   */
  public workspaceId(userName: string): string {
    const index = this.indexOf(userName);
    if (index === undefined) {
      const names = this.desktops.map(desktop => desktop.userName).filter(name => !Token.isUnresolved(name));
      const near = nearNames(userName, names).map(name => JSON.stringify(name));
      fail(this, `${whoIs(userName)} is not in this fleet; ` + (near.length > 0
        ? `did you mean ${near.join(' or ')}?`
        : `add it to 'users'${names.length > 0 ? `, or ask for one of them, such as ${JSON.stringify(names[0])}` : ''}`));
    }
    return this.idOf(index);
  }

  /**
   * Returns the ids of all desktops, one for each user, in the order of the users. For the desktop of one user, use `workspaceId()`.
   *
   * An id is an empty string if WorkSpaces refused the user and `failureTolerance` allows that.
   *
   * CloudFormation accepts 4,096 bytes as the response of a custom resource. The ids of more than 200 users may be longer. If the fleet has
   * more than 200 users, the first call adds resources to the stack that read the ids: one for about 270 users.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
   */
  public workspaceIds(): string[] {
    return this.desktops.map((_, index) => this.idOf(index));
  }

  /**
   * Allows someone to read the status of this fleet: what the ledger, a DynamoDB table, says about its desktops.
   *
   * They can get and query the items whose partition key begins with `fleet#<fleetId>#`. They cannot scan the table, or read other fleets.
   *
   * @param grantee The role, user or group that may read.
   */
  public grantStatus(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
      resourceArns: [this.ledger.tableArn],
      // ForAllValues is also true for a request that names no key, such as a scan.
      conditions: {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`fleet#${this.fleetId}#*`] },
        'Null': { 'dynamodb:LeadingKeys': 'false' },
      },
    });
  }

  /** Makes an id only when the app asks for it, and only once, because an id may need another resource. */
  private idOf(index: number): string {
    return this.ids[index] ??= this.makeId(index);
  }

  private indexOf(userName: string): number | undefined {
    if (this.indexes.size === 0) this.desktops.forEach((desktop, index) => this.indexes.set(userKey(this, desktop.userName), index));
    return this.indexes.get(userKey(this, userName));
  }

  /** A command that prints users and ids from the ledger. */
  private ledgerQuery(directoryId: string): string {
    const values = `{":fleet":{"S":"fleet#${this.fleetId}#${directoryId}"},":call":{"S":"call#"}}`;
    return `aws dynamodb query --table-name ${this.ledger.tableName} --key-condition-expression "pk = :fleet AND begins_with(sk, :call)" `
      + `--expression-attribute-values '${values}' --query "Items[].records.S" --output text | jq -r '.[] | [.userName, .id] | @csv'`;
  }

  private check(props: BulkWorkspacesProps): void {
    refuse(namesProblem(props, FLEET_NAMES) ?? typesProblem(props, ['users']), this);
    refuse(directoryIdProblem(props.directoryId), this);
    const entries = WORKSPACE_USERS.contentOf(props.users);
    const count = entries.length;
    if (count > MAX_USERS) {
      fail(this, `'users' has ${count} users, and a fleet can have at most ${MAX_USERS}, because one deployment takes an hour at most and cannot create more; ` +
        'split them into several BulkWorkspaces, each in a stack of its own');
    }
    if (props.timeout) refuse(timeoutProblem(props.timeout), this);
    if (props.tags) refuse(tagsProblem("'tags'", props.tags), this);
    if (props.removalPolicy === RemovalPolicy.SNAPSHOT) {
      fail(this, `'removalPolicy' must not be SNAPSHOT, got ${JSON.stringify(props.removalPolicy)}; WorkSpaces keeps no snapshot of a terminated desktop; ` +
        'use RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE to keep the desktops, or RemovalPolicy.DESTROY to terminate them');
    }
    WorkspacesProvider.checkLogGroup(this, props.logGroup);
    WorkspacesProvider.checkUsers(this, props.directoryId, entries);
  }

  private warnAboutVolumes(props: BulkWorkspacesProps, entries: readonly UserEntry[]): void {
    const disputed = entries.some(({ user }) =>
      volumeSizesDisputed(user.rootVolumeSize ?? props.rootVolumeSize, user.userVolumeSize ?? props.userVolumeSize));
    if (!disputed) return;
    Annotations.of(this).addWarningV2('cdk-bulk-workspaces:volumeSizes80With100',
      "WorkSpaces may refuse 'rootVolumeSize' 80 with 'userVolumeSize' 100 GiB: AWS's list of sizes has this pair, but AWS's rule says " +
      'that with a user volume of 100 GiB the root volume has at least 175');
  }

  /** A warning at synth is the last chance: the encryption of an existing desktop cannot be changed. */
  private warnAboutEncryption(): void {
    const [first, ...others] = this.desktops.filter(({ isUnencryptedByDefault }) => isUnencryptedByDefault);
    if (!first) return;
    const whose = others.length === 0 ? whoIs(first.userName) : `${others.length + 1} users, such as ${whoIs(first.userName).replace(/^user /, '')},`;
    Annotations.of(this).addWarningV2('cdk-bulk-workspaces:volumesNotEncrypted',
      `the volumes of ${whose} are not encrypted, and WorkSpaces cannot encrypt an existing desktop; give 'volumeEncryptionKey'. ` +
      "If you want no encryption, set 'rootVolumeEncryptionEnabled' and 'userVolumeEncryptionEnabled' to false");
  }

  /** What is wrong with the tags after `Tags.of` has added and removed some. */
  private tagProblems(): string[] {
    const tags = this.cdkTagManager.tagValues();
    const room = this.adopts ? TAG_ROOM_ADOPTED : TAG_ROOM;
    const problem = tagsProblem("this fleet ('tags', StackProps.tags and Tags.of)", tags, room);
    const problems = [problem && `${problem}; Tags.of(fleet).remove(key) keeps a tag from the desktops`];
    for (const { userName, settings } of this.desktops) {
      const count = new Set([...Object.keys(tags), ...Object.keys(settings.Tags ?? {})]).size;
      if (settings.Tags && count > room.most) {
        problems.push(`${whoIs(userName)} has ${count} tags, including those of the fleet, and can have at most ${room.most}: ${room.why}; remove some`);
      }
    }
    return problems.filter(each => each !== undefined);
  }

  /** The keys of the tags of all desktops, including those that `Tags.of` added. */
  private tagKeys(): string[] {
    return [this.cdkTagManager.tagValues(), ...this.desktops.map(({ settings }) => settings.Tags ?? {})].flatMap(tags => Object.keys(tags));
  }

  private keys(): VolumeKey[] {
    return [...new Map(this.desktops.flatMap(({ key }) => key ? [[key.arn, key] as const] : [])).values()];
  }
}

/** Reads the policy from the resource, not from the props: aspects can change it until synthesis. */
function isRetainedOnReplace(resource: CustomResource): boolean {
  return (resource.node.defaultChild as CfnResource).cfnOptions.updateReplacePolicy === CfnDeletionPolicy.RETAIN;
}

/** `StackProps.tags`, and those of the parents of a nested stack. CloudFormation does not add them to what a custom resource creates. */
function stackTags(stack: Stack): { [key: string]: string } {
  const outer = NestedStack.isNestedStack(stack) && stack.nestedStackParent ? stackTags(stack.nestedStackParent) : {};
  return { ...outer, ...stack.tags.tagValues() };
}
