/**
 * What histories may be made of. A kind of change that the handler refuses for now is off; its generator and its checks are there, so
 * that it is switched on by moving its name.
 */
export type Feature =
  | 'two-fleets'
  | 'release'
  /** `RemovedUsers.refuse()`, beside the others. */
  | 'refuse'
  | 'others'
  | 'faults'
  | 'concurrent-events'
  /** An update whose event arrives only after that of its rollback. */
  | 'overtaken-events'
  /** The ledger's table carries out a write after the provider has given it up. */
  | 'late-writes'
  /** Settings of desktops that exist: running mode, compute type, volumes, tags. */
  | 'settings'
  /** Another bundle, under each of `BundleChange`. */
  | 'bundle-change'
  /** `ExistingWorkspaces`. */
  | 'adopt';

/** Of lists of users and events: what breaks of the handler are looked for with. */
export const LISTS: readonly Feature[] = ['two-fleets', 'release', 'others', 'faults', 'concurrent-events'];

export const FEATURES: readonly Feature[] = [...LISTS, 'refuse', 'settings', 'bundle-change', 'adopt'];

/**
 * What the handler can do to desktops that exist. What is not here it must refuse before it changes anything, and histories in which
 * it is asked for are played all the same: the refusal is part of what is promised.
 */
export const HANDLER_CAN: ReadonlySet<Feature> = new Set<Feature>(['settings', 'bundle-change', 'adopt']);
