import { Batches, ASKS_WHILE_WAITING } from './batches';
import { contextOf } from './context-of';
import { committedLeavers, howOf } from './leavers';
import { isOrdered } from './removal-order';
import type { Services } from './services';
import { inTime } from './services-in-time';
import { withLease } from './with-lease';
import type { StepResult } from '../../src/private/contract';
import { noteArrivals } from '../act/hand-over';
import { lookUp } from '../act/look-up';
import { poll } from '../act/poll';
import type { StepContext } from '../act/step-context';
import { failureOf } from '../aws/errors';
import type { Pace } from '../aws/pace';
import { BATCH } from '../aws/workspaces-api';
import { MINUTE, SECOND } from '../core/clock';
import { DeploymentFailure } from '../core/deployment-failure';
import { log } from '../core/log';
import { OutOfTime, TimeLeft } from '../core/time-left';
import { deniedFinally, isWaiting, WAY_OUT_OF_DENIAL } from '../decide/failures';
import { isRemovable } from '../decide/plan';
import { reasonOf } from '../decide/report';
import { stillThere } from '../decide/still-there';
import { CurrentFleet } from '../ledger/current-fleet';
import type { FleetKey, FleetRow } from '../ledger/rows';
import { hasDesktop, type RecordedUser } from '../ledger/user';
import { isDesktop, terminationOf } from '../ledger/user-record';
import { AnswerTime } from '../request/answer-time';
import type { RemovalsEvent } from '../request/events';
import { removalsId } from '../request/identity';
import { LONGEST_TIMEOUT, nobody } from '../request/resource-properties';
import { sentAt } from '../request/sent-at';

/** So many users are named in one line of the log. */
const NAMES_IN_A_LINE = 100;
/** What AWS does not let us do for so long, as to remove a SUSPENDED desktop, is left to CloudFormation's next try. */
const PATIENCE = 15 * MINUTE;
/** A try may be sent right after the one before it has failed, and its time of sending has no milliseconds. */
const SENT_WITHIN = 1 * SECOND;
const AGAIN = 'deploy the fleet again: the clean-up of the next update of the fleet continues';

/**
 * One step of the clean-up: terminates or releases the desktops of the leavers that committed updates have noted. The deletion of an old physical id
 * orders it. The newest one is deleted with the fleet or with the stack, and orders nothing.
 * @param holder the name of this run in the lease
 * @param workUntil when to stop working and leave the rest to the next step, in milliseconds since 1970
 */
export async function removeLeavers(services: Services, event: RemovalsEvent, holder: string, workUntil: number): Promise<StepResult> {
  if (event.RequestType !== 'Delete') return { Status: 'DONE' };
  const { FleetId: fleetId, DirectoryId: directoryId } = event.ResourceProperties;
  const key: FleetKey = { fleetId, directoryId };
  const row = await services.ledger.fleet(key);
  if (!row || event.PhysicalResourceId === removalsId(fleetId, row.removals ?? 0)) return { Status: 'DONE' };
  const { clock } = services;
  const answerTime = new AnswerTime(sentAt(event, event.Deadline === undefined ? clock.now() : event.Deadline - LONGEST_TIMEOUT), LONGEST_TIMEOUT);
  const asking = { holder, fleet: `${fleetId}/${directoryId}/removals`, dueAt: answerTime.due };
  return withLease(services, asking, workUntil, async (pace) => {
    try {
      return await new CleanUp(services, event, key, answerTime, pace, new TimeLeft(clock, workUntil)).run();
    } catch (error) {
      const { message } = error as Error;
      const isFinal = failureOf(error) === 'denied' && clock.now() >= answerTime.sentAt + PATIENCE;
      if (!isFinal && !(error instanceof DeploymentFailure)) throw error;
      log('failed', { reason: message });
      return { Status: 'FAILED', Reason: reasonOf(isFinal ? `AWS denies what the provider's role needs: ${message}. ${WAY_OUT_OF_DENIAL}. Then ${AGAIN}` : message, services.logGroupName) };
    }
  });
}

/** With the lease. */
class CleanUp {
  private readonly services: Services;
  private context!: StepContext;
  private row!: FleetRow;

  constructor(
    services: Services,
    private readonly event: RemovalsEvent,
    private readonly key: FleetKey,
    private readonly answerTime: AnswerTime,
    private readonly pace: Pace,
    private readonly time: TimeLeft,
  ) {
    this.services = inTime(services, time);
  }

  async run(): Promise<StepResult> {
    const { services, event, answerTime } = this;
    const row = await services.ledger.fleet(this.key);
    if (!row) return { Status: 'DONE' };
    this.row = row;
    // An event of the fleet has come after the update. It judges everybody anew.
    if (row.generation !== row.settled.generation) return this.unlessOver('another event of this fleet has come since the update that they left with');
    this.context = await contextOf(services, event.StackId, new CurrentFleet(services.ledger, this.key, row), this.pace, this.time);
    this.time.stopAt(answerTime.deadline, answerTime.closing);
    await noteArrivals(this.context);
    const before = this.leavers();
    if (before.length === 0) return this.done();
    const ordered = await isOrdered(services, event, answerTime.sentAt);
    if (ordered !== 'yes') return ordered === 'later' ? { Status: 'NOT_YET' } : { Status: 'DONE' };
    await this.noteWhoGoes(before);
    const isIdle = await this.work();
    this.tellWhoWent(before);
    return this.conclude(isIdle);
  }

