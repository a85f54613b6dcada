import { validationError } from './errors';
import { evaluate, Scope } from './intrinsics';
import type { Json, JsonObject } from './json';
import type { Stack, DesiredStack } from './stack';
import { ACCOUNT, PARTITION, REGION } from '../core/account';

/** The meaning of references in one stack, during a deployment. */
export class StackScope implements Scope {
  /** The exports that were used. */
  readonly imported = new Set<string>();

  constructor(
    private readonly stack: Stack,
    private readonly desired: DesiredStack,
    private readonly exportedValue: (name: string) => string | undefined,
  ) {}

  get template() {
    return this.desired.template;
  }

  properties(logicalId: string): JsonObject {
    return evaluate(this.desired.template.Resources[logicalId].Properties ?? {}, this) as JsonObject;
  }

  parameter(name: string): Json | undefined {
    if (Object.hasOwn(this.desired.parameters, name)) return this.desired.parameters[name];
    switch (name) {
      case 'AWS::AccountId': return ACCOUNT;
      case 'AWS::Region': return REGION;
      case 'AWS::Partition': return PARTITION;
      case 'AWS::URLSuffix': return 'amazonaws.com';
      case 'AWS::StackName': return this.stack.name;
      case 'AWS::StackId': return this.stack.id;
      case 'AWS::NotificationARNs': return [];
      default: return undefined;
    }
  }

  reference(logicalId: string): Json {
    return this.resource(logicalId).physicalId ?? '';
  }

  attribute(logicalId: string, attribute: string): Json {
    const { attributes, definition: { Type }, physicalId } = this.resource(logicalId);
    if (Object.hasOwn(attributes, attribute)) return attributes[attribute];
    if (isCustom(Type)) {
      throw validationError(`CustomResource attribute error: Vendor response doesn't contain ${attribute} attribute in object ${physicalId}`);
    }
    throw validationError(`Template error: resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt; the local cloud's ${Type} has ${Object.keys(attributes).join(', ') || 'none'}`);
  }

  importedValue(name: string): Json {
    const value = this.exportedValue(name);
    if (value === undefined) throw validationError(`No export named ${name} found.`);
    this.imported.add(name);
    return value;
  }

  private resource(logicalId: string) {
    const resource = this.stack.resources.get(logicalId);
    if (!resource) throw validationError(`Template format error: Unresolved resource dependencies [${logicalId}] in the Resources block of the template`);
    return resource;
  }
}

export function isCustom(type: string): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}
