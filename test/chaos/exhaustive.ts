import { type Change, type Circumstances, type Deploy, type History, type HistoryFault, NOBODY, type Operation } from './history';
import { describe } from './rest';
import { type Played, playHistory } from './run';
import type { Called } from './stack';

// Every history within a bound: each order of operations on a fleet of up to two users, and one fault at each call, or one that lasts. A history is named by
// its operations and its fault, such as `ana+bo,bo/refused@17:lose,delete`: both users get a desktop, then an update without bo is refused
// and rolled back, and the answer to its call 17 is lost, then the fleet is deleted. At the end of every history, the fleet is deleted.

/** The longest orders that are played unless asked for others. */
export const DEPTH = 2;

/** One operation, and what it makes of the fleet if nothing goes wrong. */
export interface Choice {
  /** Within an id. */
  readonly name: string;
  readonly operation: Operation;
  readonly after: Deployed;
}

/** What CloudFormation has deployed. Without users, there is no fleet. */
export interface Deployed {
  readonly users: readonly string[];
  readonly hasSettings: boolean;
}

/** Operations in a row, from an empty stack. */
export type Order = readonly Choice[];

const NOTHING: Deployed = { users: [], hasSettings: false };
const WORLD: Circumstances = { invisibleFor: 4, buildTime: 25, terminateTime: 300, pendingOrder: 'request', tagsOfUnknown: 'error' };
const CHANGE: Change = { fleet: 0, toggle: [], limit: 'unlimited', tolerance: '0', waitFor: 'AVAILABLE', late: 'ACCEPT', timeout: 3000, refresh: 0 };

/** How a deployment ends. All but the first are rolled back. */
const ENDINGS: Readonly<Record<string, Partial<Deploy>>> = {
  '': {},
  /** One of its users is in no directory. */
  '/refused': {},
  /** Another resource of the stack fails while the desktop is being built, and the rollback begins with the fleet. */
  '/cancelled': { otherFails: 10 },
  /** The same, but other resources are rolled back first. */
  '/cancelled-before': { otherFails: 10, rollbackAfter: 60 },
  /** Another resource of the stack fails after the fleet has succeeded. */
  '/undone': { otherFails: Infinity },
};

/** The operations that are possible. */
export function choicesOf({ users, hasSettings }: Deployed): Choice[] {
  const updates = users.length === 0 ? [changing('ana'), changing('ana', 'bo')]
    : users.length === 1 ? [changing(users[0] === 'ana' ? 'bo' : 'ana'), changing('ana', 'bo'), releasing('ana', 'bo')]
      : [changing(users[1]), releasing(users[1])];
  const settings = users.length > 0 && !hasSettings ? [{ name: 'set', change: { ...CHANGE, settings: 1 } }] : [];
  const deploys = [...updates, ...settings].flatMap(({ name, change }) => Object.entries(ENDINGS).map(([ending, how]): Choice => {
    const toggle = ending === '/refused' ? [...change.toggle, NOBODY] : change.toggle;
    const succeeds = ending === '';
    return {
      name: name + ending,
      operation: { kind: 'deploy', changes: [{ ...change, toggle }], noRollback: false, faults: [], acts: [], ...how },
      after: succeeds ? { users: toggled(users, change.toggle), hasSettings: hasSettings || change.settings !== undefined } : { users, hasSettings },
    };
  }));
  if (users.length === 0) return deploys;
  const removes = [false, true].map((keep): Choice => (
    { name: keep ? 'retain' : 'delete', operation: { kind: 'remove', fleet: 0, keep, faults: [], acts: [] }, after: NOTHING }
  ));
  return [...deploys, ...removes];
}

function changing(...toggle: string[]): { name: string; change: Change } {
  return { name: toggle.join('+'), change: { ...CHANGE, toggle } };
}

/** The same, but who leaves the list is released. */
function releasing(...toggle: string[]): { name: string; change: Change } {
  return { name: `release-${toggle.join('+')}`, change: { ...CHANGE, toggle, removedUsers: 'RELEASE' } };
}

function toggled(users: readonly string[], toggle: readonly string[]): string[] {
  return [...users.filter((user) => !toggle.includes(user)), ...toggle.filter((user) => !users.includes(user))];
}

/** All orders of up to so many operations, the short ones first. */
export function ordersOf(depth: number): Order[] {
  let longest: Order[] = [[]];
  const all: Order[] = [];
  for (let length = 1; length <= depth; length++) {
    longest = longest.flatMap((order) => choicesOf(order.at(-1)?.after ?? NOTHING).map((choice) => [...order, choice]));
    all.push(...longest);
  }
  return all;
}

/** Like those of the random search, and a permission that is not known everywhere yet. */
const FAULTS: Readonly<Record<string, Pick<HistoryFault, 'how' | 'code'>>> = {
  'kill-before': { how: 'kill-before' },
  'kill-after': { how: 'kill-after' },
  'lose': { how: 'lose' },
  'refuse': { how: 'refuse' },
  'deny': { how: 'refuse', code: 'AccessDeniedException' },
  'throttle': { how: 'throttle' },
  'slow': { how: 'slow' },
  'late': { how: 'late' },
};
const READ = /^(Get|Query|Describe)/;
/** The SDK itself repeats calls of these services, and the handler does not learn that one has failed. */
const REPEATED = ['dynamodb', 'cloudformation', 'tagging'];

