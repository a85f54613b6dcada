/**
 * The state that each desktop must reach before the deployment succeeds.
 */
export enum WaitFor {
  /**
   * The desktop is built, and its user can log in. This usually takes 10 to 20 minutes, and up to an hour with an encrypted root volume.
   *
   * An auto-stop desktop that has already stopped again has reached this state, too.
   */
  AVAILABLE = 'AVAILABLE',

  /**
   * WorkSpaces has accepted the request and given the desktop an id. This takes seconds to minutes. If a build fails later, the deployment
   * does not notice it.
   */
  EXISTS = 'EXISTS',
}
