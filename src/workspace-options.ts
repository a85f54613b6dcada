import { Size } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ComputeType } from './compute-type';
import { GlobalAccelerator } from './global-accelerator';
import { OperatingSystem } from './operating-system';
import { RunningMode } from './running-mode';
import { WorkspaceProtocol } from './workspace-protocol';

/**
 * The settings of desktops. Given to a fleet, they are those of all its desktops. Given to a user, they override the fleet's.
 */
export interface WorkspaceOptions {
  /**
   * The id of the bundle, like `wsb-clj85qzj1`. A bundle has the image, the hardware, the sizes of the volumes and the protocol.
   *
   * For what an update to another bundle does with existing desktops, see `bundleChange`.
   *
   * @default - the fleet's; in a fleet, every user must name one
   */
  readonly bundleId?: string;

  /**
   * The key that encrypts the volumes: a symmetric key, or an alias (`alias/...`) of one. It can be of this stack, of another stack, or imported.
   *
   * The provider's role gets permission to use the key. That is enough if the key's policy allows IAM policies to give access to the key,
   * as the default policy of a `kms.Key` does. Otherwise, add a statement for `BulkWorkspaces.provider.handlerRole` to the key's policy.
   * For the key that AWS manages, give `kms.Alias.fromAliasName(stack, 'Key', 'alias/aws/workspaces')`.
   *
   * WorkSpaces cannot change the key of an existing desktop, or which of its volumes are encrypted. An update that needs this is refused, unless
   * `bundleChange` is `BundleChange.replace()`. Therefore a fleet without a key gets a warning at synth. To avoid it, set
   * `rootVolumeEncryptionEnabled` and `userVolumeEncryptionEnabled` to false.
   *
   * @see https://docs.aws.amazon.com/workspaces/latest/adminguide/encrypt-workspaces.html
   * @default - the fleet's; in a fleet, the volumes are not encrypted
   */
  readonly volumeEncryptionKey?: kms.IKeyRef;

  /**
   * Whether the root volume (C: on Windows) is encrypted. True needs a `volumeEncryptionKey`.
   *
   * If both volumes of a user have false, that desktop is not encrypted, even if the fleet has a key.
   *
   * A desktop with an encrypted root volume can take an hour to build. Consider a `timeout` of 55 minutes.
   *
   * @default - the fleet's; in a fleet, true if there is a key
   */
  readonly rootVolumeEncryptionEnabled?: boolean;

  /**
   * Whether the user volume (D: on Windows) is encrypted. True needs a `volumeEncryptionKey`.
   *
   * If both volumes of a user have false, that desktop is not encrypted, even if the fleet has a key.
   *
   * @default - the fleet's; in a fleet, true if there is a key
   */
  readonly userVolumeEncryptionEnabled?: boolean;

  /**
   * When a desktop stops, and how it is billed.
   *
   * @default - the fleet's; in a fleet, WorkSpaces chooses. AWS does not document which mode it chooses, and the mode decides how a desktop is billed
   */
  readonly runningMode?: RunningMode;

  /**
   * The hardware, if it differs from the bundle's.
   *
   * A change restarts the desktop. WorkSpaces allows larger hardware once in 6 hours, and smaller hardware once in 30 days.
   *
   * @see https://docs.aws.amazon.com/workspaces/latest/adminguide/modify-workspaces.html
   *
   * @default - the fleet's; in a fleet, the bundle's
   */
  readonly computeType?: ComputeType;

  /**
   * The size of the root volume: 80 GiB, or 175 to 2,000 GiB. With a graphics bundle, 100 to 2,000 GiB.
   *
   * A volume cannot shrink, and it can grow once in 6 hours.
   *
   * @see https://docs.aws.amazon.com/workspaces/latest/adminguide/modify-workspaces.html
   *
   * @default - the fleet's; in a fleet, the bundle's
   */
  readonly rootVolumeSize?: Size;

  /**
   * The size of the user volume: 10, 50 or 100 GiB if the root volume has 80 GiB, otherwise 100 to 2,000 GiB.
   *
   * A volume cannot shrink, and it can grow once in 6 hours.
   *
   * @see https://docs.aws.amazon.com/workspaces/latest/adminguide/modify-workspaces.html
   *
   * @default - the fleet's; in a fleet, the bundle's
   */
  readonly userVolumeSize?: Size;

  /**
   * The streaming protocols that the desktop offers, if they differ from the bundle's. At least one.
   *
   * @default - the fleet's; in a fleet, the bundle's
   */
  readonly protocols?: WorkspaceProtocol[];

  /**
   * The operating system, if it differs from the bundle's. WorkSpaces cannot change it on an existing desktop: such an update is refused.
   *
   * @default - the fleet's; in a fleet, the bundle's
   */
  readonly operatingSystem?: OperatingSystem;

  /**
   * Whether the desktop's traffic goes through AWS Global Accelerator. An update that changes it on an existing desktop is refused.
   *
   * @default - the fleet's; in a fleet, the directory's setting
   */
  readonly globalAccelerator?: GlobalAccelerator;

  /**
   * Whether virtual machines can run inside the desktop. An update that changes it on an existing desktop is refused.
   *
   * @default - the fleet's; in a fleet, WorkSpaces decides
   */
  readonly nestedVirtualizationEnabled?: boolean;

  /**
   * Tags of the desktops.
   *
   * A desktop can have at most 49 tags, including those of the fleet, or 48 if the fleet adopts existing desktops. A key has 1 to 127
   * characters and begins neither with `aws:` nor with `cdk-bulk-workspaces:`. A value has up to 255 characters. Both can contain letters of
   * any language, digits, spaces and `+-=._:/@`, with no spaces at the ends.
   *
   * The desktops also get the tags of `StackProps.tags`, and of `Tags.of(...)` for the fleet, the stack or the app. If several have the same key,
   * a user's tag overrides `Tags.of`, which overrides the fleet's `tags`, which override `StackProps.tags`. Tags of the CLI (`cdk deploy --tags`)
   * do not reach the desktops, because the app does not know them at synth.
   *
   * @default - the fleet's; in a fleet, those of `StackProps.tags` and `Tags.of(...)`
   */
  readonly tags?: { [key: string]: string };
}
