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

/** Up to so many bytes of JSON, the users are in the template, where `cdk diff` shows them. */
export const MAX_INLINE_BYTES = 4096;

/**
 * The most tokens in a manifest. Their values are in the event, an update's event has them twice, and the framework accepts events of less
 * than 15 KB.
 */
const MAX_VALUES = 64;

export interface Manifest {
  readonly properties: Pick<BulkWorkspacesProperties, 'Users' | 'Settings' | 'Manifest' | 'Values'>;
  /** The S3 object that has the users, if the properties do not have them. */
  readonly asset?: Asset;
}

/** Puts the users into the properties if they are few, and into an S3 object otherwise. */
export function manifestOf(scope: Construct, desktops: DesiredDesktop[]): Manifest {
  const inline = grouped(scope, desktops);
  const size = Buffer.byteLength(JSON.stringify(hasTokens(inline) ? Stack.of(scope).resolve(inline) : inline));
  if (size <= MAX_INLINE_BYTES) return { properties: inline };

  const values = new Values(scope);
  const document = values.takenOutOf(inline);
  if (values.all.length > MAX_VALUES) {
    fail(scope, `'users' and their settings have ${values.all.length} different values that are known only when the stack is deployed, such as ` +
      `${JSON.stringify(Stack.of(scope).resolve(values.all[0]))}, and a list of this size can have at most ${MAX_VALUES}; write literal values instead, or split the users into several BulkWorkspaces`);
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
 * The ending of the object keys of a stack's manifests. The provider may read objects with this ending, and no other asset of the bucket.
 * They include older manifests, which a rollback needs.
 */
export function manifestExtension(stack: Stack): string {
  // From the right, because every address begins with the same two characters.
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

/** The tokens of a manifest. A file that is written at synth cannot have their values, so it refers to them by index. */
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
  // If asset staging is disabled, the asset is this file itself, and it must stay.
  if (asset.assetPath !== file) fs.rmSync(directory, { recursive: true });
  return asset;
}
