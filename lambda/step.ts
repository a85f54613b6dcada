import { ask, canTerminate, create as createDesktops, Created, lookUp, noteUnrecorded, reclaim, release, terminate, Workplace } from './act';
import { isReplaced } from './bundle-changes';
import { change } from './change';
import { membersBefore, refusedChange, removalsRefused } from './changes';
import { type Clock, MINUTE, SECOND } from './clock';
import { DeploymentFailure, failureOf } from './errors';
import type { FleetEvent } from './events';
import { eventId, fleetId, userKey } from './identity';
import type { KeysApi } from './keys';
import type { Lease } from './lease';
import { FleetKey, FleetRow, Ledger, type Member, SupersededError } from './ledger';
import { log } from './log';
import { migrate } from './migrate';
import { abandoned, deletesBefore, deletionOf, leftBehind, movesFrom, moveRefused, standingIn } from './moves';
import { noticesOf } from './notices';
import { Pace } from './pace';
import { Plan, plan } from './plan';
import { checkBundles, lookBeforeCreating } from './preflight';
import { deployed, LONGEST_TIMEOUT, nobody, parseProperties, ReadManifest, Request, timeoutOf } from './properties';
import { attributesOf, reasonOf } from './report';
import { absorbed, asChanged } from './settings-changes';
import { isRollback, type StackStatus } from './stack-status';
import { FleetState, Subject } from './state';
import { survey } from './survey';
import { certainFailure, refusals, REMOVAL_GRACE, rollbackVerdict, Terms, verdict, verdictOnUsers } from './verdict';
import { BATCH, Desktop, WorkspacesApi } from './workspaces-api';
import type { StepResult } from '../src/private/contract';

/** What a step reaches the world through. */
export interface World {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly lease: Lease;
  readonly workspaces: (pace: Pace) => WorkspacesApi;
  readonly keys: KeysApi;
  readonly readManifest: ReadManifest;
  readonly stackStatus: StackStatus;
  readonly logGroupName?: string;
}

/** A policy that has just been attached takes a while to be known everywhere. */
const POLICY_DELAY = 2 * MINUTE;
/** Between an update and its rollback, as far as we take one for the other: desktops that are older than that are not undone. */
const LONGEST_OPERATION = 4 * 60 * MINUTE;
/** What reading its tags takes of the time for a removal, and a release twice, at the account's rate; and what the calls for all of them take. */
const REMOVAL_EACH = 0.6 * SECOND;
const REMOVAL_ONCE = 1 * MINUTE;
/** Calls of DescribeWorkspaces in a step that finds that the fleet is not done: a tenth of what the account may make. */
const ASKS_WHILE_WAITING = 6;
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

  // Read again, now that no other step can change it.
  const fleet = await world.ledger.fleet(key);
  const pace = new Pace(world.clock, lease.pace);
  try {
    if (!fleet) return failed(world, `the ledger of this fleet was deleted while its ${event.RequestType} was running. No WorkSpace was touched by that: deploy again`);
    if (isSuperseded(fleet, event)) return { Status: 'NOT_YET' };
    const api = world.workspaces(pace);
    const left = abandoned(event);
    const there = left && await world.ledger.fleet(left);
    if (there && !isSuperseded(there, event)) {
      const result = await new Step(world, deletionOf(event), left, there, api, workUntil).run();
      if (result.Status !== 'DONE') return result;
    }
    return await new Step(world, event, key, fleet, api, workUntil).run();
  } catch (error) {
    if (error instanceof DeploymentFailure) return failed(world, error.message);
    if (error instanceof SupersededError) return { Status: 'NOT_YET' };
    if (failureOf(error) !== 'denied') throw error;
    if (world.clock.now() - fleet!.startedAt < POLICY_DELAY) return { Status: 'NOT_YET' };
    return failed(world, `AWS denies what the provider's role needs: ${(error as Error).message}. If the role's policy has the permission, look for a service control policy, a permissions boundary or a key policy`);
  } finally {
    await world.lease.release(holder, pace.state());
  }
}

/**
 * CloudFormation does not wait for an update that it cancels: that one may see the stack roll back as well. But only the
 * rollback's own update (and its repetition) is the one before it with the properties swapped.
 */
