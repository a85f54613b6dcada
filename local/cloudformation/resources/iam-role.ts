import type { IamRegistry, PolicyDocument } from '../../iam';
import type { JsonObject } from '../json';
import { allowOnly, changed, physicalName, Provisioned, ResourceContext, ResourceType } from '../resource-type';
import { optionalText } from './ports';
import { refusing } from './refusing';

const PROPERTIES = ['RoleName', 'AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Policies', 'Description', 'MaxSessionDuration', 'Path', 'Tags'];

interface InlinePolicy { readonly PolicyName: string; readonly PolicyDocument: PolicyDocument }

export class IamRoleType implements ResourceType {
  constructor(private readonly iam: IamRegistry) {}

  async create(context: ResourceContext, properties: JsonObject): Promise<Provisioned> {
    allowOnly(context, properties, PROPERTIES);
    const name = optionalText(properties.RoleName) ?? physicalName(context, 64);
    const role = refusing('Iam', () => this.iam.createRole(name, trustIn(properties)));
    try {
      refusing('Iam', () => this.attach(name, properties));
    } catch (error) {
      this.iam.deleteRole(name);
      throw error;
    }
    return { physicalId: name, attributes: { Arn: role.arn, RoleId: `AROALOCAL${name}` } };
  }

  async update(context: ResourceContext, physicalId: string, properties: JsonObject, oldProperties: JsonObject): Promise<Provisioned | undefined> {
    allowOnly(context, properties, PROPERTIES);
    if (changed(properties, oldProperties, ['RoleName', 'Path']).length > 0) return undefined;
    const role = refusing('Iam', () => this.iam.role(physicalId));
    refusing('Iam', () => {
      role.trust = trustIn(properties);
      this.attach(physicalId, properties);
    });
    const names = policiesIn(properties).map(({ PolicyName }) => PolicyName);
    for (const { PolicyName } of policiesIn(oldProperties)) if (!names.includes(PolicyName)) role.inline.delete(PolicyName);
    for (const policyArn of managedIn(oldProperties)) if (!managedIn(properties).includes(policyArn)) role.managed.delete(policyArn);
    return { physicalId, attributes: { Arn: role.arn, RoleId: `AROALOCAL${physicalId}` } };
  }

  async delete(_context: ResourceContext, physicalId: string): Promise<void> {
    this.iam.deleteRole(physicalId);
  }

  private attach(name: string, properties: JsonObject): void {
    for (const { PolicyName, PolicyDocument: document } of policiesIn(properties)) this.iam.putInlinePolicy(name, PolicyName, document);
    for (const policyArn of managedIn(properties)) this.iam.attach(name, policyArn);
  }
}

function trustIn(properties: JsonObject): PolicyDocument {
  return properties.AssumeRolePolicyDocument as unknown as PolicyDocument;
}

function policiesIn(properties: JsonObject): InlinePolicy[] {
  return (properties.Policies ?? []) as unknown as InlinePolicy[];
}

function managedIn(properties: JsonObject): string[] {
  return (properties.ManagedPolicyArns ?? []) as string[];
}