  private leavers(): readonly RecordedUser[] {
    return committedLeavers(this.context.records.users(new Map()), this.row.settled.generation);
  }

  /** @returns whether everything that can be done now is done */
  private async work(): Promise<boolean> {
    try {
      await this.forgetEarlierTries();
      return await this.remove() && await this.observe();
    } catch (error) {
      if (!(error instanceof OutOfTime)) throw error;
      log('out of time', { why: error.message });
      await this.context.save();
      return false;
    }
  }

  /** CloudFormation tries a deletion three times. What has failed in an earlier try is tried again. */
  private async forgetEarlierTries(): Promise<void> {
    for (const { key, record } of this.leavers()) {
      if (record.state !== 'refused' && record.failure && record.failure.at < this.answerTime.sentAt + SENT_WITHIN) this.context.records.set(key, { ...record, failure: undefined });
    }
    await this.context.save();
  }

  private async remove(): Promise<boolean> {
    const { context, time } = this;
    const { generation, clock } = context;
    const batches = new Batches(context);
    const lookedUp = new Set<string>();
    for (;;) {
      const leavers = this.leavers();
      const unknown = leavers.find(({ key, record }) => record.state === 'unknown' && !lookedUp.has(key) && !isWaiting(record, generation, clock.now()));
      const removable = batches.toRemove(leavers.filter(hasDesktop).filter((each) => isRemovable(each, clock.now())));
      if (!unknown && removable.length === 0) return true;
      if (time.isUp) return false;
      if (unknown) {
        lookedUp.add(unknown.key);
        await lookUp(context, unknown, nobody(this.key.directoryId));
      } else {
        await batches.remove(removable);
      }
    }
  }

  /** Whether desktops that are being terminated are gone. A few calls are enough: termination takes minutes. */
  private async observe(): Promise<boolean> {
    const leaving = this.leavers().filter(hasDesktop).filter(({ record }) => terminationOf(record)?.acceptedAt !== undefined);
    for (let i = 0; i < leaving.length && i < ASKS_WHILE_WAITING * BATCH; i += BATCH) {
      if (this.time.isUp) return false;
      await poll(this.context, leaving.slice(i, i + BATCH), 'EXISTS');
    }
    return true;
  }

  /** For people who ask later: the records of those who went are deleted. */
  private async noteWhoGoes(leavers: readonly RecordedUser[]): Promise<void> {
    const { removalOrders, clock } = this.services;
    const { removals } = this.row;
    if (removals === undefined || await removalOrders.isNoted(this.key, removals)) return;
    const asked = await this.context.transfers.of(this.key);
    await removalOrders.note(this.key, removals, clock.now(), leavers, (each) => howOf(each, asked));
  }

  private tellWhoWent(before: readonly RecordedUser[]): void {
    const left = new Set(this.leavers().map(({ key }) => key));
    const went = before.filter(({ key }) => !left.has(key));
    for (let i = 0; i < went.length; i += NAMES_IN_A_LINE) {
      const names = went.slice(i, i + NAMES_IN_A_LINE).map(({ userName, record }) => (isDesktop(record) ? `${userName} (${record.id})` : userName));
      log('removed', { users: names.join(', ') });
    }
  }

  private async conclude(isIdle: boolean): Promise<StepResult> {
    const { generation, clock } = this.context;
    const leavers = this.leavers();
    if (leavers.length === 0) {
      if (this.row.removals !== undefined) await this.services.removalOrders.finish(this.key, this.row.removals, clock.now());
      return this.done();
    }
    const left = leavers.filter(({ record }) => terminationOf(record)?.acceptedAt === undefined);
    const isOver = clock.now() >= this.answerTime.deadline;
    const isHeld = clock.now() >= this.answerTime.sentAt + PATIENCE;
    // Also if AWS does not let us see that those are gone whose termination it has accepted.
    const isHopeless = (left.length > 0 ? left : leavers).every(({ record }) => deniedFinally(record, generation) || (isHeld && record.failure));
    if (!isOver && !isHopeless) return isIdle ? { Status: 'NOT_YET' } : { Status: 'NOT_YET', More: true };
    // Accepted terminations are not waited for any longer. The ledger has their records until they are gone.
    if (left.length === 0) return this.done();
    throw new DeploymentFailure(stillThere(left, generation, AGAIN));
  }

  private done(): StepResult {
    const { missing } = this.context.records;
    if (missing.length === 0 && !this.row.lost) return { Status: 'DONE' };
    throw new DeploymentFailure('rows of the ledger were deleted, so it is not known whether WorkSpaces of users who left the list are still there. '
      + `Look for WorkSpaces with the fleet's tag whose users are not on the list, and terminate them; or ${AGAIN}`);
  }

  private unlessOver(why: string): StepResult {
    if (this.services.clock.now() < this.answerTime.deadline) return { Status: 'NOT_YET' };
    throw new DeploymentFailure(`WorkSpaces of users who left the list were not removed, because ${why}. To continue, ${AGAIN}`);
  }
}
