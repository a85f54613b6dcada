import { arn } from '../../core/account';
import type { PolicyDocument } from '../../iam';
import type { Json, JsonObject } from '../json';
import { allowOnly, changed, Provisioned, ResourceContext, ResourceType } from '../resource-type';
import type { KeyPort } from './ports';
import { refusing } from './refusing';

const KEY_PROPERTIES = ['KeyPolicy', 'Description', 'EnableKeyRotation', 'Enabled', 'KeySpec', 'KeyUsage', 'MultiRegion', 'PendingWindowInDays', 'Tags'];

export class KmsKeyType implements ResourceType {
  constructor(private readonly keys: KeyPort) {}

  async create(context: ResourceContext, properties: JsonObject): Promise<Provisioned> {
    allowOnly(context, properties, KEY_PROPERTIES);
    const { keyId, arn: keyArn } = refusing('Kms', () => this.keys.createKey({
      ...properties,
      ...(properties.Enabled !== undefined && { Enabled: isTrue(properties.Enabled) }),
      ...(properties.MultiRegion !== undefined && { MultiRegion: isTrue(properties.MultiRegion) }),
    }));
    return { physicalId: keyId, attributes: { Arn: keyArn, KeyId: keyId } };
  }

  async update(context: ResourceContext, physicalId: string, properties: JsonObject, oldProperties: JsonObject): Promise<Provisioned | undefined> {
    allowOnly(context, properties, KEY_PROPERTIES);
    if (changed(properties, oldProperties, ['KeySpec', 'KeyUsage', 'MultiRegion', 'Enabled']).length > 0) return undefined;
    if (changed(properties, oldProperties, ['KeyPolicy']).length > 0) {
      refusing('Kms', () => this.keys.putKeyPolicy(physicalId, properties.KeyPolicy as unknown as PolicyDocument | undefined));
    }
    return { physicalId, attributes: { Arn: arn('kms', `key/${physicalId}`), KeyId: physicalId } };
  }

  async delete(_context: ResourceContext, physicalId: string, { PendingWindowInDays = 30 }: JsonObject): Promise<void> {
    this.keys.scheduleDeletion(physicalId, Number(PendingWindowInDays));
  }
}

export class KmsAliasType implements ResourceType {
  constructor(private readonly keys: KeyPort) {}

  async create(context: ResourceContext, properties: JsonObject): Promise<Provisioned> {
    allowOnly(context, properties, ['AliasName', 'TargetKeyId']);
    const name = String(properties.AliasName);
    this.keys.createAlias(name, String(properties.TargetKeyId).split('/').pop()!);
    return { physicalId: name };
  }

  async update(context: ResourceContext, physicalId: string, properties: JsonObject, oldProperties: JsonObject): Promise<Provisioned | undefined> {
    if (changed(properties, oldProperties, ['AliasName']).length > 0) return undefined;
    this.keys.deleteAlias(physicalId);
    return this.create(context, properties);
  }

  async delete(_context: ResourceContext, physicalId: string): Promise<void> {
    this.keys.deleteAlias(physicalId);
  }
}

function isTrue(value: Json): boolean {
  return String(value) === 'true';
}
