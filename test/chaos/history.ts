import { type Trouble, troubleText } from './troubles';
import type { FaultKind } from '../../local/faults';
import type { WorkspacesOptions } from '../../local/workspaces';

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
  /** Seconds that every call of WorkSpaces takes. It acts at the end of them. */
  readonly slowCalls?: number;
  /** Seconds until policies see the tags of a new desktop. */
  readonly tagsUnseenFor?: number;
  readonly createdNames?: WorkspacesOptions['createdNames'];
  readonly shownNames?: WorkspacesOptions['shownNames'];
  /** Whether MigrateWorkspace does not say which desktop is new. */
  readonly hidesTargets?: boolean;
  /** Seconds after which another stack, which has seen the desktop without a tag, too, adopts each desktop that the handler adopts. */
  readonly rivalAfter?: number;
  readonly quota?: number;
  /** How the service refuses a desktop beyond the quota. */
  readonly quotaScope?: 'item' | 'call';
}

export type Operation =
  | Deploy
  | Remove
  | { readonly kind: 'others'; readonly act: Act }
  /** Somebody deletes rows of a fleet's ledger: its call rows, one of them, or the fleet's row, too. */
  | { readonly kind: 'lose rows'; readonly fleet: number; readonly which: 'calls' | 'one' | 'fleet' }
  /** Administrators have made desktops for these users. */
  | { readonly kind: 'settle in'; readonly users: readonly string[] }
  | { readonly kind: 'forge'; readonly forgery: Forgery }
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
  readonly troubles?: readonly Trouble[];
  readonly forgeries?: readonly (Forgery & { readonly after: number })[];
  readonly faults: readonly HistoryFault[];
  readonly acts: readonly (Act & { readonly after: number })[];
}

/** A fleet is removed from the stack. Its desktops are deleted, unless `keep` is true. */
export interface Remove {
  readonly kind: 'remove';
  readonly fleet: number;
  readonly keep: boolean;
  readonly troubles?: readonly Trouble[];
  /** Seconds between two deliveries of the event. */
  readonly again?: number;
  /** Seconds until the event is delivered the first time. */
  readonly delay?: number;
  /** Seconds until CloudFormation sends the event once more, with another URL. */
  readonly resent?: number;
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
  /** How many tags of full length each user has. */
  readonly heavy?: number;
  /** Seconds from the event to its second delivery. */
  readonly again?: number;
  /** Seconds until the event is delivered the first time. */
  readonly delay?: number;
  /** Seconds until CloudFormation sends the event once more, with another URL. */
  readonly resent?: number;
}

/** An event that CloudFormation has not sent. */
export interface Forgery {
  readonly fleet: number;
  readonly type: 'Create' | 'Update' | 'Delete';
  /** Seconds from now to its date; `undefined` if it has none. */
  readonly dated?: number;
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
export const USERS = [...new Set(POOLS.flat())];

/** The users of a large fleet. Nobody is in two of them. */
export function crowd(fleet: number, size: number, from = 0): string[] {
  return Array.from({ length: size }, (_, i) => `${'vwxyz'[fleet]}${String(from + i).padStart(3, '0')}`);
}

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

export const PLAIN_CHANGE: Change = { fleet: 0, toggle: [], tolerance: '0', waitFor: 'AVAILABLE', late: 'ACCEPT', timeout: 3000, refresh: 0 };
export const PLAIN: Deploy = { kind: 'deploy', changes: [PLAIN_CHANGE], noRollback: false, faults: [], acts: [] };

/** A text for people, with a line for each operation. */
export function show({ world, operations }: History): string {
  const given = (object: object) => Object.entries(object)
    .filter(([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => `${key} ${Array.isArray(value) ? several(value) : value}`).join(', ');
  const line = (operation: Operation): string => {
    switch (operation.kind) {
      case 'deploy': {
        const { kind, changes, faults, acts, troubles: met, forgeries, ...how } = operation;
        return [`${kind}${given(how) && ` (${given(how)})`}`, ...changes.map((each) => `    ${given(each)}`), ...around(faults, acts, met), ...(forgeries ?? []).map(forged)].join('\n');
      }
      case 'remove': {
        const { kind, faults, acts, troubles: met, ...how } = operation;
        return [`${kind} ${given(how)}`, ...around(faults, acts, met)].join('\n');
      }
      case 'others': return `somebody: ${operation.act.what} ${operation.act.user}`;
      case 'lose rows': return `somebody deletes rows of the ledger of fleet ${operation.fleet}: ${operation.which}`;
      case 'settle in': return `administrators make desktops for ${several(operation.users)}`;
      case 'forge': return forged({ after: 0, ...operation.forgery });
      case 'wait': return `wait ${operation.minutes} min`;
      case 'redeliver': return [`redeliver the event ${operation.back + 1} before the last`, ...around(operation.faults, [])].join('\n');
    }
  };
  const forged = ({ fleet, type, dated, after }: Forgery & { readonly after: number }) => (
    `    after ${after} s somebody invents a ${type} of fleet ${fleet}, ${dated === undefined ? 'without a date' : `dated ${dated} s from then`}`
  );
  const others = (times: number) => (times === Infinity ? ' and all after it' : times > 1 ? ` and ${times - 1} more` : '');
  const around = (faults: readonly HistoryFault[], acts: Deploy['acts'], met: readonly Trouble[] = []) => [
    ...faults.map(({ operation, how, code, after, times }) => `    fault: ${code ?? how} ${operation}, call ${after + 1}${others(times)}`),
    ...acts.map(({ what, user, after }) => `    after ${after} s somebody: ${what} ${user}`),
    ...met.map((each) => `    ${troubleText(each)}`),
  ];
  return [`world: ${given(world)}`, ...operations.map((each, i) => `${String(i + 1).padStart(2)}. ${line(each)}`)].join('\n');
}

/** Users with names in a row are not all named. */
function several(names: readonly string[]): string {
  return names.length > 8 ? `${names.slice(0, 3).join('+')}+...+${names.at(-1)} (${names.length})` : names.join('+');
}
