import { Size } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ComputeType } from './compute-type';
import { GlobalAccelerator } from './global-accelerator';
import { OperatingSystem } from './operating-system';
import { RunningMode } from './running-mode';
import { WorkspaceProtocol } from './workspace-protocol';

/**
 * One user, and what their desktop has that the fleet's others do not. What is left out is as in the fleet.
 */
export interface WorkspaceUser {
  /**
   * The name with which the user logs in to the directory: 1 to 63 characters, in any case, without `"/\[]:;|=,+*?<>`.
   *
   * The user must exist in the directory. WorkSpaces gives a user one desktop per directory.
   */
  readonly userName: string;

  /**
   * What the desktop is made from, like `wsb-clj85qzj1`.
   *
   * @default - the fleet's
   */
  readonly bundleId?: string;

  /**
   * The key that encrypts this desktop's volumes: a symmetric key or an alias of one. It cannot be changed later.
   *
   * @default - the fleet's
   */
  readonly volumeEncryptionKey?: kms.IKeyRef;

  /**
   * Whether the root volume is encrypted. False for both volumes: this desktop is not encrypted, although the fleet has a key.
   *
   * @default - the fleet's, or true if there is a key
   */
  readonly rootVolumeEncryptionEnabled?: boolean;

  /**
   * Whether the user volume is encrypted. False for both volumes: this desktop is not encrypted, although the fleet has a key.
   *
   * @default - the fleet's, or true if there is a key
   */
  readonly userVolumeEncryptionEnabled?: boolean;

  /**
   * How long the desktop runs, and how it is billed.
   *
   * @default - the fleet's
   */
  readonly runningMode?: RunningMode;

  /**
   * The hardware, if it is not the bundle's.
   *
   * @default - the fleet's
   */
  readonly computeType?: ComputeType;

  /**
   * Size of the root volume: 80 GiB or 175 to 2,000 GiB, from 100 GiB with a graphics bundle.
   *
   * @default - the fleet's
   */
  readonly rootVolumeSize?: Size;

  /**
   * Size of the user volume: 10, 50 or 100 GiB with a root volume of 80 GiB, else 100 to 2,000 GiB.
   *
   * @default - the fleet's
   */
  readonly userVolumeSize?: Size;

  /**
   * The protocols to choose from, if they are not the bundle's: at least one.
   *
   * @default - the fleet's
   */
  readonly protocols?: WorkspaceProtocol[];

  /**
   * The operating system, if it is not the bundle's.
   *
   * @default - the fleet's
   */
  readonly operatingSystem?: OperatingSystem;

  /**
   * Whether the traffic goes through AWS Global Accelerator.
   *
   * @default - the fleet's
   */
  readonly globalAccelerator?: GlobalAccelerator;

  /**
   * Whether virtual machines can run in the desktop.
   *
   * @default - the fleet's
   */
  readonly nestedVirtualization?: boolean;

  /**
   * The desktop's IPv6 address, for a directory in a subnet that has such addresses.
   *
   * @default - the service chooses
   */
  readonly ipv6Address?: string;

  /**
   * Tags of this desktop, beside the fleet's. A tag given here wins over one of the fleet with the same key.
   *
   * Lengths and characters are those of the fleet's `workspaceTags`; both together are at most 49.
   *
   * @default - only the fleet's
   */
  readonly tags?: { [key: string]: string };
}
