import { WorkspaceOptions } from './workspace-options';

/**
 * One user, and the settings in which their desktop differs from the fleet's.
 */
export interface WorkspaceUser extends WorkspaceOptions {
  /**
   * The name with which the user logs in to the directory: 1 to 63 characters, without `"/\[]:;|=,+*?<>`. Upper and lower case are the same.
   *
   * The user must exist in the directory. WorkSpaces allows a user one desktop in each directory.
   */
  readonly userName: string;

  /**
   * The desktop's IPv6 address. Only for a directory whose subnet has IPv6 addresses.
   *
   * @default - WorkSpaces chooses one
   */
  readonly ipv6Address?: string;
}
