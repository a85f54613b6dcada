/**
 * The kinds of changes that histories may contain. A kind that the handler does not support is not in `FEATURES`. Its generator and its
 * checks exist, so adding its name turns it on.
 */
export type Feature =
  | 'two-fleets'
  | 'release'
  /** `RemovedUsers.refuse()`, in addition to the others. */
  | 'refuse'
  | 'others'
  | 'faults'
  | 'concurrent-events'
  /** An update whose event arrives after the event of its rollback. */
  | 'overtaken-events'
  /** The ledger's table carries out a write after the provider has stopped waiting for it. */
  | 'late-writes'
  /** Other settings for existing desktops: running mode, compute type, volumes, tags. */
  | 'settings'
  /** Another bundle, with each choice of `BundleChange`. */
  | 'bundle-change'
  /** `ExistingWorkspaces`. */
  | 'adopt';

/** Changes of lists of users, and what happens to events. The search for mutations uses these. */
export const LISTS: readonly Feature[] = ['two-fleets', 'release', 'others', 'faults', 'concurrent-events'];

export const FEATURES: readonly Feature[] = [...LISTS, 'refuse', 'settings', 'bundle-change', 'adopt'];

/**
 * The changes of existing desktops that the handler supports. It must refuse any other before it changes anything. Histories that ask for
 * others are played, too, because the refusal is a part of the guarantees.
 */
export const HANDLER_CAN: ReadonlySet<Feature> = new Set<Feature>(['settings', 'bundle-change', 'adopt']);
