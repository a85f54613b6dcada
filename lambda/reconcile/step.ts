import { Batches } from './batches';
import { contextOf } from './context-of';
import { IrreversiblePhase } from './irreversible-phase';
import { forgetLeavers, leaversNotices, noteLeavers } from './leavers';
import { look } from './look';
import { noteUsersOfLostRows } from './lost-rows';
import { Manifests } from './manifests';
import { mayBegin } from './overtaking';
import { refuseUpdate, staysBehind } from './refuse-update';
import { disownRetained } from './retained-desktops';
import type { Services } from './services';
import { inTime } from './services-in-time';
import { identifyOperation, type StackOperation } from './stack-operation';
import type { StepResult } from '../../src/private/contract';
import { CONFIRMED_AT_ONCE, confirmAdoptions } from '../act/confirm-adoptions';
import { Creation } from '../act/creation';
import { noteArrivals, takeOver } from '../act/hand-over';
import { lookUp } from '../act/look-up';
import type { StepContext } from '../act/step-context';
import { actionOf, failureOf } from '../aws/errors';
import type { Pace } from '../aws/pace';
import { DeploymentFailure } from '../core/deployment-failure';
import { log } from '../core/log';
import { OutOfTime, type TimeLeft } from '../core/time-left';
import { deniedFinally, isWaiting, patienceForAll, WAY_OUT_OF_DENIAL } from '../decide/failures';
import { noticesOf } from '../decide/notices';
import { plan } from '../decide/plan';
import { attributesOf, requireRoom } from '../decide/report';
import { acceptedAsDesired } from '../decide/settings-diff';
import type { Terms } from '../decide/terms';
import { certainFailure, refusals, rollbackVerdict, verdict, verdictOnUsers } from '../decide/verdict';
import { recordedText } from '../ledger/bounds';
import { CurrentFleet } from '../ledger/current-fleet';
import { type FleetKey, type FleetRow, sentAtOf, waitsSince } from '../ledger/rows';
import { hasDesktop, isRecorded, type RecordedUser, type User } from '../ledger/user';
import { isDesktop } from '../ledger/user-record';
import { AnswerTime } from '../request/answer-time';
import type { FleetEvent } from '../request/events';
import { nobody, parseProperties, type Request } from '../request/resource-properties';

/** A failure names so many refused users. No further user is looked up for it. */
const NAMES_ENOUGH = 5;
/** So many notices are in the log. */
const MOST_LOGGED = 100;
/** So many users are named in one line of the log. */
const NAMES_IN_A_LINE = 100;

/** The work of one step on one fleet, with the lease. */
export class Step {
  private readonly services: Services;
  private readonly fleet: CurrentFleet;
  private readonly manifests: Manifests;
  private operation!: StackOperation;
  private request!: Request;
  private context!: StepContext;
  private isIncomplete = false;
  private isDenied = false;

  constructor(
    services: Services,
    private readonly event: FleetEvent,
    key: FleetKey,
    row: FleetRow,
    private readonly pace: Pace,
    private readonly time: TimeLeft,
  ) {
    this.services = inTime(services, time);
    this.fleet = new CurrentFleet(services.ledger, key, row);
    this.manifests = new Manifests(this.services, key);
  }

  async run(): Promise<StepResult> {
    try {
      const result = await this.reconcile();
      if (result.Status === 'NOT_YET' && !this.isDenied) await this.noteDenial(undefined);
      return result;
    } catch (error) {
      if (failureOf(error) !== 'denied') throw error;
      return this.denied(error as Error);
    }
  }

  /** AWS denies so much that the step cannot go on. What a policy goes by may not be visible everywhere yet. */
  private async denied(error: Error): Promise<StepResult> {
    const { fleet, services: { clock }, event: { RequestType } } = this;
    const since = fleet.current.denied?.since ?? clock.now();
    await this.noteDenial(since, error.message);
    // Then the answer is given from what is known: what is denied may not matter to it.
    if (this.operation !== undefined && clock.now() >= this.answerTime.deadline) return this.conclude();
    const patience = patienceForAll(actionOf(error) ?? '', RequestType === 'Delete' || fleet.current.rollsBack === true);
    if (clock.now() < since + patience) return { Status: 'NOT_YET' };
    throw new DeploymentFailure(this.deniedWith(error.message));
  }

