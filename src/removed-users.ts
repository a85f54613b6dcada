import type { BulkWorkspacesProperties } from './private/contract';
import { REMOVED_USERS } from './private/kinds';

/**
 * What an update does with the desktops of users who leave the list.
 *
 * It applies to desktops that existed before the update. If an update fails, its rollback terminates the desktops that the update created,
 * whatever this says.
 *
 * A user who moves to the list of another fleet of the stack in the same deployment keeps the desktop, unless this refuses.
 */
export class RemovedUsers {
  /**
   * The update fails before it changes anything, and its message names the users. A list that was cut by mistake must not cost people their work.
   *
   * It fails for adopted desktops, too. A user who has no desktop, or whose desktop somebody has terminated, can leave the list.
   */
  public static refuse(): RemovedUsers {
    return new RemovedUsers('REFUSE');
  }

  /**
   * The desktops are terminated, and everything on them is lost. Adopted desktops are released instead.
   *
   * That happens in the clean-up of the update, when it can no longer be rolled back. Until then, nobody has lost a desktop.
   *
   * If the update would terminate more than `terminationLimit` allows, it fails before it changes anything.
   */
  public static terminate(): RemovedUsers {
    return new RemovedUsers('TERMINATE');
  }

  /**
   * The desktops stay, and are billed, without the fleet's tag. No fleet manages them any more, until one adopts them (`existingWorkspaces`).
   *
   * The tag is removed in the clean-up of the update, when it can no longer be rolled back.
   */
  public static release(): RemovedUsers {
    return new RemovedUsers('RELEASE');
  }

  private declare readonly kind: 'RemovedUsers';

  private constructor(answer: BulkWorkspacesProperties['RemovedUsers']) {
    REMOVED_USERS.keep(this, answer);
  }
}
