import { Answers } from './answers';
import { Effect, isLeaving } from './effects';
import type { Answer, EventRecord } from './events';
import { HANDLER_CAN } from './features';
import { LedgerRows } from './ledger-rows';
import { FleetModel, limitOf, toleranceOf } from './model';
import type { Others } from './others';
import { countOf, isNamed, listed, mayName } from './outputs';
import { ChaosStack } from './stack';
import { Turns } from './turns';
import { MINUTE, SECOND } from '../../lambda/core/clock';
import type { DesktopSnapshot } from '../../local/workspaces';
import { ADOPTED_TAG, MAX_RESPONSE_BYTES, OWNERSHIP_TAG } from '../../src/private/contract';

/**
 * The number of a guarantee:
 *
 * 1. The fleet touches only its own desktops.
 * 2. Nobody loses a desktop unless the template says so.
 * 3. Events can come twice, late or at the same time.
 * 4. Any call or function can crash.
 * 5. Success means that everybody has the desired desktop, or is named.
 * 6. Every event gets an answer in time.
 * 7. A failed create and a delete leave nothing behind, and a rollback restores what can be restored.
 */
export type Guarantee = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** A broken guarantee. */
export class Violation extends Error {
  constructor(readonly guarantee: Guarantee, what: string) {
    super(`guarantee ${guarantee}: ${what}`);
  }
}

/** The longest time until an answer. */
const LONGEST = 60 * MINUTE;
/** The longest time between the last check whether an event is the newest, and a call for it, if nothing fails. It is because of the pace. */
const LAST_MOMENT = 6 * SECOND;
/** Reasons of failures that are not about users, but about a function that did not end. */
const CRASHED = /kept crashing|did not finish|AWS denies/;

/** Watches the effects of the handler, and checks the guarantees. */
export class Invariants {
  readonly violations: Violation[] = [];
  /** The event that created each desktop, by the desktop's id. */
  readonly madeBy = new Map<string, EventRecord>();
  /** Desktops that an event has released, and that no event has taken back. */
  private readonly released = new Map<string, EventRecord>();
  /** For each event, the desktops of people that it terminated or released. */
  private readonly removals = new Map<EventRecord, { terminated: Set<string>; released: Set<string>; users: Set<string> }>();
  private readonly acted = new Set<EventRecord>();
  readonly turns: Turns;
  readonly rows: LedgerRows;
  private readonly answers: Answers;

  constructor(
    private readonly stack: () => ChaosStack,
    private readonly others: Others,
    private readonly fleets: readonly FleetModel[],
    /** Whether answers to CreateWorkspaces have no names. */
    private readonly hidesNames: boolean,
  ) {
    const find = (guarantee: Guarantee, what: string) => this.find(guarantee, what);
    this.turns = new Turns(() => stack().clock.now(), () => stack().faults.happened.length, find);
    this.rows = new LedgerRows(stack, find);
    this.answers = new Answers(stack, find, (fleet) => this.ours(fleet));
  }

  hasActed(event: EventRecord): boolean {
    return this.acted.has(event);
  }

  hasRemoved(event: EventRecord): boolean {
    const removals = this.removals.get(event);
    return removals !== undefined && removals.terminated.size + removals.released.size > 0;
  }

  find(guarantee: Guarantee, what: string): void {
    this.violations.push(new Violation(guarantee, what));
  }

  isDoneAnyway({ isForgedDelete, fleet: { latest, deployed } }: EventRecord): boolean {
    return isForgedDelete && (latest?.isDelete === true || deployed === undefined);
  }

  onEffect(effect: Effect): void {
    const { event } = effect.process;
    this.acted.add(event);
    if (this.isDoneAnyway(event)) return;
    if (event.isForged) this.find(3, `${event.name}, which somebody has invented, has ${effect.kind} ${nameOf(effect.after)}`);
    this.checkCurrent(effect);
    switch (effect.kind) {
      case 'made': return this.onMade(effect);
      case 'terminated': return this.onTerminated(effect);
      case 'tagged': return this.onTagged(effect);
      case 'untagged': return this.onUntagged(effect);
      case 'changed': return this.onChanged(effect);
    }
  }

