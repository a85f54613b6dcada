/**
 * What happens to the desktops of users who leave the list.
 */
export enum RemovedUsers {
  /** They are terminated, within `terminationLimit`: what is on them is lost for ever. */
  TERMINATE = 'TERMINATE',

  /**
   * They keep running, and bill, without the fleet's tag: from then on they are nobody's, and for people to look after.
   *
   * The rollback of the update takes them back.
   */
  RELEASE = 'RELEASE',
}
