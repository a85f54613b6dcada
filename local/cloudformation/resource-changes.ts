import { isDeepStrictEqual } from 'node:util';
import type { Json } from './json';
import { referencesIn } from './references';
import type { Stack, Wanted } from './stack';
import type { ResourceDefinition, Template } from './template';

export interface Change {
  readonly action: 'Add' | 'Modify' | 'Remove';
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
}

/** What would become of a stack's resources. A resource that depends on a changed one may turn out to change as well. */
export function changesOf(stack: Stack, wanted: Wanted): Change[] {
  const old = stack.current;
  const describe = (action: Change['action'], logicalId: string, { Type }: ResourceDefinition): Change => (
    { action, logicalId, type: Type, physicalId: stack.resources.get(logicalId)?.physicalId }
  );
  const wantedResources = Object.entries(wanted.template.Resources);
  if (!old) return wantedResources.map(([id, definition]) => describe('Add', id, definition));

  const removed = Object.entries(old.template.Resources).filter(([id]) => !Object.hasOwn(wanted.template.Resources, id));
  return [
    ...wantedResources.flatMap(([id, definition]) => {
      const before = old.template.Resources[id];
      if (!before) return describe('Add', id, definition);
      const isSame = isDeepStrictEqual(before, definition) && !dependsOnChange(definition as unknown as Json, old, wanted);
      return isSame ? [] : describe('Modify', id, definition);
    }),
    ...removed.map(([id, definition]) => describe('Remove', id, definition)),
  ];
}

/** Whether there is anything to deploy: CloudFormation refuses an update without changes. */
export function hasChanges(stack: Stack, wanted: Wanted): boolean {
  const old = stack.current;
  if (!old || changesOf(stack, wanted).length > 0) return true;
  const outputs = (template: Template) => template.Outputs;
  return !isDeepStrictEqual(outputs(old.template), outputs(wanted.template))
    || dependsOnChange(wanted.template.Outputs as unknown as Json, old, wanted)
    || !isDeepStrictEqual(old.tags, wanted.tags);
}

/** Whether a value uses a parameter, condition or mapping that differs. */
function dependsOnChange(value: Json, old: Wanted, wanted: Wanted): boolean {
  const { names, conditions } = referencesIn(value);
  const isChanged = (name: string) => Object.hasOwn(wanted.parameters, name) && !isDeepStrictEqual(old.parameters[name], wanted.parameters[name]);
  if (names.some(isChanged)) return true;
  if (conditions.length > 0 || (value as { Condition?: string }).Condition !== undefined) {
    return !isDeepStrictEqual(old.template.Conditions, wanted.template.Conditions) || !isDeepStrictEqual(old.parameters, wanted.parameters);
  }
  return JSON.stringify(value).includes('Fn::FindInMap') && !isDeepStrictEqual(old.template.Mappings, wanted.template.Mappings);
}