  /** Guarantee 3: after a newer event has come, the older one has no effects, except from the call that was under way. */
  private checkCurrent(effect: Effect): void {
    const { process, issuedAt, kind } = effect;
    const { event } = process;
    const { newest } = event.fleet;
    if (!newest || newest === event || (event.purpose === 'removals' && newest === event.takesBack)) return;
    const overtakenAt = event.fleet.joined[event.fleet.joined.indexOf(event) + 1]?.joinedAt ?? newest.joinedAt!;
    // Tags are written one by one, and may be written twice, without a new check for each.
    const isLastMoment = process.faults > 0 || issuedAt - process.currentReadAt <= (kind === 'tagged' || kind === 'untagged' ? MINUTE : LAST_MOMENT);
    if (overtakenAt >= process.currentReadAt && isLastMoment) return;
    this.find(3, `${event.name}, which ${newest.name} has overtaken ${(issuedAt - overtakenAt) / SECOND} s before, has ${kind} ${nameOf(effect.after)}`);
  }

  private onMade({ after, operation, process: { event, faults } }: Effect): void {
    this.madeBy.set(after.workspaceId, event);
    if (after.tags[OWNERSHIP_TAG] !== event.fleet.fleetId) this.find(1, `${nameOf(after)} was made without the fleet's tag`);
    if (!event.wants(after.userName)) this.find(5, `${event.name} has made ${nameOf(after)}, who is not on its list`);
    // If CloudFormation does not say that it is rolling back, an update that removes nothing does not wait until it does.
    const isKnown = event.isDelete || (event.isRecognized && faults === 0);
    if (isKnown) this.find(7, `${event.name}, which only takes away, has made ${nameOf(after)}`);
    if (operation === 'MigrateWorkspace') {
      // It replaces the desktop before it, which is terminated when this one is ready.
      const { kept } = event.fleet;
      const isKept = this.stack().workspaces.desktops().some(({ userName, workspaceId }) => userName === after.userName && kept.has(workspaceId));
      if (isKept) kept.add(after.workspaceId);
      return;
    }
    const twins = this.stack().workspaces.desktops().filter((each) => each.userName === after.userName && each.workspaceId !== after.workspaceId && each.state !== 'GONE');
    if (twins.length > 0) this.find(4, `${event.name} has made ${nameOf(after)}, who has ${twins.map(nameOf).join()} already`);
  }

  private onTerminated(effect: Effect): void {
    const { process: { event }, before } = effect;
    const desktop = before!;
    this.checkOurs(effect, desktop);
    if (desktop.tags[ADOPTED_TAG] !== undefined) this.find(2, `${event.name} has terminated ${nameOf(desktop)}, which was adopted`);
    const why = this.whyNotTerminated(event, desktop, effect);
    if (why) this.find(event.purpose === 'undo' || event.purpose === 'rollback' ? 7 : 2, `${event.name} has terminated ${nameOf(desktop)}, ${why}`);
  }

