import type { Feature } from './features';
import type { Guarantee } from './invariants';

/** A break of the handler that the search must find. */
export interface Mutation {
  /** What it breaks, as in the design; the search may see it as another one. */
  readonly guarantee: Guarantee;
  readonly what: string;
  /** In `lambda/`. */
  readonly file: string;
  /** Must be there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What histories are made of, beside lists of users. @default - nothing */
  readonly features?: readonly Feature[];
  /** Found in a few seconds: for every run of the tests. @default - only `mutations.exhaustive.ts` hunts it */
  readonly isQuick?: boolean;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 1,
    what: 'takes what it finds for its own, whatever its tag',
    file: 'act/look-up.ts',
    find: 'const ours = owner === fleet.fleetId;',
    replace: 'const ours = true;',
    isQuick: true,
  },
  {
    guarantee: 1,
    what: 'does not read tags again before it terminates',
    file: 'act/ownership.ts',
    find: 'if (tags[OWNERSHIP_TAG] === fleet.fleetId) {',
    replace: 'if (tags !== undefined) {',
    isQuick: true,
  },
  {
    guarantee: 2,
    what: 'does not hold removals against the limit',
    file: 'decide/update-refusals.ts',
    find: 'if (removed.length <= limit) return undefined;\n  const wayOut',
    replace: 'return undefined;\n  const wayOut',
    isQuick: true,
  },
  {
    guarantee: 2,
    what: 'removes before everybody else has theirs',
    file: 'reconcile/step.ts',
    find: "(terms.isIrreversible || verdictOnUsers(users, terms).kind === 'done')",
    replace: 'true',
    isQuick: true,
  },
  {
    guarantee: 2,
    what: 'does not ask whether an update was cancelled',
    file: 'reconcile/irreversible-phase.ts',
    find: 'return !/^(CREATE|UPDATE)_IN_PROGRESS$/.test(await this.services.stackStatus(this.operation.event.StackId));',
    replace: 'return false;',
  },
  {
    guarantee: 2,
    what: 'takes every update for a rollback',
    file: 'reconcile/stack-operation.ts',
    find: 'const rollsBack = isRollback(status) &&',
    replace: 'const rollsBack = status !== undefined &&',
  },
  {
    guarantee: 2,
    what: 'terminates those who were to be released',
    file: 'request/resource-properties.ts',
    find: "removedUsers: properties.RemovedUsers ?? 'REFUSE',",
    replace: "removedUsers: 'TERMINATE',",
  },
  {
    guarantee: 2,
    what: 'lets users leave the list, although the template refuses that',
    file: 'decide/update-refusals.ts',
    find: "return removedUsers === 'REFUSE' ?",
    replace: 'return removedUsers === undefined ?',
    features: ['refuse'],
  },
  {
    guarantee: 3,
    what: 'lets an event act that a newer one has overtaken',
    file: 'reconcile/run-step.ts',
    find: 'return row !== undefined && row.events[eventId(event)] !== row.generation;',
    replace: 'return false;',
    isQuick: true,
  },
  {
    guarantee: 3,
    what: 'takes a repeated event for a new one',
    file: 'ledger/ledger.ts',
    find: 'if (fleet?.events[event.id] !== undefined) return fleet.current.startedAt;',
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
    what: 'does not note whom a call is for before it',
    file: 'act/create-desktops.ts',
    find: '  await ledger.addCall(fleet.key, fleet.generation, row);\n  records.add(row);\n  return row;',
    replace: '  records.add(row);\n  return row;',
  },
  {
    guarantee: 4,
    what: 'takes a call whose answer was lost for one that did nothing',
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
    what: 'forgets at once what a first look does not show',
    file: 'decide/observe.ts',
    find: 'return now.now - user.madeAt < (isAccepted ? INVISIBLE_FOR : ABSENT_FOR) ? record : gone(user, now);',
    replace: 'return gone(user, now);',
    isQuick: true,
  },
  {
    guarantee: 5,
    what: 'forgets the users whom it was refused',
    file: 'decide/verdict.ts',
    find: "if (phase === 'refused') return [{ userName, code: failure!.code, message: failure!.message }];",
    replace: "if (phase === 'refused') return [];",
    isQuick: true,
  },
  {
    guarantee: 5,
    what: 'takes a desktop that is being built for one that is ready',
    file: 'decide/observe.ts',
    find: "const isReady = waitFor === 'EXISTS' ||",
    replace: 'const isReady = true ||',
    isQuick: true,
  },
  {
    guarantee: 5,
    what: 'tolerates one more than it may',
    file: 'request/resource-properties.ts',
    find: 'tolerated: toleranceOf(properties.FailureTolerance, desired.size),',
    replace: 'tolerated: toleranceOf(properties.FailureTolerance, desired.size) + 1,',
  },
  {
    guarantee: 5,
    what: 'takes a setting for changed that it has not asked for',
    file: 'act/apply-settings.ts',
    find: 'await api.modify(record.id, asked);',
    replace: '',
    features: ['settings'],
  },
  {
    guarantee: 5,
    what: 'does not write the tags of which it does not know whether they were written',
    file: 'act/apply-settings.ts',
    find: 'const between: DesktopSettings = { ...from, Tags: { ...from.Tags, ...unsure } };',
    replace: 'const between: DesktopSettings = next.settings;',
    features: ['settings'],
  },
  {
    guarantee: 4,
    what: 'takes the one before for the only desktop when the answer to a migration was lost',
    file: 'act/migrate.ts',
    find: 'records.setWith(key, { ...record, migrating }, { ...recordedSettings!, BundleId: bundle });',
    replace: 'records.setWith(key, record, { ...recordedSettings!, BundleId: bundle });',
    features: ['bundle-change'],
  },
  {
    guarantee: 6,
    what: 'waits for late desktops as long as they take',
    file: 'decide/verdict.ts',
    find: "const isDue = terms.now >= terms.deadline || (terms.isIrreversible && terms.request.bundleChange !== 'REPLACE');",
    replace: 'const isDue = terms.isIrreversible;',
    isQuick: true,
  },
  {
    guarantee: 6,
    what: 'has no last word for steps that come to nothing',
    file: 'entries/is-complete.ts',
    find: 'if (clock.now() <= event.Deadline + LONG_GRACE) return { IsComplete: false };',
    replace: 'if (clock.now() > 0) return { IsComplete: false };',
    isQuick: true,
  },
  {
    guarantee: 7,
    what: 'is done with a delete before what it has asked to go has gone, or was made',
    file: 'decide/verdict.ts',
    find: ".filter(isRecorded).filter(({ record }) => record.state !== 'refused');",
    replace: ".filter(isRecorded).filter(({ record }) => record.state === 'owned' || (record.state === 'terminating' && !isAccepted(record)));",
  },
  {
    guarantee: 7,
    what: 'deletes what was retained with what a failed create had made',
    file: 'reconcile/retained-desktops.ts',
    find: 'const wasRetained = madeIn <= retainedUpTo ||',
    replace: 'const wasRetained = false &&',
    isQuick: true,
  },
  {
    guarantee: 7,
    what: 'does not know a rollback',
    file: 'aws/stack-status.ts',
    find: 'return /ROLLBACK.*IN_PROGRESS/.test(status);',
    replace: "return status === '';",
    isQuick: true,
  },
  {
    guarantee: 7,
    what: 'does not take back what it has released',
    file: 'decide/plan.ts',
    find: "...built.filter(({ record }) => record.state === 'released'),",
    replace: '',
  },
];
