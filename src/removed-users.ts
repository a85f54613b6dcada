import type { BulkWorkspacesProperties } from './private/contract';
import { REMOVED_USERS } from './private/kinds';

/**
 * What an update does with the desktops of users who leave the list.
 *
 * It is about desktops that there were before the update. If an update fails, its rollback always removes what it had made.
 */
export class RemovedUsers {
  /**
   * The update fails before anything is changed, and names the users: a list that was cut by mistake must not cost anybody their work.
   *
   * This holds for adopted desktops as well. A user who has no desktop, or whose desktop somebody has terminated, may leave the list.
   */
  public static refuse(): RemovedUsers {
    return new RemovedUsers('REFUSE');
  }

  /** They are terminated, within `terminationLimit`: what is on them is lost for ever. Those that were adopted are released. */
  public static terminate(): RemovedUsers {
    return new RemovedUsers('TERMINATE');
  }

  /**
   * They keep running, and bill, without the fleet's tag: from then on they have no owner, and are for people to look after,
   * or for a fleet that adopts them (`existingWorkspaces`).
   *
   * The rollback of the update takes them back.
   */
  public static release(): RemovedUsers {
    return new RemovedUsers('RELEASE');
  }

  private declare readonly kind: 'RemovedUsers';

  private constructor(answer: BulkWorkspacesProperties['RemovedUsers']) {
    REMOVED_USERS.keep(this, answer);
  }
}
