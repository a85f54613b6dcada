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
    file: 'act.ts',
    find: 'const ours = owner === fleet.fleetId;',
    replace: 'const ours = true;',
    isQuick: true,
  },
  {
    guarantee: 1,
    what: 'does not read tags again before it terminates',
    file: 'act.ts',
    find: 'if (tags[OWNERSHIP_TAG] === place.fleet.fleetId) {',
    replace: 'if (tags !== undefined) {',
    isQuick: true,
  },
  {
    guarantee: 2,
    what: 'does not hold removals against the limit',
    file: 'changes.ts',
    find: 'if (removed.length <= limit) return undefined;',
    replace: 'return undefined;',
    isQuick: true,
  },
  {
    guarantee: 2,
    what: 'removes before everybody else has theirs',
    file: 'step.ts',
    find: "(terms.isRemoving || verdictOnUsers(subjects, terms).kind === 'done')",
    replace: 'true',
    isQuick: true,
  },
  {
    guarantee: 2,
    what: 'does not ask whether an update was cancelled',
    file: 'last-phase.ts',
    find: 'return !/^(CREATE|UPDATE)_IN_PROGRESS$/.test(await this.stackStatus(this.event.StackId));',
    replace: 'return false;',
  },
  {
    guarantee: 2,
    what: 'takes every update for a rollback',
    file: 'occasion.ts',
    find: 'const is = isRollback(status) &&',
    replace: 'const is = status !== undefined &&',
  },
  {
    guarantee: 2,
    what: 'terminates those who were to be released',
    file: 'properties.ts',
    find: "releases: properties.RemovedUsers === 'RELEASE',",
    replace: 'releases: false,',
  },
  {
    guarantee: 3,
    what: 'lets an event act that a newer one has overtaken',
    file: 'step.ts',
    find: 'return fleet !== undefined && fleet.events[eventId(event)] !== fleet.generation;',
    replace: 'return false;',
    isQuick: true,
  },
  {
    guarantee: 3,
    what: 'takes a repeated event for a new one',
    file: 'ledger.ts',
    find: 'if (fleet?.events[event.id] !== undefined) return fleet.startedAt;',
    replace: 'event = { ...event, id: event.id + now };',
    isQuick: true,
  },
  {
    guarantee: 3,
    what: 'lets two steps work at once',
    file: 'lease.ts',
    find: "ConditionExpression: 'attribute_not_exists(#until) OR #until < :now OR #holder = :holder',",
    replace: "ConditionExpression: 'attribute_not_exists(#until) OR #until < :now OR #until >= :now',",
  },
  {
    guarantee: 4,
    what: 'does not note whom a call is for before it',
    file: 'act.ts',
    find: '  await ledger.addCall(fleet, generation, row);\n  state.add(row);\n  return row;',
    replace: '  state.add(row);\n  return row;',
  },
  {
    guarantee: 4,
    what: 'takes a call whose answer was lost for one that did nothing',
    file: 'act.ts',
    find: "if (failure === 'unknown') return 'unknown';",
    replace: "if (failure === 'unknown') { await close([]); return 'unknown'; }",
  },
  {
    guarantee: 4,
    what: 'fails the deployment when a step dies',
    file: 'is-complete.ts',
    find: 'if (clock.now() > (event.Deadline ?? Infinity) + GRACE) {',
    replace: 'if (clock.now() > 0) {',
    isQuick: true,
  },
  {
    guarantee: 4,
    what: 'forgets at once what a first look does not show',
    file: 'observe.ts',
    find: 'return now.now - subject.madeAt! < patience ? member : gone(subject, now);',
    replace: 'return gone(subject, now);',
    isQuick: true,
  },
  {
    guarantee: 5,
    what: 'forgets the users whom it was refused',
    file: 'verdict.ts',
    find: "if (phase === 'refused') return [{ userName, code: failure!.code, message: failure!.message }];",
    replace: "if (phase === 'refused') return [];",
    isQuick: true,
  },
  {
    guarantee: 5,
    what: 'takes a desktop that is being built for one that is ready',
    file: 'observe.ts',
    find: "const isReady = waitFor === 'EXISTS' ||",
    replace: 'const isReady = true ||',
    isQuick: true,
  },
  {
    guarantee: 5,
    what: 'tolerates one more than it may',
    file: 'properties.ts',
    find: 'tolerated: toleranceOf(properties.FailureTolerance, wanted.size),',
    replace: 'tolerated: toleranceOf(properties.FailureTolerance, wanted.size) + 1,',
  },
  {
    guarantee: 5,
    what: 'takes a setting for changed that it has not asked for',
    file: 'change.ts',
    find: 'await api.modify(member!.id!, asked);',
    replace: '',
    features: ['settings'],
  },
  {
    guarantee: 5,
    what: 'does not write the tags of which it does not know whether they were written',
    file: 'change.ts',
    find: 'const between: DesktopSettings = { ...from, Tags: { ...from.Tags, ...unsure } };',
    replace: 'const between: DesktopSettings = next.settings;',
    features: ['settings'],
  },
  {
    guarantee: 4,
    what: 'takes the one before for the only desktop when the answer to a migration was lost',
    file: 'migrate.ts',
    find: 'state.setWith(key, { ...member!, migrating }, { ...madeWith!, BundleId: bundle });',
    replace: 'state.setWith(key, member!, { ...madeWith!, BundleId: bundle });',
    features: ['bundle-change'],
  },
  {
    guarantee: 6,
    what: 'waits for late desktops as long as they take',
    file: 'verdict.ts',
    find: "const isDue = terms.now >= terms.deadline || (terms.isRemoving && terms.request.bundleChange !== 'REPLACE');",
    replace: 'const isDue = terms.isRemoving;',
    isQuick: true,
  },
  {
    guarantee: 6,
    what: 'has no last word for steps that come to nothing',
    file: 'is-complete.ts',
    find: 'if (clock.now() <= (event.Deadline ?? Infinity) + LONG_GRACE) return { IsComplete: false };',
    replace: 'if (clock.now() > 0) return { IsComplete: false };',
    isQuick: true,
  },
  {
    guarantee: 7,
    what: 'is done with a delete before what it has asked to go has gone, or was made',
    file: 'verdict.ts',
    find: 'return subjects.filter(({ wanted, member }) => !wanted && !member?.untagged && (member?.id || member?.unknown));',
    replace: 'return subjects.filter(({ wanted, member }) => !wanted && !member?.untagged && member?.id && member.terminatedAt === undefined);',
  },
  {
    guarantee: 7,
    what: 'deletes what was kept with what a failed create had made',
    file: 'let-be.ts',
    find: 'const wasKept = madeIn! <= retained(place, occasion, undone) ||',
    replace: 'const wasKept = false &&',
    isQuick: true,
  },
  {
    guarantee: 7,
    what: 'does not know a rollback',
    file: 'stack-status.ts',
    find: 'return /ROLLBACK.*IN_PROGRESS/.test(status);',
    replace: "return status === '';",
    isQuick: true,
  },
  {
    guarantee: 7,
    what: 'does not take back what it has released',
    file: 'plan.ts',
    find: '...subjects.filter(({ wanted: isWanted, member }) => isWanted && member?.releasedIn !== undefined),',
    replace: '',
  },
];
