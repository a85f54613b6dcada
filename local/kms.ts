import { randomUUID } from 'node:crypto';
import type { Clock } from './core/clock';
import { JsonService, Operation } from './core/json-service';
import { ServiceError } from './core/service';
import { Delayed } from './iam/delayed';
import { accountDecides, checkedKeyPolicy, managedKeyPolicy } from './iam/key-policy';
import type { Policy, PolicyDocument } from './iam/policy';

export interface KmsOptions {
  readonly account: string;
  readonly region: string;
  /** Whether `alias/aws/workspaces` exists. In a real account, it exists after the console has made an encrypted desktop. @default true */
  readonly workspacesManagedKey?: boolean;
  /** How long a change of a key's policy takes to be in force, in milliseconds. @default 0 */
  readonly policyDelay?: () => number;
}

/** Properties of a key, by the names of CreateKey and AWS::KMS::Key. */
export interface KmsKeyProps {
  readonly Description?: string;
  /** @default 'SYMMETRIC_DEFAULT' */
  readonly KeySpec?: string;
  /** @default 'ENCRYPT_DECRYPT' */
  readonly KeyUsage?: string;
  /** @default false */
  readonly MultiRegion?: boolean;
  /** @default true */
  readonly Enabled?: boolean;
  /** The policy as JSON text, for CreateKey. AWS::KMS::Key uses `KeyPolicy`. @default - the account's IAM policies decide */
  readonly Policy?: string;
  readonly KeyPolicy?: PolicyDocument;
}

export interface KmsKey {
  readonly keyId: string;
  readonly arn: string;
  readonly spec: string;
  readonly usage: string;
  readonly manager: 'CUSTOMER' | 'AWS';
  readonly multiRegion: boolean;
  readonly description: string;
  /** On the clock, in milliseconds. */
  readonly createdAt: number;
  readonly state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  readonly deletionAt?: number;
}

export interface KmsGrantProps {
  readonly granteePrincipal: string;
  readonly operations: readonly string[];
  readonly retiringPrincipal?: string;
  readonly name?: string;
  readonly constraints?: object;
}

export interface KmsGrant extends KmsGrantProps {
  readonly grantId: string;
  readonly keyArn: string;
  readonly createdAt: number;
}

const DAY = 24 * 60 * 60 * 1_000;

/** AWS KMS without cryptography: it has only keys, aliases and grants, with their states. */
export class KmsService extends JsonService {
  readonly signingName = 'kms';
  readonly account: string;
  readonly region: string;
  protected readonly targetPrefix = 'TrentService';
  protected readonly operations: Readonly<Record<string, Operation>> = {
    CreateKey: (input) => ({ KeyMetadata: this.metadata(this.key(this.createKey(input).keyId)) }),
    DescribeKey: ({ KeyId }) => ({ KeyMetadata: this.metadata(this.key(KeyId)) }),
    EnableKey: ({ KeyId }) => this.done(() => this.enable(KeyId)),
    DisableKey: ({ KeyId }) => this.done(() => this.disable(KeyId)),
    ScheduleKeyDeletion: ({ KeyId, PendingWindowInDays }) => {
      const key = this.scheduleDeletion(KeyId, PendingWindowInDays);
      return { KeyId: key.arn, DeletionDate: key.deletionAt! / 1_000, KeyState: key.state, PendingWindowInDays: PendingWindowInDays ?? 30 };
    },
    CreateAlias: ({ AliasName, TargetKeyId }) => this.done(() => this.createAlias(AliasName, TargetKeyId)),
    DeleteAlias: ({ AliasName }) => this.done(() => this.deleteAlias(AliasName)),
    GetKeyPolicy: ({ KeyId }) => ({ Policy: JSON.stringify(this.keyPolicy(KeyId)), PolicyName: 'default' }),
    PutKeyPolicy: ({ KeyId, Policy: text }) => this.done(() => this.putKeyPolicy(KeyId, parsed(text))),
    ListAliases: ({ KeyId }) => this.listAliases(KeyId),
    CreateGrant: (input) => {
      const grantId = this.grant(input.KeyId, {
        granteePrincipal: input.GranteePrincipal,
        retiringPrincipal: input.RetiringPrincipal,
        operations: input.Operations,
        name: input.Name,
        constraints: input.Constraints,
      });
      return { GrantId: grantId, GrantToken: Buffer.from(grantId).toString('base64') };
    },
    ListGrants: ({ KeyId, GrantId }) => this.listGrants(KeyId, GrantId),
  };
  private readonly keys = new Map<string, KmsKey>();
  /** The id of the key of each `alias/name`. */
  private readonly aliases = new Map<string, string>();
  /** By key id. */
  private readonly policies: Delayed<Policy>;
  private readonly allGrants = new Map<string, KmsGrant>();

