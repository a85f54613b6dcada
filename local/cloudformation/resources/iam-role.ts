import type { IamRegistry, PolicyDocument, Role } from '../../iam';
import { allowOnly, changed, physicalName, Provisioned, ResourceContext, ResourceType } from '../resource-type';
import type { JsonObject } from '../template';
import { optionalText } from './ports';

const PROPERTIES = ['RoleName', 'AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Policies', 'Description', 'MaxSessionDuration', 'Path', 'Tags'];

interface InlinePolicy { readonly PolicyName: string; readonly PolicyDocument: PolicyDocument }

export class IamRoleType implements ResourceType {
  constructor(private readonly iam: IamRegistry) {}

  async create(context: ResourceContext, properties: JsonObject): Promise<Provisioned> {
    allowOnly(context, properties, PROPERTIES);
    const name = optionalText(properties.RoleName) ?? physicalName(context, 64);
    const role = this.iam.createRole(name, properties.AssumeRolePolicyDocument as unknown as PolicyDocument);
    attach(role, properties);
    return { physicalId: name, attributes: { Arn: role.arn, RoleId: `AROALOCAL${name}` } };
  }

  async update(context: ResourceContext, physicalId: string, properties: JsonObject, oldProperties: JsonObject): Promise<Provisioned | undefined> {
    allowOnly(context, properties, PROPERTIES);
    if (changed(properties, oldProperties, ['RoleName', 'Path']).length > 0) return undefined;
    const former = this.iam.role(physicalId);
    for (const { PolicyName } of policiesIn(oldProperties)) former.inline.delete(PolicyName);
    for (const policyArn of managedIn(oldProperties)) former.managed.delete(policyArn);
    const role: Role = { ...former, trust: properties.AssumeRolePolicyDocument as unknown as PolicyDocument };
    this.iam.roles.set(physicalId, role);
    attach(role, properties);
    return { physicalId, attributes: { Arn: role.arn, RoleId: `AROALOCAL${physicalId}` } };
  }

  async delete(_context: ResourceContext, physicalId: string): Promise<void> {
    this.iam.roles.delete(physicalId);
  }
}

function attach(role: Role, properties: JsonObject): void {
  for (const { PolicyName, PolicyDocument: document } of policiesIn(properties)) role.inline.set(PolicyName, document);
  for (const policyArn of managedIn(properties)) role.managed.add(policyArn);
}

function policiesIn(properties: JsonObject): InlinePolicy[] {
  return (properties.Policies ?? []) as unknown as InlinePolicy[];
}

function managedIn(properties: JsonObject): string[] {
  return (properties.ManagedPolicyArns ?? []) as string[];
}
