import { isDeepStrictEqual } from 'node:util';
import type { Json } from './json';
import { referencesIn } from './references';
import type { Stack, DesiredStack } from './stack';
import type { ResourceDefinition, Template } from './template';

export interface Change {
  readonly action: 'Add' | 'Modify' | 'Remove';
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
}

/** The changes that a deployment would make to a stack's resources. A resource that depends on a changed one may change, too. */
export function changesOf(stack: Stack, desired: DesiredStack): Change[] {
  const old = stack.current;
  const describe = (action: Change['action'], logicalId: string, { Type }: ResourceDefinition): Change => (
    { action, logicalId, type: Type, physicalId: stack.resources.get(logicalId)?.physicalId }
  );
  const resources = Object.entries(desired.template.Resources);
  if (!old) return resources.map(([id, definition]) => describe('Add', id, definition));

  const removed = Object.entries(old.template.Resources).filter(([id]) => !Object.hasOwn(desired.template.Resources, id));
  return [
    ...resources.flatMap(([id, definition]) => {
      const before = old.template.Resources[id];
      if (!before) return describe('Add', id, definition);
      const isSame = isDeepStrictEqual(before, definition) && !dependsOnChange(definition as unknown as Json, old, desired);
      return isSame ? [] : describe('Modify', id, definition);
    }),
    ...removed.map(([id, definition]) => describe('Remove', id, definition)),
  ];
}

/** Whether there is anything to deploy. CloudFormation refuses an update without changes. */
export function hasChanges(stack: Stack, desired: DesiredStack): boolean {
  const old = stack.current;
  if (!old || changesOf(stack, desired).length > 0) return true;
  const outputs = (template: Template) => template.Outputs;
  return !isDeepStrictEqual(outputs(old.template), outputs(desired.template))
    || dependsOnChange(desired.template.Outputs as unknown as Json, old, desired)
    || !isDeepStrictEqual(old.tags, desired.tags);
}

/** Whether a value uses a parameter, condition or mapping that differs. */
function dependsOnChange(value: Json, old: DesiredStack, desired: DesiredStack): boolean {
  const { names, conditions } = referencesIn(value);
  const isChanged = (name: string) => Object.hasOwn(desired.parameters, name) && !isDeepStrictEqual(old.parameters[name], desired.parameters[name]);
  if (names.some(isChanged)) return true;
  if (conditions.length > 0 || (value as { Condition?: string }).Condition !== undefined) {
    return !isDeepStrictEqual(old.template.Conditions, desired.template.Conditions) || !isDeepStrictEqual(old.parameters, desired.parameters);
  }
  return JSON.stringify(value).includes('Fn::FindInMap') && !isDeepStrictEqual(old.template.Mappings, desired.template.Mappings);
}
