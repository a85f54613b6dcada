import type { Feature } from './features';
import type { Guarantee } from './invariants';

/** A break of the handler that the search must find. */
export interface Mutation {
  /** The number of the guarantee that it breaks, as in `invariants.ts`. The search may report another one. */
  readonly guarantee: Guarantee;
  /** What the broken handler does, for the titles of tests. */
  readonly what: string;
  /** The file that it changes, in `lambda/`. */
  readonly file: string;
  /** The text that it replaces. It must occur exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** What the histories have in addition to lists of users. @default - nothing */
  readonly features?: readonly Feature[];
  /** Whether it is found in a few seconds, so that every run of the tests includes it. @default - only `mutations.exhaustive.ts` does */
  readonly isQuick?: boolean;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 1,
    what: 'treats every desktop that it finds as its own, whatever its tag says',
    file: 'act/look-up.ts',
    find: 'const ours = owner === fleet.fleetId;',
    replace: 'const ours = true;',
    isQuick: true,
  },
  {
    guarantee: 1,
    what: 'does not read tags again before it terminates desktops',
    file: 'act/ownership.ts',
    find: 'if (tags[OWNERSHIP_TAG] === fleet.fleetId) {',
    replace: 'if (tags !== undefined) {',
    isQuick: true,
  },
  {
    guarantee: 2,
    what: 'does not check the termination limit',
    file: 'decide/update-refusals.ts',
    find: 'if (removed.length <= limit) return undefined;\n  const wayOut',
    replace: 'return undefined;\n  const wayOut',
    isQuick: true,
  },
  {
    guarantee: 2,
    what: 'terminates desktops before all other users have theirs',
    file: 'reconcile/step.ts',
    find: "(terms.isIrreversible || verdictOnUsers(users, terms).kind === 'done')",
    replace: 'true',
    isQuick: true,
  },
  {
    guarantee: 2,
    what: 'does not ask CloudFormation whether an update was cancelled',
    file: 'reconcile/irreversible-phase.ts',
    find: 'return !/^(CREATE|UPDATE)_IN_PROGRESS$/.test(await this.services.stackStatus(this.operation.event.StackId));',
    replace: 'return false;',
  },
  {
    guarantee: 2,
    what: 'treats every update as a rollback',
    file: 'reconcile/stack-operation.ts',
    find: 'const rollsBack = isRollback(status) &&',
    replace: 'const rollsBack = status !== undefined &&',
  },
  {
    guarantee: 2,
    what: 'terminates desktops that should be released',
    file: 'request/resource-properties.ts',
    find: "removedUsers: properties.RemovedUsers ?? 'REFUSE',",
    replace: "removedUsers: 'TERMINATE',",
  },
  {
    guarantee: 2,
    what: 'carries out an update that removes users, although the template refuses that',
    file: 'decide/update-refusals.ts',
    find: "return removedUsers === 'REFUSE' ?",
    replace: 'return removedUsers === undefined ?',
    features: ['refuse'],
  },
  {
    guarantee: 3,
    what: 'acts for an event although a newer one has come',
    file: 'reconcile/run-step.ts',
    find: 'if (!row || isCurrent(row, event)) return undefined;',
    replace: 'return undefined;',
    isQuick: true,
  },
  {
    guarantee: 3,
    what: 'treats a repeated event as a new one',
    file: 'ledger/ledger.ts',
    find: 'if (fleet && joined !== undefined) return joined === fleet.generation;',
    replace: 'event = { ...event, id: event.id + now };',
    isQuick: true,
  },
  {
    guarantee: 3,
    what: 'lets two steps work at once',
    file: 'ledger/lease.ts',
    find: "ConditionExpression: 'attribute_not_exists(#until) OR #until < :now OR #holder = :holder',",
    replace: "ConditionExpression: 'attribute_not_exists(#until) OR #until < :now OR #until >= :now',",
  },
  {
    guarantee: 4,
    what: 'does not record the users of a CreateWorkspaces call before the call',
    file: 'ledger/fleet-records.ts',
    find: 'begun = await ledger.addCall(key, generation, begun, replaces);',
    replace: '',
  },
  {
    guarantee: 4,
    what: 'assumes that a call did nothing if its answer was lost',
    file: 'act/create-desktops.ts',
    find: "if (failure === 'unknown') return 'unknown';",
    replace: "if (failure === 'unknown') { await close([]); return 'unknown'; }",
  },
  {
    guarantee: 4,
    what: 'fails the deployment when a step dies',
    file: 'entries/is-complete.ts',
    find: 'if (clock.now() > event.Deadline + GRACE) {',
    replace: 'if (clock.now() > 0) {',
    isQuick: true,
  },
  {
    guarantee: 4,
    what: 'treats a new desktop as gone as soon as it is not visible',
    file: 'decide/observe.ts',
    find: 'return now.now - user.madeAt < (isAccepted ? INVISIBLE_FOR : ABSENT_FOR) ? record : gone(user, now);',
    replace: 'return gone(user, now);',
    isQuick: true,
  },
  {
    guarantee: 5,
    what: 'does not count refused users',
    file: 'decide/verdict.ts',
    find: "if (phase === 'refused') return [{ userName, code: failure!.code, message: failure!.message }];",
    replace: "if (phase === 'refused') return [];",
    isQuick: true,
  },
  {
    guarantee: 5,
    what: 'treats a desktop that is being built as ready',
    file: 'decide/observe.ts',
    find: "const isReady = waitFor === 'EXISTS' ||",
    replace: 'const isReady = true ||',
    isQuick: true,
  },
  {
    guarantee: 5,
    what: 'tolerates one refused user too many',
    file: 'request/resource-properties.ts',
    find: 'tolerated: toleranceOf(properties.FailureTolerance, desired.size),',
    replace: 'tolerated: toleranceOf(properties.FailureTolerance, desired.size) + 1,',
  },
  {
    guarantee: 5,
    what: 'records a changed setting without asking WorkSpaces for it',
    file: 'act/apply-settings.ts',
    find: 'await api.modify(record.id, asked);',
    replace: '',
    features: ['settings'],
  },
  {
    guarantee: 5,
    what: 'does not write tags again if it is unsure whether they were written',
    file: 'act/apply-settings.ts',
    find: 'const between: DesktopSettings = { ...from, Tags: { ...from.Tags, ...unsure } };',
    replace: 'const between: DesktopSettings = next.settings;',
    features: ['settings'],
  },
  {
    guarantee: 4,
    what: 'treats the old desktop as the only one if the answer to a migration was lost',
    file: 'act/migrate.ts',
    find: 'records.setWith(key, { ...record, migrating }, { ...recordedSettings!, BundleId: bundle });',
    replace: 'records.setWith(key, record, { ...recordedSettings!, BundleId: bundle });',
    features: ['bundle-change'],
  },
  {
    guarantee: 6,
    what: 'waits for late desktops without a time limit',
    file: 'decide/verdict.ts',
    find: "const isDue = terms.now >= terms.deadline || (terms.isIrreversible && terms.request.bundleChange !== 'REPLACE');",
    replace: 'const isDue = terms.isIrreversible;',
    isQuick: true,
  },
  {
    guarantee: 6,
    what: 'never fails the deployment if its steps do not finish the fleet in time',
    file: 'entries/is-complete.ts',
    find: 'if (clock.now() <= event.Deadline + LONG_GRACE) return { IsComplete: false };',
    replace: 'if (clock.now() > 0) return { IsComplete: false };',
    isQuick: true,
  },
  {
    guarantee: 7,
    what: 'finishes a delete although desktops are still there, or may still be created',
    file: 'decide/verdict.ts',
    find: ".filter(isRecorded).filter(({ record }) => record.state !== 'refused');",
    replace: ".filter(isRecorded).filter(({ record }) => record.state === 'owned' || (record.state === 'terminating' && !isAccepted(record)));",
  },
  {
    guarantee: 7,
    what: 'terminates retained desktops together with those that a failed create made',
    file: 'reconcile/retained-desktops.ts',
    find: 'const wasRetained = madeIn <= retainedUpTo ||',
    replace: 'const wasRetained = false &&',
    isQuick: true,
  },
  {
    guarantee: 7,
    what: 'does not recognize a rollback',
    file: 'aws/stack-status.ts',
    find: 'return /ROLLBACK.*IN_PROGRESS/.test(status);',
    replace: "return status === '';",
    isQuick: true,
  },
  {
    guarantee: 7,
    what: 'does not undo releases in a rollback',
    file: 'decide/plan.ts',
    find: '...built.filter((each) => isToReclaim(each, terms)),',
    replace: '',
  },
];
