/**
 * What a desktop that is still being built when the time is over means for the deployment.
 */
export enum LateWorkspaces {
  /**
   * The deployment succeeds; the users are named in `lateUsers`. Their desktops exist, have ids, and become available later.
   *
   * A user for whom nothing was created yet is never late: that is a failure.
   */
  ACCEPT = 'ACCEPT',

  /** The deployment fails, and its rollback removes what it created. */
  FAIL = 'FAIL',
}
