import fc from 'fast-check';
import { type Feature, FEATURES, SMALL } from './features';
import { type Act, type Change, type Deploy, type Forgery, type History, NOBODY, type Operation, PLAIN, PLAIN_CHANGE, POOLS, type Remove, SETTINGS, USERS } from './history';
import { largeHistories } from './large-histories';
import { type Trouble, troubles } from './troubles';
import type { FaultKind } from '../../local/faults';

const FAULTY = [
  '*', '*', 'CreateWorkspaces', 'TerminateWorkspaces', 'DescribeWorkspaces', 'DescribeTags', 'CreateTags', 'DeleteTags',
  'GetItem', 'UpdateItem', 'PutItem', 'Query', 'DeleteItem', 'DescribeStacks', 'DescribeStackEvents',
];
const HOWS: readonly FaultKind[] = ['kill-after', 'kill-before', 'lose', 'refuse', 'throttle', 'slow', 'late'];

/** So many histories of small fleets come to each large history. */
const SMALL_FLEETS = 12;

/** Generates histories that contain these features. */
export function histories(features: readonly Feature[] = FEATURES): fc.Arbitrary<History> {
  const large = largeHistories(features);
  if (large.length === 0) return smallHistories(features);
  if (!features.some((each) => SMALL.includes(each))) return fc.oneof(...large);
  const small = { weight: SMALL_FLEETS * large.length, arbitrary: smallHistories(features) };
  return fc.oneof(small, ...large.map((arbitrary) => ({ weight: 1, arbitrary })));
}