  /** @param since when it began; undefined if the step goes on */
  private async noteDenial(since: number | undefined, message?: string): Promise<void> {
    const { denied } = this.fleet.current;
    if (denied?.since !== since) await this.fleet.progress({ denied: { ...denied, since, message: message && recordedText(message) } });
  }

  private deniedWith(message: string): string {
    return `AWS denies what the provider's role needs: ${message}. ${WAY_OUT_OF_DENIAL}`;
  }

  private async reconcile(): Promise<StepResult> {
    if (!(await this.inTime(() => this.prepare()))) return this.notYet();
    this.stopAt(this.terms().deadline);
    const isDone = await this.inTime(() => this.act());
    // When the answer is due, whatever is not done is named. Until then, the next step goes on.
    return isDone || this.services.clock.now() >= this.answerTime.deadline ? this.conclude() : this.notYet();
  }

  /** @returns false also if there was no time for a call */
  private async inTime(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof OutOfTime)) throw error;
      log('out of time', { why: error.message });
      await this.context?.save();
      return false;
    }
  }

  /** Finds out what is desired, what is recorded, and what CloudFormation is doing. */
  private async prepare(): Promise<boolean> {
    const { fleet, services, pace, time, event } = this;
    time.stopAt(Infinity);
    this.context = await contextOf(services, event.StackId, fleet, pace, time);
    await noteArrivals(this.context);
    this.isIncomplete = fleet.row.lost || this.context.records.missing.length > 0;
    const operation = identifyOperation(this.context, event);
    this.request = await this.readRequest(operation);
    this.operation = operation;
    return true;
  }

  /** @returns whether everything that can be done now is done */
  private async act(): Promise<boolean> {
    const { operation } = this;
    if (this.isIncomplete) await noteUsersOfLostRows(this.context, operation, this.request, this.users(), this.manifests.readDeployed);
    await takeOver(this.context, this.request.takesOver);
    if (!(await this.lookUpBefore())) return false;
    await disownRetained(this.context, operation, this.users());
    await refuseUpdate(this.context, operation, this.request, this.users(), this.manifests.readDeployed);
    // At once: another fleet of the stack may wait for a user who moves there.
    await this.noteLeavers();
    await this.acceptAsDesired();
    if (!(await this.workAsAllowed())) return false;
    await this.look();
    return true;
  }

  private get isRollback(): boolean {
    return this.operation.kind === 'rollback';
  }

  private notYet(): StepResult {
    return this.time.isStepOver ? { Status: 'NOT_YET', More: true } : { Status: 'NOT_YET' };
  }

  private async readRequest({ kind }: StackOperation): Promise<Request> {
    const { ResourceProperties: properties } = this.event;
    if (kind === 'delete') return nobody(properties.DirectoryId);
    if (kind !== 'rollback') return parseProperties(properties, this.manifests.read);
    // A rollback goes back to properties that were deployed before. It takes no desktop that the fleet did not have.
    return { ...await this.manifests.readDeployed(properties, parseProperties), adopts: undefined, takesOver: false };
  }

  /**
   * An update is judged by the desktops that users already have. Therefore unknown users of earlier deployments are looked up first. When there is no
   * more time for that, it is judged by what is known.
   */
  private async lookUpBefore(): Promise<boolean> {
    const { kind, settledUpTo } = this.operation;
    if (kind !== 'update' && kind !== 'rollback') return true;
    const { deadline } = this.terms();
    for (const user of this.users().filter(isRecorded).filter(({ record, madeIn }) => record.state === 'unknown' && madeIn <= settledUpTo)) {
      const { generation, clock, isTimeUp } = this.context;
      if (clock.now() >= deadline) return true;
      if (deniedFinally(user.record, generation)) continue;
      if (isTimeUp || isWaiting(user.record, generation, clock.now())) return false;
      await lookUp(this.context, user, this.request);
    }
    return true;
  }

  /** Settings that the template no longer specifies, and volumes that a rollback cannot shrink, are accepted as they are. */
  private async acceptAsDesired(): Promise<void> {
    for (const user of this.users()) {
      if (!isDesktop(user.record) || user.record.changing) continue;
      const settings = acceptedAsDesired(user, this.isRollback);
      if (settings) this.context.records.setWith(user.key, user.record, settings);
    }
    await this.context.save();
  }

  /** After the irreversible phase has begun, a call that AWS denies does not fail the deployment: that would restore no desktop. */
  private async workAsAllowed(): Promise<boolean> {
    try {
      return await this.work();
    } catch (error) {
      if (failureOf(error) !== 'denied') throw error;
      await this.context.save();
      if (!this.fleet.current.isIrreversible) throw error;
      this.isDenied = true;
      await this.noteDenial(this.fleet.current.denied?.since ?? this.services.clock.now(), (error as Error).message);
      log('denied', { error: (error as Error).message });
      return true;
    }
  }

  /**
   * Looks up, creates, changes and terminates.
   * @returns whether everything that can be done now is done; if not, the next step goes on
   */
  private async work(): Promise<boolean> {
    const { context, operation, services, isRollback } = this;
    // Each user is looked up once in a step: a later step may get another answer.
    const lookedUp = new Set<string>();
    const batches = new Batches(context);
    const creation = new Creation(context, services.keys);
    const irreversible = new IrreversiblePhase(context, operation, batches, creation, services);
    for (;;) {
      await disownRetained(context, operation, this.users());
      const users = this.users();
      const terms = this.terms();
      const isOver = terms.now >= terms.deadline;
      const todo = plan(users, terms);
      const hasFailed = !isRollback && certainFailure(users, terms) !== undefined;
      const confirms = isOver ? [] : todo.confirm.filter(({ record }) => !isWaiting(record, terms.generation, terms.now));
      const mayLookUp = ({ key, record }: RecordedUser) => !lookedUp.has(key) && !isWaiting(record, terms.generation, terms.now);
      const lookUps = isOver || (hasFailed && this.knowsEnoughNames(users, terms)) ? [] : todo.lookUp.filter(mayLookUp);
      // Not in a rollback, not after the time is up, and not once failure is certain.
      const creates = isRollback || hasFailed || isOver ? [] : todo.create;
      const undone = isOver ? [] : batches.toRemove(todo.terminate);
      const changes = hasFailed || isOver ? [] : batches.toChange(todo.change);
      const follow = isRollback || isOver ? [] : batches.toChange(todo.follow);
      const isQuiet = [confirms, lookUps, creates, undone, changes, follow].every(({ length }) => length === 0);
      if (!isQuiet && this.time.isStepOver) return false;

      if (confirms.length >= CONFIRMED_AT_ONCE || (confirms.length > 0 && lookUps.length === 0)) {
        await confirmAdoptions(context, confirms);
      } else if (lookUps.length > 0) {
        lookedUp.add(lookUps[0].key);
        await lookUp(context, lookUps[0], this.request);
      } else if (creates.length > 0) {
        if (!(await mayBegin(services, context, operation.event)) || await creation.next(creates) === 'unknown') return false;
        requireRoom(this.event, this.request, context.records.longestId);
      } else if (undone.length > 0) {
        if (operation.kind === 'delete' && !(await mayBegin(services, context, operation.event))) return false;
        await batches.remove(undone);
      } else if (changes.length > 0) {
        await batches.change(changes, 'undoable');
      } else if (follow.length > 0) {
        await batches.migrate(follow);
      } else {
        const isFinal = !isRollback && (terms.isIrreversible || verdictOnUsers(users, terms).kind === 'done');
        if (!isFinal || !(await irreversible.next(todo, terms))) return true;
      }
    }
  }

  /** Whether we know enough refused users to name them. */
  private knowsEnoughNames(users: readonly User[], terms: Terms): boolean {
    return refusals(users, terms).length >= this.request.tolerated + NAMES_ENOUGH;
  }

  private async look(): Promise<void> {
    const [users, terms] = [this.users(), this.terms()];
    if (!this.isRollback && certainFailure(users, terms)) return;
    // A rollback waits for no desktop but those that it removes.
    await look(this.context, users, terms, ({ desired }) => !desired || !this.isRollback);
  }

  private async conclude(): Promise<StepResult> {
    const { context, operation, fleet, isRollback, request } = this;
    const outcome = (isRollback ? rollbackVerdict : verdict)(this.users(), this.terms());
    log('verdict', { kind: outcome.kind, users: request.desired.size, generation: fleet.generation, rollback: isRollback });
    if (outcome.kind === 'not-yet') return this.notYet();
    const { message } = fleet.current.denied ?? {};
    if (outcome.kind === 'failed') throw new DeploymentFailure(message === undefined ? outcome.reason : this.deniedWith(message));

    const stays = await staysBehind(context, operation, this.manifests.readDeployed);
    const leavers = await this.noteLeavers();
    for (let i = 0; i < leavers.length; i += NAMES_IN_A_LINE) log('leave', { users: leavers.slice(i, i + NAMES_IN_A_LINE).map(({ userName }) => userName).join(', ') });
    const asked = leavers.length > 0 ? await context.transfers.of(fleet.key) : [];
    const notices = [...this.manifests.notices, ...stays, ...leaversNotices(leavers, asked, isRollback), ...noticesOf(this.users(), this.terms())];
    // A delete has no attributes.
    for (const notice of notices.slice(0, MOST_LOGGED)) log('notice', { notice });
    const removals = leavers.length > 0 && !isRollback ? fleet.generation : fleet.row.removals ?? 0;
    const attributes = attributesOf(this.event, { ...outcome, countsIds: request.countsIds, notices, fleetId: fleet.fleetId, removals });
    await this.settle(removals);
    return { Status: 'DONE', Attributes: attributes };
  }

  /** Notes whose desktops the clean-up removes, if the update succeeds. */
  private async noteLeavers(): Promise<readonly RecordedUser[]> {
    const { context, operation: { kind, keepUpTo, settledUpTo }, request: { removedUsers } } = this;
    if (kind === 'delete') {
      forgetLeavers(context, this.users(), settledUpTo);
      return [];
    }
    const leavers = noteLeavers(context, this.users(), keepUpTo, kind === 'update' ? removedUsers : undefined);
    await context.save();
    return leavers;
  }

  private async settle(removals: number): Promise<void> {
    const { key, generation, row: { settled }, current } = this.fleet;
    if (this.operation.kind === 'delete') {
      await this.services.ledger.forget(key, generation, this.context.records.all);
      await this.services.manifestCopies.dropBefore(key, Infinity);
      return;
    }
    if (this.fleet.current.lostUsersNoted) await this.context.records.fill(this.services.ledger, key);
    if (settled.generation !== generation) {
      const to = { at: sentAtOf(current), properties: current.digests.to };
      await this.manifests.keep(generation, this.event.ResourceProperties.Manifest);
      await this.fleet.note({ settled: { generation, to }, settledBefore: settled.generation, lost: false, removals });
      await this.services.manifestCopies.dropBefore(key, settled.generation);
    }
  }

  private users(): readonly User[] {
    const users = this.context.records.users(this.request.desired);
    return this.isRollback ? users.map((each) => this.withSettingsBefore(each)) : users;
  }

  /** A rollback also undoes changes of settings that the old template did not specify. */
  private withSettingsBefore(user: User): User {
    const { desired } = user;
    const { generation, row: { settled } } = this.fleet;
    const before = hasDesktop(user) ? user.record.settingsBefore : undefined;
    // Only changes by the update that is being rolled back.
    if (!desired || !before || before.generation < settled.generation || before.generation === generation) return user;
    return { ...user, desired: { ...desired, settings: { ...before.settings, ...desired.settings } } };
  }

  private stopAt(limit: number): void {
    this.time.stopAt(limit, this.answerTime.closing);
  }

  private get answerTime(): AnswerTime {
    return new AnswerTime(waitsSince(this.fleet.current), this.operation.timeout);
  }

  private terms(): Terms {
    const { request, answerTime, operation: { keepUpTo, deployedUpTo }, fleet: { generation, current: { isIrreversible = false } } } = this;
    return {
      request,
      generation,
      now: this.services.clock.now(),
      deadline: answerTime.deadline,
      isIrreversible,
      keepUpTo,
      deployedUpTo,
    };
  }
}
