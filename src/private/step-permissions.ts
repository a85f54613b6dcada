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

/** What one fleet needs. */
export interface FleetNeeds {
  readonly directoryId: string;
  readonly bundleIds: string[];
  /** Whether it migrates desktops to these bundles. */
  readonly migrates: boolean;
  readonly keys: VolumeKey[];
  readonly manifest?: Asset;
  /** Of all its desktops; aspects add tags until the app is synthesized. */
  readonly tagKeys: () => string[];
  /** Whether it makes desktops its own that there were before. */
  readonly adopts: boolean;
}

/** In one statement; a managed policy takes 6,144 characters, an inline one 10,240. */
const MOST_RESOURCES = 25;
const MOST_TAG_KEYS_BYTES = 2_500;

/** The policy of the step function's role: one statement for each purpose, narrowed to the fleets of the stack. */
export class StepPermissions {
  /** A fleet must be created after this, and deleted before. */
  public readonly policy: IDependable;

  private readonly createFrom: iam.PolicyStatement;
  /** Desktops that carry the tag of a fleet of this stack. */
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

    // The service has no resource level for these.
    this.allow({
      sid: 'LookAtDesktops',
      actions: [
        'workspaces:DescribeWorkspaces',
        'workspaces:DescribeWorkspaceBundles',
        'workspaces:DescribeWorkspaceDirectories',
        'workspaces:DescribeTags',
        // Tags of many desktops in one call, before they are terminated.
        'tag:GetResources',
      ],
      resources: ['*'],
    });

    // CreateWorkspaces is checked against directory, bundle and desktop. These are the first two: those of the stack's fleets.
    this.createFrom = this.allow({ sid: 'CreateFromBundles', actions: ['workspaces:CreateWorkspaces'] });

    // The tag of a desktop begins with the uuid of its stack. Stack-wide and not for each fleet, so that a fleet that was
    // taken out of the template, and whose statement would be gone by then, can still be cleaned up.
    const ours = `${Fn.select(2, Fn.split('/', Aws.STACK_ID))}/*`;
    const desktops = stack.formatArn({ service: 'workspaces', resource: 'workspace', resourceName: '*' });
    const taggedAsOurs = { StringLike: { [`aws:RequestTag/${OWNERSHIP_TAG}`]: ours } };
    this.ownDesktops = { resources: [desktops], conditions: { StringLike: { [`aws:ResourceTag/${OWNERSHIP_TAG}`]: ours } } };

    // The third: no desktop without our tag.
    this.allow({ sid: 'CreateOwnDesktops', actions: ['workspaces:CreateWorkspaces'], resources: [desktops], conditions: taggedAsOurs });

    // What was somebody's before it was ours is never terminated, whatever the handler believes.
    this.allow({
      sid: 'TerminateOwnDesktops',
      actions: ['workspaces:TerminateWorkspaces'],
      ...this.ownDesktops,
      conditions: { ...this.ownDesktops.conditions, Null: { [`aws:ResourceTag/${ADOPTED_TAG}`]: 'true' } },
    });

    this.allow({ sid: 'ModifyOwnDesktops', actions: ['workspaces:ModifyWorkspaceProperties'], ...this.ownDesktops });

    // Whether a create with tags is checked for this as well is not documented. It also changes tags, adopts desktops, and takes back in a
    // rollback what an update has released. It has no resource level, so it would allow to put our tag on any desktop, with no others than
    // the fleets have.
    this.allow({
      sid: 'TagOnCreate',
      actions: ['workspaces:CreateTags'],
      resources: ['*'],
      conditions: {
        ...taggedAsOurs,
        'ForAllValues:StringLike': { 'aws:TagKeys': Lazy.list({ produce: () => this.allTagKeys() }) },
      },
    });

    // No resource level either: these would allow to take any tag off any desktop. Tags that a template does not have any more are taken
    // off, and nobody knows at synth what they were; never together with ours. To a condition with ForAllValues, no tag at all is all of them.
    const namesTags = { Null: { 'aws:TagKeys': 'false' } };
    this.allow({
      sid: 'UntagDesktops',
      actions: ['workspaces:DeleteTags'],
      resources: ['*'],
      conditions: { 'ForAllValues:StringNotLike': { 'aws:TagKeys': [`${OWN_TAGS}*`] }, ...namesTags },
    });

    // Ours, to let a desktop go. Not only where a fleet of the template releases or adopts: in a rollback CloudFormation changes the policy
    // back first, and only then has the fleet let go of what it had just adopted; and one that was taken out of the template must as well.
    this.allow({
      sid: 'ReleaseDesktops',
      actions: ['workspaces:DeleteTags'],
      resources: ['*'],
      conditions: { 'ForAllValues:StringEquals': { 'aws:TagKeys': [OWNERSHIP_TAG, ADOPTED_TAG] }, ...namesTags },
    });

