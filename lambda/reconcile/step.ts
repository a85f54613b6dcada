import { ask, lookUp, Workplace } from '../act/act';
import { Batches, ASKS_WHILE_WAITING } from './batches';
import { isReplaced } from '../decide/bundle-diff';
import { membersBefore } from '../decide/update-refusals';
import { type Clock, MINUTE, SECOND } from '../core/clock';
import { Creation } from '../act/creation';
import { CurrentFleet } from '../ledger/current-fleet';
import { DeploymentFailure, failureOf } from '../aws/errors';
import type { FleetEvent } from '../request/events';
import { eventId, fleetId } from '../request/identity';
import { judge, staysBehind } from './refuse-update';
import type { KeysApi } from '../aws/keys';
import { LastPhase } from './irreversible-phase';
import type { Lease } from '../ledger/lease';
import { FleetKey, FleetRow, Ledger, SupersededError } from '../ledger/ledger';
import { letBe, mayUndoCreate } from './retained-desktops';
import { log } from '../core/log';
import { abandoned, deletionIn, deletionOf } from './directory-move';
import { noticesOf } from '../decide/notices';
import { Occasion, POLICY_DELAY } from './stack-operation';
import { Pace } from '../aws/pace';
import { plan } from '../decide/plan';
import { LONGEST_TIMEOUT, nobody, parseProperties, ReadManifest, Request, timeoutOf } from '../request/resource-properties';
import { recover } from './lost-rows';
import { reclaim } from '../act/release';
import { attributesOf, reasonOf, requireRoom } from '../decide/report';
import { absorbed } from '../decide/settings-diff';
import type { LastUpdate, StackStatus } from '../aws/stack-status';
import { FleetState, Subject } from '../ledger/state';
import type { TagIndex } from '../aws/tag-index';
import { certainFailure, refusals, REMOVAL_GRACE, rollbackVerdict, Terms, verdict, verdictOnUsers } from '../decide/verdict';
import { BATCH, WorkspacesApi } from '../aws/workspaces-api';
import type { StepResult } from '../../src/private/contract';

/** What a step reaches the world through. */
export interface World {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly lease: Lease;
  readonly workspaces: (pace: Pace) => WorkspacesApi;
  readonly tagIndex: TagIndex;
  readonly keys: KeysApi;
  readonly readManifest: ReadManifest;
  readonly stackStatus: StackStatus;
  readonly lastUpdate: LastUpdate;
  readonly logGroupName?: string;
}

/** What reading its tags takes of the time for a removal, and a release twice, at the account's rate; and what the calls for all of them take. */
const REMOVAL_EACH = 0.6 * SECOND;
const REMOVAL_ONCE = 1 * MINUTE;
/** So many names of users who are refused are told; nobody is looked up for more. */
const NAMES_ENOUGH = 5;

/**
 * One step on the way from what is to what is wanted, for whatever event: Create, Update and its rollback, and Delete,
 * which wants nobody. Reads the world anew each time, so a step may die anywhere, come twice, or come late.
 * @param holder a name of this run for the lease
 * @param workUntil when to stop working and leave the rest to the next step, in milliseconds since 1970
 */
export async function runStep(world: World, event: FleetEvent, holder: string, workUntil: number): Promise<StepResult> {
  const key: FleetKey = { fleetId: fleetId(event), directoryId: event.ResourceProperties.DirectoryId };
  if (isSuperseded(await world.ledger.fleet(key), event)) return { Status: 'NOT_YET' };
  const lease = await world.lease.take(holder);
  if (!lease) return { Status: 'NOT_YET' };

  const pace = new Pace(world.clock, lease.pace);
  let result: StepResult;
  let othersWait = true;
  try {
    result = await runAlone(world, event, key, pace, workUntil);
  } finally {
    othersWait = await world.lease.release(holder, pace.state());
  }
  return result.Status === 'NOT_YET' && othersWait ? { Status: 'NOT_YET' } : result;
}

