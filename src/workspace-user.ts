import { WorkspaceOptions } from './workspace-options';

/**
 * One user, and what their desktop has that the fleet's others do not. What is left out is as in the fleet.
 */
export interface WorkspaceUser extends WorkspaceOptions {
  /**
   * The name with which the user logs in to the directory: 1 to 63 characters, in any case, without `"/\[]:;|=,+*?<>`.
   *
   * The user must exist in the directory. WorkSpaces gives a user one desktop per directory.
   */
  readonly userName: string;

  /**
   * The desktop's IPv6 address, for a directory in a subnet that has such addresses.
   *
   * @default - WorkSpaces chooses one
   */
  readonly ipv6Address?: string;
}