function takesBack({ changes, changesBefore, lost, startedAt, startedBefore = startedAt }: FleetRow): boolean {
  if (lost || !changes || !changesBefore) return true;
  // Of the same operation on the stack: an update long ago is not being rolled back.
  if (startedAt - startedBefore > LONGEST_OPERATION) return false;
  const isSwapped = changes.to === changesBefore.from && changes.from === changesBefore.to;
  return isSwapped || (changes.to === changesBefore.to && changes.from === changesBefore.from);
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
  private place!: Workplace;
  private request!: Request;
  private readonly deadline: number;
  /** Groups of users in which somebody is unacceptable, the next one last. */
  private readonly suspects: Set<string>[] = [];
  private removable?: boolean;
  /** Calls that only showed that changes are not there yet. */
  private idleAsks = 0;

  constructor(
    private readonly world: World,
    private readonly event: FleetEvent,
    private readonly key: FleetKey,
    private fleet: FleetRow,
    private readonly api: WorkspacesApi,
    private readonly workUntil: number,
  ) {
    this.deadline = fleet.startedAt + timeoutOf(event);
  }

  async run(): Promise<StepResult> {
    this.request = await this.readRequest();
    const { ledger, clock } = this.world;
    const rows = await ledger.calls(this.key);
    const state = new FleetState(rows, this.fleet.nextCall);
    this.place = { api: this.api, ledger, clock, fleet: this.key, generation: this.fleet.generation, state, workUntil: this.workUntil };

    const isIncomplete = this.fleet.lost || rows.length < this.fleet.nextCall;
    if (this.event.RequestType === 'Update' || this.mayUndoCreate(isIncomplete)) await this.askWhetherRollback();
    const isUpdate = this.kind === 'Update';
    if (isIncomplete) await this.recover();
    if (isUpdate && !(await this.lookUpBefore())) return { Status: 'NOT_YET' };
    await this.letBe();
    if (this.kind !== 'Delete') this.refuseChanges();
    if (this.kind !== 'Delete' && !this.isRollback) await this.judgeRemovals();
    await this.absorb();
    return await this.work() ?? await this.look() ?? this.conclude();
  }

  private async readRequest(): Promise<Request> {
    const { ResourceProperties: properties, RequestType } = this.event;
    if (RequestType === 'Delete') {
      return nobody(properties.DirectoryId);
    }
    return parseProperties(properties, this.world.readManifest);
  }

  /** Rows are missing: whoever was deployed before, by CloudFormation's account, and has no record, is looked up. */
  private async recover(): Promise<void> {
    const { generation, sweptIn } = this.fleet;
    if (sweptIn === generation) return;
    const { OldResourceProperties: old, ResourceProperties: properties, RequestType } = this.event;
    // In a move, who was deployed before was so elsewhere.
    const before = this.kind === 'Create' ? [] : await deployed(RequestType === 'Update' && old && !this.movesFrom ? old : properties, this.world.readManifest);
    const recorded = new Set(this.subjects().filter(({ member }) => member).map(({ key }) => key));
    const unrecorded = before.filter(({ userName }) => !recorded.has(userKey(userName)));
    log('recover', { rows: this.place.state.all.length, expected: this.fleet.nextCall, lookUp: unrecorded.length });
    // In a rollback the properties before are the ones that failed: who is in them alone has what is to be taken back, and so have desktops
    // that they may have changed.
    const { wanted } = this.request;
    const tried = new Map(unrecorded.map((each) => [userKey(each.userName), each.settings]));
    const settledOnes = this.isRollback ? [...wanted.values()].filter(({ userName }) => !recorded.has(userKey(userName)))
      .map(({ userName, settings }) => ({ userName, settings: asChanged(settings, tried.get(userKey(userName))) })) : unrecorded;
    await noteUnrecorded(this.place, settledOnes, 0);
    const added = unrecorded.filter(({ userName }) => !wanted.has(userKey(userName)));
    if (this.isRollback) await noteUnrecorded(this.place, added, generation, this.fleet.startedAt);
    this.fleet = await this.world.ledger.change(this.key, generation, { sweptIn: generation });
  }

  /**
   * Once in a generation. When CloudFormation does not say for long, it counts as no: then an update that takes desktops
   * away is refused.
   */
  private async askWhetherRollback(): Promise<void> {
    const { generation, rollback } = this.fleet;
    if (rollback?.generation === generation) return;
    try {
      const is = isRollback(await this.world.stackStatus(this.event.StackId)) && (this.event.RequestType === 'Delete' || this.movesFrom !== undefined || takesBack(this.fleet));
      this.fleet = await this.world.ledger.change(this.key, generation, { rollback: { generation, is } });
    } catch (error) {
      const takesAway = this.fleet.lost || this.subjects().some(({ wanted, member }) => !wanted && member);
      if (error instanceof SupersededError || (takesAway && this.world.clock.now() - this.fleet.startedAt < POLICY_DELAY)) throw error;
      log('stack status unknown', { error: `${(error as Error).name}: ${(error as Error).message}` });
    }
  }

  private get isRollback(): boolean {
    return this.event.RequestType === 'Update' && this.fleet.rollback?.generation === this.fleet.generation && this.fleet.rollback.is;
  }

  /** Up to this generation, desktops are not this event's to take back. */
  private get keep(): number {
    // A row that is younger than the calls does not know; then who is not in the properties of before tells.
    if (this.isRollback && this.fleet.lost) return 0;
    // Of a move nothing was made here.
    if (this.movesFrom !== undefined) return this.fleet.settled;
    const { settled, settledBefore, createdIn = 0 } = this.fleet;
    // What a create has made is never an update's to take back, in whatever order their events come.
    return this.isRollback ? Math.max(settledBefore, createdIn) : settled;
  }

  private get movesFrom(): string | undefined {
    return movesFrom(this.event);
  }

  /** A fleet that comes to another directory is created there; back again in a rollback, it has never left. */
  private get kind(): FleetEvent['RequestType'] {
    return this.movesFrom !== undefined && !this.isRollback ? 'Create' : this.event.RequestType;
  }

  /** @throws DeploymentFailure before anything is changed */
  private async judgeMove(from: string): Promise<void> {
    const { generation } = this.fleet;
    const standing = await this.standingIn(from);
    const refusal = deletesBefore(this.event) ? moveRefused(standing, from, this.key.directoryId, this.request.terminationLimit) : undefined;
    if (refusal) throw new DeploymentFailure(refusal);
    this.fleet = await this.world.ledger.change(this.key, generation, { removalsJudgedIn: generation });
  }

  private async leftBehind(): Promise<string[]> {
    if (this.movesFrom === undefined || this.isRollback || deletesBefore(this.event)) return [];
    return leftBehind(await this.standingIn(this.movesFrom), this.movesFrom);
  }

  private standingIn(directoryId: string): Promise<Subject[]> {
    return standingIn(this.world.ledger, { ...this.key, directoryId }, () => deployed(this.event.OldResourceProperties!, this.world.readManifest));
  }

  /** Whether users of before have a desktop is to be known before an update is judged by it. */
  private async lookUpBefore(): Promise<boolean> {
    for (const subject of this.subjects().filter(({ member, madeIn }) => member?.unknown && madeIn! <= this.keep)) {
      if (this.world.clock.now() >= this.workUntil) return false;
      await lookUp(this.place, subject, this.request);
    }
    return true;
  }

  /** @throws DeploymentFailure before anything is changed */
  private refuseChanges(): void {
    const refusal = refusedChange(this.subjects(), this.keep, this.isRollback, this.request);
    if (refusal) throw new DeploymentFailure(refusal);
  }

  /**
   * Once in a generation, against who had a desktop before it: what was let pass is not judged by what is left of it.
   * @throws DeploymentFailure before anything is changed
   */
  private async judgeRemovals(): Promise<void> {
    const { generation, removalsJudgedIn } = this.fleet;
    if (removalsJudgedIn === generation) return;
    if (this.kind === 'Create' && this.movesFrom !== undefined) return this.judgeMove(this.movesFrom);
    const before = membersBefore(this.subjects(), this.keep);
    const refusal = removalsRefused(before, this.request);
    if (refusal) throw new DeploymentFailure(refusal);
    const takesAway = before.some((each) => !each.wanted || isReplaced(each, this.request, Infinity));
    if (takesAway) this.fleet = await this.world.ledger.change(this.key, generation, { removalsJudgedIn: generation });
  }

  /** What the template does not say any more, and what a rollback cannot make small again, is not held against the desktops. */
  private async absorb(): Promise<void> {
    for (const subject of this.subjects()) {
      if (!subject.member?.id || subject.member.changing) continue;
      const settings = absorbed(subject, this.isRollback);
      if (settings) this.place.state.setWith(subject.key, subject.member, settings);
    }
    await this.place.state.flush(this.world.ledger, this.key);
  }

  /** Looks up, creates, changes and terminates, as far as time allows. */
  private async work(): Promise<StepResult | undefined> {
    // Each at most once in a step: an answer that changes nothing now may be another one later.
    const lookedUp = new Set<string>();
    const terminated = new Set<string>();
    const changed = new Set<string>();
    for (;;) {
      await this.letBe();
      const terms = this.terms();
      const todo = plan(this.subjects(), terms);
      const lookUps = this.hasFailed(terms) ? [] : todo.lookUp.filter(({ key }) => !lookedUp.has(key));
      const create = this.mayCreate(terms) ? todo.create : [];
      const isFinal = !this.isRollback && (terms.isRemoving || verdictOnUsers(this.subjects(), terms).kind === 'done');
      const mayChange = this.isRollback || certainFailure(this.subjects(), terms) === undefined;
      const undone = todo.terminate.filter(({ key }) => !terminated.has(key));
      const changes = mayChange && terms.now < this.deadline ? this.beforeFinal(todo.change, changed) : [];
      const follow = this.isRollback ? [] : this.beforeFinal(todo.follow, changed);
      const isQuiet = lookUps.length + create.length + undone.length + todo.reclaim.length + changes.length + follow.length === 0;
      const final = isFinal && isQuiet ? await this.finally(todo, terms, terminated, changed) : undefined;
      if (isQuiet && !final) return undefined;
      if (terms.now >= this.workUntil) return { Status: 'NOT_YET' };

      if (todo.reclaim.length > 0) {
        await reclaim(this.place, todo.reclaim[0]);
      } else if (lookUps.length > 0) {
        lookedUp.add(lookUps[0].key);
        await lookUp(this.place, lookUps[0], this.request);
      } else if (create.length > 0) {
        await this.preflight(create); // first: a directory that is none has nobody in it
        if (this.fleet.surveyedIn !== this.fleet.generation) {
          const { done, fleet } = await survey(this.place, this.fleet, create);
          this.fleet = fleet;
          if (!done) return { Status: 'NOT_YET' };
        }
        const missing = create.filter(({ key, userName, wanted }) => !this.place.state.subject(key, userName, wanted).member?.unknown);
        if (missing.length === create.length && await this.createBatch(create) === 'unknown') return { Status: 'NOT_YET' };
      } else if (undone.length > 0) {
        await this.letGo(undone, terminated, false);
      } else if (changes.length > 0) {
        await this.changeBatch(changes.slice(0, BATCH), changed, 'undoable');
      } else if (follow.length > 0) {
        await this.migrateBatch(follow.slice(0, BATCH / 2), changed);
      } else {
        await final!();
      }
    }
  }

  /** What was refused is certain, and enough names are known to tell. */
  private hasFailed(terms: Terms): boolean {
    if (this.isRollback || this.event.RequestType === 'Delete') return false;
    return certainFailure(this.subjects(), terms) !== undefined && refusals(this.subjects(), terms).length >= this.request.tolerated + NAMES_ENOUGH;
  }

  /** While nothing can be done but wait, a few calls are enough. */
  private beforeFinal(changes: readonly Subject[], changed: ReadonlySet<string>): readonly Subject[] {
    return this.idleAsks >= ASKS_WHILE_WAITING ? [] : changes.filter(({ key }) => !changed.has(key));
  }

  /**
   * What cannot be undone, when everything else has succeeded: volumes grow, then desktops are migrated, then others are terminated.
   * @returns what there is to do of it
   */
  private async finally(todo: Plan, terms: Terms, terminated: Set<string>, changed: Set<string>): Promise<(() => Promise<void>) | undefined> {
    const isOver = terms.now >= this.deadline;
    const grow = isOver ? [] : this.beforeFinal(todo.changeFinally, changed);
    const migrations = isOver ? [] : this.beforeFinal(todo.migrate, changed);
    const removals = todo.remove.filter(({ key }) => !terminated.has(key));
    if (grow.length + migrations.length + removals.length === 0 || terms.now >= this.workUntil) return undefined;
    if (!terms.isRemoving && await this.isCancelled()) return undefined;
    if (removals.length > 0 && !(await this.mayRemove(removals, terms))) return undefined;
    return async () => {
      await this.lookBeforeReplacing(removals.filter(({ wanted }) => wanted), migrations);
      await this.beginRemoving();
      if (grow.length > 0) await this.changeBatch(grow.slice(0, BATCH), changed, 'all');
      else if (migrations.length > 0) await this.migrateBatch(migrations.slice(0, BATCH / 2), changed);
      else await this.letGo(removals, terminated, this.request.releases);
    };
  }

  /** Terminates, or releases, at most 25: those of the first one's kind. */
  private async letGo(subjects: readonly Subject[], terminated: Set<string>, releasesRemoved: boolean): Promise<void> {
    const isLetGo = (member: Subject['member']) => member?.adopted === true || member?.releasedIn !== undefined;
    const isReleased = ({ wanted, member }: Subject) => isLetGo(member) || (!wanted && releasesRemoved);
    const releases = isReleased(subjects[0]);
    const batch = subjects.filter((each) => isReleased(each) === releases).slice(0, BATCH);
    log(releases ? 'release' : 'terminate', { desktops: batch.length, left: subjects.length - batch.length });
    await (releases ? release : terminate)(this.place, batch);
    for (const { key, userName, member } of batch) {
      // Its tags may have told that it was adopted: then it is to be released still.
      const after = this.place.state.subject(key, userName).member;
      if (after?.adopted === member?.adopted) terminated.add(key);
    }
    this.removable = undefined; // asked anew before the next batch
  }

  private async changeBatch(batch: readonly Subject[], changed: Set<string>, which: 'undoable' | 'all'): Promise<void> {
    const desktops = await this.describe(batch.map(({ member }) => member!.id!));
    let isIdle = true;
    for (const subject of batch) {
      if (this.world.clock.now() >= this.workUntil) break;
      changed.add(subject.key);
      if (await change(this.place, subject, desktops.get(subject.member!.id!), which) === 'asked') isIdle = false;
    }
    await this.place.state.flush(this.world.ledger, this.key);
    if (isIdle) this.idleAsks++;
  }

  private async migrateBatch(batch: readonly Subject[], changed: Set<string>): Promise<void> {
    const idsOf = ({ member }: Subject) => [member!.id!, member!.migrating?.from ?? member!.id!];
    const desktops = await this.describe([...new Set(batch.flatMap(idsOf))]);
    let isIdle = true;
    for (const subject of batch) {
      if (this.world.clock.now() >= this.workUntil) break;
      changed.add(subject.key);
      if (await migrate(this.place, subject, desktops) === 'asked') isIdle = false;
    }
    if (isIdle) this.idleAsks++;
  }

  private async describe(ids: readonly string[]): Promise<Map<string, Desktop>> {
    return new Map((await this.api.describe(ids)).map((each) => [each.id, each]));
  }

  /** Noted before the first one goes. */
  private async beginRemoving(): Promise<void> {
    const { generation, removingIn } = this.fleet;
    if (removingIn !== generation) this.fleet = await this.world.ledger.change(this.key, generation, { removingIn: generation });
  }

  /** Asked before each batch: it is about all of them, or none. */
  private async mayRemove(removals: readonly Subject[], terms: Terms): Promise<boolean> {
    if (removals.length === 0 || terms.now >= this.workUntil) return false;
    const terminated = removals.filter(({ wanted, member }) => !member?.adopted && (wanted || !this.request.releases));
    this.removable ??= !(await this.isCancelled()) && (terminated.length === 0 || await canTerminate(this.place, terminated));
    return this.removable;
  }

  /**
   * CloudFormation does not tell an update that it has been cancelled, and its rollback may be on its way. What that could
   * not restore must not go; nor when CloudFormation does not say.
   */
  private async isCancelled(): Promise<boolean> {
    try {
      return await this.world.stackStatus(this.event.StackId) !== 'UPDATE_IN_PROGRESS';
    } catch (error) {
      log('stack status unknown', { error: `${(error as Error).name}: ${(error as Error).message}` });
      return true;
    }
  }

  /**
   * Lets go, as they are, of desktops on which people may have worked before this fleet came upon them: those it found in a
   * deployment that did not succeed, and those that were kept when a fleet of this name was taken out of the stack, where
   * the create over them does not want them, or has failed.
   */
  private async letBe(): Promise<void> {
    for (const { key, wanted, member, madeIn } of this.subjects()) {
      if (!member) continue;
      if (this.isFree(member)) this.place.state.set(key, undefined);
      if (this.isFree(member) || wanted) continue;
      const isKept = madeIn! <= this.retained || (member.found && (madeIn! > this.keep || this.undoesCreate));
      if (isKept) this.place.state.set(key, undefined);
    }
    await this.place.state.flush(this.world.ledger, this.key);
  }

  /** Released by a deployment before this one that has succeeded, and is not being taken back: not ours any more. */
  private isFree({ releasedIn, untagged }: Member): boolean {
    if (releasedIn === undefined) return false;
    if (this.event.RequestType === 'Delete') return untagged ?? false;
    return releasedIn <= this.keep && releasedIn !== this.fleet.generation;
  }

  /** The last generation before a create: what was made up to it had been kept, and was not made by this create. */
  private get retained(): number {
    const { createdIn, settled, settledBefore } = this.fleet;
    if (this.kind === 'Create') return settled < this.fleet.generation ? settled : -1;
    if (this.kind === 'Update' || createdIn === undefined) return -1;
    if (settled < createdIn) return settled;
    return this.undoesCreate ? settledBefore : -1;
  }

  /** A create that had succeeded may be deleted since another resource of the stack failed; then what was kept before it stays. */
  private mayUndoCreate(isIncomplete = false): boolean {
    const { createdIn, settled } = this.fleet;
    const cameUpon = ({ member, madeIn }: Subject) => member?.found || (madeIn !== undefined && createdIn !== undefined && madeIn < createdIn);
    return this.event.RequestType === 'Delete' && settled === createdIn && (isIncomplete || this.subjects().some(cameUpon));
  }

  /** When CloudFormation does not say, it counts as yes: what is kept can still be terminated by hand. */
  private get undoesCreate(): boolean {
    return this.mayUndoCreate() && (this.fleet.rollback?.generation !== this.fleet.generation || this.fleet.rollback.is);
  }

  /** Not in a rollback, not after the time is up, and not once failure is certain. */
  private mayCreate(terms: Terms): boolean {
    return !this.isRollback && terms.now < this.deadline && certainFailure(this.subjects(), terms) === undefined;
  }

  /** Asks for the next 25; or for half of those before, while one of them spoils the call for the rest. */
  private async createBatch(subjects: readonly Subject[]): Promise<Created> {
    const keyArns = await this.preflight(subjects);
    const suspects = this.suspects.pop();
    const batch = suspects ? subjects.filter(({ key }) => suspects.has(key)) : subjects.slice(0, BATCH);
    if (batch.length === 0) return 'answered';
    log('create', { users: batch.length, left: subjects.length - batch.length });
    const created = await createDesktops(this.place, batch, keyArns);
    if (created === 'poisoned') {
      const keys = batch.map(({ key }) => key);
      const half = Math.ceil(keys.length / 2);
      this.suspects.push(new Set(keys.slice(half)), new Set(keys.slice(0, half)));
    }
    return created;
  }

  /** Once in a generation, whatever the number of steps; again only for a key that was not needed before. */
  private async preflight(subjects: readonly Subject[]): Promise<Readonly<Record<string, string>>> {
    const { generation, checkedIn, keys = {} } = this.fleet;
    const isKnown = ({ wanted }: Subject) => wanted!.settings.VolumeEncryptionKey === undefined || wanted!.settings.VolumeEncryptionKey in keys;
    if (checkedIn === generation && subjects.every(isKnown)) return keys;
    const arns = await lookBeforeCreating(this.api, this.world.keys, this.key.directoryId, subjects.map(({ wanted }) => wanted!));
    const known = checkedIn === generation ? { ...keys, ...arns } : arns;
    this.fleet = await this.world.ledger.change(this.key, generation, { checkedIn: generation, keys: known });
    return known;
  }

  /** What is to take the place of desktops must be possible before the first of them goes. */
  private async lookBeforeReplacing(replaced: readonly Subject[], migrated: readonly Subject[]): Promise<void> {
    const { generation, removingIn, checkedIn, keys } = this.fleet;
    if (removingIn === generation) return;
    const wantedOf = (subjects: readonly Subject[]) => subjects.map(({ wanted }) => wanted!);
    // The service takes the key that the desktop has.
    if (migrated.length > 0) await checkBundles(this.api, wantedOf(migrated));
    if (replaced.length === 0) return;
    const arns = await lookBeforeCreating(this.api, this.world.keys, this.key.directoryId, wantedOf(replaced));
    const known = checkedIn === generation ? { ...keys, ...arns } : arns;
    this.fleet = await this.world.ledger.change(this.key, generation, { checkedIn: generation, keys: known });
  }

  /**
   * Asks what state desktops are in, 25 to a call, the longest unasked first. One that is not ready proves that the
   * fleet is not done, so then a few calls are enough; while all that were asked are ready, the rest is asked as well.
   */
  private async look(): Promise<undefined> {
    const terms = this.terms();
    if (!this.isRollback && certainFailure(this.subjects(), terms)) return undefined;
    const queue = this.queue(terms);
    let allSettled = true;
    let cursor: string | undefined;
    for (let asked = 0; asked * BATCH < queue.length && (allSettled || asked < ASKS_WHILE_WAITING); asked++) {
      if (this.world.clock.now() >= this.workUntil) break;
      const batch = queue.slice(asked * BATCH, (asked + 1) * BATCH);
      allSettled = await ask(this.place, batch, this.request.waitFor) && allSettled;
      cursor = batch[batch.length - 1].key;
    }
    if (queue.length > ASKS_WHILE_WAITING * BATCH && cursor !== undefined) {
      this.fleet = await this.world.ledger.change(this.key, this.fleet.generation, { cursor });
    }
    return undefined;
  }

  /** Those to ask about, from after the one who was asked about last, around to that one. */
  private queue(terms: Terms): Subject[] {
    const subjects = this.subjects();
    const after = subjects.findIndex(({ key }) => key === this.fleet.cursor) + 1;
    const todo = new Set(plan(subjects, terms).ask.filter(({ wanted }) => !wanted || !this.isRollback));
    return [...subjects.slice(after), ...subjects.slice(0, after)].filter((each) => todo.has(each));
  }

  private async conclude(): Promise<StepResult> {
    const outcome = (this.isRollback ? rollbackVerdict : verdict)(this.subjects(), this.terms());
    log('verdict', { kind: outcome.kind, users: this.request.wanted.size, generation: this.fleet.generation, rollback: this.isRollback });
    if (outcome.kind === 'not-yet') return { Status: 'NOT_YET' };
    if (outcome.kind === 'failed') throw new DeploymentFailure(outcome.reason);

    const notices = [...await this.leftBehind(), ...noticesOf(this.subjects(), this.terms())];
    const attributes = attributesOf(this.event, { ...outcome, notices, fleetId: this.key.fleetId });
    await this.settle();
    return { Status: 'DONE', Attributes: attributes };
  }

  private async settle(): Promise<void> {
    const { generation, settled } = this.fleet;
    if (this.event.RequestType === 'Delete') {
      await this.world.ledger.forget(this.key, generation, this.place.state.all);
    } else if (settled !== generation) {
      await this.world.ledger.change(this.key, generation, { settled: generation, settledBefore: settled, lost: false });
    }
  }

  private subjects(): Subject[] {
    const subjects = this.place.state.subjects(this.request.wanted);
    return this.isRollback ? subjects.map((each) => this.asItWas(each)) : subjects;
  }

  /** A rollback takes back also what the template before did not say. */
  private asItWas(subject: Subject): Subject {
    const { wanted, member } = subject;
    if (!wanted || !member?.was || member.was.generation <= this.keep) return subject;
    return { ...subject, wanted: { ...wanted, settings: { ...member.was.settings, ...wanted.settings } } };
  }

  private terms(): Terms {
    const keep = this.event.RequestType === 'Delete' ? -1 : this.keep;
    const { request, deadline, fleet: { generation, removingIn, startedAt } } = this;
    return {
      request,
      generation,
      now: this.world.clock.now(),
      deadline: deadline - this.reserve(keep),
      answerBy: Math.min(deadline + REMOVAL_GRACE, startedAt + LONGEST_TIMEOUT),
      isRemoving: removingIn === generation,
      keep,
    };
  }

  /** Removals are left so much of the time, so that all of them have been asked for when the answer must be given. */
  private reserve(keep: number): number {
    if (this.kind !== 'Update' || this.isRollback) return 0;
    const removals = membersBefore(this.subjects(), keep).filter((each) => !each.wanted || isReplaced(each, this.request, keep)).length;
    if (removals === 0) return 0;
    return Math.min((this.deadline - this.fleet.startedAt) / 2, REMOVAL_ONCE + removals * REMOVAL_EACH * (this.request.releases ? 2 : 1));
  }
}

/** Of a step: as long as the function has, less what the last call may take. */
export function workFor(remainingMs: number): number {
  return Math.max(0, remainingMs - 40 * SECOND);
}
