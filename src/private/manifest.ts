import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Stack, Token } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct, IConstruct } from 'constructs';
import type { BulkWorkspacesProperties, DesktopSettings, ManifestDocument, UserGroup } from './contract';
import type { DesiredDesktop } from './desired-desktops';
import { hasTokens, identityOf } from './token-identity';
import { fail } from './validation';

/** Bytes of JSON up to which users are in the template, where `cdk diff` shows them. */
export const MAX_INLINE_BYTES = 4096;

/** Values that are known only when the stack is deployed are in the event, which must stay under 15 KB for the framework, twice in an update. */
const MAX_VALUES = 64;

export interface Manifest {
  readonly properties: Pick<BulkWorkspacesProperties, 'Users' | 'Settings' | 'Manifest' | 'Values'>;
  /** Where the users are if they are not in the properties. */
  readonly asset?: Asset;
}

/** Puts the users into the properties while they are few, and into an S3 object otherwise. */
export function manifestOf(scope: Construct, desktops: DesiredDesktop[]): Manifest {
  const inline = grouped(scope, desktops);
  const size = Buffer.byteLength(JSON.stringify(hasTokens(inline) ? Stack.of(scope).resolve(inline) : inline));
  if (size <= MAX_INLINE_BYTES) return { properties: inline };

  const values = new Values(scope);
  const document = values.takenOutOf(inline);
  if (values.all.length > MAX_VALUES) {
    fail(scope, `'users' and their settings have ${values.all.length} different values that are known only when the stack is deployed, such as ` +
      `${JSON.stringify(Stack.of(scope).resolve(values.all[0]))}, and a list of this size can have ${MAX_VALUES}; write them down, or split the users into several BulkWorkspaces`);
  }
  const asset = uploaded(scope, document);
  return {
    properties: {
      Manifest: { Bucket: asset.s3BucketName, Key: asset.s3ObjectKey },
      ...values.all.length > 0 && { Values: values.all },
    },
    asset,
  };
}

/**
 * The end of the object keys of a stack's manifests: its provider may read these and no other asset of the bucket,
 * an older one during a rollback included.
 */
export function manifestExtension(stack: Stack): string {
  // Not from the left: every address begins with the same two characters.
  return `.fleet-${stack.node.addr.slice(-8)}`;
}

function grouped(scope: IConstruct, desktops: DesiredDesktop[]): { Users: UserGroup[]; Settings: DesktopSettings[] } {
  const indexes = new Map<string, number>();
  const settings: DesktopSettings[] = [];
  const groups: { Settings: string; UserNames: string[] }[] = [];
  const identities = new Map<DesktopSettings, string>();
  for (const desktop of desktops) {
    const identity = identities.get(desktop.settings) ?? identityOf(scope, desktop.settings);
    identities.set(desktop.settings, identity);
    const known = indexes.get(identity);
    const index = String(known ?? settings.length);
    if (known === undefined) {
      indexes.set(identity, settings.length);
      settings.push(desktop.settings);
    }
    const last = groups.at(-1);
    if (last?.Settings === index) last.UserNames.push(desktop.userName);
    else groups.push({ Settings: index, UserNames: [desktop.userName] });
  }
  return { Users: groups, Settings: settings };
}

/** What is known only when the stack is deployed can't be in a file that is written at synth. */
class Values {
  public readonly all: string[] = [];
  private readonly indexes = new Map<string, number>();

  constructor(private readonly scope: IConstruct) {}

  public takenOutOf(inline: { Users: UserGroup[]; Settings: DesktopSettings[] }): ManifestDocument {
    return (hasTokens(inline) ? this.replaced(inline) : inline) as ManifestDocument;
  }

  private replaced(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(each => this.replaced(each));
    if (typeof node === 'object' && node !== null) {
      return Object.fromEntries(Object.entries(node).map(([key, each]) => [key, this.replaced(each)]));
    }
    return Token.isUnresolved(node) ? { Value: String(this.indexOf(node as string)) } : node;
  }

  private indexOf(value: string): number {
    const identity = identityOf(this.scope, value);
    const known = this.indexes.get(identity);
    if (known !== undefined) return known;
    this.indexes.set(identity, this.all.length);
    return this.all.push(value) - 1;
  }
}

function uploaded(scope: Construct, document: ManifestDocument): Asset {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-bulk-workspaces-'));
  const file = path.join(directory, `manifest${manifestExtension(Stack.of(scope))}`);
  fs.writeFileSync(file, JSON.stringify(document));
  const asset = new Asset(scope, 'Manifest', { path: file });
  // With asset staging disabled, the file is used from where it is.
  if (asset.assetPath !== file) fs.rmSync(directory, { recursive: true });
  return asset;
}