/** With the lease. */
async function runAlone(world: World, event: FleetEvent, key: FleetKey, pace: Pace, workUntil: number): Promise<StepResult> {
  // Read again, now that no other step can change it.
  const fleet = await world.ledger.fleet(key);
  try {
    if (!fleet) return failed(world, `the ledger of this fleet was deleted while its ${event.RequestType} was running. No WorkSpace was touched by that: deploy again`);
    if (isSuperseded(fleet, event)) return { Status: 'NOT_YET' };
    const left = abandoned(event);
    // The event has been joined to it by onEvent, and by nobody else: here its physical id is the one that onEvent has answered. Unless
    // somebody has deleted that row since.
    const isGone = left && event.Abandons === left.directoryId && !(await world.ledger.fleet(left));
    if (isGone) await world.ledger.join(left, deletionIn(event), world.clock.now());
    const there = left && await world.ledger.fleet(left);
    if (there && !isSuperseded(there, event)) {
      const result = await new Step(world, deletionOf(event), left, there, pace, workUntil).run();
      if (result.Status !== 'DONE') return result;
    }
    return await new Step(world, event, key, fleet, pace, workUntil).run();
  } catch (error) {
    if (error instanceof DeploymentFailure) return failed(world, error.message);
    if (error instanceof SupersededError) return { Status: 'NOT_YET' };
    if (failureOf(error) !== 'denied') throw error;
    if (world.clock.now() - fleet!.startedAt < POLICY_DELAY) return { Status: 'NOT_YET' };
    return failed(world, `AWS denies what the provider's role needs: ${(error as Error).message}. If the role's policy has the permission, look for a service control policy, a permissions boundary or a key policy`);
  }
}

/** A newer event speaks for the fleet, and CloudFormation does not wait for this one any more. */
function isSuperseded(fleet: FleetRow | undefined, event: FleetEvent): boolean {
  return fleet !== undefined && fleet.events[eventId(event)] !== fleet.generation;
}

function failed(world: World, message: string): StepResult {
  log('failed', { reason: message });
  return { Status: 'FAILED', Reason: reasonOf(message, world.logGroupName) };
}

class Step {
  private readonly fleet: CurrentFleet;
  private readonly occasion: Occasion;
  private readonly api: WorkspacesApi;
  private request!: Request;
  private place!: Workplace;

  constructor(
    private readonly world: World,
    private readonly event: FleetEvent,
    key: FleetKey,
    row: FleetRow,
    private readonly pace: Pace,
    private readonly workUntil: number,
  ) {
    this.api = world.workspaces(pace);
    this.fleet = new CurrentFleet(world.ledger, key, row);
    this.occasion = new Occasion(event, this.fleet);
  }

  /** A rollback is given as long as there is: a stack that cannot roll back is stuck. */
  private get deadline(): number {
    return this.fleet.row.startedAt + (this.occasion.isRollback ? LONGEST_TIMEOUT : timeoutOf(this.event));
  }

  async run(): Promise<StepResult> {
    this.request = await this.readRequest();
    const { ledger, clock, readManifest, stackStatus, lastUpdate } = this.world;
    const { key, generation, row } = this.fleet;
    const rows = await ledger.calls(key);
    const state = new FleetState(rows, row.nextCall);
    this.occasion.knows(rows);
    const tagIndex = (ids: readonly string[]) => this.world.tagIndex(this.event.StackId, ids);
    this.place = { api: this.api, tagIndex, ledger, clock, fleet: key, current: this.fleet, generation, state, workUntil: this.workUntil };

    const isIncomplete = row.lost || rows.length < row.nextCall;
    if (this.event.RequestType !== 'Delete' || mayUndoCreate(this.place, this.occasion, this.subjects(), isIncomplete)) {
      await this.occasion.ask(stackStatus, lastUpdate, clock);
    }
    if (isIncomplete) await recover(this.place, this.occasion, this.request, this.subjects(), readManifest);
    if (this.occasion.kind === 'Update' && !(await this.lookUpBefore())) return this.notYet();
    await letBe(this.place, this.occasion, this.subjects());
    if (this.occasion.kind !== 'Delete') await judge(this.place, this.occasion, this.request, this.subjects(), readManifest);
    await this.absorb();
    if (!(await this.workAsAllowed())) return this.notYet();
    await this.look();
    return this.conclude();
  }

  private notYet(): StepResult {
    return this.world.clock.now() >= this.workUntil ? { Status: 'NOT_YET', More: true } : { Status: 'NOT_YET' };
  }

  private async readRequest(): Promise<Request> {
    const { ResourceProperties: properties, RequestType } = this.event;
    return RequestType === 'Delete' ? nobody(properties.DirectoryId) : parseProperties(properties, this.world.readManifest);
  }

  /** Whether users of before have a desktop is to be known before an update is judged by it. */
  private async lookUpBefore(): Promise<boolean> {
    for (const subject of this.subjects().filter(({ member, madeIn }) => member?.unknown && madeIn! <= this.occasion.keep)) {
      if (this.world.clock.now() >= this.workUntil) return false;
      await lookUp(this.place, subject, this.request);
    }
    return true;
  }

