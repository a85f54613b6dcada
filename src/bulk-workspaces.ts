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
import { userKey } from './private/taken-users';
import { UserEntry, WORKSPACE_USERS } from './private/user-entry';
import {
  directoryIdProblem, fail, refuse, TAG_ROOM, TAG_ROOM_ADOPTED, tagsProblem, timeoutProblem, volumeSizesDisputed, whoIs,
} from './private/validation';
import { VolumeKey } from './private/volume-key';
import { RemovedUsers } from './removed-users';
import { WaitFor } from './wait-for';

/** What one hour holds, the longest that CloudFormation waits for a custom resource: with builds of 10 to 40 minutes, these took 48. */
const MAX_USERS = 20_000;

/** So many ids always fit the fleet's own answer. */
const MAX_IDS_IN_ANSWER = 200;

/**
 * Amazon WorkSpaces desktops for many people: created 25 at a time, waited for until they are there, with their ids as attributes.
 *
 * Behind all fleets of a stack is one provider: Lambda functions, a state machine that calls them, and a table.
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
   * For people: the refused users with the service's reasons, shortened when they are many; `none` when there are none.
   */
  public readonly refusedUsersSummary: string;

  /**
   * For people: the users whose desktop was still being built when the time was over, shortened when they are many; `none` when there are none.
   */
  public readonly lateUsersSummary: string;

  /**
   * For people: what the deployment has left for later, shortened when it is much, or left behind; `none` when there is nothing.
   *
   * A volume, say, that the service lets grow only 6 hours after its last change, with the time (UTC): the next deployment from then on does it,
   * if only with a new `refresh` value.
   */
  public readonly noticesSummary: string;

  /**
   * Value of the tag `cdk-bulk-workspaces:fleet` on every desktop of this fleet: what says that it is of this fleet.
   *
   * Another fleet can take the desktops over by it: see `ExistingWorkspaces.adopt()`.
   */
  public readonly fleetId: string;

  /**
   * What makes the desktops: one for all fleets of the stack.
   *
   * Its role is for a key of this stack whose own policy does not let the account decide; the fleet is created after the key.
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

  /** Holds the tags that reach the desktops. */
  public readonly cdkTagManager: TagManager;

  private readonly desktops: DesiredDesktop[];
  private readonly indexes = new Map<string, number>();
  private readonly adopts: boolean;
  private readonly ledger: WorkspacesProvider['ledger'];
  private readonly ids: (string | undefined)[] = [];
  private readonly makeId: (index: number) => string;

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
    // Aspects add tags until the app is synthesized.
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
    // The permissions must be there before the first step and until after the last, that of the delete. The way from the resource
    // to them leads through the framework's functions, which we don't rely on.
    resource.node.addDependency(provider.permissions.policy);
    for (const { construct, aliasName } of this.keys()) {
      // An alias is named by text, from which CloudFormation can't see that it must be there first. One of a CSV file is in no tree.
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

    if (props.outputs ?? true) {
      new CfnOutput(this, 'WorkspaceIds', countsIds
        ? { value: `${attribute('WorkspaceIds')}; whose is which: ${this.ledgerQuery(props.directoryId)}`, description: 'How many desktops there are, and how to list them' }
        : { value: attribute('WorkspaceIds'), description: 'Ids of the desktops, in the order of the users' });
      new CfnOutput(this, 'RefusedUsersSummary', { value: this.refusedUsersSummary, description: 'Users for whom WorkSpaces refused a desktop, and why' });
      new CfnOutput(this, 'LateUsersSummary', { value: this.lateUsersSummary, description: 'Users whose desktop was still being built when the time was over' });
      new CfnOutput(this, 'NoticesSummary', { value: this.noticesSummary, description: 'What the deployment has left for later, or left behind' });
    }
  }

  /**
   * The id of one user's desktop.
   *
   * In a fleet of more than 200 users, a resource is added to the stack that reads the ids that are asked for, another one for about every 270 of them.
   *
   * An empty string if the user was refused within the tolerance.
   *
   * @param userName One of the users, in any case.
   * @throws when there is no such user, with the names that come near.
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
   * The ids of all desktops, one for each user, in the order of the users. To get the id of one user's desktop, use `workspaceId()`.
   *
   * An empty string where a user was refused within the tolerance. Of a fleet of more than 200 users they do not fit the answer that
   * CloudFormation takes from a custom resource (4,096 bytes): the first call of this adds resources to the stack that read them, about one for every 270
   * users.
   */
  public workspaceIds(): string[] {
    return this.desktops.map((_, index) => this.idOf(index));
  }

  /**
   * Lets someone read how this fleet is doing: what the provider has noted about its desktops in the ledger, and of no other fleet.
   *
   * They may get and query the items of the DynamoDB table whose partition key begins with `fleet#<fleetId>#`, but not scan the table.
   *
   * @param grantee Who may read.
   */
  public grantStatus(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
      resourceArns: [this.ledger.tableArn],
      // Without a key, ForAllValues alone would hold.
      conditions: {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`fleet#${this.fleetId}#*`] },
        'Null': { 'dynamodb:LeadingKeys': 'false' },
      },
    });
  }

  /** Made when it is asked for, and only once: it may take another resource. */
  private idOf(index: number): string {
    return this.ids[index] ??= this.makeId(index);
  }

  private indexOf(userName: string): number | undefined {
    if (this.indexes.size === 0) this.desktops.forEach((desktop, index) => this.indexes.set(userKey(this, desktop.userName), index));
    return this.indexes.get(userKey(this, userName));
  }

  /** Prints users and ids, from the ledger. */
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
      fail(this, `'users' has ${count} users, and a fleet has at most ${MAX_USERS}, since one deployment, of an hour at most, cannot make more; ` +
        'split them into several BulkWorkspaces, each in a stack of its own');
    }
    if (props.timeout) refuse(timeoutProblem(props.timeout), this);
    if (props.tags) refuse(tagsProblem("'tags'", props.tags), this);
    if (props.removalPolicy === RemovalPolicy.SNAPSHOT) {
      fail(this, `'removalPolicy' must not be SNAPSHOT, got ${JSON.stringify(props.removalPolicy)}: a desktop has no snapshot that outlives it; ` +
        'use RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE to keep the desktops, or DESTROY');
    }
    WorkspacesProvider.checkLogGroup(this, props.logGroup);
    WorkspacesProvider.checkUsers(this, props.directoryId, entries);
  }

  private warnAboutVolumes(props: BulkWorkspacesProps, entries: readonly UserEntry[]): void {
    const disputed = entries.some(({ user }) =>
      volumeSizesDisputed(user.rootVolumeSize ?? props.rootVolumeSize, user.userVolumeSize ?? props.userVolumeSize));
    if (!disputed) return;
    Annotations.of(this).addWarningV2('cdk-bulk-workspaces:volumeSizes80With100',
      "'rootVolumeSize' 80 with 'userVolumeSize' 100 GiB is in AWS's list of sizes, and against its rule that the root volume has at least 175 GiB " +
      'when the user volume has 100; the service may refuse it');
  }

  /** What a desktop is encrypted with can never be put right. */
  private warnAboutEncryption(): void {
    const [first, ...others] = this.desktops.filter(({ isUnencryptedByDefault }) => isUnencryptedByDefault);
    if (!first) return;
    const whose = others.length === 0 ? whoIs(first.userName) : `${others.length + 1} users, such as ${whoIs(first.userName).replace(/^user /, '')},`;
    Annotations.of(this).addWarningV2('cdk-bulk-workspaces:volumesNotEncrypted',
      `the volumes of ${whose} are not encrypted, and WorkSpaces cannot encrypt a desktop that exists; give 'volumeEncryptionKey', ` +
      "or say that it is meant with 'rootVolumeEncryptionEnabled' and 'userVolumeEncryptionEnabled' false");
  }

  /** What `Tags.of` has made of the tags. */
  private tagProblems(): string[] {
    const tags = this.cdkTagManager.tagValues();
    const room = this.adopts ? TAG_ROOM_ADOPTED : TAG_ROOM;
    const problem = tagsProblem("this fleet ('tags', StackProps.tags and Tags.of)", tags, room);
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
    return [...new Map(this.desktops.flatMap(({ key }) => key ? [[key.arn, key] as const] : [])).values()];
  }
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
