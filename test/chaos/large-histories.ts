import fc from 'fast-check';
import { type Feature, OWN_HISTORIES } from './features';
import { type Change, type Circumstances, crowd, type Deploy, type History, type HistoryFault, NOBODY, type Operation, PLAIN, PLAIN_CHANGE, POOLS, type Remove } from './history';

/** The histories of features that have their own. They are short, because each has much to do. */
export function largeHistories(features: readonly Feature[]): fc.Arbitrary<History>[] {
  return OWN_HISTORIES.filter((each) => features.includes(each)).map((each) => KINDS[each]);
}

const WORLD: Circumstances = { invisibleFor: 4, buildTime: 25, terminateTime: 300, pendingOrder: 'request', tagsOfUnknown: 'error' };
const PATIENT: Change = { ...PLAIN_CHANGE, tolerance: '100%', limit: 'unlimited' };

const deploy = (changes: readonly Change[], more: Partial<Deploy> = {}): Deploy => ({ ...PLAIN, changes, ...more });
const remove = (fleet: number, faults: readonly HistoryFault[] = []): Remove => ({ kind: 'remove', fleet, keep: false, faults, acts: [] });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const kills = (...operations: string[]): fc.Arbitrary<HistoryFault[]> => fc.array(fc.record({
  operation: fc.constantFrom(...operations),
  how: fc.constantFrom('kill-after' as const, 'kill-before' as const, 'kill-after' as const, 'lose' as const),
  after: fc.nat(5),
  times: fc.constantFrom(1, 1, 2),
}), { minLength: 1, maxLength: 3 });

/** A step cannot do all, and often the deployment cannot. */
const crowds: fc.Arbitrary<History> = fc.record({
  slowCalls: fc.constantFrom(12, 12, 5),
  buildTime: fc.constantFrom(25, 400),
  users: fc.integer({ min: 15, max: 90 }),
  settled: fc.constantFrom(0, 0.5, 1),
  timeout: fc.constantFrom(300, 600, 900, 1_800),
  waitFor: fc.constantFrom('AVAILABLE' as const, 'EXISTS' as const),
  faults: fc.oneof(fc.constant([]), kills('*', 'CreateWorkspaces', 'DescribeTags', 'CreateTags')),
  otherFails: rarely(fc.integer({ min: 10, max: 900 })),
  loses: rarely(fc.constantFrom('calls' as const, 'fleet' as const, 'one' as const)),
  then: fc.array(fc.record({
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    share: fc.constantFrom(0.1, 0.3, 0.6),
    removedUsers: fc.constantFrom<Change['removedUsers'][]>(undefined, 'RELEASE'),
    settings: maybe(fc.nat(5)),
    timeout: fc.constantFrom(300, 600, 900, 1_800),
    otherFails: rarely(fc.integer({ min: 10, max: 900 })),
  }), { minLength: 1, maxLength: 2 }),
  end: fc.oneof(fc.constant([]), kills('*', 'TerminateWorkspaces', 'DeleteTags', 'DeleteItem')),
  isDenied: rarely(fc.constant(true)),
}).map(({ slowCalls, buildTime, users, settled, timeout, waitFor, faults, otherFails, loses, then, end, isDenied }) => {
  const all = crowd(0, users);
  const operations: Operation[] = [
    { kind: 'settle in', users: all.slice(0, Math.floor(users * settled)) },
    deploy([{ ...PATIENT, toggle: all, timeout, waitFor, adopt: true }], { faults, otherFails }),
    ...(loses ? [{ kind: 'lose rows' as const, fleet: 0, which: loses }] : []),
    ...then.map(({ from, share, removedUsers, settings, timeout: next, otherFails: fails }) => {
      const first = Math.floor(from * (users - 1));
      const toggle = all.slice(first, first + Math.ceil(share * users));
      return deploy([{ ...PATIENT, toggle, removedUsers, settings, timeout: next, waitFor }], { otherFails: fails });
    }),
    isDenied ? { ...remove(0), troubles: [{ what: 'denied', operation: 'DeleteTags', from: 0, lasts: Infinity }] } : remove(0, end),
  ];
  return { world: { ...WORLD, slowCalls, buildTime }, operations };
});

/** Some fleets have more to do than there is time for, and others little. */
const manyFleets: fc.Arbitrary<History> = fc.record({
  slowCalls: fc.constantFrom(5, 8, 12),
  sizes: fc.array(fc.constantFrom(2, 5, 40, 60), { minLength: 3, maxLength: 5 }),
  settled: fc.constantFrom(1, 1, 0.5),
  timeouts: fc.array(fc.constantFrom(1_200, 3_000, 3_000, 3_300), { minLength: 5, maxLength: 5 }),
  faults: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: kills('*', 'UpdateItem', 'DescribeTags') }),
  again: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
}).map(({ slowCalls, sizes, settled, timeouts, faults, again }) => {
  const fleets = sizes.map((size, i) => ({ fleet: i, users: crowd(i, size), timeout: timeouts[i] }));
  const operations: Operation[] = [
    { kind: 'settle in', users: fleets.filter(({ users }) => users.length > 5).flatMap(({ users }) => users.slice(0, users.length * settled)) },
    deploy(fleets.map(({ fleet, users, timeout }) => ({ ...PATIENT, fleet, toggle: users, timeout, adopt: users.length > 5 })), { faults }),
    deploy(fleets.filter((_, i) => again[i]).map(({ fleet, users, timeout }) => (
      { ...PATIENT, fleet, toggle: users.slice(0, 1), settings: 5, timeout, refresh: 1 }
    ))),
  ];
  return { world: { ...WORLD, slowCalls }, operations };
});

