import { ArnFormat, Aws, Fn, Lazy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { IDependable } from 'constructs';
import { ADOPTED_TAG, OWNERSHIP_TAG } from './contract';
import { manifestExtension } from './manifest';
import { identityOf } from './token-identity';
import { fail, OWN_TAGS } from './validation';
import { VolumeKey } from './volume-key';

/** The properties of one fleet from which its permissions follow. */
export interface FleetNeeds {
  readonly directoryId: string;
  readonly bundleIds: string[];
  /** Whether it may migrate desktops to these bundles. */
  readonly migrates: boolean;
  readonly keys: VolumeKey[];
  readonly manifest?: Asset;
  /** The keys of the tags of all its desktops. A function, because aspects can add tags until synthesis. */
  readonly tagKeys: () => string[];
  /** Whether it may adopt existing desktops. */
  readonly adopts: boolean;
}

/** The most resources in one statement. A managed policy can have 6,144 characters, an inline one 10,240. */
const MOST_RESOURCES = 25;
const MOST_TAG_KEYS_BYTES = 2_500;

/** The policy of the step function's role. It has one statement for each purpose, limited to what the fleets of the stack need. */
export class StepPermissions {
  /** A fleet must be created after this, and deleted before it. */
  public readonly policy: IDependable;

  private readonly createFrom: iam.PolicyStatement;
  /** The desktops that carry the tag of a fleet of this stack. */
  private readonly ownDesktops: Required<Pick<iam.PolicyStatementProps, 'resources' | 'conditions'>>;
  private readonly aliases: string[] = [];
  private readonly tagKeys: (() => string[])[] = [];
  private readonly onDemand = new Map<string, iam.PolicyStatement>();
  private readonly added = new Set<string>();

  constructor(private readonly stack: Stack, private readonly role: iam.IRole, ledger: dynamodb.ITable) {
    this.policy = role;

    this.allow({
      sid: 'KeepLedger',
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:Query'],
      resources: [ledger.tableArn],
    });

    // These actions can be allowed only for all resources.
    this.allow({
      sid: 'LookAtDesktops',
      actions: [
        'workspaces:DescribeWorkspaces',
        'workspaces:DescribeWorkspaceBundles',
        'workspaces:DescribeWorkspaceDirectories',
        'workspaces:DescribeTags',
        // Reads the tags of many desktops in one call before they are terminated.
        'tag:GetResources',
      ],
      resources: ['*'],
    });

    // IAM checks CreateWorkspaces against the directory, the bundle and the desktop. This statement has the directories and bundles of the
    // stack's fleets.
    this.createFrom = this.allow({ sid: 'CreateFromBundles', actions: ['workspaces:CreateWorkspaces'] });

    // The value of a desktop's tag begins with the uuid of its stack. The condition is for the whole stack, not for each fleet: when a fleet has
    // been removed from the template, a statement of its own would be gone, and its desktops could not be terminated.
    const ours = `${Fn.select(2, Fn.split('/', Aws.STACK_ID))}/*`;
    const desktops = stack.formatArn({ service: 'workspaces', resource: 'workspace', resourceName: '*' });
    const taggedAsOurs = { StringLike: { [`aws:RequestTag/${OWNERSHIP_TAG}`]: ours } };
    this.ownDesktops = { resources: [desktops], conditions: { StringLike: { [`aws:ResourceTag/${OWNERSHIP_TAG}`]: ours } } };

    // The desktop: none without the tag of a fleet of this stack.
    this.allow({ sid: 'CreateOwnDesktops', actions: ['workspaces:CreateWorkspaces'], resources: [desktops], conditions: taggedAsOurs });

    // The policy protects adopted desktops from being terminated, even if the handler has an error.
    this.allow({
      sid: 'TerminateOwnDesktops',
      actions: ['workspaces:TerminateWorkspaces'],
      ...this.ownDesktops,
      conditions: { ...this.ownDesktops.conditions, Null: { [`aws:ResourceTag/${ADOPTED_TAG}`]: 'true' } },
    });

    this.allow({ sid: 'ModifyOwnDesktops', actions: ['workspaces:ModifyWorkspaceProperties'], ...this.ownDesktops });

    // AWS does not document whether a CreateWorkspaces with tags needs this. The provider also needs it to change tags, to adopt desktops, and
    // to hand desktops over. It can be allowed only for all resources, so the role could put the fleets' tag on any desktop. The
    // condition on keys leaves it only the tags that the fleets have.
    this.allow({
      sid: 'TagOnCreate',
      actions: ['workspaces:CreateTags'],
      resources: ['*'],
      conditions: {
        ...taggedAsOurs,
        'ForAllValues:StringLike': { 'aws:TagKeys': Lazy.list({ produce: () => this.allTagKeys() }) },
      },
    });

    // Removes tags that are no longer in the template. This can be allowed only for all resources, and synth does not know which tags the
    // template had before. Therefore the role can remove any tag from any desktop, but not our own tags. ForAllValues is also true for a
    // request without keys, which the Null condition excludes.
    const namesTags = { Null: { 'aws:TagKeys': 'false' } };
    this.allow({
      sid: 'UntagDesktops',
      actions: ['workspaces:DeleteTags'],
      resources: ['*'],
      conditions: { 'ForAllValues:StringNotLike': { 'aws:TagKeys': [`${OWN_TAGS}*`] }, ...namesTags },
    });

    // Removes our own tags, which releases a desktop. It is always allowed, not only if a fleet in the template releases or adopts: in a
    // rollback, CloudFormation restores the policy before the fleet releases what it had just adopted. A fleet that was removed from the
    // template must be able to release, too.
    this.allow({
      sid: 'ReleaseDesktops',
      actions: ['workspaces:DeleteTags'],
      resources: ['*'],
      conditions: { 'ForAllValues:StringEquals': { 'aws:TagKeys': [OWNERSHIP_TAG, ADOPTED_TAG] }, ...namesTags },
    });

    // The handler reads whether CloudFormation has sent an event, whether it is a rollback, whether a rollback has cancelled it, and whether an
    // update is in its clean-up, before it carries out what the event asks for. The template shows that a fleet is about to be
    // removed, whose users have moved to another one.
    const looks = ['DescribeStacks', 'DescribeStackEvents', 'DescribeStackResource', 'GetTemplate'].map((operation) => `cloudformation:${operation}`);
    this.allow({ sid: 'LookAtOwnStack', actions: looks, resources: [Aws.STACK_ID] });
  }

  /** Adds the permissions that a fleet needs, unless another fleet has added them. */
  public allowFleet(needs: FleetNeeds): void {
    this.tagKeys.push(needs.tagKeys);
    this.addOnce(this.createFrom, this.workspacesArn('directory', needs.directoryId));
    for (const bundleId of new Set(needs.bundleIds)) this.addOnce(this.createFrom, this.bundleArn(bundleId), this.bundleArn('*'));
    for (const key of needs.keys) {
      if (key.aliasName === undefined) this.allowKey(key.arn);
      else this.allowAlias(key.aliasName);
    }
    // The tag that an adopted desktop gets.
    if (needs.adopts) this.tagKeys.push(() => [ADOPTED_TAG]);
    if (needs.migrates) this.allowMigration(needs.bundleIds);
    if (needs.manifest) {
      // Not grantRead(), which allows all assets of the bucket, including those of other apps.
      const manifests = this.statement('ReadManifests', { actions: ['s3:GetObject'] });
      const { bucket } = needs.manifest;
      const objects = bucket.arnForObjects(`*${manifestExtension(this.stack)}`);
      this.addOnce(manifests, objects);
      // The bucket may be encrypted with a key (`cdk bootstrap --bootstrap-kms-key-id`), and the app does not know which one. The encryption
      // context limits the permission: S3 gives KMS the ARN of the object or, with bucket keys, of the bucket.
      this.statement('DecryptManifests', {
        actions: ['kms:Decrypt'],
        resources: [this.stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*', account: '*' })],
        conditions: {
          StringEquals: { 'kms:ViaService': `s3.${this.stack.region}.${Aws.URL_SUFFIX}` },
          StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucket.bucketArn, objects] },
        },
      });
    }
  }

  /** IAM checks MigrateWorkspace against the desktop and the bundle. */
  private allowMigration(bundleIds: string[]): void {
    // WorkSpaces terminates the desktop that it migrates, so adopted desktops are excluded.
    const notAdopted = { Null: { [`aws:ResourceTag/${ADOPTED_TAG}`]: 'true' } };
    this.statement('MigrateOwnDesktops', {
      actions: ['workspaces:MigrateWorkspace'], ...this.ownDesktops, conditions: { ...this.ownDesktops.conditions, ...notAdopted },
    });
    const migrateTo = this.statement('MigrateToBundles', { actions: ['workspaces:MigrateWorkspace'] });
    for (const bundleId of new Set(bundleIds)) this.addOnce(migrateTo, this.bundleArn(bundleId), this.bundleArn('*'));
  }

  /** The keys of tags that the role may use. A role's policies are limited in size, so if the keys are too many, all keys are allowed. */
  private allTagKeys(): string[] {
    const keys = [...new Set([OWNERSHIP_TAG, ...this.tagKeys.flatMap(each => each())])];
    return JSON.stringify(keys).length > MOST_TAG_KEYS_BYTES ? ['*'] : keys;
  }

  private allowKey(arn: string): void {
    const anyKey = this.stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*', account: '*' });
    for (const statement of this.keyStatements('')) this.addOnce(statement, arn, anyKey);
  }

  private allowAlias(aliasName: string): void {
    const isNew = this.isNew('aliases', aliasName);
    if (isNew) this.aliases.push(aliasName);
    if (this.aliases.length > MOST_RESOURCES) {
      fail(this.role, `'volumeEncryptionKey' has more than ${MOST_RESOURCES} different aliases in this stack, and the policy of the provider's role has no room for more; give keys instead of aliases`);
    }
    // A policy cannot have an alias as its resource. The condition requires that the key has the alias at the time of the call.
    const anyKey = this.stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
    for (const statement of this.keyStatements('ByAlias')) {
      this.addOnce(statement, anyKey);
      statement.addCondition('ForAnyValue:StringEquals', { 'kms:ResourceAliases': [...this.aliases] });
    }
  }

  /**
   * Adds to the role's policy only. This is enough if the key's own policy allows IAM policies to give access to the key, as the default
   * policy of a `kms.Key` does.
   */
  private keyStatements(suffix: string): iam.PolicyStatement[] {
    return [
      // Finds the key of an alias, and finds out before the first desktop is created whether the key can be used.
      this.statement(`LookAtKey${suffix}`, { actions: ['kms:DescribeKey'] }),

      // WorkSpaces creates a grant in the name of the role that creates a desktop. AWS's guide has this condition. It allows only grants that
      // an AWS service creates, and WorkSpaces is the only such service that this role may call. kms:ViaService would add nothing, and AWS does
      // not document that WorkSpaces sends it with this call.
      this.statement(`LetServiceUseKey${suffix}`, {
        actions: ['kms:CreateGrant'],
        conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      }),

      // The permissions of a "key user" in AWS's guide. The condition allows them only to WorkSpaces in the name of this role.
      this.statement(`EncryptVolumes${suffix}`, {
        actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'],
        conditions: { StringEquals: { 'kms:ViaService': `workspaces.${this.stack.region}.${Aws.URL_SUFFIX}` } },
      }),
    ];
  }

  /** With any account, because AWS does not document to which account its own bundles belong. */
  private bundleArn(bundleId: string): string {
    return this.workspacesArn('workspacebundle', bundleId, '*');
  }

  private workspacesArn(resource: string, resourceName: string, account?: string): string {
    return this.stack.formatArn({ service: 'workspaces', resource, resourceName, account, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
  }

  /** Returns the statement with this sid, and adds it if it is not there. For statements that not every stack needs. */
  private statement(sid: string, props: iam.PolicyStatementProps): iam.PolicyStatement {
    const existing = this.onDemand.get(sid);
    if (existing) return existing;
    const statement = this.allow({ sid, ...props });
    this.onDemand.set(sid, statement);
    return statement;
  }

  private allow(props: iam.PolicyStatementProps): iam.PolicyStatement {
    const statement = new iam.PolicyStatement(props);
    this.role.addToPrincipalPolicy(statement);
    return statement;
  }

  /** @param any An ARN for all resources of the kind. It is used if there are too many for the policy. */
  private addOnce(statement: iam.PolicyStatement, arn: string, any?: string): void {
    const isFull = any !== undefined && statement.resources.length >= MOST_RESOURCES;
    if (this.isNew(statement.sid!, isFull ? any : arn)) statement.addResources(isFull ? any : arn);
  }

  private isNew(list: string, value: string): boolean {
    const key = `${list} ${identityOf(this.stack, value)}`;
    if (this.added.has(key)) return false;
    this.added.add(key);
    return true;
  }
}
