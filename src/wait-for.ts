/**
 * What a desktop must have reached before the deployment goes on.
 */
export enum WaitFor {
  /**
   * Built and healthy: the people can log in. Takes 10 to 20 minutes as a rule, up to an hour with an encrypted root volume.
   *
   * An auto-stop desktop that has already stopped again counts.
   */
  AVAILABLE = 'AVAILABLE',

  /**
   * The service has accepted it and given it an id. Takes seconds to minutes; a desktop that fails to build later goes unnoticed.
   */
  EXISTS = 'EXISTS',
}