/** A fleet that has grown in many deployments has many rows. */
const cleanUp: fc.Arbitrary<History> = fc.record({
  slowCalls: fc.constantFrom(0, 8, 12),
  sizes: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 3, maxLength: 6 }),
  /** While it grows. */
  before: maybe(kills('PutItem', 'UpdateItem', 'CreateWorkspaces')),
  faults: kills('DeleteItem', 'DeleteItem', 'UpdateItem', 'TerminateWorkspaces', 'PutItem'),
  again: maybe(kills('DeleteItem', 'DeleteItem', 'UpdateItem', 'PutItem')),
}).map(({ slowCalls, sizes, before, faults, again }) => {
  let from = 0;
  const operations: Operation[] = sizes.map((size) => {
    const toggle = crowd(0, size, from);
    from += size;
    return deploy([{ ...PATIENT, toggle, waitFor: 'EXISTS' }], { faults: before ?? [] });
  });
  const more = again ? [deploy([{ ...PATIENT, toggle: crowd(0, 10) }]), remove(0, again)] : [];
  return { world: { ...WORLD, slowCalls }, operations: [...operations, remove(0, faults), ...more] };
});

const quota: fc.Arbitrary<History> = fc.record({
  slowCalls: fc.constantFrom(0, 0, 8),
  users: fc.integer({ min: 30, max: 90 }),
  share: fc.constantFrom(0, 0.2, 0.7),
  quotaScope: fc.constantFrom('call' as const, 'call' as const, 'item' as const),
  tolerance: fc.constantFrom('100%', '100%', '100%', '50%'),
  timeout: fc.constantFrom(600, 3_000),
  settings: fc.constantFrom(undefined, 3),
}).map(({ slowCalls, users, share, quotaScope, tolerance, timeout, settings }) => ({
  world: { ...WORLD, slowCalls, quota: Math.floor(users * share) + 1, quotaScope },
  operations: [
    deploy([{ ...PATIENT, toggle: crowd(0, users), tolerance, timeout }]),
    deploy([{ ...PATIENT, toggle: crowd(0, 5), settings, tolerance, timeout }]),
  ],
}));

/** In each deployment, somebody is refused, or comes, or leaves. */
const manyDeployments: fc.Arbitrary<History> = fc.array(fc.record({
  toggle: fc.subarray([...POOLS[0], NOBODY], { minLength: 1, maxLength: 3 }),
  refresh: fc.nat(1),
  removedUsers: fc.constantFrom<Change['removedUsers'][]>(undefined, undefined, 'RELEASE'),
  otherFails: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constant(Infinity) }),
}), { minLength: 15, maxLength: 30, size: 'max' }).map((all) => ({
  world: WORLD,
  operations: all.map(({ otherFails, ...change }) => deploy([{ ...PATIENT, ...change, waitFor: 'EXISTS' }], { otherFails })),
}));

/** Each user has tags of full length, and other ones than everybody else. */
const heavyTags: fc.Arbitrary<History> = fc.record({
  users: fc.integer({ min: 24, max: 30 }),
  heavy: fc.constantFrom(25, 40, 40),
  faults: fc.oneof(fc.constant([]), kills('*', 'PutItem', 'CreateWorkspaces')),
  loses: maybe(fc.constantFrom('calls' as const, 'fleet' as const, 'one' as const)),
  settled: fc.constantFrom(0, 0, 0, 1),
  settings: maybe(fc.nat(5)),
  then: maybe(fc.constantFrom(0, 10, 40)),
  otherFails: maybe(fc.constantFrom(Infinity, 100)),
}).map(({ users, heavy, faults, loses, settled, settings, then, otherFails }) => {
  const all = crowd(0, users);
  return {
    world: WORLD,
    operations: [
      { kind: 'settle in' as const, users: all.slice(0, users * settled) },
      deploy([{ ...PATIENT, toggle: all, heavy, adopt: true }], { faults }),
      ...(loses ? [{ kind: 'lose rows' as const, fleet: 0, which: loses }] : []),
      deploy([{ ...PATIENT, toggle: all.slice(0, 2), heavy: then ?? heavy, settings }], { otherFails }),
    ],
  };
});

const KINDS: Readonly<Record<(typeof OWN_HISTORIES)[number], fc.Arbitrary<History>>> = {
  'crowds': crowds, 'many-fleets': manyFleets, 'clean-up': cleanUp, quota, 'many-deployments': manyDeployments, 'heavy-tags': heavyTags,
};
