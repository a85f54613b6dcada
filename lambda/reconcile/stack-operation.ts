import type { Clock } from '../core/clock';
import { MINUTE, SECOND } from '../core/clock';
import type { CurrentFleet } from '../ledger/current-fleet';
import { DeploymentFailure } from '../aws/errors';
import type { FleetEvent } from '../request/events';
import { CallRow } from '../ledger/ledger';
import { log } from '../core/log';
import { movesFrom } from './directory-move';
import { timeoutOf } from '../request/resource-properties';
import { isRollback, type LastUpdate, type StackStatus, type StackUpdate } from '../aws/stack-status';

/** A policy that has just been attached takes a while to be known everywhere. */
export const POLICY_DELAY = 2 * MINUTE;
/** CloudFormation's clock and ours. */
const CLOCKS_DIFFER = 1 * SECOND;
/** Between an update and its rollback, as far as we take one for the other: desktops that are older than that are not undone. */
export const LONGEST_OPERATION = 4 * 60 * MINUTE;

/** What an event means for what was there before it. */
export class Occasion {
  /** Where the fleet comes from, or, in a rollback, had wanted to be. */
  readonly movesFrom: string | undefined;

  /** Up to this generation, by the times of the calls, all was made before this operation on the stack. */
  private beforeThis = 0;

  constructor(readonly event: FleetEvent, private readonly fleet: CurrentFleet) {
    this.movesFrom = movesFrom(event);
  }

  /** A fleet that comes to another directory is created there; back again in a rollback, it has never left. */
  get kind(): FleetEvent['RequestType'] {
    return this.movesFrom !== undefined && !this.isRollback ? 'Create' : this.event.RequestType;
  }

  get isRollback(): boolean {
    return this.event.RequestType === 'Update' && this.stackRollsBack === true;
  }

  /** Of this generation; undefined while CloudFormation has not said. */
  get stackRollsBack(): boolean | undefined {
    const { rollback, generation } = this.fleet.row;
    return rollback?.generation === generation ? rollback.is : undefined;
  }

  /** @param rows of the calls of before, as far as there are any */
  knows(rows: readonly CallRow[]): void {
    const before = this.fleet.row.startedAt - LONGEST_OPERATION;
    this.beforeThis = Math.max(0, ...rows.filter(({ at }) => at < before).map(({ generation }) => generation));
  }

  /** Up to this generation, desktops are not this event's to take back. */
  get keep(): number {
    const { lost, settled, settledBefore, createdIn = 0 } = this.fleet.row;
    // A row that is younger than the calls does not know; then who is not in the properties of before tells.
    if (this.isRollback && lost) return this.beforeThis;
    // When the answer to a success is lost, the next step must see what the last one has seen.
    const before = settled === this.fleet.generation ? settledBefore : settled;
    // Of a move nothing was made here.
    if (this.movesFrom !== undefined) return before;
    // What a create has made is never an update's to take back, in whatever order their events come.
    return this.isRollback ? Math.max(settledBefore, createdIn) : before;
  }

  /** Up to this generation, a desktop belongs to the deployment before; what a create comes upon had been left to itself. */
  get deployed(): number {
    return this.kind === 'Update' ? this.keep : -1;
  }

  /** Asks CloudFormation, once in a generation. When it does not say for long, it counts as no: then an update that takes desktops away is refused. */
  async ask(stackStatus: StackStatus, lastUpdate: LastUpdate, clock: Clock): Promise<void> {
    if (this.stackRollsBack !== undefined) return;
    const { event: { StackId, RequestType }, fleet } = this;
    const isCreate = RequestType === 'Create';
    // A create may have little time; whether an update is a rollback, which has all that there is, is not known yet.
    const mayWait = clock.now() - fleet.row.startedAt < (isCreate ? Math.min(POLICY_DELAY, timeoutOf(this.event) / 2) : POLICY_DELAY);
    const status = await unlessUnknown(stackStatus(StackId), mayWait);
    if (status === undefined) return;
    if (!waitsFor(RequestType, status)) {
      // It has created nothing: a delete later on is not one of a create that failed. But in a rollback it may well be.
      const { createdIn, createdBefore = 0 } = fleet.row;
      if (createdIn === fleet.generation && !isRollback(status) && (isCreate || !mayWait)) await fleet.note({ createdIn: createdBefore });
      const message = `The stack is ${status}: it does not wait for this ${RequestType}, which has come too late. Nothing was changed`;
      throw mayWait ? new Error(message) : new DeploymentFailure(message);
    }
    if (isCreate && fleet.row.createdIn !== fleet.generation) await fleet.note({ createdIn: fleet.generation });
    const is = isRollback(status) && (RequestType === 'Delete' || this.takesBack(await unlessUnknown(lastUpdate(StackId), mayWait) ?? {}));
    await fleet.note({ rollback: { generation: fleet.generation, is } });
  }

  /**
   * CloudFormation does not wait for an update that it cancels: that one may see the stack roll back as well. But it had come before the
   * rollback began, and only the rollback's own update (and its repetition) is the one before it with the properties swapped.
   */
  private takesBack(update: StackUpdate): boolean {
    const { lost, changes, changesBefore, settled, settledTo, startedAt, startedBefore = startedAt } = this.fleet.row;
    const { beganAt, rollsBackSince = startedAt } = update;
    if (startedAt < rollsBackSince - CLOCKS_DIFFER) return false;
    if (this.movesFrom !== undefined || lost || !changes || !changesBefore) return true;
    // Of the same operation on the stack: an update long ago is not being rolled back.
    const began = beganAt === undefined ? startedAt - LONGEST_OPERATION : beganAt - CLOCKS_DIFFER;
    if (startedBefore < began) return false;
    // A rollback goes back to what was deployed. An update that its own rollback has overtaken on the way comes from there.
    const isKnown = settledTo?.generation === settled && settledTo.at < began;
    if (isKnown && changes.to === settledTo.to) return true;
    if (isKnown && changes.from === settledTo.to) return false;
    const isSwapped = changes.to === changesBefore.from && changes.from === changesBefore.to;
    return isSwapped || (changes.to === changesBefore.to && changes.from === changesBefore.from);
  }
}

/** Lambda delivers what it has no room for hours later: CloudFormation has given up by then, and what it undoes it has undone. */
function waitsFor(requestType: FleetEvent['RequestType'], status: string): boolean {
  if (requestType === 'Delete') return true;
  return (requestType === 'Create' ? /^(CREATE|UPDATE)_IN_PROGRESS$/ : /^(?!DELETE|.*CLEANUP).*_IN_PROGRESS$/).test(status);
}

/** @param mayWait whether the next step may ask again */
async function unlessUnknown<T>(answer: Promise<T>, mayWait: boolean): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (mayWait) throw error;
    log('the stack is unknown', { error: `${(error as Error).name}: ${(error as Error).message}` });
    return undefined;
  }
}