function smallHistories(features: readonly Feature[]): fc.Arbitrary<History> {
  const has = (feature: Feature) => features.includes(feature);
  const fleet = has('two-fleets') ? fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) }) : fc.constant(0);
  const mostly = <T>(usual: T, ...rare: T[]) => (
    fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.constantFrom(...rare) })
  );
  const rarely = <T>(arbitrary: fc.Arbitrary<T>, isOn = true) => (
    isOn ? fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary }) : fc.constant(undefined)
  );

  const faults = has('faults') ? fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, {
    weight: 1,
    arbitrary: fc.array(fc.record({
      operation: fc.constantFrom(...FAULTY),
      how: fc.constantFrom(...HOWS),
      after: fc.oneof(fc.nat(3), fc.nat(60)),
      times: mostly(1, 2, 4),
    }), { minLength: 1, maxLength: 3 }),
  }) : fc.constant([]);
  const act = fc.record({
    what: fc.constantFrom<Act['what']>('terminate', 'stop', 'untag', 'steal', 'make', 'suspend', 'give back', 'break'),
    user: fc.constantFrom(...USERS),
  });
  const acts = has('others') ? fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, {
    weight: 1,
    arbitrary: fc.array(fc.tuple(act, fc.nat(400)).map(([each, after]) => ({ ...each, after })), { minLength: 1, maxLength: 2 }),
  }) : fc.constant([]);
  const [denials, throttling] = [has('denials'), has('throttling')];
  const met = (what: 'deploy' | 'remove'): fc.Arbitrary<readonly Trouble[]> => (denials || throttling
    ? fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: troubles(USERS, what, { denials, throttling }) })
    : fc.constant([])
  );
  const again = rarely(fc.constantFrom(0, 1, 45, 600), has('concurrent-events'));

  const forgery: fc.Arbitrary<Forgery> = fc.record({
    fleet,
    type: fc.constantFrom('Create' as const, 'Update' as const, 'Delete' as const),
    dated: fc.constantFrom(0, -30, 3_600, 1e9, -20_000, undefined),
  });
  const forgeries = has('forged-events') ? fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, {
    weight: 1,
    arbitrary: fc.array(fc.tuple(forgery, fc.nat(400)).map(([each, after]) => ({ ...each, after })), { minLength: 1, maxLength: 2 }),
  }) : fc.constant([]);

  const change: fc.Arbitrary<Change> = fleet.chain((which) => fc.record({
    fleet: fc.constant(which),
    toggle: fc.tuple(fc.subarray([...POOLS[which]], { maxLength: 3 }), mostly<string[]>([], [NOBODY])).map((parts) => parts.flat()),
    removedUsers: fc.constantFrom<Change['removedUsers'][]>(
      undefined, undefined, ...has('release') ? ['RELEASE' as const] : [], ...has('refuse') ? ['REFUSE' as const] : [],
    ),
    limit: mostly('unlimited', undefined, '0', '1', '2', '50%'),
    tolerance: mostly('0', '1', '50%'),
    waitFor: mostly('AVAILABLE' as const, 'EXISTS' as const),
    late: mostly('ACCEPT' as const, 'FAIL' as const),
    timeout: mostly(3000, 600, 3300),
    refresh: fc.nat(1),
    settings: fc.oneof(
      { weight: 12, arbitrary: fc.constant(undefined) },
      { weight: has('settings') ? 12 : 1, arbitrary: fc.nat(SETTINGS.length - 2) },
      { weight: has('bundle-change') ? 6 : 1, arbitrary: fc.constant(SETTINGS.length - 1) },
    ),
    bundleChange: rarely(fc.constantFrom('NEW_USERS_ONLY' as const, 'MIGRATE' as const, 'REPLACE' as const), has('bundle-change')),
    adopt: rarely(fc.constant(true), has('adopt')),
    again,
    delay: rarely(fc.constantFrom(30, 90, 300), has('overtaken-events')),
    resent: rarely(fc.constantFrom(1, 30, 720), has('concurrent-events')),
  }));

  const deploy: fc.Arbitrary<Deploy> = fc.record({
    kind: fc.constant('deploy' as const),
    changes: has('two-fleets')
      ? fc.oneof({ weight: 4, arbitrary: change.map((one) => [one]) }, {
        weight: 1, arbitrary: fc.uniqueArray(change, { selector: (each) => each.fleet, minLength: 2, maxLength: 2 }),
      })
      : change.map((one) => [one]),
    otherFails: fc.oneof(
      { weight: 6, arbitrary: fc.constant(undefined) },
      { weight: 2, arbitrary: fc.constant(Infinity) },
      { weight: 2, arbitrary: fc.oneof(fc.nat(120), fc.nat(900)) },
    ),
    rollbackAfter: rarely(fc.constantFrom(60, 600), has('concurrent-events')),
    noRollback: mostly(false, true),
    troubles: met('deploy'),
    forgeries,
    faults,
    acts,
  });
  const remove: fc.Arbitrary<Remove> = fc.record({ kind: fc.constant('remove' as const), fleet, keep: mostly(false, true), troubles: met('remove'), again, resent: rarely(fc.constantFrom(1, 30, 720), has('concurrent-events')), faults, acts });

  const operation = fc.oneof(
    { weight: 10, arbitrary: deploy },
    { weight: 2, arbitrary: remove },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.constantFrom(1, 6, 20, 300) }) },
    ...(has('others') ? [{ weight: 3, arbitrary: fc.record({ kind: fc.constant('others' as const), act }) }] : []),
    ...(has('broken') ? [{ weight: 4, arbitrary: fc.constantFrom(...USERS).map((user) => ({ kind: 'others' as const, act: { what: 'break' as const, user } })) }] : []),
    ...(has('early-rollbacks') ? [{ weight: 10, arbitrary: earlyRollback(change) }] : []),
    ...(has('moves') ? [{ weight: 4, arbitrary: move(deploy) }] : []),
    ...(has('lost-changes') ? [{ weight: 10, arbitrary: lostChange(change) }] : []),
    ...(has('forged-events') ? [{ weight: 2, arbitrary: fc.record({ kind: fc.constant('forge' as const), forgery }) }] : []),
    ...(has('concurrent-events') ? [{ weight: 1, arbitrary: fc.record({ kind: fc.constant('redeliver' as const), back: fc.nat(4), faults }) }] : []),
  );
  // Most histories begin with people who have a desktop.
  const beginning: fc.Arbitrary<Operation[]> = fc.subarray([...POOLS[0]]).map((toggle) => (
    toggle.length === 0 ? [] : [{ ...PLAIN, changes: [{ ...PLAIN_CHANGE, toggle }] }]
  ));
  return fc.record({
    world: fc.record({
      invisibleFor: fc.constantFrom(4, 0, 60),
      buildTime: fc.constantFrom(25, 90, 400),
      // At least five minutes. If a new desktop could be gone earlier, its absence would no longer mean that it is not visible yet.
      terminateTime: fc.constantFrom(300, 500),
      slowUser: rarely(fc.constantFrom(...USERS)),
      pendingOrder: fc.constantFrom('request', 'reversed'),
      tagsOfUnknown: fc.constantFrom('error', 'empty'),
      ...has('late-tags') && { tagsUnseenFor: rarely(fc.constantFrom(60, 200, 280)) },
      ...has('spellings') && {
        createdNames: rarely(fc.constantFrom('domain', 'principal', 'capitals', 'none')),
        shownNames: rarely(fc.constantFrom('domain', 'principal', 'capitals', 'none')),
        hidesTargets: rarely(fc.constant(true)),
      },
      ...has('rivals') && { rivalAfter: rarely(fc.constantFrom(1, 20)) },
    }),
    operations: fc.tuple(beginning, fc.array(operation, { minLength: 1, maxLength: 7, size: 'max' })).map((parts) => parts.flat()),
  });
}

