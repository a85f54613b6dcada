import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import { BundleChange } from './bundle-change';
import { ExistingWorkspaces } from './existing-workspaces';
import { FailureTolerance } from './failure-tolerance';
import { LateWorkspaces } from './late-workspaces';
import { RemovedUsers } from './removed-users';
import { TerminationLimit } from './termination-limit';
import { WaitFor } from './wait-for';
import { WorkspaceOptions } from './workspace-options';
import { WorkspaceUsers } from './workspace-users';

/**
 * The users who get a desktop, the settings of the desktops, and what deployments may do with them.
 */
export interface BulkWorkspacesProps extends WorkspaceOptions {
  /**
   * The id of the directory that has the users, like `d-90670b2f8c`. It must be registered with WorkSpaces for personal desktops.
   *
   * A desktop cannot move to another directory. If an update changes the directory, every user gets a new desktop there. When everything else has
   * succeeded, the desktops in the old directory are terminated, and count against `terminationLimit`. If `removalPolicy` retains them, they
   * stay, and `noticesSummary` names them.
   */
  readonly directoryId: string;

  /**
   * The users who get a desktop, up to 20,000. A user can have one desktop in a directory, from one fleet.
   *
   * An update creates desktops for new users, and applies changed settings to existing desktops. If users have left the list, the update is
   * refused unless `removedUsers` says what happens to their desktops.
   */
  readonly users: WorkspaceUsers;

  /**
   * The state that each desktop must reach before the deployment succeeds.
   *
   * @default WaitFor.AVAILABLE
   */
  readonly waitFor?: WaitFor;

  /**
   * How long a deployment waits for the desktops: 1 to 55 minutes, in whole seconds.
   *
   * CloudFormation waits for an hour at most. A failed deployment needs a part of this hour to remove what it created.
   *
   * @default Duration.minutes(50)
   */
  readonly timeout?: Duration;

  /**
   * Whether the deployment succeeds if desktops are still being built when `timeout` ends.
   *
   * @default LateWorkspaces.accept()
   */
  readonly lateWorkspaces?: LateWorkspaces;

  /**
   * How many users WorkSpaces may refuse. If it refuses more, the deployment fails.
   *
   * @default FailureTolerance.none()
   */
  readonly failureTolerance?: FailureTolerance;

  /**
   * What happens if a user already has a desktop in the directory, and it is not this fleet's.
   *
   * While the fleet has adopted desktops, keep this property in the template: the provider gets its permissions from it.
   *
   * @default ExistingWorkspaces.refuse()
   */
  readonly existingWorkspaces?: ExistingWorkspaces;

  /**
   * What an update does with an existing desktop if its user gets another bundle.
   *
   * @default BundleChange.refuse()
   */
  readonly bundleChange?: BundleChange;

  /**
   * What an update does with the desktops of users who leave the list: refuse the update, terminate the desktops, or release them.
   *
   * An adopted desktop is never terminated; it is released instead. For the desktops of a fleet that is deleted, see `removalPolicy`;
   * of a fleet that moves to another directory, see `directoryId`.
   *
   * @default RemovedUsers.refuse()
   */
  readonly removedUsers?: RemovedUsers;

  /**
   * How many desktops an update may terminate, because their users left the list or to replace them (`BundleChange.replace()`).
   *
   * If it would terminate more, the update fails before it changes anything.
   *
   * @default - the smaller of 25 and 10 % of the desktops, but at least 1
   */
  readonly terminationLimit?: TerminationLimit;

  /**
   * What happens to the desktops if the fleet is removed from the stack, or if the stack is deleted.
   *
   * The default keeps them, because they hold people's work. If the create of a fleet fails, the desktops that it created are terminated all
   * the same. With `RemovalPolicy.DESTROY`, desktops are terminated, but adopted ones are released. `RemovalPolicy.SNAPSHOT` is refused.
   * For users who leave the list, see `removedUsers`.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * A text that you change to make the provider compare the desktops with the template, even if nothing else in the template has changed.
   *
   * For example, change it after someone terminated a desktop in the console, or when the time has come for work that `noticesSummary` lists.
   *
   * @default - the provider runs only when another property of the fleet changes
   */
  readonly refresh?: string;

  /**
   * The log group of the provider's functions. All fleets of a stack share one provider, so all must give the same log group, or none.
   *
   * @default - a log group without a name of its own, kept for three months and deleted with the stack
   */
  readonly logGroup?: logs.ILogGroupRef;

  /**
   * Whether the stack gets outputs with the ids of the desktops, the refused users, the late users and the notices.
   *
   * @default true
   */
  readonly outputs?: boolean;
}