  private whyNotTerminated(event: EventRecord, { workspaceId: id, userName, bundleId }: DesktopSnapshot, { process }: Effect): string | undefined {
    const { fleet, after } = event;
    const maker = this.madeBy.get(id);
    const heir = this.fleets.find((each) => each !== fleet && each.coming.has(id) && !each.isUnsure && !each.isDamaged);
    if (heir?.deployed?.users!.includes(userName)) return `whose user is on the list of ${heir.logicalId} now`;
    // A kept desktop may be terminated only after a list has had its user: the last list that CloudFormation deployed.
    if (event.purpose === 'removals') {
      // Or an update has made it that failed, and whose rollback did not remove it.
      const isLeft = maker?.fleet === fleet && !fleet.theirs.has(id) && !event.wants(userName);
      return isLeft || this.leave(fleet).has(userName) ? undefined : 'which no committed update has left to it';
    }
    if (fleet.kept.has(id) && !(event.purpose === 'delete' && after.users!.includes(userName))) return 'which stayed when its fleet was taken out of the stack, and was not taken up since';
    if (event.purpose === 'delete') return fleet.leaving.get(id) === 'RELEASE' ? 'which was to be released' : undefined;
    const isTheirs = fleet.theirs.has(id);
    if (event.purpose === 'undo') {
      return maker?.fleet === fleet && !isTheirs ? undefined : 'which the create that it undoes has not made';
    }
    if (event.wants(userName)) {
      // An answer without names has not said whose it is, and nothing else does.
      if (this.hidesNames && maker === event && !isTheirs) return undefined;
      const mayReplace = HANDLER_CAN.has('bundle-change') && after.BundleChange === 'REPLACE' && after.settings?.BundleId !== bundleId;
      if (!mayReplace || event.purpose === 'rollback') return 'whose user is on the list';
    } else if (!isTheirs) {
      return undefined; // of an update that failed
    }
    if (event.isRecognized) return 'which was there before the update that it takes back';
    if (event.purpose === 'create') return 'which was there before it';
    if (!event.wants(userName)) return 'before CloudFormation has committed';
    if (event.cancelledAt !== undefined && process.statusRead !== 'UPDATE_IN_PROGRESS') return 'although it had been cancelled';
    const { terminated, users } = this.removalsOf(event);
    terminated.add(id);
    users.add(userName); // a user whose desktop is being migrated has two
    const limit = limitOf(after.TerminationLimit, fleet.most);
    return users.size > limit ? `of the ${users.size}. user of ${fleet.most}, and terminationLimit allows ${limit}` : undefined;
  }

  /** The users whose desktops a clean-up terminates. A user may have two, if a function died while one was being migrated. */
  private leave({ leaving }: FleetModel): ReadonlySet<string> {
    const desktops = this.stack().workspaces.desktops().filter(({ workspaceId }) => leaving.get(workspaceId) === 'TERMINATE');
    return new Set(desktops.map(({ userName }) => userName));
  }

  private onTagged(effect: Effect): void {
    const { process: { event }, before, after, key } = effect;
    const { fleet } = event;
    if (key === ADOPTED_TAG && HANDLER_CAN.has('adopt') && event.after.ExistingWorkspaces) return;
    // It comes back together with the fleet's tag, which is checked by itself.
    if (key === ADOPTED_TAG && before!.tags[OWNERSHIP_TAG] === undefined && after.tags[OWNERSHIP_TAG] === fleet.fleetId) return;
    if (key !== OWNERSHIP_TAG) {
      if (!HANDLER_CAN.has('settings')) this.find(1, `${event.name} has put the tag ${key} on ${nameOf(after)}`);
      return this.checkOurs(effect, before!);
    }
    const owner = before!.tags[OWNERSHIP_TAG];
    if (this.isHandedOver(event, after, owner)) return;
    const read = this.others.changedTagsOf(after.workspaceId) ? effect.process.tagsRead.get(after.workspaceId) : undefined;
    const isFree = owner === undefined || (read && read[OWNERSHIP_TAG] === undefined);
    const mayAdopt = HANDLER_CAN.has('adopt') && event.isForward && event.after.ExistingWorkspaces
      && (isFree || event.after.ExistingWorkspaces.FleetIds?.includes(owner));
    const mayTakeBack = isFree && this.released.get(after.workspaceId)?.fleet === fleet && event.wants(after.userName);
    if (after.tags[OWNERSHIP_TAG] !== fleet.fleetId) this.find(1, `${event.name} has tagged ${nameOf(after)} for another fleet`);
    // A step that died in this call cannot know whether it removed the tag, or somebody else did.
    const mayBeOurs = isFree && event.purpose === 'rollback' && fleet.theirs.has(after.workspaceId) && this.others.changedTagsOf(after.workspaceId);
    if (!mayAdopt && !mayTakeBack && !mayBeOurs) this.find(1, `${event.name} has tagged ${nameOf(after)}, which was ${owner ?? 'nobody'}'s`);
    this.released.delete(after.workspaceId);
  }

