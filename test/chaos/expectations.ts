import { isLeaving } from './effects';
import type { Answer, EventRecord } from './events';
import { HANDLER_CAN } from './features';
import { NOBODY } from './history';
import type { Invariants } from './invariants';
import { type FleetModel, limitOf, toleranceOf } from './model';
import type { Others } from './others';
import type { ChaosStack } from './stack';
import { ADOPTED_TAG, OWNERSHIP_TAG } from '../../src/private/contract';
import type { FleetProperties } from '../lambda/test-stack';

/** The answer that an event must get. The status is undefined if more than one answer is right. */
export interface Expectation {
  readonly status?: Answer['status'];
  readonly why: string;
  /** Whether the event must be refused before anything is changed. */
  readonly changesNothing?: boolean;
  /** With up to so many failing calls. @default FEW_FAULTS */
  readonly faults?: number;
}

const EITHER: Expectation = { why: 'either is right' };
/** With up to this many failing calls, an operation must still end within 50 minutes. Each can cost five minutes. */
export const FEW_FAULTS = 3;
const LONG_ENOUGH = 3000;

/** What an event must lead to according to the documentation. It is decided when the event is sent, from the state of the world. */
export class Expectations {
  constructor(
    private readonly stack: () => ChaosStack,
    private readonly others: Others,
    private readonly invariants: Invariants,
    private readonly slowUser: string | undefined,
    /** Whether calls take long, or the quota is small. */
    private readonly isLimited: boolean,
    private readonly fleets: readonly FleetModel[],
  ) {}

  of(event: EventRecord): Expectation {
    switch (event.purpose) {
      case 'create':
      case 'update': return this.ofForward(event);
      case 'rollback': return this.ofRollback(event);
      case 'delete':
      case 'removals':
      case 'undo': return this.isCalm(event) && !this.isWantedElsewhere(event) && !this.isOvercrowded ? { status: 'SUCCESS', why: 'nothing keeps it from terminating all' } : EITHER;
    }
  }

  /** A desktop is not removed while another fleet has its user on the list, and has refused them because of it. */
  private isWantedElsewhere({ fleet }: EventRecord): boolean {
    const users = new Set(fleet.theirs.values());
    return this.fleets.some((each) => each !== fleet && each.deployed?.users!.some((user) => users.has(user)));
  }

  /** Several fleets undo at once, with calls that take seconds: one of them may not come to its end in an hour. Another try ends it. */
  private get isOvercrowded(): boolean {
    const { isSlow, isShared } = this.stack();
    return isSlow && isShared;
  }

  private ofForward(event: EventRecord): Expectation {
    const { fleet, after } = event;
    const users = after.users!;
    if (fleet.isDamaged) return EITHER;
    const others = this.withOtherSettings(event);
    if (event.purpose === 'update' && others.some((id) => fleet.theirs.has(id) && !fleet.takenUp.has(id))) {
      return HANDLER_CAN.has('settings') ? EITHER : { status: 'FAILED', why: 'desktops cannot be changed', changesNothing: true };
    }
    if (event.purpose === 'update' && this.exceedsLimit(event)) return { status: 'FAILED', why: 'of who leaves the list', changesNothing: true };
    const refused = users.filter((user) => user === NOBODY).length;
    if (refused > toleranceOf(after.FailureTolerance!, users.length)) return { status: 'FAILED', why: `there is no user ${NOBODY}` };
    if (this.toleratesAll(event)) return { status: 'SUCCESS', why: 'everybody may be refused', faults: 0 };
    const wanted = new Set(users);
    const theirs = this.stack().workspaces.desktops().filter(({ userName, state }) => wanted.has(userName) && state !== 'GONE');
    const isFree = theirs.every(({ tags }) => tags[OWNERSHIP_TAG] === fleet.fleetId);
    const isLate = this.slowUser !== undefined && event.wants(this.slowUser) && after.LateWorkspaces === 'FAIL' && after.WaitFor === 'AVAILABLE';
    const isKept = fleet.kept.size + fleet.takenUp.size + others.length > 0; // which may have other settings
    const mayExceed = this.leavers(event).length > mayLeave(event, this.leavers(event).length);
    const isHurried = this.isLimited || Number(after.TimeoutSeconds) < LONG_ENOUGH;
    if (isHurried || !isFree || isLate || isKept || mayExceed || !this.isCalm(event)) return EITHER;
    return { status: 'SUCCESS', why: 'everybody can have a desktop' };
  }