/** The kinds of faults that differ from each other at this call. */
function faultsAt({ service, operation }: Called): string[] {
  const isRead = READ.test(operation);
  const isRepeated = REPEATED.includes(service);
  const same = [
    // A read changes nothing: to die before it or after it is the same, and so is a late read whose answer nobody waits for.
    ...isRead ? ['kill-after', 'late'] : [],
    // A call that did nothing is repeated, whatever its error was.
    ...isRepeated ? ['throttle'] : [],
    ...isRead && isRepeated ? ['lose'] : [],
  ];
  return Object.keys(FAULTS).filter((fault) => !same.includes(fault));
}

/** Faults that last until the operation has ended, at every call with the same name. */
const LASTING: Readonly<Record<string, Pick<HistoryFault, 'how' | 'code'>>> = {
  denied: { how: 'refuse', code: 'AccessDeniedException' },
  failing: { how: 'refuse' },
};

/**
 * Deliveries of the last operation's events that differ from one at once: late, so that the event of the rollback comes first, and twice, with the second
 * one at once, while the first one is worked on, or after the end of the operation; or sent twice by CloudFormation, with another URL.
 */
const DELIVERIES: Readonly<Record<string, Pick<Change, 'delay' | 'again' | 'resent'>>> = {
  'late': { delay: 300 },
  'twice': { again: 0 },
  'again': { again: 20 },
  'again-later': { again: 590 },
  'late-and-again': { delay: 300, again: 200 },
  'resent': { resent: 20 },
};
/** What stands for the events in an id. */
const EVENTS = 'Events';

interface AtFault {
  /** The number of the call within the operation, from 1; or for a fault that lasts, the name of the calls; or `Events`, for their deliveries. */
  readonly call: number | string;
  readonly fault: string;
}

/** A history that was played, and what there was after each operation. */
export interface PlayedAndRested extends Played {
  readonly rests: readonly Rest[];
}

/** What one operation of a history has done, and what it has left. */
export interface Rest {
  readonly calls: readonly Called[];
  readonly state: string;
  readonly deployed: Deployed;
}

/** The faults in an operation that made these calls when nothing failed. */
export function faultsOf(calls: readonly Called[]): AtFault[] {
  const idle = idleSteps(calls);
  const once = calls.flatMap((call, i) => (idle.has(call.process) ? [] : faultsAt(call).map((fault) => ({ call: i + 1, fault }))));
  const names = new Set(calls.map(({ operation }) => operation));
  const lasting = [...names].flatMap((call) => Object.keys(LASTING).map((fault) => ({ call, fault })));
  return [...once, ...lasting, ...Object.keys(DELIVERIES).map((fault) => ({ call: EVENTS, fault }))];
}

/** Steps that make the same calls as the step before them, because they still wait for the same. */
function idleSteps(calls: readonly Called[]): Set<string> {
  const steps = new Map<string, { readonly event: string; text: string }>();
  for (const { process, event, operation } of calls) {
    const step = steps.get(process) ?? { event, text: '' };
    step.text += `${operation} `;
    steps.set(process, step);
  }
  const idle = new Set<string>();
  const before = new Map<string, string>();
  for (const [process, { event, text }] of steps) {
    if (before.get(event) === text) idle.add(process);
    before.set(event, text);
  }
  return idle;
}

export function historyOf(order: Order, at?: AtFault, then: Order = []): History {
  const faulty = ({ operation }: Choice): Operation => {
    if (!at || !('faults' in operation)) return operation;
    return at.call === EVENTS ? delivered(operation, DELIVERIES[at.fault]) : { ...operation, faults: [scriptOf(at)] };
  };
  const operations = [...order.slice(0, -1).map((each) => each.operation), faulty(order.at(-1)!), ...then.map((each) => each.operation)];
  return { world: WORLD, operations };
}

function delivered(operation: Operation, how: (typeof DELIVERIES)[string]): Operation {
  if (operation.kind === 'deploy') return { ...operation, changes: operation.changes.map((each) => ({ ...each, ...how })) };
  return { ...operation, ...how } as Operation;
}

function scriptOf({ call, fault }: AtFault): HistoryFault {
  return typeof call === 'string'
    ? { operation: call, ...LASTING[fault], after: 0, times: Infinity }
    : { operation: '*', ...FAULTS[fault], after: call - 1, times: 1 };
}

export function idOf(order: Order, at?: AtFault, then: Order = []): string {
  const names = (choices: Order) => choices.map(({ name }) => name);
  const last = order.at(-1)!.name;
  return [...names(order.slice(0, -1)), at ? `${last}@${at.call}:${at.fault}` : last, ...names(then)].join();
}

/** All choices that there ever are, by name. */
let known: Map<string, Choice> | undefined;

