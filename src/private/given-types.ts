import { SETTINGS } from './desktop-settings';
import { shown } from './shown';
import { having, memberOf, ours, TypeRule } from './type-rules';
import type { Problem } from './validation';
import { BundleChange } from '../bundle-change';
import { LateWorkspaces } from '../late-workspaces';
import { RemovedUsers } from '../removed-users';
import { WaitFor } from '../wait-for';

/** Of the fleet's props and of a user's, which have the same names. What is a text is checked where its form is. */
const RULES: readonly (readonly [prop: string, rule: TypeRule])[] = [
  ['users', ours('WorkspaceUsers', '.fromNames(), .fromList() or .fromCsv()')],
  ...SETTINGS.flatMap(([name, { type }]) => type ? [[name, type] as const] : []),
  ['waitFor', memberOf('WaitFor', WaitFor)],
  ['timeout', having('toSeconds', 'be made with Duration.minutes()')],
  ['lateWorkspaces', memberOf('LateWorkspaces', LateWorkspaces)],
  ['failureTolerance', ours('FailureTolerance', '.none(), .count() or .percentage()')],
  ['existingWorkspaces', ours('ExistingWorkspaces', '.refuse(), .adopt() or .adoptFrom()')],
  ['bundleChange', memberOf('BundleChange', BundleChange)],
  ['removedUsers', memberOf('RemovedUsers', RemovedUsers)],
  ['terminationLimit', ours('TerminationLimit', '.count(), .percentage() or .unlimited()')],
  ['logGroup', having('logGroupRef', 'be a log group, such as logs.LogGroup.fromLogGroupName()')],
];

/** What no compiler has told: people write plain JavaScript, too. */
export function typesProblem(props: object, required: string[] = []): Problem {
  const given = new Map(Object.entries(props));
  for (const [prop, { holds, must }] of RULES) {
    const value = given.get(prop) ?? undefined;
    if (value === undefined ? required.includes(prop) : !holds(value)) return `'${prop}' must ${must}, got ${shown(value)}`;
  }
  return undefined;
}