  /** Whether whatever is not done is tolerated, and named. */
  private toleratesAll({ purpose, fleet, after }: EventRecord): boolean {
    return purpose === 'create' && after.FailureTolerance === '100%' && after.LateWorkspaces === 'ACCEPT' && !fleet.isUnsure && fleet.kept.size === 0;
  }

  private ofRollback(event: EventRecord): Expectation {
    const isCalm = event.isRecognized && this.isCalm(event) && Number(event.after.TimeoutSeconds) >= LONG_ENOUGH;
    return isCalm ? { status: 'SUCCESS', why: 'a rollback only takes away' } : EITHER;
  }

  /** A desktop that was broken before does not count, unless it is to be changed. */
  private isCalm({ fleet, after, before }: EventRecord): boolean {
    const { BundleChange: bundleChange } = after;
    const users = [...after.users!, ...before?.users ?? [], ...fleet.theirs.values()];
    const isSame = bundleChange === undefined && (before === undefined || settingsOf(before) === settingsOf(after));
    return !fleet.isUnsure && !users.some((user) => this.others.disturbed.has(user) && !(isSame && this.others.isOnlyBroken(user)));
  }

  /** The desktops that the event would terminate. */
  private leavers(event: EventRecord): string[] {
    if (event.purpose === 'create' || event.after.RemovedUsers === 'RELEASE') return [];
    const { theirs, leaving } = event.fleet;
    return [...theirs].filter(([id, user]) => !event.wants(user) && !leaving.has(id)).map(([id]) => id);
  }

  private exceedsLimit(event: EventRecord): boolean {
    const { fleet } = event;
    const sure = this.leavers(event).filter((id) => this.isUntouched(id, fleet.fleetId));
    const desktops = new Map(this.stack().workspaces.desktops().map((each) => [each.workspaceId, each]));
    // An adopted one is released. The limit is about terminations.
    const counted = event.after.RemovedUsers === 'REFUSE' ? sure : sure.filter((id) => desktops.get(id)!.tags[ADOPTED_TAG] === undefined);
    return new Set(counted.map((id) => desktops.get(id)!.userName)).size > mayLeave(event, fleet.most);
  }

  /** Desktops of the fleet, for users on the list, that were created with other settings; also by an update that failed. */
  private withOtherSettings(event: EventRecord): string[] {
    const { fleet, after } = event;
    return this.stack().workspaces.desktops().filter(({ workspaceId: id, userName }) => {
      const made = this.invariants.madeBy.get(id);
      const isOurs = made?.fleet === fleet && this.isUntouched(id, fleet.fleetId);
      return isOurs && event.wants(userName) && settingsOf(made.after) !== settingsOf(after);
    }).map(({ workspaceId }) => workspaceId);
  }

  private isUntouched(id: string, fleetId: string): boolean {
    const desktop = this.stack().workspaces.desktops().find(({ workspaceId }) => workspaceId === id);
    return desktop !== undefined && !isLeaving(desktop) && desktop.tags[OWNERSHIP_TAG] === fleetId && !this.others.hasTouched(id);
  }
}

/** How many users with a desktop an update may remove from the list. */
function mayLeave({ after }: EventRecord, users: number): number {
  return after.RemovedUsers === 'REFUSE' ? 0 : limitOf(after.TerminationLimit, users);
}

export function settingsOf({ settings = {} }: FleetProperties): string {
  return JSON.stringify(Object.entries(settings).sort());
}
