import type { BulkWorkspacesProperties } from './private/contract';
import { BUNDLE_CHANGE } from './private/kinds';

/**
 * What an update does with a desktop whose user is to have another bundle.
 *
 * Desktops of new users are made from their bundle, and adopted desktops keep theirs, whatever this says.
 */
export class BundleChange {
  /** The update fails before anything is changed, and names the users: to change a bundle by mistake must not cost anybody their work. */
  public static refuse(): BundleChange {
    return new BundleChange('REFUSE');
  }

  /** Desktops that exist keep the bundle that they have; only new ones are made from the other. */
  public static newUsersOnly(): BundleChange {
    return new BundleChange('NEW_USERS_ONLY');
  }

  /**
   * WorkSpaces migrates the desktop: the user gets a new one, with a new id, and the service terminates the old one when the new one is there.
   *
   * The user volume is kept as of its last snapshot, which is up to 12 hours old. What is on the root volume is lost. It takes up to an hour,
   * comes last of all in the update, and a rollback cannot take it back. Adopted desktops are never migrated.
   *
   * @see https://docs.aws.amazon.com/workspaces/latest/adminguide/migrate-workspaces.html
   */
  public static migrate(): BundleChange {
    return new BundleChange('MIGRATE');
  }

  /**
   * The desktop is terminated, and another one made: what is on it is lost for ever.
   *
   * Counts against `terminationLimit`, comes last of all in the update, and a rollback cannot take it back. With `replace()`, an update may also
   * change the encryption and the key of desktops that exist, which it otherwise refuses. Adopted desktops are never replaced.
   */
  public static replace(): BundleChange {
    return new BundleChange('REPLACE');
  }

  private declare readonly kind: 'BundleChange';

  private constructor(answer: BulkWorkspacesProperties['BundleChange']) {
    BUNDLE_CHANGE.keep(this, answer);
  }
}
