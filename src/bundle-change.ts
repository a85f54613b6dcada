import type { BulkWorkspacesProperties } from './private/contract';
import { BUNDLE_CHANGE } from './private/kinds';

/**
 * What an update does with an existing desktop if its user gets another bundle.
 *
 * This does not apply to new users, whose desktops are created from the new bundle, or to adopted desktops, which keep their bundle.
 */
export class BundleChange {
  /** The update fails before it changes anything, and its message names the users. A bundle changed by mistake must not cost people their work. */
  public static refuse(): BundleChange {
    return new BundleChange('REFUSE');
  }

  /** Existing desktops keep their bundle. Only new desktops are created from the new one. */
  public static newUsersOnly(): BundleChange {
    return new BundleChange('NEW_USERS_ONLY');
  }

  /**
   * WorkSpaces migrates the desktop: it creates a new desktop with a new id for the user, and then terminates the old one.
   *
   * The new user volume is made from the last snapshot of the old one, which can be 12 hours old. Everything on the root volume is lost.
   * A migration can take an hour. The update migrates only after everything else has succeeded, because a rollback cannot undo a migration.
   * Adopted desktops are never migrated.
   *
   * @see https://docs.aws.amazon.com/workspaces/latest/adminguide/migrate-workspaces.html
   */
  public static migrate(): BundleChange {
    return new BundleChange('MIGRATE');
  }

  /**
   * The desktop is terminated, everything on it is lost, and the user gets a new desktop.
   *
   * Each replacement counts against `terminationLimit`. The update replaces desktops only after everything else has succeeded, because a
   * rollback cannot undo it. With `replace()`, an update can also change the encryption and the key of existing desktops, which it otherwise
   * refuses. Adopted desktops are never replaced.
   */
  public static replace(): BundleChange {
    return new BundleChange('REPLACE');
  }

  private declare readonly kind: 'BundleChange';

  private constructor(answer: BulkWorkspacesProperties['BundleChange']) {
    BUNDLE_CHANGE.keep(this, answer);
  }
}