  /** A desktop of a user who has moved to another fleet of the stack, whose update has succeeded, becomes that fleet's. */
  private isHandedOver({ fleet, purpose, isForward }: EventRecord, { workspaceId: id, userName, tags }: DesktopSnapshot, owner?: string): boolean {
    const heir = this.fleets.find((each) => each.coming.has(id));
    if (!heir || tags[OWNERSHIP_TAG] !== heir.fleetId) return false;
    const before = this.fleets.find(({ fleetId }) => fleetId === owner)!;
    const isGiven = before === fleet && (purpose === 'removals' ? fleet.leaving.has(id) : purpose === 'delete');
    // Nobody manages the desktops of a fleet that was retained.
    const isTaken = heir === fleet && isForward && before.deployed === undefined;
    if (!isGiven && !isTaken && owner !== heir.fleetId) return false;
    // Its settings are still those of the other fleet.
    this.madeBy.set(id, heir.coming.get(id)!);
    heir.takenUp.add(id);
    heir.coming.delete(id);
    heir.theirs.set(id, userName);
    for (const each of [before.theirs, before.leaving, before.kept]) each.delete(id);
    return true;
  }

  private onUntagged(effect: Effect): void {
    const { process, before, key, after: { workspaceId: id } } = effect;
    const { event } = process;
    const { fleet } = event;
    const desktop = before!;
    this.checkOurs(effect, desktop);
    if (key !== OWNERSHIP_TAG) {
      if (!HANDLER_CAN.has('settings') && key !== ADOPTED_TAG) this.find(1, `${event.name} has taken the tag ${key} off ${nameOf(desktop)}`);
      return;
    }
    if (isLeaving(desktop)) return; // somebody else terminates it
    this.released.set(id, event);
    const isAdopted = desktop.tags[ADOPTED_TAG] !== undefined;
    if (fleet.theirs.has(id) && (event.isForward || !isAdopted)) this.removalsOf(event).released.add(id);
    if (isAdopted) return; // it may only be released
    const isReleased = fleet.leaving.get(id) === 'RELEASE' && (event.purpose === 'removals' || event.isDelete);
    if (!isReleased) this.find(2, `${event.name} has let go ${nameOf(desktop)}, which nobody asked for, or not yet`);
    if (event.cancelledAt !== undefined && process.statusRead !== 'UPDATE_IN_PROGRESS') {
      this.find(2, `${event.name} has let go ${nameOf(desktop)}, although it had been cancelled`);
    }
  }

  private onChanged(effect: Effect): void {
    const { process: { event }, before, operation } = effect;
    this.checkOurs(effect, before!);
    const can = HANDLER_CAN.has('settings') || HANDLER_CAN.has('bundle-change');
    if (!can || !event.wants(before!.userName)) this.find(1, `${event.name} has changed ${nameOf(before!)} by ${operation}`);
  }

  /** Guarantee 1. If somebody removes the tag between our check and the call after it, the handler cannot see that. */
  private checkOurs({ process, kind }: Effect, { workspaceId, userName, tags }: DesktopSnapshot): void {
    const { fleetId } = process.event.fleet;
    if (tags[OWNERSHIP_TAG] === fleetId) return;
    const read = process.tagsRead.get(workspaceId);
    if (this.others.changedTagsOf(workspaceId) && read?.[OWNERSHIP_TAG] === fleetId) return;
    this.find(1, `${process.event.name} has ${kind} ${nameOf({ workspaceId, userName })}, which is ${tags[OWNERSHIP_TAG] ?? 'nobody'}'s`);
  }

