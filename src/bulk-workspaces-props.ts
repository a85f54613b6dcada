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
 * Who gets a desktop, and what kind.
 */
export interface BulkWorkspacesProps extends WorkspaceOptions {
  /**
   * The directory with the users, like `d-90670b2f8c`. It must be registered with WorkSpaces, for personal desktops.
   *
   * Desktops cannot move: an update to another directory makes others there. Those in the directory before are terminated when everything else has
   * succeeded, which counts against `terminationLimit`; or they stay there and are named in `noticesSummary`, where `removalPolicy` retains.
   */
  readonly directoryId: string;

  /**
   * The people who get a desktop: up to 20,000, none of them from two fleets of a stack with the same directory.
   *
   * An update makes desktops for who is new on the list, and changes those that there are. What it does with desktops of users who are not on the
   * list any more is said by `removedUsers`; unless that says something, the update is refused.
   */
  readonly users: WorkspaceUsers;

  /**
   * What a desktop must have reached before the deployment goes on.
   *
   * @default WaitFor.AVAILABLE
   */
  readonly waitFor?: WaitFor;

  /**
   * How long a deployment waits for the desktops: 1 to 55 minutes.
   *
   * CloudFormation waits for an hour at most, and cleaning up after a failure takes some of it.
   *
   * @default Duration.minutes(50)
   */
  readonly timeout?: Duration;

  /**
   * What desktops that are still being built when the time is over mean for the deployment.
   *
   * @default LateWorkspaces.accept()
   */
  readonly lateWorkspaces?: LateWorkspaces;

  /**
   * How many users the service may refuse before the deployment fails.
   *
   * @default FailureTolerance.none()
   */
  readonly failureTolerance?: FailureTolerance;

  /**
   * What happens when a user has a desktop in the directory already that is not this fleet's.
   *
   * Keep it in the template for as long as there are adopted desktops: the provider's permissions come from it.
   *
   * @default ExistingWorkspaces.refuse()
   */
  readonly existingWorkspaces?: ExistingWorkspaces;

  /**
   * What an update does with the desktops of users who are to have another bundle.
   *
   * @default BundleChange.refuse()
   */
  readonly bundleChange?: BundleChange;

  /**
   * What happens to the desktops of users who leave the list: the update is refused, or they are terminated, or released. Adopted ones are
   * never terminated: where others are, they are released.
   *
   * It says nothing about the desktops of a fleet that is deleted (see `removalPolicy`), or that moves to another directory (see `directoryId`).
   *
   * @default RemovedUsers.refuse()
   */
  readonly removedUsers?: RemovedUsers;

  /**
   * How many desktops an update may terminate because their users have left the list, or to replace them (`BundleChange.replace()`). Over it,
   * the update changes nothing and fails.
   *
   * @default - the smaller of 25 and 10 % of the desktops, but at least 1
   */
  readonly terminationLimit?: TerminationLimit;

  /**
   * What happens to the desktops when the fleet is taken out of the stack, or the stack is deleted.
   *
   * The default keeps them, as they hold people's work; the desktops of a failed create are removed nevertheless. With
   * `RemovalPolicy.DESTROY` they are terminated, except those that were adopted, which are released. It says nothing about users who
   * leave the list: see `removedUsers`.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Any other text than before makes the provider look again, although nothing else has changed: after someone has terminated a
   * desktop in the console, say, or when the time has come for what `noticesSummary` says is left for later.
   *
   * @default - the provider looks when something changes
   */
  readonly refresh?: string;

  /**
   * Where the provider's functions log. All fleets of a stack share one provider, so all must give the same or none.
   *
   * @default - a log group without a name of its own, kept for three months and deleted with the stack
   */
  readonly logGroup?: logs.ILogGroupRef;

  /**
   * Whether the ids of the desktops, the refused and the late users, and the notices become outputs of the stack.
   *
   * @default true
   */
  readonly outputs?: boolean;
}
