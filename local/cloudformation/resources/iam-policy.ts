import type { IamRegistry, PolicyDocument } from '../../iam';
import { ResourceFailure } from '../errors';
import type { JsonObject } from '../json';
import { allowOnly, changed, Provisioned, ResourceContext, ResourceType } from '../resource-type';
import { refusing } from './refusing';

const PROPERTIES = ['PolicyName', 'PolicyDocument', 'Roles'];

/** AWS::IAM::Policy: an inline policy of roles that other resources make. There are no users and groups here. */
export class IamPolicyType implements ResourceType {
  constructor(private readonly iam: IamRegistry) {}

  async create(context: ResourceContext, properties: JsonObject): Promise<Provisioned> {
    allowOnly(context, properties, PROPERTIES);
    if (rolesIn(properties).length === 0) throw new ResourceFailure('At least one of [Groups,Roles,Users] must be non-empty.');
    this.attach(properties);
    return { physicalId: properties.PolicyName as string, attributes: { Id: properties.PolicyName } };
  }

  async update(context: ResourceContext, physicalId: string, properties: JsonObject, oldProperties: JsonObject): Promise<Provisioned> {
    allowOnly(context, properties, PROPERTIES);
    const isRenamed = changed(properties, oldProperties, ['PolicyName']).length > 0;
    this.attach(properties);
    if (!isRenamed) this.detach({ ...oldProperties, Roles: rolesIn(oldProperties).filter((name) => !rolesIn(properties).includes(name)) });
    return { physicalId: isRenamed ? properties.PolicyName as string : physicalId };
  }

  async delete(_context: ResourceContext, _physicalId: string, properties: JsonObject): Promise<void> {
    this.detach(properties);
  }

  private attach(properties: JsonObject): void {
    const document = properties.PolicyDocument as unknown as PolicyDocument;
    for (const name of rolesIn(properties)) refusing('Iam', () => this.iam.putInlinePolicy(name, properties.PolicyName as string, document));
  }

  private detach(properties: JsonObject): void {
    for (const name of rolesIn(properties)) this.iam.deleteInlinePolicy(name, properties.PolicyName as string);
  }
}

function rolesIn(properties: JsonObject): string[] {
  return (properties.Roles ?? []) as string[];
}