  /** Called when one delivery of an event was answered. */
  onAnswer(answer: Answer): void {
    const { event, status, took, bytes, by, reason } = answer;
    if (by === 'framework' || took > LONGEST) this.find(6, `${event.name} was answered after ${took / MINUTE} min by the ${by}`);
    if (bytes > MAX_RESPONSE_BYTES) this.find(6, `the answer to ${event.name} has ${bytes} bytes`);
    if (status === 'FAILED' && !reason) this.find(6, `${event.name} failed without a reason`);
    this.answers.check(answer);
    if (status === 'SUCCESS') {
      // The second answer to an event that came twice. CloudFormation has taken the first answer, and has sent another event since.
      if (event.fleet.newest !== event && event.answers.some((each) => each !== answer)) return;
      if (event.isForward && !isUndecided(answer)) this.checkSuccess(answer);
      if (event.isDelete) this.checkNothingLeft(event);
      if (event.purpose === 'removals') this.checkRemoved(event);
      if (event.purpose === 'rollback') this.checkTakenBack(answer);
      return;
    }
    const removals = this.removals.get(event);
    // CloudFormation does not wait for an event any more when it has sent a newer one.
    const isOver = event.cancelledAt !== undefined || event.fleet.newest !== event;
    if (by !== 'handler' || isOver || CRASHED.test(reason!) || !removals) return;
    const { terminated, released } = removals;
    if (terminated.size + released.size > 0) {
      this.find(7, `${event.name} failed, and has taken away ${[...terminated, ...released].join()}: ${reason}`);
    }
  }

  /** Guarantee 5. */
  private checkSuccess(answer: Answer): void {
    const { event, data } = answer;
    const { fleet, after } = event;
    const users = after.users!;
    const ids = data!.WorkspaceIds.split(',');
    if (ids.length !== users.length) return this.find(5, `${event.name} succeeded with ${ids.length} ids for ${users.length} users`);
    const desktops = new Map(this.stack().workspaces.desktops().map((each) => [each.workspaceId, each]));
    const isRemoving = this.hasRemoved(event);
    const late = listed(data!.LateUsers);
    const named = listed(data!.RefusedUsers);
    let refused = 0;
    users.forEach((user, i) => {
      if (ids[i] === '') {
        refused += 1;
        if (!isNamed(named, user)) this.find(5, `${event.name} succeeded without a desktop for ${user}, and does not name them`);
        return;
      }
      const desktop = desktops.get(ids[i]);
      if (!desktop || desktop.userName.toLowerCase() !== user.toLowerCase()) return this.find(5, `${event.name} succeeded with ${ids[i]} for ${user}: ${desktop ? nameOf(desktop) : 'there is none'}`);
      if (this.others.hasRivalled(desktop.workspaceId) && desktop.tags[OWNERSHIP_TAG] !== fleet.fleetId) {
        this.find(1, `${event.name} succeeded with ${nameOf(desktop)}, which ${desktop.tags[OWNERSHIP_TAG]} has adopted`);
      }
      if (desktop.state === 'ERROR' && event.answers.length === 0 && this.others.isOnlyBroken(user) && ![data!.Notices, data!.RefusedUsers].some((text) => mayName(text, user))) {
        this.find(5, `${event.name} succeeded with ${nameOf(desktop)}, which is broken, and does not name it`);
      }
      if (this.others.hasTouched(desktop.workspaceId)) return;
      if (isLeaving(desktop)) this.find(5, `${event.name} succeeded with ${nameOf(desktop)}, which is ${desktop.state}`);
      this.checkSettings(answer, desktop);
      const isComing = mayName(data!.Notices, user) && this.fleets.some(({ fleetId }) => fleetId === desktop.tags[OWNERSHIP_TAG]);
      if (desktop.tags[OWNERSHIP_TAG] !== fleet.fleetId && !isComing) this.find(5, `${event.name} succeeded with ${nameOf(desktop)}, which is not the fleet's`);
      if (desktop.state !== 'PENDING' || after.WaitFor === 'EXISTS') return;
      if (!isNamed(late, user)) this.find(5, `${event.name} succeeded, and ${nameOf(desktop)} is still being built`);
      const isMigrating = mayName(data!.Notices, `${user}: is being migrated`);
      if (after.LateWorkspaces === 'FAIL' && !isRemoving && !isMigrating) this.find(5, `${event.name} succeeded with ${nameOf(desktop)}, which is late`);
    });
    if (countOf(named) < refused) this.find(5, `${event.name} succeeded with ${refused} users without a desktop, and names ${countOf(named)}`);
    const tolerated = toleranceOf(after.FailureTolerance!, users.length);
    if (refused > tolerated && !isRemoving) this.find(5, `${event.name} succeeded with ${refused} refused users of ${users.length}, and tolerates ${tolerated}`);
    this.checkLeavers(event, data!.Notices);
  }