    // Before an update takes desktops away, the handler asks whether it is a rollback, or one that the rollback has cancelled.
    this.allow({ sid: 'LookAtOwnStack', actions: ['cloudformation:DescribeStacks', 'cloudformation:DescribeStackEvents'], resources: [Aws.STACK_ID] });
  }

  /** Adds what a fleet needs and no fleet before it has needed. */
  public allowFleet(needs: FleetNeeds): void {
    this.tagKeys.push(needs.tagKeys);
    this.addOnce(this.createFrom, this.workspacesArn('directory', needs.directoryId));
    for (const bundleId of new Set(needs.bundleIds)) this.addOnce(this.createFrom, this.bundleArn(bundleId), this.bundleArn('*'));
    for (const key of needs.keys) {
      if (key.aliasName === undefined) this.allowKey(key.arn);
      else this.allowAlias(key.aliasName);
    }
    // Puts the tag on that says that a desktop was somebody's. A fleet that does not adopt any more cannot: it would matter when it releases
    // such a desktop and then has to take it back.
    if (needs.adopts) this.tagKeys.push(() => [ADOPTED_TAG]);
    if (needs.migrates) this.allowMigration(needs.bundleIds);
    if (needs.manifest) {
      // Not grantRead(), which gives all assets of the bucket: those of other apps as well.
      const manifests = this.statement('ReadManifests', { actions: ['s3:GetObject'] });
      const { bucket } = needs.manifest;
      const objects = bucket.arnForObjects(`*${manifestExtension(this.stack)}`);
      this.addOnce(manifests, objects);
      // `cdk bootstrap --bootstrap-kms-key-id`: which key it is, the app is not told. S3 names to KMS what it decrypts, or with bucket keys the bucket.
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

  /** MigrateWorkspace is checked against the desktop and the bundle. */
  private allowMigration(bundleIds: string[]): void {
    // The service terminates the one that it migrates.
    const notAdopted = { Null: { [`aws:ResourceTag/${ADOPTED_TAG}`]: 'true' } };
    this.statement('MigrateOwnDesktops', {
      actions: ['workspaces:MigrateWorkspace'], ...this.ownDesktops, conditions: { ...this.ownDesktops.conditions, ...notAdopted },
    });
    const migrateTo = this.statement('MigrateToBundles', { actions: ['workspaces:MigrateWorkspace'] });
    for (const bundleId of new Set(bundleIds)) this.addOnce(migrateTo, this.bundleArn(bundleId), this.bundleArn('*'));
  }

  /** A role's policies have little room: where users bring very many tags of their own, the policy does not say which. */
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
      fail(this.role, `'volumeEncryptionKey' has more than ${MOST_RESOURCES} different aliases in this stack, and the policy of the provider's role has no room for more; give keys, and not aliases`);
    }
    // A policy can't name an alias as resource. The key behind it must have the alias at the time of the call.
    const anyKey = this.stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
    for (const statement of this.keyStatements('ByAlias')) {
      this.addOnce(statement, anyKey);
      statement.addCondition('ForAnyValue:StringEquals', { 'kms:ResourceAliases': [...this.aliases] });
    }
  }

  /** Identity policy only: a key's own policy must let the account decide, as that of a key made by the CDK does. */
  private keyStatements(suffix: string): iam.PolicyStatement[] {
    return [
      // Turns an alias into a key, and shows before the first desktop that a key can't be used.
      this.statement(`LookAtKey${suffix}`, { actions: ['kms:DescribeKey'] }),

      // WorkSpaces makes a grant in the name of whoever creates a desktop. This condition, which is the one in AWS's guide,
      // leaves only grants that a service makes, and of those that could, this role may call no other than WorkSpaces.
      // kms:ViaService would add nothing, and that the service sends it with this call is not documented.
      this.statement(`LetServiceUseKey${suffix}`, {
        actions: ['kms:CreateGrant'],
        conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      }),

      // What the guide asks of a "key user", though never by this role itself: only by WorkSpaces in its name.
      this.statement(`EncryptVolumes${suffix}`, {
        actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'],
        conditions: { StringEquals: { 'kms:ViaService': `workspaces.${this.stack.region}.${Aws.URL_SUFFIX}` } },
      }),
    ];
  }

  /** Bundles of AWS belong to an account that is not documented. */
  private bundleArn(bundleId: string): string {
    return this.workspacesArn('workspacebundle', bundleId, '*');
  }

  private workspacesArn(resource: string, resourceName: string, account?: string): string {
    return this.stack.formatArn({ service: 'workspaces', resource, resourceName, account, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
  }

  /** A statement that is there only when a fleet needs it. */
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

  /** @param any stands for all of the kind, when they are so many that a policy has no room for them */
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
