import type { Clock } from './clock';
import { MINUTE } from './clock';
import type { CurrentFleet } from './current-fleet';
import type { FleetEvent } from './events';
import { CallRow, FleetRow, SupersededError } from './ledger';
import { log } from './log';
import { movesFrom } from './moves';
import { isRollback, type StackStatus } from './stack-status';

/** A policy that has just been attached takes a while to be known everywhere. */
export const POLICY_DELAY = 2 * MINUTE;
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
  async ask(stackStatus: StackStatus, clock: Clock): Promise<void> {
    if (this.stackRollsBack !== undefined) return;
    const { event: { RequestType, StackId }, fleet } = this;
    try {
      const isOurs = RequestType === 'Delete' || this.movesFrom !== undefined || takesBack(fleet.row);
      const is = isRollback(await stackStatus(StackId)) && isOurs;
      await fleet.note({ rollback: { generation: fleet.generation, is } });
    } catch (error) {
      const mayWait = clock.now() - fleet.row.startedAt < POLICY_DELAY;
      if (error instanceof SupersededError || mayWait) throw error;
      log('stack status unknown', { error: `${(error as Error).name}: ${(error as Error).message}` });
    }
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