  constructor(private readonly clock: Clock, options: KmsOptions) {
    super();
    this.account = options.account;
    this.region = options.region;
    const { policyDelay = () => 0 } = options;
    // The policy of a new key is in force at once.
    this.policies = new Delayed({ now: () => clock.now(), delay: (keyId) => (this.policies.has(keyId) ? policyDelay() : 0) });
    if (options.workspacesManagedKey ?? true) {
      const Description = 'Default key that protects my WorkSpaces volumes when no other key is defined';
      const { keyId } = this.add({ Description, KeyPolicy: managedKeyPolicy(this.account, `workspaces.${this.region}.amazonaws.com`) }, 'AWS');
      this.aliases.set('alias/aws/workspaces', keyId);
    }
  }

  createKey(props: KmsKeyProps = {}): { keyId: string; arn: string } {
    const { keyId, arn } = this.add(props, 'CUSTOMER');
    return { keyId, arn };
  }

  /** @returns undefined if no key has this name, or if the key was deleted */
  resolve(keyOrAlias: string): KmsKey | undefined {
    const prefix = `arn:aws:kms:${this.region}:${this.account}:`;
    const name = keyOrAlias.startsWith(prefix) ? keyOrAlias.slice(prefix.length).replace(/^key\//, '') : keyOrAlias;
    const key = this.keys.get(this.aliases.get(name) ?? name);
    return key && !(key.deletionAt !== undefined && this.clock.now() >= key.deletionAt) ? key : undefined;
  }

  /** The policy of a key that is in force now. */
  policyOf(keyId: string): Policy {
    return this.policies.effective(keyId)!;
  }

  /** `alias/...` */
  aliasesOf(keyId: string): string[] {
    return [...this.aliases].filter(([, target]) => target === keyId).map(([name]) => name);
  }

  /** As last written. */
  keyPolicy(keyId: string): PolicyDocument {
    return this.policies.get(this.key(keyId).keyId)!.document;
  }

  putKeyPolicy(keyId: string, document: PolicyDocument = accountDecides(this.account)): void {
    const key = this.usable(keyId);
    if (key.manager === 'AWS') throw new ServiceError('AccessDeniedException', `the policy of ${key.arn} is AWS's own and cannot be changed`);
    this.policies.set(key.keyId, checkedKeyPolicy(document));
  }

  enable(keyId: string): void {
    this.change(this.usable(keyId), { state: 'Enabled' });
  }

  disable(keyId: string): void {
    this.change(this.usable(keyId), { state: 'Disabled' });
  }

  scheduleDeletion(keyId: string, days = 30): KmsKey {
    if (!(Number.isInteger(days) && days >= 7 && days <= 30)) {
      throw new ServiceError('ValidationException', `PendingWindowInDays must be from 7 to 30, got ${days}`);
    }
    return this.change(this.usable(keyId), { state: 'PendingDeletion', deletionAt: this.clock.now() + days * DAY });
  }

  createAlias(name: string, keyId: string): void {
    if (!/^alias\/[a-zA-Z0-9/_-]{1,250}$/.test(name)) throw new ServiceError('InvalidAliasNameException', `${name} is not a valid alias name`);
    if (name.startsWith('alias/aws/')) throw new ServiceError('NotAuthorizedException', `${name}: the prefix alias/aws/ is reserved`);
    if (this.aliases.has(name)) throw new ServiceError('AlreadyExistsException', `An alias with the name ${this.arn(name)} already exists`);
    this.aliases.set(name, this.usable(keyId).keyId);
  }

  deleteAlias(name: string): void {
    if (!this.aliases.delete(name)) throw new ServiceError('NotFoundException', `Alias ${this.arn(name)} is not found.`);
  }

  /** @returns the grant's id */
  grant(keyOrArn: string, props: KmsGrantProps): string {
    const key = this.usable(keyOrArn);
    if (key.state === 'Disabled') throw new ServiceError('DisabledException', `${key.arn} is disabled.`);
    // The same name and parameters mean the same grant, because callers may retry.
    const same = this.grants(key.arn).find((grant) => props.name !== undefined && grant.name === props.name && sameTerms(grant, props));
    if (same) return same.grantId;
    const grantId = (randomUUID() + randomUUID()).replace(/-/g, '');
    this.allGrants.set(grantId, { ...props, grantId, keyArn: key.arn, createdAt: this.clock.now() });
    return grantId;
  }

  retireGrant(grantId: string): void {
    this.allGrants.delete(grantId);
  }

  /** The grants of one key, or all. */
  grants(keyOrAlias?: string): KmsGrant[] {
    const arn = keyOrAlias && this.key(keyOrAlias).arn;
    return [...this.allGrants.values()].filter((grant) => !arn || grant.keyArn === arn);
  }

  private add(props: KmsKeyProps, manager: KmsKey['manager']): KmsKey {
    const policy = checkedKeyPolicy(props.KeyPolicy ?? (props.Policy === undefined ? accountDecides(this.account) : parsed(props.Policy)));
    const multiRegion = props.MultiRegion ?? false;
    const keyId = multiRegion ? `mrk-${randomUUID().replace(/-/g, '')}` : randomUUID();
    const key: KmsKey = {
      keyId,
      arn: this.arn(`key/${keyId}`),
      spec: props.KeySpec ?? 'SYMMETRIC_DEFAULT',
      usage: props.KeyUsage ?? 'ENCRYPT_DECRYPT',
      manager,
      multiRegion,
      description: props.Description ?? '',
      createdAt: this.clock.now(),
      state: props.Enabled ?? true ? 'Enabled' : 'Disabled',
    };
    this.keys.set(keyId, key);
    this.policies.set(keyId, policy);
    return key;
  }

  private change(key: KmsKey, changes: Partial<KmsKey>): KmsKey {
    const changed = { ...key, ...changes };
    this.keys.set(key.keyId, changed);
    return changed;
  }

  private key(name: unknown): KmsKey {
    if (typeof name !== 'string' || name === '') throw new ServiceError('ValidationException', `KeyId must name a key, got ${JSON.stringify(name)}`);
    const key = this.resolve(name);
    if (key) return key;
    if (/(^|:)alias\//.test(name)) {
      throw new ServiceError('NotFoundException', `Alias ${name.startsWith('arn:') ? name : this.arn(name)} is not found.`);
    }
    const arn = name.startsWith('arn:') ? name : this.arn(`key/${name}`);
    throw new ServiceError('NotFoundException', /key\/(mrk-)?[0-9a-f-]{32,}$/.test(arn) ? `Key '${arn}' does not exist` : `Invalid keyId '${name}'`);
  }

  /** A key that is not about to be deleted. */
  private usable(name: unknown): KmsKey {
    const key = this.key(name);
    if (key.state === 'PendingDeletion') throw new ServiceError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
    return key;
  }

  private metadata(key: KmsKey): object {
    const symmetric = key.spec === 'SYMMETRIC_DEFAULT';
    return {
      AWSAccountId: this.account,
      KeyId: key.keyId,
      Arn: key.arn,
      CreationDate: key.createdAt / 1_000,
      DeletionDate: key.deletionAt && key.deletionAt / 1_000,
      Enabled: key.state === 'Enabled',
      Description: key.description,
      KeyUsage: key.usage,
      KeyState: key.state,
      Origin: 'AWS_KMS',
      KeyManager: key.manager,
      CustomerMasterKeySpec: key.spec,
      KeySpec: key.spec,
      EncryptionAlgorithms: symmetric && key.usage === 'ENCRYPT_DECRYPT' ? ['SYMMETRIC_DEFAULT'] : undefined,
      MultiRegion: key.multiRegion,
    };
  }

  private listAliases(keyId?: string): object {
    const of = keyId === undefined ? undefined : this.key(keyId).keyId;
    const aliases = [...this.aliases].filter(([, target]) => of === undefined || target === of);
    return {
      Aliases: aliases.map(([AliasName, TargetKeyId]) => ({ AliasName, AliasArn: this.arn(AliasName), TargetKeyId })),
      Truncated: false,
    };
  }

  private listGrants(keyId: unknown, grantId?: string): object {
    const grants = this.grants(this.key(keyId).arn).filter((grant) => grantId === undefined || grant.grantId === grantId);
    return {
      Grants: grants.map((grant) => ({
        KeyId: grant.keyArn,
        GrantId: grant.grantId,
        Name: grant.name,
        CreationDate: grant.createdAt / 1_000,
        GranteePrincipal: grant.granteePrincipal,
        RetiringPrincipal: grant.retiringPrincipal,
        IssuingAccount: `arn:aws:iam::${this.account}:root`,
        Operations: grant.operations,
        Constraints: grant.constraints,
      })),
      Truncated: false,
    };
  }

  private done(action: () => void): object {
    action();
    return {};
  }

  private arn(resource: string): string {
    return `arn:aws:kms:${this.region}:${this.account}:${resource}`;
  }
}

function parsed(text: unknown): PolicyDocument {
  try {
    return JSON.parse(String(text)) as PolicyDocument;
  } catch (error) {
    throw new ServiceError('MalformedPolicyDocumentException', `the policy is not JSON: ${(error as Error).message}`);
  }
}

function sameTerms(a: KmsGrantProps, b: KmsGrantProps): boolean {
  const terms = ({ granteePrincipal, retiringPrincipal, operations, constraints }: KmsGrantProps) =>
    JSON.stringify([granteePrincipal, retiringPrincipal, operations, constraints]);
  return terms(a) === terms(b);
}
