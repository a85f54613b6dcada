/**
 * What an update does with a desktop whose user is to have another bundle.
 *
 * Desktops of new users are made from their bundle, and adopted desktops keep theirs, whatever this says.
 */
export enum BundleChange {
  /** The update fails before anything is changed, and names the users: to change a bundle by mistake must not cost anybody their work. */
  REFUSE = 'REFUSE',

  /** Desktops that exist keep the bundle that they have; only new ones are made from the other. */
  NEW_USERS_ONLY = 'NEW_USERS_ONLY',

  /**
   * WorkSpaces migrates the desktop: the user gets a new one, with a new id, and the service terminates the old one when the new one is there.
   *
   * The user volume is kept as of its last snapshot, which is up to 12 hours old. What is on the root volume is lost. It takes up to an hour,
   * comes last of all in the update, and a rollback cannot take it back. Adopted desktops are never migrated.
   *
   * @see https://docs.aws.amazon.com/workspaces/latest/adminguide/migrate-workspaces.html
   */
  MIGRATE = 'MIGRATE',

  /**
   * The desktop is terminated, and another one made: what is on it is lost for ever.
   *
   * Counts against `terminationLimit`, comes last of all in the update, and a rollback cannot take it back. With REPLACE, an update may also
   * change the encryption and the key of desktops that exist, which it otherwise refuses. Adopted desktops are never replaced.
   */
  REPLACE = 'REPLACE',
}
