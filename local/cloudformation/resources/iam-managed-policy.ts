import { arn } from '../../core/account';
import type { IamRegistry, PolicyDocument } from '../../iam';
import type { JsonObject } from '../json';
import { allowOnly, changed, physicalName, Provisioned, ResourceContext, ResourceType } from '../resource-type';
import { optionalText } from './ports';
import { refusing } from './refusing';

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
    const made = this.put(physicalId, properties);
    for (const role of rolesIn(oldProperties)) if (!rolesIn(properties).includes(role)) this.iam.detach(role, physicalId);
    return made;
  }

  async delete(_context: ResourceContext, physicalId: string, properties: JsonObject): Promise<void> {
    for (const role of rolesIn(properties)) this.iam.detach(role, physicalId);
    this.iam.deleteManagedPolicy(physicalId);
  }

  private put(policyArn: string, properties: JsonObject): Provisioned {
    refusing('Iam', () => {
      this.iam.putManagedPolicy(policyArn, properties.PolicyDocument as unknown as PolicyDocument);
      for (const role of rolesIn(properties)) this.iam.attach(role, policyArn);
    });
    return { physicalId: policyArn, attributes: { PolicyArn: policyArn } };
  }
}

function rolesIn(properties: JsonObject): string[] {
  return (properties.Roles ?? []) as string[];
}