  /** What the template does not say any more, and what a rollback cannot make small again, is not held against the desktops. */
  private async absorb(): Promise<void> {
    for (const subject of this.subjects()) {
      if (!subject.member?.id || subject.member.changing) continue;
      const settings = absorbed(subject, this.occasion.isRollback);
      if (settings) this.place.state.setWith(subject.key, subject.member, settings);
    }
    await this.place.state.flush(this.world.ledger, this.fleet.key);
  }

  /** Once something has gone for ever, what AWS denies is left: to fail would bring back nobody. */
  private async workAsAllowed(): Promise<boolean> {
    try {
      return await this.work();
    } catch (error) {
      if (failureOf(error) !== 'denied' || this.fleet.row.removingIn !== this.fleet.generation) throw error;
      log('denied', { error: (error as Error).message });
      return true;
    }
  }

  /**
   * Looks up, creates, changes and terminates.
   * @returns whether all that can be done now has been; if not, the next step goes on
   */
  private async work(): Promise<boolean> {
    // Once in a step: an answer that changes nothing now may be another one later.
    const lookedUp = new Set<string>();
    const batches = new Batches(this.place);
    const creation = new Creation(this.place, this.world.keys);
    const last = new LastPhase(this.place, this.event, this.request, batches, creation, this.world.stackStatus);
    for (;;) {
      await letBe(this.place, this.occasion, this.subjects());
      const { isRollback } = this.occasion;
      const subjects = this.subjects();
      const terms = this.terms();
      const todo = plan(subjects, terms);
      const hasFailed = !isRollback && certainFailure(subjects, terms) !== undefined;
      const lookUps = hasFailed && this.canTell(subjects, terms) ? [] : todo.lookUp.filter(({ key }) => !lookedUp.has(key));
      // Not in a rollback, not after the time is up, and not once failure is certain.
      const creates = isRollback || hasFailed || terms.now >= this.deadline ? [] : todo.create;
      const undone = batches.toLetGo(todo.terminate);
      const changes = hasFailed || terms.now >= terms.deadline ? [] : batches.toChange(todo.change);
      const follow = isRollback ? [] : batches.toChange(todo.follow);
      const isQuiet = [todo.reclaim, lookUps, creates, undone, changes, follow].every(({ length }) => length === 0);
      if (!isQuiet && terms.now >= this.workUntil) return false;

      if (todo.reclaim.length > 0) {
        await reclaim(this.place, todo.reclaim[0]);
      } else if (lookUps.length > 0) {
        lookedUp.add(lookUps[0].key);
        await lookUp(this.place, lookUps[0], this.request);
      } else if (creates.length > 0) {
        if (await creation.next(creates) === 'unknown') return false;
        requireRoom(this.event, this.request, this.place.state.longestId);
      } else if (undone.length > 0) {
        await batches.letGo(undone, false);
      } else if (changes.length > 0) {
        await batches.change(changes, 'undoable');
      } else if (follow.length > 0) {
        await batches.migrate(follow);
      } else {
        const isFinal = !isRollback && (terms.isRemoving || verdictOnUsers(subjects, terms).kind === 'done');
        if (!isFinal || !(await last.next(todo, terms))) return true;
      }
    }
  }

  /** Whether enough names of users who are refused are known. */
  private canTell(subjects: readonly Subject[], terms: Terms): boolean {
    return refusals(subjects, terms).length >= this.request.tolerated + NAMES_ENOUGH;
  }

  /**
   * Asks what state desktops are in, 25 to a call: first about some who were not ready in the step before, then about the longest unasked. One
   * that is not ready proves that the fleet is not done, so then a few calls are enough; while all that were asked are ready, the rest is asked as well.
   */
  private async look(): Promise<void> {
    const terms = this.terms();
    if (!this.occasion.isRollback && certainFailure(this.subjects(), terms)) return;
    const { witnesses, others } = this.queue(terms);
    const queue = [...witnesses, ...others];
    const pending: string[] = [];
    let asked = 0;
    while (asked < queue.length && (pending.length === 0 || asked < ASKS_WHILE_WAITING * BATCH)) {
      if (this.world.clock.now() >= this.workUntil) break;
      const batch = queue.slice(asked, asked + BATCH);
      pending.push(...await ask(this.place, batch, this.request.waitFor));
      asked += batch.length;
      // The next step is half a minute away.
      if (pending.length > 0) this.pace.slowDown();
    }
    if (queue.length <= ASKS_WHILE_WAITING * BATCH || asked === 0) return;
    const { cursor } = this.fleet.row;
    await this.fleet.note({ cursor: asked > witnesses.length ? queue[asked - 1].key : cursor, pending: pending.slice(-BATCH) });
  }

