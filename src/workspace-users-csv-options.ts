/**
 * How to read a CSV file of users.
 */
export interface WorkspaceUsersCsvOptions {
  /**
   * Header of the column with the user names, in any case.
   *
   * For a file that comes from somewhere else, such as an export of a directory (`sAMAccountName`).
   *
   * @default 'userName'
   */
  readonly userNameColumn?: string;

  /**
   * Whether columns with an unknown header are left out instead of refused.
   *
   * A mistyped header (`bundelId`) then goes unnoticed.
   *
   * @default false
   */
  readonly ignoreUnknownColumns?: boolean;
}