/** @throws if there is no history with this id, with what there is instead */
export function parseId(id: string): History {
  const parts = id.split(',').map((part) => /^(?<name>[^@]+)(?:@(?<call>[1-9]\d*|[A-Z]\w+):(?<fault>.+))?$/.exec(part)?.groups ?? { name: part });
  known ??= new Map([NOTHING, ...ordersOf(2).map((order) => order.at(-1)!.after)].flatMap(choicesOf).map((choice) => [choice.name, choice]));
  const order = parts.map(({ name }) => {
    const choice = known!.get(name);
    if (!choice) throw new Error(`there is no operation ${JSON.stringify(name)}; there are ${[...known!.keys()].join(', ')}`);
    return choice;
  });
  const faulty = parts.findIndex(({ fault }) => fault !== undefined);
  if (faulty < 0) return historyOf(order);
  if (parts.filter(({ fault }) => fault !== undefined).length > 1) throw new Error('only one operation can have a fault');
  const { call, fault } = parts[faulty];
  const isNumber = /^\d/.test(call!);
  const faults = Object.keys(isNumber ? FAULTS : call === EVENTS ? DELIVERIES : LASTING);
  if (!faults.includes(fault!)) throw new Error(`there is no fault ${JSON.stringify(fault)} of ${call}; there are ${faults.join(', ')}`);
  return historyOf(order.slice(0, faulty + 1), { call: isNumber ? Number(call) : call!, fault: fault! }, order.slice(faulty + 1));
}

/**
 * Plays a history, and looks at the fleet after each operation.
 *
 * @param isKnown whether what the last operation has left need not be looked at further: then the end of the history is not played
 */
export async function playAndRest(history: History, isKnown: (state: string) => boolean = () => false): Promise<PlayedAndRested> {
  const rests: Rest[] = [];
  let seen = 0;
  const played = await playHistory(history, undefined, (play) => {
    const { deployed } = play.fleets[0];
    const state = describe(play);
    rests.push({
      calls: play.stack.called.slice(seen),
      state,
      deployed: { users: deployed?.users ?? [], hasSettings: deployed?.settings?.RunningMode !== undefined },
    });
    seen = play.stack.called.length;
    return rests.length === history.operations.length && isKnown(state);
  });
  return { ...played, rests };
}

/** An order played without a fault. */
export interface Rehearsed {
  /** Equal for orders whose last operations are the same and begin with the same. */
  readonly last: string;
  /** How many different faults its last operation can have. */
  readonly faults: number;
}

export async function rehearse(order: Order): Promise<Rehearsed> {
  const { rests, violations } = await playAndRest(historyOf(order));
  if (violations.length > 0) return { last: idOf(order), faults: 0 };
  return { last: JSON.stringify([rests.at(-2)?.state, order.at(-1)!.name]), faults: faultsOf(rests.at(-1)!.calls).length };
}

/** What the histories of an order have come to. */
export interface Explored {
  histories: number;
  events: number;
  faults: number;
  effects: number;
  /** Faults after which all was as if nothing had failed, or as after another fault. What follows from them is played only once. */
  healed: number;
  readonly failures: Failure[];
}

export interface Failure {
  readonly id: string;
  readonly what: readonly string[];
}

/** Plays orders with each fault in their last operation, and, if a fault leaves anything behind, with all that can follow within the bound. */
export class Explorer implements Explored {
  histories = 0;
  events = 0;
  faults = 0;
  effects = 0;
  healed = 0;
  readonly failures: Failure[] = [];

  constructor(private readonly depth: number) {}

  async explore(order: Order): Promise<Explored> {
    const base = await this.play(order);
    if (!base) return this;
    const seen = new Set([base.state]);
    for (const at of faultsOf(base.calls)) {
      // A late call may act after the operation has ended.
      const left = await this.play(order, at, [], (state) => at.fault !== 'late' && seen.has(state));
      if (!left) continue;
      if (seen.has(left.state)) this.healed += 1;
      else await this.follow(order, at, [], left);
      seen.add(left.state);
    }
    return this;
  }

  /** Plays all that can follow. */
  private async follow(order: Order, at: AtFault, then: Order, left: Rest): Promise<void> {
    if (order.length + then.length >= this.depth) return;
    for (const choice of choicesOf(left.deployed)) {
      const next = [...then, choice];
      const leftNext = await this.play(order, at, next);
      if (leftNext) await this.follow(order, at, next, leftNext);
    }
  }

  /** @returns what the last operation has left, unless a guarantee is broken */
  private async play(order: Order, at?: AtFault, then: Order = [], isKnown?: (state: string) => boolean): Promise<Rest | undefined> {
    this.histories += 1;
    const id = idOf(order, at, then);
    try {
      const { rests, violations, events, faults, effects } = await playAndRest(historyOf(order, at, then), isKnown);
      this.events += events;
      this.faults += faults;
      this.effects += effects;
      if (violations.length === 0) return rests.at(-1);
      this.failures.push({ id, what: violations.map(({ message }) => message) });
    } catch (error) {
      this.failures.push({ id, what: [String((error as Error).stack)] }); // an exception of this program itself
    }
    return undefined;
  }
}
