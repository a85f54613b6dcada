import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { BundleChange } from './bundle-change';
import { ComputeType } from './compute-type';
import { ExistingWorkspaces } from './existing-workspaces';
import { FailureTolerance } from './failure-tolerance';
import { GlobalAccelerator } from './global-accelerator';
import { LateWorkspaces } from './late-workspaces';
import { OperatingSystem } from './operating-system';
import { RemovedUsers } from './removed-users';
import { RunningMode } from './running-mode';
import { TerminationLimit } from './termination-limit';
import { WaitFor } from './wait-for';
import { WorkspaceProtocol } from './workspace-protocol';
import { WorkspaceUsers } from './workspace-users';

/**
 * Who gets a desktop, and what kind.
 */
export interface BulkWorkspacesProps {
  /**
   * The directory with the users, like `d-90670b2f8c`. It must be registered with WorkSpaces, for personal desktops.
   *
   * Desktops cannot move: an update to another directory makes others there. Those in the directory before are terminated when everything else has
   * succeeded, which counts against `terminationLimit`; or they stay there and are named in `notices`, where `removalPolicy` retains.
   */
  readonly directoryId: string;

  /**
   * What the desktops are made from, like `wsb-clj85qzj1`: image, hardware, volumes and protocol.
   *
   * What an update to another bundle does with desktops that exist is said by `bundleChange`.
   *
   * @default - every user must name one
   */
  readonly bundleId?: string;

  /**
   * The people who get a desktop: up to 20,000, none of them from two fleets of a stack with the same directory.
   *
   * An update makes desktops for who is new on the list, and changes those that there are. When everything else of the fleet has succeeded, it
   * terminates those of who is not on the list any more, within `terminationLimit`, or releases them: see `removedUsers`.
   */
  readonly users: WorkspaceUsers;

  /**
   * The key that encrypts the volumes: a symmetric key or an alias of one (`alias/...`), of this stack, another stack, or imported.
   *
   * The provider gets permission to use it. That is enough for a key whose policy lets the account decide, as that of a key made by
   * the CDK does by default; any other needs a statement for `BulkWorkspaces.grantPrincipal` in its policy. For the key that AWS manages, give
   * `kms.Alias.fromAliasName(stack, 'Key', 'alias/aws/workspaces')`.
   *
   * WorkSpaces cannot change the key of an existing desktop, nor what is encrypted: an update that asks for it is refused, unless
   * `bundleChange` is `REPLACE`.
   *
   * @default - the volumes are not encrypted
   */
  readonly volumeEncryptionKey?: kms.IKeyRef;

  /**
   * Whether the root volume (C: on Windows) is encrypted. Without a key, true is refused.
   *
   * With it, building a desktop takes up to an hour: consider a `timeout` of 55 minutes.
   *
   * @default - true if there is a key
   */
  readonly rootVolumeEncryptionEnabled?: boolean;

  /**
   * Whether the user volume (D: on Windows) is encrypted. Without a key, true is refused.
   *
   * @default - true if there is a key
   */
  readonly userVolumeEncryptionEnabled?: boolean;

  /**
   * How long the desktops run, and how they are billed.
   *
   * @default - the service's
   */
  readonly runningMode?: RunningMode;

  /**
   * The hardware, if it is not the bundle's.
   *
   * An existing desktop is restarted to change it. The service takes a larger one once in 6 hours, a smaller one once in 30 days.
   *
   * @default - the bundle's
   */
  readonly computeType?: ComputeType;

  /**
   * Size of the root volume: 80 GiB or 175 to 2,000 GiB, from 100 GiB with a graphics bundle. It can't shrink later,
   * and grows at most once in 6 hours.
   *
   * @default - the bundle's
   */
  readonly rootVolumeSize?: Size;

  /**
   * Size of the user volume: 10, 50 or 100 GiB with a root volume of 80 GiB, else 100 to 2,000 GiB. It can't shrink
   * later, and grows at most once in 6 hours.
   *
   * @default - the bundle's
   */
  readonly userVolumeSize?: Size;

  /**
   * The protocols to choose from, if they are not the bundle's: at least one.
   *
   * @default - the bundle's
   */
  readonly protocols?: WorkspaceProtocol[];

  /**
   * The operating system, if it is not the bundle's. It can't be changed on an existing desktop: an update that asks for it is refused.
   *
   * @default - the bundle's
   */
  readonly operatingSystem?: OperatingSystem;

  /**
   * Whether the desktops' traffic goes through AWS Global Accelerator. An update that changes it on an existing desktop is refused.
   *
   * @default - the directory's
   */
  readonly globalAccelerator?: GlobalAccelerator;

  /**
   * Whether virtual machines can run in the desktops. An update that changes it on an existing desktop is refused.
   *
   * @default - the service's
   */
  readonly nestedVirtualization?: boolean;

  /**
   * Tags of every desktop: at most 49 (48 where existing desktops are adopted), keys of 1 to 127 characters that begin neither with `aws:`
   * nor with `cdk-bulk-workspaces:`, values of up to 255.
   *
   * Both may have letters of any language, digits, spaces and `+-=._:/@`, with no spaces at the ends.
   *
   * `StackProps.tags` and `Tags.of(...)` of the fleet, the stack or the app reach the desktops, too; a tag from `Tags.of` wins over one
   * given here, and this over `StackProps.tags`. Tags given only to the CLI (`cdk deploy --tags`) can't be seen at synth and do not.
   *
   * @default - only those
   */
  readonly workspaceTags?: { [key: string]: string };

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
   * @default LateWorkspaces.ACCEPT
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
   * @default BundleChange.REFUSE
   */
  readonly bundleChange?: BundleChange;

  /**
   * What happens to the desktops of users who leave the list. Adopted ones are released in any case.
   *
   * @default RemovedUsers.TERMINATE
   */
  readonly removedUsers?: RemovedUsers;

  /**
   * How many desktops an update may terminate because their users have left the list, or to replace them (`BundleChange.REPLACE`). Over it,
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
   * leave the list: see `terminationLimit`.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Any other text than before makes the provider look again, although nothing else has changed: after someone has terminated a
   * desktop in the console, say, or when the time has come for what `notices` says is left for later.
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
