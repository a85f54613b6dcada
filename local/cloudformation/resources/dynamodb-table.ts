import { arn } from '../../core/account';
import { ResourceFailure } from '../errors';
import type { JsonObject } from '../json';
import { allowOnly, changed, physicalName, Provisioned, ResourceContext, ResourceType } from '../resource-type';
import { optionalText, TablePort } from './ports';

/** Properties that CreateTable has under the same name. */
const PASSED_ON = ['KeySchema', 'AttributeDefinitions', 'BillingMode', 'ProvisionedThroughput', 'GlobalSecondaryIndexes', 'LocalSecondaryIndexes'];
/** Encryption at rest, backups and tags: the table's clients cannot see them. */
const INVISIBLE = ['SSESpecification', 'PointInTimeRecoverySpecification', 'Tags'];

export class DynamoDbTableType implements ResourceType {
  constructor(private readonly tables: TablePort) {}

  async create(context: ResourceContext, properties: JsonObject): Promise<Provisioned> {
    allowOnly(context, properties, ['TableName', 'DeletionProtectionEnabled', ...PASSED_ON, ...INVISIBLE]);
    const name = optionalText(properties.TableName) ?? physicalName(context, 255);
    const passedOn = Object.fromEntries(PASSED_ON.filter((key) => properties[key] !== undefined).map((key) => [key, properties[key]]));
    await this.tables.createTable({ TableName: name, ...passedOn });
    return { physicalId: name, attributes: { Arn: arn('dynamodb', `table/${name}`) } };
  }

  async update(context: ResourceContext, physicalId: string, properties: JsonObject, oldProperties: JsonObject): Promise<Provisioned | undefined> {
    allowOnly(context, properties, ['TableName', 'DeletionProtectionEnabled', ...PASSED_ON, ...INVISIBLE]);
    if (changed(properties, oldProperties, ['TableName', 'KeySchema', 'LocalSecondaryIndexes']).length > 0) return undefined;
    const others = changed(properties, oldProperties, ['AttributeDefinitions', 'BillingMode', 'ProvisionedThroughput', 'GlobalSecondaryIndexes']);
    if (others.length > 0) throw new ResourceFailure(`the local cloud cannot change ${others.join(', ')} of the existing table ${physicalId}`);
    return { physicalId, attributes: { Arn: arn('dynamodb', `table/${physicalId}`) } };
  }

  async delete(_context: ResourceContext, physicalId: string, properties: JsonObject): Promise<void> {
    if (String(properties.DeletionProtectionEnabled) === 'true') {
      throw new ResourceFailure(`Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first. (table ${physicalId})`);
    }
    await this.tables.deleteTable(physicalId);
  }
}
