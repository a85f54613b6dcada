import type { Json, JsonObject } from '../json';
import { allowOnly, changed, physicalName, Provisioned, ResourceContext, ResourceType } from '../resource-type';
import { optionalText, ResourcePorts } from './ports';

/** Logging and tracing make no difference that a client of the local cloud could see. */
const PROPERTIES = ['StateMachineName', 'DefinitionString', 'Definition', 'DefinitionSubstitutions', 'RoleArn', 'LoggingConfiguration', 'TracingConfiguration', 'Tags'];

export class StateMachineType implements ResourceType {
  constructor(private readonly stepFunctions: ResourcePorts['stepFunctions']) {}

  async create(context: ResourceContext, properties: JsonObject): Promise<Provisioned> {
    return this.put(context, optionalText(properties.StateMachineName) ?? physicalName(context, 80), properties);
  }

  async update(context: ResourceContext, physicalId: string, properties: JsonObject, oldProperties: JsonObject): Promise<Provisioned | undefined> {
    if (changed(properties, oldProperties, ['StateMachineName']).length > 0) return undefined;
    return this.put(context, physicalId.split(':').pop()!, properties);
  }

  async delete(_context: ResourceContext, physicalId: string): Promise<void> {
    this.stepFunctions.deleteStateMachine(physicalId);
  }

  private put(context: ResourceContext, name: string, properties: JsonObject): Provisioned {
    allowOnly(context, properties, PROPERTIES);
    const machineArn = this.stepFunctions.putStateMachine(name, definitionOf(properties), String(properties.RoleArn));
    return { physicalId: machineArn, attributes: { Arn: machineArn, Name: name } };
  }
}

function definitionOf({ DefinitionString, Definition, DefinitionSubstitutions = {} }: JsonObject): string {
  const text = typeof DefinitionString === 'string' ? DefinitionString : JSON.stringify(Definition);
  return Object.entries(DefinitionSubstitutions as Record<string, Json>)
    .reduce((result, [name, value]) => result.replaceAll(`\${${name}}`, String(value)), text);
}