  /** A part of success: whoever leaves may go, and is named. Nobody has gone yet. */
  private checkLeavers(event: EventRecord, notices: string): void {
    const { fleet, after, purpose, name } = event;
    if (purpose !== 'update') return;
    const desktops = this.stack().workspaces.desktops().filter((each) => (
      fleet.theirs.has(each.workspaceId) && !fleet.leaving.has(each.workspaceId) && !event.wants(each.userName)
      && !isLeaving(each) && each.tags[OWNERSHIP_TAG] === fleet.fleetId && !this.others.hasTouched(each.workspaceId)
    ));
    for (const each of desktops) if (!mayName(notices, each.userName)) this.find(5, `${name} succeeded, and does not name ${nameOf(each)}, who leaves the list`);
    if (desktops.length > 0 && after.RemovedUsers === 'REFUSE') this.find(2, `${name} succeeded, and ${nameOf(desktops[0])} leaves the list, although removedUsers is REFUSE`);
    const terminated = desktops.filter(({ tags }) => tags[ADOPTED_TAG] === undefined && after.RemovedUsers === 'TERMINATE');
    const users = new Set([...terminated.map(({ userName }) => userName), ...this.removals.get(event)?.users ?? []]);
    const limit = limitOf(after.TerminationLimit, fleet.most);
    if (users.size > limit) this.find(2, `${name} succeeded, and lets ${users.size} users of ${fleet.most} go, and terminationLimit allows ${limit}`);
  }

  /** A part of success: settings that can be changed in place are as in the template, or the answer names the user. */
  private checkSettings({ event, data }: Answer, { workspaceId, userName, properties, tags }: DesktopSnapshot): void {
    const { RunningMode, RunningModeAutoStopTimeoutInMinutes: timeout, Tags = {} } = event.after.settings ?? {};
    if ([data!.Notices, data!.RefusedUsers, data!.LateUsers].some((text) => mayName(text, userName))) return;
    const asked = { RunningMode, RunningModeAutoStopTimeoutInMinutes: timeout && Number(timeout) };
    for (const [member, value] of Object.entries(asked)) {
      const is = properties[member as keyof typeof asked];
      if (value !== undefined && is !== value) this.find(5, `${event.name} succeeded, and ${nameOf({ workspaceId, userName })} has the ${member} ${is}, not ${value}`);
    }
    for (const [key, value] of Object.entries(Tags)) {
      if (tags[key] !== value) this.find(5, `${event.name} succeeded, and ${nameOf({ workspaceId, userName })} has the tag ${key} ${tags[key]}, not ${value}`);
    }
  }

