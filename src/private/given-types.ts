import { SETTINGS } from './desktop-settings';
import { BUNDLE_CHANGE, EXISTING_WORKSPACES, FAILURE_TOLERANCE, LATE_WORKSPACES, REMOVED_USERS, TERMINATION_LIMIT } from './kinds';
import { shown } from './shown';
import { FLAG, having, memberOf, ours, TEXT, TypeRule } from './type-rules';
import { WORKSPACE_USERS } from './user-entry';
import type { Problem } from './validation';
import { WaitFor } from '../wait-for';

/** The types of a fleet's props and of a user's. Both have the same names. Strings whose form is checked elsewhere are not listed. */
const RULES: readonly (readonly [prop: string, rule: TypeRule])[] = [
  ['users', ours(WORKSPACE_USERS, '.fromNames(), .fromList() or .fromCsv()')],
  ...SETTINGS.flatMap(([name, { type }]) => type ? [[name, type] as const] : []),
  ['waitFor', memberOf('WaitFor', WaitFor)],
  ['timeout', having('toSeconds', 'be made with Duration.minutes()')],
  ['lateWorkspaces', ours(LATE_WORKSPACES, '.accept() or .fail()')],
  ['failureTolerance', ours(FAILURE_TOLERANCE, '.none(), .count() or .percentage()')],
  ['existingWorkspaces', ours(EXISTING_WORKSPACES, '.refuse() or .adopt()')],
  ['bundleChange', ours(BUNDLE_CHANGE, '.refuse(), .newUsersOnly(), .migrate() or .replace()')],
  ['removedUsers', ours(REMOVED_USERS, '.refuse(), .terminate() or .release()')],
  ['terminationLimit', ours(TERMINATION_LIMIT, '.count(), .percentage() or .unlimited()')],
  ['refresh', TEXT],
  ['outputs', FLAG],
  ['logGroup', having('logGroupRef', 'be a log group, such as logs.LogGroup.fromLogGroupName()')],
];

/** Finds values of a wrong type, which no compiler finds in plain JavaScript. */
export function typesProblem(props: object, required: string[] = []): Problem {
  const given = new Map(Object.entries(props));
  for (const [prop, { holds, must }] of RULES) {
    const value = given.get(prop) ?? undefined;
    if (value === undefined ? required.includes(prop) : !holds(value)) return `'${prop}' must ${must}, got ${shown(value)}`;
  }
  return undefined;
}
