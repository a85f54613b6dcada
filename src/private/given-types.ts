import { shown } from './shown';
import type { Problem } from './validation';
import { BundleChange } from '../bundle-change';
import { LateWorkspaces } from '../late-workspaces';
import { RemovedUsers } from '../removed-users';
import { WaitFor } from '../wait-for';

interface Rule {
  readonly holds: (value: any) => boolean;
  /** How to get what holds. */
  readonly must: string;
}

/** One of our classes, known by its mark: several names and modes look alike, and there may be two copies of this library. */
const ours = (kind: string, ways: string): Rule => ({ holds: value => value?._kind === kind, must: `be made with ${kind}${ways}` });
const listOf = (rule: Rule): Rule => ({ holds: value => Array.isArray(value) && value.every(rule.holds), must: `be a list, each to ${rule.must}` });
const having = (member: string, must: string): Rule => ({ holds: value => typeof value === 'object' && member in value, must });
const memberOf = (name: string, members: { [name: string]: string }): Rule => ({
  holds: value => Object.values(members).includes(value),
  must: `be ${Object.keys(members).map(member => `${name}.${member}`).join(' or ')}`,
});
const flag: Rule = { holds: value => typeof value === 'boolean', must: 'be true or false' };
const size = having('toGibibytes', 'be made with Size.gibibytes()');

/** Of the fleet's props and of a user's, which have the same names. What is a text is checked where its form is. */
const RULES: { readonly [prop: string]: Rule } = {
  users: ours('WorkspaceUsers', '.fromNames(), .fromList() or .fromCsv()'),
  volumeEncryptionKey: having('keyRef', 'be a key or an alias, such as kms.Key.fromKeyArn() or kms.Alias.fromAliasName()'),
  rootVolumeEncryptionEnabled: flag,
  userVolumeEncryptionEnabled: flag,
  runningMode: ours('RunningMode', '.autoStop(), .alwaysOn() or .manual()'),
  computeType: ours('ComputeType', '.STANDARD, another member, or .of()'),
  rootVolumeSize: size,
  userVolumeSize: size,
  protocols: listOf(ours('WorkspaceProtocol', '.WSP, .PCOIP or .of()')),
  operatingSystem: ours('OperatingSystem', '.WINDOWS_SERVER_2022, another member, or .of()'),
  globalAccelerator: ours('GlobalAccelerator', '.enabledAuto(), .disabled(), .inherited() or .of()'),
  nestedVirtualization: flag,
  waitFor: memberOf('WaitFor', WaitFor),
  timeout: having('toSeconds', 'be made with Duration.minutes()'),
  lateWorkspaces: memberOf('LateWorkspaces', LateWorkspaces),
  failureTolerance: ours('FailureTolerance', '.none(), .count() or .percentage()'),
  existingWorkspaces: ours('ExistingWorkspaces', '.refuse(), .adopt() or .adoptFrom()'),
  bundleChange: memberOf('BundleChange', BundleChange),
  removedUsers: memberOf('RemovedUsers', RemovedUsers),
  terminationLimit: ours('TerminationLimit', '.count(), .percentage() or .unlimited()'),
  logGroup: having('logGroupRef', 'be a log group, such as logs.LogGroup.fromLogGroupName()'),
};

/** What no compiler has told: people write plain JavaScript, too. */
export function typesProblem(props: object, required: string[] = []): Problem {
  const given = new Map(Object.entries(props));
  for (const [prop, { holds, must }] of Object.entries(RULES)) {
    const value = given.get(prop) ?? undefined;
    if (value === undefined ? required.includes(prop) : !holds(value)) return `'${prop}' must ${must}, got ${shown(value)}`;
  }
  return undefined;
}