/** A create whose function dies, or whose answer is lost, and which is cancelled before the desktops can be seen. */
function earlyRollback(change: fc.Arbitrary<Change>): fc.Arbitrary<Deploy> {
  return fc.record({
    kind: fc.constant('deploy' as const),
    changes: change.map((one) => [one]),
    otherFails: fc.integer({ min: 1, max: 60 }),
    noRollback: fc.constant(false),
    faults: fc.constantFrom<FaultKind>('kill-after', 'lose', 'late').map((how) => [{ operation: 'CreateWorkspaces', how, after: 0, times: 1 }]),
    acts: fc.constant([]),
  });
}

/** A user of both pools moves from the one fleet to the other, and perhaps others with them. */
function move(deploy: fc.Arbitrary<Deploy>): fc.Arbitrary<Deploy> {
  const [both] = POOLS[0].filter((user) => POOLS[1].includes(user));
  const users = fc.record({ from: fc.subarray([...POOLS[0]], { maxLength: 1 }), to: fc.subarray([...POOLS[1]], { maxLength: 1 }) });
  return fc.record({ deploy, users, late: fc.constantFrom(0, 0, 1) }).map(({ deploy: each, users: { from, to }, late }) => {
    const [change] = each.changes;
    const toggles = [[...new Set([both, ...from])], [...new Set([both, ...to])]];
    const changes = toggles.map((toggle, fleet): Change => ({ ...change, fleet, toggle, delay: fleet === late ? change.delay : undefined }));
    return { ...each, changes };
  });
}

/** A change of all desktops of a fleet. Its function dies, or an answer is lost, and it may be taken back. */
function lostChange(change: fc.Arbitrary<Change>): fc.Arbitrary<Deploy> {
  const MIGRATION = { settings: SETTINGS.length - 1, bundleChange: 'MIGRATE' as const };
  const [BY_TAGS, BY_PROPERTIES, BY_MIGRATION] = [['CreateTags', 'DeleteTags'], ['ModifyWorkspaceProperties'], ['MigrateWorkspace']];
  const which = fc.constantFrom<readonly [Partial<Change>, readonly string[]]>(
    [{ settings: SETTINGS.findIndex(({ Tags }) => Tags) }, BY_TAGS],
    [{ settings: 0 }, BY_TAGS],
    [{ settings: 1 }, BY_PROPERTIES],
    [MIGRATION, BY_MIGRATION],
  );
  return fc.record({
    change,
    which,
    operation: fc.nat(1),
    how: fc.constantFrom<FaultKind>('kill-after', 'lose', 'kill-before', 'late'),
    after: fc.nat(2),
    otherFails: fc.constantFrom(undefined, Infinity, 100),
  }).map(({ change: one, which: [asked, operations], operation, how, after, otherFails }) => ({
    ...PLAIN,
    changes: [{ ...one, toggle: one.toggle.slice(0, 1), ...asked }],
    otherFails,
    faults: [{ operation: operations[operation % operations.length], how, after, times: 1 }],
  }));
}
