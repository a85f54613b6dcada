import type { JsonObject } from '../json';
import { allowOnly, changed, physicalName, Provisioned, ResourceContext, ResourceType } from '../resource-type';
import { optionalText, ResourcePorts } from './ports';

/** Encryption, public access and tags make no difference for the clients of the local cloud. */
const PROPERTIES = ['BucketName', 'BucketEncryption', 'PublicAccessBlockConfiguration', 'OwnershipControls', 'Tags'];

export class S3BucketType implements ResourceType {
  constructor(private readonly s3: ResourcePorts['s3']) {}

  async create(context: ResourceContext, properties: JsonObject): Promise<Provisioned> {
    allowOnly(context, properties, PROPERTIES);
    const name = optionalText(properties.BucketName) ?? physicalName(context, 63).toLowerCase();
    this.s3.createBucket(name);
    return { physicalId: name, attributes: attributesOf(name) };
  }

  async update(context: ResourceContext, physicalId: string, properties: JsonObject, oldProperties: JsonObject): Promise<Provisioned | undefined> {
    allowOnly(context, properties, PROPERTIES);
    return changed(properties, oldProperties, ['BucketName']).length > 0 ? undefined : { physicalId, attributes: attributesOf(physicalId) };
  }

  async delete(_context: ResourceContext, physicalId: string): Promise<void> {
    this.s3.deleteBucket(physicalId);
  }
}

function attributesOf(name: string): JsonObject {
  return { Arn: `arn:aws:s3:::${name}`, DomainName: `${name}.s3.amazonaws.com` };
}
