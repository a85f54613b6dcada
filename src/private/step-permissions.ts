import { ArnFormat, Aws, Fn, Lazy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { IDependable } from 'constructs';
import { OWNERSHIP_TAG } from './contract';
import { manifestExtension } from './manifest';
import { identityOf } from './token-identity';
import { VolumeKey } from './volume-key';

/** What one fleet needs. */
export interface FleetNeeds {
  readonly directoryId: string;
  readonly bundleIds: string[];
  readonly keys: VolumeKey[];
  readonly manifest?: Asset;
  /** Of all its desktops; aspects add tags until the app is synthesized. */
  readonly tagKeys: () => string[];
  /** Whether it lets go of the desktops of users who leave it. */
  readonly releases: boolean;
}

/** The policy of the step function's role: one statement for each purpose, narrowed to the fleets of the stack. */
export class StepPermissions {
  /** A fleet must be created after this, and deleted before. */
  public readonly policy: IDependable;

  private readonly createFrom: iam.PolicyStatement;
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

    // The third: no desktop without our tag.
    this.allow({ sid: 'CreateOwnDesktops', actions: ['workspaces:CreateWorkspaces'], resources: [desktops], conditions: taggedAsOurs });

    this.allow({
      sid: 'TerminateOwnDesktops',
      actions: ['workspaces:TerminateWorkspaces'],
      resources: [desktops],
      conditions: { StringLike: { [`aws:ResourceTag/${OWNERSHIP_TAG}`]: ours } },
    });

    // Whether a create with tags is checked for this as well is not documented. And a rollback takes back what an update has released. It
    // has no resource level, so it would allow to put our tag on any desktop, with no others than the fleets have.
    this.allow({
      sid: 'TagOnCreate',
      actions: ['workspaces:CreateTags'],
      resources: ['*'],
      conditions: {
        ...taggedAsOurs,
        'ForAllValues:StringEquals': { 'aws:TagKeys': Lazy.list({ produce: () => [...new Set([OWNERSHIP_TAG, ...this.tagKeys.flatMap(keys => keys())])] }) },
      },
    });

    // Before an update takes desktops away, the handler asks whether it is a rollback.
    this.allow({ sid: 'LookAtOwnStack', actions: ['cloudformation:DescribeStacks'], resources: [Aws.STACK_ID] });
  }

  /** Adds what a fleet needs and no fleet before it has needed. */
  public allowFleet(needs: FleetNeeds): void {
    this.tagKeys.push(needs.tagKeys);
    this.addOnce(this.createFrom, this.workspacesArn('directory', needs.directoryId));
    for (const bundleId of needs.bundleIds) {
      // Bundles of AWS belong to an account that is not documented.
      this.addOnce(this.createFrom, this.workspacesArn('workspacebundle', bundleId, '*'));
    }
    for (const key of needs.keys) {
      if (key.aliasName === undefined) this.allowKey(key.arn);
      else this.allowAlias(key.aliasName);
    }
    if (needs.releases) {
      // No resource level either: it would allow to take our tag, and no other, off any desktop.
      const release = this.statement('ReleaseDesktops', {
        actions: ['workspaces:DeleteTags'],
        conditions: { 'ForAllValues:StringEquals': { 'aws:TagKeys': [OWNERSHIP_TAG] } },
      });
      this.addOnce(release, '*');
    }
    if (needs.manifest) {
      // Not grantRead(), which gives all assets of the bucket: those of other apps as well.
      const manifests = this.statement('ReadManifests', { actions: ['s3:GetObject'] });
      this.addOnce(manifests, needs.manifest.bucket.arnForObjects(`*${manifestExtension(this.stack)}`));
    }
  }

  private allowKey(arn: string): void {
    for (const statement of this.keyStatements('')) this.addOnce(statement, arn);
  }

  private allowAlias(aliasName: string): void {
    const isNew = this.isNew('aliases', aliasName);
    if (isNew) this.aliases.push(aliasName);
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

  private addOnce(statement: iam.PolicyStatement, arn: string): void {
    if (this.isNew(statement.sid!, arn)) statement.addResources(arn);
  }

  private isNew(list: string, value: string): boolean {
    const key = `${list} ${identityOf(this.stack, value)}`;
    if (this.added.has(key)) return false;
    this.added.add(key);
    return true;
  }
}
