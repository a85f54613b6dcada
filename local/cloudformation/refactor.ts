import { validationError } from './errors';
import type { Json, JsonObject } from './json';
import { attributeReference, intrinsicOf, PLACEHOLDER } from './references';
import type { Stack } from './stack';
import { dependenciesOf, parseTemplate } from './template';

export type Renames = Readonly<Record<string, string>>;

/**
 * Gives resources of a stack other logical ids, as the execution of a stack refactor does: resources stay as they are, and no custom
 * resource gets an event.
 */
export function refactor(stack: Stack, renames: Renames): void {
  const { current } = stack;
  if (!current || stack.inProgress) throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be refactored.`);
  for (const [from, to] of Object.entries(renames)) {
    if (!stack.resources.has(from)) throw validationError(`Resource ${from} does not exist for stack ${stack.name}`);
    if (stack.resources.has(to)) throw validationError(`Resource ${to} already exists in stack ${stack.name}`);
  }
  const body = JSON.parse(current.templateBody) as { Resources: JsonObject };
  const renamed = withNames(body as unknown as Json, renames) as { Resources: JsonObject };
  const definitions = Object.entries(renamed.Resources);
  renamed.Resources = Object.fromEntries(definitions.map(([id, definition]) => [renames[id] ?? id, dependent(definition, renames)]));
  const templateBody = JSON.stringify(renamed);
  const template = parseTemplate(templateBody, () => true);
  stack.current = { ...current, template, templateBody };
  stack.latest = stack.current;
  const resources = [...stack.resources.values()];
  stack.resources.clear();
  for (const resource of resources) {
    const logicalId = renames[resource.logicalId] ?? resource.logicalId;
    const dependencies = dependenciesOf(template, logicalId);
    stack.resources.set(logicalId, { ...resource, logicalId, definition: template.Resources[logicalId], dependencies });
  }
}

function dependent(definition: Json, renames: Renames): Json {
  const { DependsOn } = definition as JsonObject;
  if (DependsOn === undefined) return definition;
  const renamed = Array.isArray(DependsOn) ? DependsOn.map((id) => renames[id as string] ?? id) : renames[DependsOn as string] ?? DependsOn;
  return { ...definition as JsonObject, DependsOn: renamed };
}

/** The same value, with references to the new names. */
function withNames(value: Json, renames: Renames): Json {
  if (Array.isArray(value)) return value.map((element) => withNames(element, renames));
  if (typeof value !== 'object' || value === null) return value;
  const intrinsic = intrinsicOf(value);
  switch (intrinsic?.name) {
    case 'Ref': {
      const name = intrinsic.argument as string;
      return { Ref: renames[name] ?? name };
    }
    case 'Fn::GetAtt': {
      const { name, attribute } = attributeReference(intrinsic.argument);
      return { 'Fn::GetAtt': [renames[name] ?? name, attribute] };
    }
    case 'Fn::Sub': {
      const [text, ...variables] = [intrinsic.argument].flat() as [string, ...Json[]];
      const renamed = text.replace(PLACEHOLDER, (whole, literal, placeholder: string) => {
        const [name, ...attribute] = placeholder.split('.');
        return literal ? whole : `\${${[renames[name] ?? name, ...attribute].join('.')}}`;
      });
      return { 'Fn::Sub': variables.length > 0 ? [renamed, ...variables.map((each) => withNames(each, renames))] : renamed };
    }
    default:
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withNames(member, renames)]));
  }
}