  /** Those to ask about: who was not ready last, and the others from after the one who was asked about last, around to that one. */
  private queue(terms: Terms): { readonly witnesses: readonly Subject[]; readonly others: readonly Subject[] } {
    const subjects = this.subjects();
    const { cursor, pending = [] } = this.fleet.row;
    const after = subjects.findIndex(({ key }) => key === cursor) + 1;
    const todo = new Set(plan(subjects, terms).ask.filter(({ wanted }) => !wanted || !this.occasion.isRollback));
    const all = [...subjects.slice(after), ...subjects.slice(0, after)].filter((each) => todo.has(each));
    const notReady = new Set(pending);
    return { witnesses: all.filter(({ key }) => notReady.has(key)), others: all.filter(({ key }) => !notReady.has(key)) };
  }

  private async conclude(): Promise<StepResult> {
    const { isRollback } = this.occasion;
    const outcome = (isRollback ? rollbackVerdict : verdict)(this.subjects(), this.terms());
    log('verdict', { kind: outcome.kind, users: this.request.wanted.size, generation: this.fleet.generation, rollback: isRollback });
    if (outcome.kind === 'not-yet') return this.notYet();
    if (outcome.kind === 'failed') throw new DeploymentFailure(outcome.reason);

    const notices = [...await staysBehind(this.place, this.occasion, this.world.readManifest), ...noticesOf(this.subjects(), this.terms())];
    const { countsIds } = this.request;
    const attributes = attributesOf(this.event, { ...outcome, countsIds, notices, fleetId: this.fleet.key.fleetId });
    await this.settle();
    return { Status: 'DONE', Attributes: attributes };
  }

  private async settle(): Promise<void> {
    const { key, generation, row: { settled, changes, startedAt } } = this.fleet;
    if (this.event.RequestType === 'Delete') {
      await this.world.ledger.forget(key, generation, this.place.state.all);
    } else if (settled !== generation) {
      const settledTo = changes && { generation, at: startedAt, to: changes.to };
      await this.fleet.note({ settled: generation, settledBefore: settled, settledTo, lost: false });
    }
  }

  private subjects(): Subject[] {
    const subjects = this.place.state.subjects(this.request.wanted);
    return this.occasion.isRollback ? subjects.map((each) => this.asItWas(each)) : subjects;
  }

  /** A rollback takes back also what the template before did not say. */
  private asItWas(subject: Subject): Subject {
    const { wanted, member } = subject;
    const { generation, row } = this.fleet;
    // Only of the update that is taken back.
    if (!wanted || !member?.was || member.was.generation < row.settled || member.was.generation === generation) return subject;
    return { ...subject, wanted: { ...wanted, settings: { ...member.was.settings, ...wanted.settings } } };
  }

  private terms(): Terms {
    const keep = this.event.RequestType === 'Delete' ? -1 : this.occasion.keep;
    const { request, deadline, fleet: { generation, row: { removingIn, startedAt } } } = this;
    return {
      request,
      generation,
      now: this.world.clock.now(),
      deadline: deadline - this.reserve(keep),
      answerBy: Math.min(deadline + REMOVAL_GRACE, startedAt + LONGEST_TIMEOUT),
      isRemoving: removingIn === generation,
      keep,
      deployed: this.occasion.deployed,
    };
  }

  /** Removals are left so much of the time, so that all of them have been asked for when the answer must be given. */
  private reserve(keep: number): number {
    if (this.occasion.kind !== 'Update' || this.occasion.isRollback) return 0;
    const goes = (each: Subject) => !each.wanted || isReplaced(each, this.request, this.occasion.deployed);
    const removals = membersBefore(this.subjects(), keep).filter(goes).length;
    if (removals === 0) return 0;
    return Math.min((this.deadline - this.fleet.row.startedAt) / 2, REMOVAL_ONCE + removals * REMOVAL_EACH * (this.request.releases ? 2 : 1));
  }
}

/** Of a step: as long as the function has, less what the last call may take. */
export function workFor(remainingMs: number): number {
  return Math.max(0, remainingMs - 40 * SECOND);
}
