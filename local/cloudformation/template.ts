import { validationError } from './errors';
import type { Json, JsonObject } from './json';
import { referencesIn } from './references';

export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate';

export interface ResourceDefinition {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly DependsOn?: string | string[];
  readonly Condition?: string;
  readonly DeletionPolicy?: DeletionPolicy;
  readonly UpdateReplacePolicy?: DeletionPolicy;
  readonly Metadata?: JsonObject;
}

export interface ParameterDefinition {
  readonly Type: string;
  readonly Default?: Json;
  readonly NoEcho?: boolean | string;
  readonly AllowedValues?: Json[];
}

export interface OutputDefinition {
  readonly Value: Json;
  readonly Description?: string;
  readonly Condition?: string;
  readonly Export?: { readonly Name: Json };
}

export interface RuleDefinition { readonly Assertions: { readonly Assert: Json; readonly AssertDescription?: string }[] }

export interface Template {
  readonly Description?: string;
  readonly Parameters: Readonly<Record<string, ParameterDefinition>>;
  readonly Mappings: Readonly<Record<string, Record<string, Record<string, Json>>>>;
  readonly Conditions: Readonly<Record<string, Json>>;
  readonly Rules: Readonly<Record<string, RuleDefinition>>;
  readonly Resources: Readonly<Record<string, ResourceDefinition>>;
  readonly Outputs: Readonly<Record<string, OutputDefinition>>;
}

const SECTIONS = ['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Mappings', 'Conditions', 'Rules', 'Resources', 'Outputs'];
const RESOURCE_ATTRIBUTES = ['Type', 'Properties', 'DependsOn', 'Condition', 'DeletionPolicy', 'UpdateReplacePolicy', 'Metadata'];
const POLICIES = ['Delete', 'Retain', 'RetainExceptOnCreate'];
const PSEUDO_PARAMETER = /^AWS::/;

/** Reads a template. Refuses, by name, what the engine does not have: nothing may be ignored silently. */
export function parseTemplate(body: string, isKnownType: (type: string) => boolean): Template {
  let parsed: JsonObject;
  try {
    parsed = JSON.parse(body) as JsonObject;
  } catch (error) {
    throw validationError(`Template format error: the local cloud reads JSON only. (${(error as Error).message})`);
  }
  refuseOthers('the template', Object.keys(parsed), SECTIONS);
  const template = { Parameters: {}, Mappings: {}, Conditions: {}, Rules: {}, Resources: {}, Outputs: {}, ...parsed } as unknown as Template;
  if (Object.keys(template.Resources).length === 0) throw validationError('Template format error: At least one Resources member must be defined.');

  const unknownTypes = Object.values(template.Resources).map(({ Type }) => Type).filter((type) => !isKnownType(type));
  if (unknownTypes.length > 0) throw validationError(`Template format error: Unrecognized resource types: [${[...new Set(unknownTypes)].join(', ')}]`);
  for (const [id, resource] of Object.entries(template.Resources)) checkResource(template, id, resource);
  for (const [id, { Value, Condition }] of Object.entries(template.Outputs)) {
    checkReferences(template, `output ${id}`, Value);
    checkCondition(template, `output ${id}`, Condition);
  }
  for (const [name, condition] of Object.entries(template.Conditions)) checkReferences(template, `condition ${name}`, condition);
  return template;
}

/** The resources that a resource refers to, by DependsOn or in its properties. */
export function dependenciesOf(template: Template, id: string): string[] {
  const { DependsOn = [], Properties = {} } = template.Resources[id];
  const named = [DependsOn].flat().concat(referencesIn(Properties).names);
  return [...new Set(named)].filter((name) => Object.hasOwn(template.Resources, name));
}

function checkResource(template: Template, id: string, resource: ResourceDefinition): void {
  refuseOthers(`resource ${id}`, Object.keys(resource), RESOURCE_ATTRIBUTES);
  for (const attribute of ['DeletionPolicy', 'UpdateReplacePolicy'] as const) {
    const policy = resource[attribute];
    if (policy !== undefined && !POLICIES.includes(policy)) {
      throw validationError(`Template format error: ${attribute} of resource ${id} must be one of ${POLICIES.join(', ')}, got ${JSON.stringify(policy)}`);
    }
  }
  const missing = [resource.DependsOn ?? []].flat().filter((name) => !Object.hasOwn(template.Resources, name));
  if (missing.length > 0) throw unresolved(missing, 'Resources block of the template');
  checkReferences(template, `resource ${id}`, resource.Properties ?? {});
  checkCondition(template, `resource ${id}`, resource.Condition);
}

function checkReferences(template: Template, where: string, value: Json): void {
  const { names, conditions, unsupported } = referencesIn(value);
  if (unsupported.length > 0) throw validationError(`Template error: ${where} uses ${unsupported.join(', ')}, which the local cloud does not have`);
  const { Resources, Parameters } = template;
  const missing = names.filter((name) => !PSEUDO_PARAMETER.test(name) && !Object.hasOwn(Resources, name) && !Object.hasOwn(Parameters, name));
  if (missing.length > 0) throw unresolved(missing, `Resources block of the template (${where})`);
  for (const condition of conditions) checkCondition(template, where, condition);
}

function checkCondition(template: Template, where: string, condition: string | undefined): void {
  if (condition === undefined || Object.hasOwn(template.Conditions, condition)) return;
  throw validationError(`Template format error: Unresolved condition dependency ${condition} in ${where}`);
}

function unresolved(names: string[], where: string): Error {
  return validationError(`Template format error: Unresolved resource dependencies [${names.join(', ')}] in the ${where}`);
}

function refuseOthers(what: string, got: string[], allowed: string[]): void {
  const others = got.filter((name) => !allowed.includes(name));
  if (others.length > 0) {
    throw validationError(`Template format error: ${what} has ${others.join(', ')}, which the local cloud does not have; it has ${allowed.join(', ')}`);
  }
}
