import fc from 'fast-check';
import { type Feature, FEATURES } from './features';
import type { FaultKind } from '../../local/faults';

/** Everything that is random. Playing a history twice gives the same result twice. */
export interface History {
  readonly world: Circumstances;
  readonly operations: readonly Operation[];
}

/** How WorkSpaces behaves in this history. */
export interface Circumstances {
  /** Seconds. */
  readonly invisibleFor: number;
  readonly buildTime: number;
  readonly terminateTime: number;
  /** The user whose desktop takes hours to build. */
  readonly slowUser?: string;
  readonly pendingOrder: 'request' | 'reversed';
  readonly tagsOfUnknown: 'error' | 'empty';
}

export type Operation =
  | Deploy
  | Remove
  | { readonly kind: 'others'; readonly act: Act }
  | { readonly kind: 'wait'; readonly minutes: number }
  | { readonly kind: 'redeliver'; readonly back: number; readonly faults: readonly HistoryFault[] };

/** An operation on the stack that creates or changes fleets. If a fleet or another resource fails, all of them are rolled back. */
export interface Deploy {
  readonly kind: 'deploy';
  readonly changes: readonly Change[];
  /** The seconds after which another resource of the stack fails. `Infinity`: it fails after the fleets have succeeded. */
  readonly otherFails?: number;
  /** The seconds from then until the fleets get their events, because other resources are rolled back first. */
  readonly rollbackAfter?: number;
  /** Whether a failed update is not rolled back (`cdk deploy --no-rollback`). */
  readonly noRollback: boolean;
  readonly faults: readonly HistoryFault[];
  readonly acts: readonly (Act & { readonly after: number })[];
}

/** A fleet is removed from the stack. Its desktops are deleted, unless `keep` is true. */
export interface Remove {
  readonly kind: 'remove';
  readonly fleet: number;
  readonly keep: boolean;
  /** Seconds between two deliveries of the event. */
  readonly again?: number;
  readonly faults: readonly HistoryFault[];
  readonly acts: readonly (Act & { readonly after: number })[];
}

/** A change of the properties of one fleet. Properties that are not given stay as they are. */
export interface Change {
  readonly fleet: number;
  /** Users who are on the list are removed from it, and the others are added. */
  readonly toggle: readonly string[];
  readonly removedUsers?: 'RELEASE' | 'REFUSE';
  readonly limit?: string;
  readonly tolerance: string;
  readonly waitFor: 'AVAILABLE' | 'EXISTS';
  readonly late: 'ACCEPT' | 'FAIL';
  readonly timeout: number;
  readonly refresh: number;
  /** Index into `SETTINGS`. */
  readonly settings?: number;
  readonly bundleChange?: 'NEW_USERS_ONLY' | 'MIGRATE' | 'REPLACE';
  readonly adopt?: boolean;
  /** Seconds from the event to its second delivery. */
  readonly again?: number;
  /** Seconds until the event is delivered the first time. */
  readonly delay?: number;
}

/** An action of somebody other than the handler. */
export interface Act {
  readonly what: 'terminate' | 'stop' | 'suspend' | 'untag' | 'steal' | 'give back' | 'make' | 'break';
  readonly user: string;
}

export interface HistoryFault {
  readonly operation: string;
  readonly how: FaultKind;
  /** The error of a call that is refused. @default - an internal error */
  readonly code?: string;
  readonly after: number;
  readonly times: number;
}

/** A user who is in no directory. */
export const NOBODY = 'nobody';
/** The users of each fleet. Those in both lists can move between the fleets. */
export const POOLS: readonly (readonly string[])[] = [['ana', 'bo', 'chen', 'dee'], ['emil', 'fay', 'chen']];
const USERS = [...new Set(POOLS.flat())];

export const BUNDLES = ['wsb-clj85qzj1', 'wsb-b0s22j3d7'];
/** The settings that a change can give to desktops. */
export const SETTINGS: readonly Readonly<Record<string, any>>[] = [
  {},
  { RunningMode: 'ALWAYS_ON' },
  { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: '120' },
  { ComputeTypeName: 'PERFORMANCE' },
  { RootVolumeSizeGib: '175', UserVolumeSizeGib: '100' },
  { Tags: { team: 'sales' } },
  { BundleId: BUNDLES[1] },
];

const PLAIN_CHANGE: Change = { fleet: 0, toggle: [], tolerance: '0', waitFor: 'AVAILABLE', late: 'ACCEPT', timeout: 3000, refresh: 0 };
const PLAIN: Deploy = { kind: 'deploy', changes: [PLAIN_CHANGE], noRollback: false, faults: [], acts: [] };

const FAULTY = [
  '*', '*', 'CreateWorkspaces', 'TerminateWorkspaces', 'DescribeWorkspaces', 'DescribeTags', 'CreateTags', 'DeleteTags',
  'GetItem', 'UpdateItem', 'PutItem', 'Query', 'DeleteItem', 'DescribeStacks', 'DescribeStackEvents',
];
const HOWS: readonly FaultKind[] = ['kill-after', 'kill-before', 'lose', 'refuse', 'throttle', 'slow', 'late'];

/** Generates histories that contain these features. */
export function histories(features: readonly Feature[] = FEATURES): fc.Arbitrary<History> {
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
  const again = rarely(fc.constantFrom(0, 1, 45, 600), has('concurrent-events'));

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
    faults,
    acts,
  });
  const remove: fc.Arbitrary<Remove> = fc.record({ kind: fc.constant('remove' as const), fleet, keep: mostly(false, true), again, faults, acts });

  const operation = fc.oneof(
    { weight: 10, arbitrary: deploy },
    { weight: 2, arbitrary: remove },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.constantFrom(1, 6, 20, 300) }) },
    ...(has('others') ? [{ weight: 3, arbitrary: fc.record({ kind: fc.constant('others' as const), act }) }] : []),
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
    }),
    operations: fc.tuple(beginning, fc.array(operation, { minLength: 1, maxLength: 7, size: 'max' })).map((parts) => parts.flat()),
  });
}

/** A text for people, with a line for each operation. */
export function show({ world, operations }: History): string {
  const given = (object: object) => Object.entries(object)
    .filter(([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => `${key} ${Array.isArray(value) ? value.join('+') : value}`).join(', ');
  const line = (operation: Operation): string => {
    switch (operation.kind) {
      case 'deploy': {
        const { kind, changes, faults, acts, ...how } = operation;
        return [`${kind}${given(how) && ` (${given(how)})`}`, ...changes.map((each) => `    ${given(each)}`), ...around(faults, acts)].join('\n');
      }
      case 'remove': {
        const { kind, faults, acts, ...how } = operation;
        return [`${kind} ${given(how)}`, ...around(faults, acts)].join('\n');
      }
      case 'others': return `somebody: ${operation.act.what} ${operation.act.user}`;
      case 'wait': return `wait ${operation.minutes} min`;
      case 'redeliver': return [`redeliver the event ${operation.back + 1} before the last`, ...around(operation.faults, [])].join('\n');
    }
  };
  const around = (faults: readonly HistoryFault[], acts: Deploy['acts']) => [
    ...faults.map(({ operation, how, code, after, times }) => `    fault: ${code ?? how} ${operation}, call ${after + 1}${times > 1 ? ` and ${times - 1} more` : ''}`),
    ...acts.map(({ what, user, after }) => `    after ${after} s somebody: ${what} ${user}`),
  ];
  return [`world: ${given(world)}`, ...operations.map((each, i) => `${String(i + 1).padStart(2)}. ${line(each)}`)].join('\n');
}