  /** The purpose of a clean-up: leavers have no desktop of the fleet. */
  private checkRemoved({ fleet, name }: EventRecord): void {
    if (this.stack().status !== 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') return; // the clean-up of a rollback removes nobody
    for (const desktop of this.stack().workspaces.desktops()) {
      const { workspaceId: id, tags } = desktop;
      if (isLeaving(desktop) || tags[OWNERSHIP_TAG] !== fleet.fleetId || !fleet.leaving.has(id) || this.others.hasTouched(id)) continue;
      this.find(5, `${name} succeeded, and ${nameOf(desktop)}, who left the list, is still the fleet's`);
    }
  }

  /** Guarantee 7, and the purpose of a delete. */
  private checkNothingLeft({ fleet, name, purpose, takesBack }: EventRecord): void {
    for (const desktop of this.ours(fleet)) {
      if (fleet.kept.has(desktop.workspaceId)) continue;
      const maker = this.madeBy.get(desktop.workspaceId);
      if (purpose === 'undo' && maker !== takesBack) continue;
      this.find(7, `${name} succeeded, and ${nameOf(desktop)} (made by ${maker?.name}) is left`);
    }
  }

  /** After a rollback, desktops that the update created are gone, and desktops that it released are the fleet's again, or the answer names their users. */
  private checkTakenBack({ event, took, data, faults }: Answer): void {
    const { fleet, name } = event;
    for (const desktop of this.ours(fleet)) {
      const { workspaceId: id, userName } = desktop;
      if (!fleet.theirs.has(id) && !fleet.kept.has(id) && !event.wants(userName)) {
        this.find(7, `${name} succeeded, and ${nameOf(desktop)} (made by ${this.madeBy.get(id)?.name}) is left`);
      }
    }
    const isDenied = [...event.troubles].some(({ what, operation }) => what === 'denied' && operation.endsWith('Tags'));
    // Only a rollback that something hinders may run out of time.
    const isHindered = faults > 0 || event.troubles.size > 0 || this.stack().isSlow;
    const ranOut = isHindered && took >= Number(event.after.TimeoutSeconds) * SECOND;
    if (ranOut || !event.isRecognized || isDenied) return;
    for (const desktop of this.stack().workspaces.desktops()) {
      const { workspaceId: id, tags } = desktop;
      if (isLeaving(desktop) || this.others.hasTouched(id) || !fleet.theirs.has(id) || tags[OWNERSHIP_TAG] !== undefined) continue;
      if (!event.wants(desktop.userName) || (isHindered && data!.RefusedUsers.includes(`${desktop.userName} (`))) continue;
      this.find(7, `${name} succeeded, and ${nameOf(desktop)}, which was released, is not taken back`);
    }
  }

  /** Between operations, the ledger agrees with the desktops that exist. */
  checkLedger(fleet: FleetModel): void {
    this.rows.checkCount(fleet);
    this.rows.checkGrowth(fleet);
    const desktops = new Map(this.stack().workspaces.desktops().map((each) => [each.workspaceId, each]));
    const recorded = this.stack().recorded(fleet.fleetId);
    const alive = new Map<string, string>();
    for (const { userName, record: { id, state, migrating } } of recorded) {
      if (id === undefined) continue;
      const desktop = desktops.get(id);
      if (!desktop) this.find(4, `the ledger has ${id} of ${userName}, which never was`);
      if (!desktop || isLeaving(desktop)) {
        // A migration may have ended since the last event.
        if (state !== 'terminating' && !migrating && !this.others.hasTouched(id)) this.find(4, `the ledger has ${id} of ${userName}, which is gone`);
        continue;
      }
      const other = alive.get(userName.toLowerCase());
      if (other !== undefined && other !== id) this.find(4, `the ledger has ${id} and ${other} for ${userName}`);
      alive.set(userName.toLowerCase(), id);
    }
    if (fleet.isDamaged) return;
    const users = new Set(recorded.map(({ userName }) => userName.toLowerCase()));
    for (const desktop of this.ours(fleet)) {
      if (fleet.kept.has(desktop.workspaceId) || users.has(desktop.userName.toLowerCase())) continue;
      this.find(4, `the ledger does not have ${nameOf(desktop)} (made by ${this.madeBy.get(desktop.workspaceId)?.name})`);
    }
  }

  /** The desktops that the handler created for this fleet, that exist and carry its tag, and that nobody else has touched. */
  private ours(fleet: FleetModel): DesktopSnapshot[] {
    return this.stack().workspaces.desktops().filter((each) => (
      !isLeaving(each) && each.tags[OWNERSHIP_TAG] === fleet.fleetId
      && this.madeBy.get(each.workspaceId)?.fleet === fleet && !fleet.abandoned.has(each.workspaceId) && !this.others.hasTouched(each.workspaceId)
    ));
  }

  private removalsOf(event: EventRecord) {
    const removals = this.removals.get(event) ?? { terminated: new Set<string>(), released: new Set<string>(), users: new Set<string>() };
    this.removals.set(event, removals);
    return removals;
  }
}

/** CloudFormation could not be asked about an update that it has cancelled. It counts as a rollback, and says that nothing was changed. Nobody waits for it. */
function isUndecided({ event, data }: Answer): boolean {
  return event.cancelledAt !== undefined && data!.Notices.startsWith('CloudFormation could not be asked whether this is a rollback');
}

function nameOf({ userName, workspaceId }: Pick<DesktopSnapshot, 'userName' | 'workspaceId'>): string {
  return `${userName}'s ${workspaceId}`;
}
