import { ResourceFailure } from '../errors';
import type { JsonObject } from '../json';
import { allowOnly, changed, physicalName, Provisioned, ResourceContext, ResourceType } from '../resource-type';
import { optionalText, ResourcePorts } from './ports';

const PROPERTIES = ['Name', 'Type', 'Value', 'Description', 'Tags', 'Tier'];

export class SsmParameterType implements ResourceType {
  constructor(private readonly ssm: ResourcePorts['ssm']) {}

  async create(context: ResourceContext, properties: JsonObject): Promise<Provisioned> {
    const name = optionalText(properties.Name) ?? physicalName(context, 1_000);
    if (this.ssm.value(name) !== undefined) throw new ResourceFailure(`${name} already exists`);
    return this.put(context, name, properties);
  }

  async update(context: ResourceContext, physicalId: string, properties: JsonObject, oldProperties: JsonObject): Promise<Provisioned | undefined> {
    if (changed(properties, oldProperties, ['Name']).length > 0) return undefined;
    return this.put(context, physicalId, properties);
  }

  async delete(_context: ResourceContext, physicalId: string): Promise<void> {
    this.ssm.delete(physicalId);
  }

  private put(context: ResourceContext, name: string, properties: JsonObject): Provisioned {
    allowOnly(context, properties, PROPERTIES);
    const type = String(properties.Type);
    const value = String(properties.Value);
    this.ssm.put(name, value, type);
    return { physicalId: name, attributes: { Type: type, Value: value } };
  }
}
