import { Size } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ComputeType } from './compute-type';
import { GlobalAccelerator } from './global-accelerator';
import { OperatingSystem } from './operating-system';
import { RunningMode } from './running-mode';
import { WorkspaceProtocol } from './workspace-protocol';

/**
 * What a desktop is like: of all desktops of a fleet, or of one user's, who has the fleet's where nothing else is said.
 */
export interface WorkspaceOptions {
  /**
   * What a desktop is made from, like `wsb-clj85qzj1`: image, hardware, volumes and protocol.
   *
   * What an update to another bundle does with desktops that exist is said by `bundleChange`.
   *
   * @default - the fleet's; in a fleet, every user must name one
   */
  readonly bundleId?: string;

  /**
   * The key that encrypts the volumes: a symmetric key or an alias of one (`alias/...`), of this stack, another stack, or imported.
   *
   * The provider gets permission to use it. That is enough for a key whose policy lets the account decide, as that of a key made by
   * the CDK does by default; any other needs a statement for `BulkWorkspaces.provider.handlerRole` in its policy. For the key that AWS manages,
   * give `kms.Alias.fromAliasName(stack, 'Key', 'alias/aws/workspaces')`.
   *
   * WorkSpaces cannot change the key of an existing desktop, nor what is encrypted: an update that asks for it is refused, unless
   * `bundleChange` is `BundleChange.replace()`. Therefore a fleet without a key gets a warning, unless `rootVolumeEncryptionEnabled` and
   * `userVolumeEncryptionEnabled` are both false.
   *
   * @default - the fleet's; in a fleet, the volumes are not encrypted
   */
  readonly volumeEncryptionKey?: kms.IKeyRef;

  /**
   * Whether the root volume (C: on Windows) is encrypted. Without a key, true is refused. If it is false for both volumes of a user, that
   * desktop is not encrypted, although the fleet has a key.
   *
   * With it, building a desktop takes up to an hour: consider a `timeout` of 55 minutes.
   *
   * @default - the fleet's; in a fleet, true if there is a key
   */
  readonly rootVolumeEncryptionEnabled?: boolean;

  /**
   * Whether the user volume (D: on Windows) is encrypted. Without a key, true is refused. If it is false for both volumes of a user, that
   * desktop is not encrypted, although the fleet has a key.
   *
   * @default - the fleet's; in a fleet, true if there is a key
   */
  readonly userVolumeEncryptionEnabled?: boolean;

  /**
   * How long a desktop runs, and how it is billed.
   *
   * @default - the fleet's; in a fleet, none is sent, and WorkSpaces chooses one. AWS does not document which, and it decides how a desktop is billed
   */
  readonly runningMode?: RunningMode;

  /**
   * The hardware, if it is not the bundle's.
   *
   * An existing desktop is restarted to change it. The service takes a larger one once in 6 hours, a smaller one once in 30 days.
   *
   * @default - the fleet's; in a fleet, the bundle's
   */
  readonly computeType?: ComputeType;

  /**
   * Size of the root volume: 80 GiB or 175 to 2,000 GiB, from 100 GiB with a graphics bundle. It can't shrink later,
   * and grows at most once in 6 hours.
   *
   * @default - the fleet's; in a fleet, the bundle's
   */
  readonly rootVolumeSize?: Size;

  /**
   * Size of the user volume: 10, 50 or 100 GiB with a root volume of 80 GiB, else 100 to 2,000 GiB. It can't shrink
   * later, and grows at most once in 6 hours.
   *
   * @default - the fleet's; in a fleet, the bundle's
   */
  readonly userVolumeSize?: Size;

  /**
   * The protocols to choose from, if they are not the bundle's: at least one.
   *
   * @default - the fleet's; in a fleet, the bundle's
   */
  readonly protocols?: WorkspaceProtocol[];

  /**
   * The operating system, if it is not the bundle's. It can't be changed on an existing desktop: an update that asks for it is refused.
   *
   * @default - the fleet's; in a fleet, the bundle's
   */
  readonly operatingSystem?: OperatingSystem;

  /**
   * Whether the traffic goes through AWS Global Accelerator. An update that changes it on an existing desktop is refused.
   *
   * @default - the fleet's; in a fleet, none is sent, and the directory's holds
   */
  readonly globalAccelerator?: GlobalAccelerator;

  /**
   * Whether virtual machines can run in a desktop. An update that changes it on an existing desktop is refused.
   *
   * @default - the fleet's; in a fleet, it is not sent, and WorkSpaces decides
   */
  readonly nestedVirtualizationEnabled?: boolean;

  /**
   * Tags of a desktop: at most 49 with those of the fleet (48 where existing desktops are adopted), keys of 1 to 127 characters that begin
   * neither with `aws:` nor with `cdk-bulk-workspaces:`, values of up to 255. A user's tag wins over one of the fleet with the same key.
   *
   * Both may have letters of any language, digits, spaces and `+-=._:/@`, with no spaces at the ends.
   *
   * `StackProps.tags` and `Tags.of(...)` of the fleet, the stack or the app reach the desktops, too; a tag from `Tags.of` wins over one
   * given to the fleet here, and this over `StackProps.tags`. Tags given only to the CLI (`cdk deploy --tags`) can't be seen at synth and do not.
   *
   * @default - the fleet's; in a fleet, those of `StackProps.tags` and `Tags.of(...)`
   */
  readonly tags?: { [key: string]: string };
}
