/**
 * What happens to the desktops of users who leave the list.
 */
export enum RemovedUsers {
  /** They are terminated, within `terminationLimit`: what is on them is lost for ever. Those that were adopted are released. */
  TERMINATE = 'TERMINATE',

  /**
   * They keep running, and bill, without the fleet's tag: from then on they have no owner, and are for people to look after,
   * or for a fleet that adopts them (`existingWorkspaces`).
   *
   * The rollback of the update takes them back.
   */
  RELEASE = 'RELEASE',
}
