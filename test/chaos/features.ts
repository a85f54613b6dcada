/**
 * The kinds of changes that histories may contain. A kind that the handler does not support is not in `FEATURES`. Its generator and its
 * checks exist, so adding its name turns it on.
 */
export type Feature =
  | 'two-fleets'
  /** Users move from one of two fleets to the other. */
  | 'moves'
  | 'release'
  /** `RemovedUsers.refuse()`, in addition to the others. */
  | 'refuse'
  | 'others'
  | 'faults'
  | 'concurrent-events'
  /** An update whose event arrives after the event of its rollback. */
  | 'overtaken-events'
  /** Somebody who may invoke the functions invents events, with any date, in every state of the stack. */
  | 'forged-events'
  /** The ledger's table carries out a write after the provider has stopped waiting for it. */
  | 'late-writes'
  /** Other settings for existing desktops: running mode, compute type, volumes, tags. */
  | 'settings'
  /** Another bundle, with each choice of `BundleChange`. */
  | 'bundle-change'
  /** `ExistingWorkspaces`. */
  | 'adopt'
  /** AWS denies an action, for all desktops or for one user's, for a while or for good. */
  | 'denials'
  /** Somebody else uses up the account's rate of calls for a while. */
  | 'throttling'
  /** What IAM, or the service, sees of a new desktop comes late. */
  | 'late-tags'
  /** Answers spell users' names in another way, or lack names and ids. */
  | 'spellings'
  /** Fleets in which only some desktops were broken before. */
  | 'broken'
  /** Another stack adopts the same desktops in the same seconds. */
  | 'rivals'
  /** Creates that are cancelled right after a function has died in them. */
  | 'early-rollbacks'
  /** Changes of desktops whose answer is lost. */
  | 'lost-changes'
  // Each of the following has histories of its own, beside those that the others make.
  /** Fleets of dozens of users, and calls that take so long that a step or a deployment cannot do all of them. */
  | 'crowds'
  /** Three or more fleets that have much to do at the same time. */
  | 'many-fleets'
  /** Functions die while a fleet with many rows is deleted. */
  | 'clean-up'
  /** The account may not have as many desktops as are asked for. */
  | 'quota'
  /** Dozens of deployments of a small fleet. */
  | 'many-deployments'
  /** Users with so many tags of their own that the ledger's items come near to DynamoDB's limit. */
  | 'heavy-tags';

/** Changes of lists of users, and what happens to events. */
export const LISTS: readonly Feature[] = ['two-fleets', 'release', 'others', 'faults', 'concurrent-events'];

/** What a small fleet and its desktops go through. */
export const SMALL: readonly Feature[] = [
  ...LISTS, 'refuse', 'settings', 'bundle-change', 'adopt', 'denials', 'throttling', 'late-tags', 'spellings', 'broken', 'rivals', 'early-rollbacks',
  'lost-changes', 'overtaken-events', 'forged-events', 'moves',
];

/** Those that have histories of their own. */
export const OWN_HISTORIES = ['crowds', 'many-fleets', 'clean-up', 'quota', 'many-deployments', 'heavy-tags'] as const satisfies readonly Feature[];

export const FEATURES: readonly Feature[] = [...SMALL, ...OWN_HISTORIES];

/**
 * The changes of existing desktops that the handler supports. It must refuse any other before it changes anything. Histories that ask for
 * others are played, too, because the refusal is a part of the guarantees.
 */
export const HANDLER_CAN: ReadonlySet<Feature> = new Set<Feature>(['settings', 'bundle-change', 'adopt']);
