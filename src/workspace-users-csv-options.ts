/**
 * How to read a CSV file of users.
 */
export interface WorkspaceUsersCsvOptions {
  /**
   * The header of the column with the user names. Upper and lower case are the same.
   *
   * Use it for a file from another program, for example an export of a directory, where the header is `sAMAccountName`.
   *
   * @default 'userName'
   */
  readonly userNameColumn?: string;

  /**
   * Whether columns with an unknown header are ignored. If false, they are refused.
   *
   * If true, nobody notices a misspelt header, such as `bundelId`: its column is ignored, too.
   *
   * @default false
   */
  readonly ignoreUnknownColumns?: boolean;
}
