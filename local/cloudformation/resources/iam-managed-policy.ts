import { arn } from '../../core/account';
import type { IamRegistry, PolicyDocument } from '../../iam';
import { allowOnly, changed, physicalName, Provisioned, ResourceContext, ResourceType } from '../resource-type';
import type { JsonObject } from '../template';
import { optionalText } from './ports';

const PROPERTIES = ['ManagedPolicyName', 'PolicyDocument', 'Roles', 'Description', 'Path'];

export class IamManagedPolicyType implements ResourceType {
  constructor(private readonly iam: IamRegistry) {}

  async create(context: ResourceContext, properties: JsonObject): Promise<Provisioned> {
    allowOnly(context, properties, PROPERTIES);
    const name = optionalText(properties.ManagedPolicyName) ?? physicalName(context, 128);
    return this.put(arn('iam', `policy/${name}`), properties);
  }

  async update(context: ResourceContext, physicalId: string, properties: JsonObject, oldProperties: JsonObject): Promise<Provisioned | undefined> {
    allowOnly(context, properties, PROPERTIES);
    if (changed(properties, oldProperties, ['ManagedPolicyName', 'Description', 'Path']).length > 0) return undefined;
    await this.delete(context, physicalId, oldProperties);
    return this.put(physicalId, properties);
  }

  async delete(_context: ResourceContext, physicalId: string, properties: JsonObject): Promise<void> {
    for (const role of rolesIn(properties)) this.iam.roles.get(role)?.managed.delete(physicalId);
    this.iam.managedPolicies.delete(physicalId);
  }

  private put(policyArn: string, properties: JsonObject): Provisioned {
    for (const role of rolesIn(properties)) this.iam.role(role).managed.add(policyArn);
    this.iam.managedPolicies.set(policyArn, properties.PolicyDocument as unknown as PolicyDocument);
    return { physicalId: policyArn, attributes: { PolicyArn: policyArn } };
  }
}

function rolesIn(properties: JsonObject): string[] {
  return (properties.Roles ?? []) as string[];
}
