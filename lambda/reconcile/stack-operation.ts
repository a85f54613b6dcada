import { movesFrom } from './directory-move';
import type { StepContext } from '../act/step-context';
import { MINUTE, SECOND } from '../core/clock';
import { sentAtOf } from '../ledger/rows';
import { isRecorded, type User } from '../ledger/user';
import { isDesktop } from '../ledger/user-record';
import type { FleetEvent } from '../request/events';
import { LONGEST_TIMEOUT, timeoutOf } from '../request/resource-properties';

/** CloudFormation's clock and ours may differ by so much. */
export const CLOCKS_DIFFER = 1 * SECOND;
/** The longest time between an update and its rollback that we assume. Older desktops are not undone. */
export const LONGEST_OPERATION = 4 * 60 * MINUTE;

/**
 * What CloudFormation is doing with the fleet.
 *
 * - `create`: a new fleet, or one that moves to another directory and is created there.
 * - `update`: the fleet stays in its directory.
 * - `rollback`: an update that undoes the one before it. It makes nothing, and is never refused.
 * - `delete`: nobody is desired.
 */
export type StackOperation = CreateOperation | UpdateOperation | RollbackOperation | DeleteOperation;

interface Operation {
  readonly event: FleetEvent;
  /** How long it may take, in milliseconds. */
  readonly timeout: number;
  /** Desktops of a generation up to this one belong to earlier operations that have succeeded. */
  readonly settledUpTo: number;
  /** This operation must not undo desktops of a generation up to this one; -1 in a delete. */
  readonly keepUpTo: number;
  /** Desktops of a generation up to this one belong to the previous deployment; -1 if there is none. A create finds only retained desktops. */
  readonly deployedUpTo: number;
}

export interface CreateOperation extends Operation {
  readonly kind: 'create';
  /** The directory that the fleet comes from. */
  readonly movesFrom?: string;
}

export interface UpdateOperation extends Operation {
  readonly kind: 'update';
}

export interface RollbackOperation extends Operation {
  readonly kind: 'rollback';
  /** The directory that the failed update wanted to move to. */
  readonly movesFrom?: string;
}

export interface DeleteOperation extends Operation {
  readonly kind: 'delete';
  /** Whether the stack rolls back; undefined if CloudFormation has not said so. */
  readonly stackRollsBack?: boolean;
}

/** What an event means that CloudFormation has confirmed. */
export function identifyOperation(context: StepContext, event: FleetEvent): StackOperation {
  const { fleet } = context;
  const { rollsBack } = fleet.current;
  const settledUpTo = fleet.row.settled.generation === fleet.generation ? fleet.row.settledBefore : fleet.row.settled.generation;
  if (event.RequestType === 'Delete') {
    return { kind: 'delete', event, timeout: LONGEST_TIMEOUT, settledUpTo, keepUpTo: -1, deployedUpTo: -1, stackRollsBack: rollsBack };
  }
  const from = movesFrom(event);
  if (event.RequestType === 'Update' && rollsBack) {
    const keepUpTo = lastGenerationBefore(context, from, settledUpTo);
    // A rollback gets the longest timeout: a stack that cannot roll back is stuck.
    return { kind: 'rollback', event, timeout: LONGEST_TIMEOUT, settledUpTo: keepUpTo, keepUpTo, deployedUpTo: keepUpTo, movesFrom: from };
  }
  // If the answer to a success is lost, the next step must see the same as the last one. Therefore this uses what settled before this generation.
  const known = { event, timeout: timeoutOf(event), settledUpTo, keepUpTo: settledUpTo };
  return event.RequestType === 'Create' || from !== undefined
    ? { ...known, kind: 'create', movesFrom: from, deployedUpTo: -1 }
    : { ...known, kind: 'update', deployedUpTo: settledUpTo };
}

/** The generation that a rollback goes back to. It undoes what later ones have made. */
function lastGenerationBefore({ fleet, records }: StepContext, from: string | undefined, settledUpTo: number): number {
  const { lost, settledBefore, created, previous, current } = fleet.row;
  if (lost) {
    // A fleet row that is younger than the call rows does not know the generation. The times of the calls show it.
    const olderGenerations = records.all.filter(({ at }) => at < current.startedAt - LONGEST_OPERATION).map(({ generation }) => generation);
    return Math.max(0, ...olderGenerations);
  }
  // A failed move made nothing in this directory.
  if (from !== undefined) return settledUpTo;
  // The update that is rolled back never became current: nothing of it is in the ledger.
  const { stackBeganAt = sentAtOf(current) - LONGEST_OPERATION } = current;
  if (previous && sentAtOf(previous) < stackBeganAt - CLOCKS_DIFFER) return fleet.generation - 1;
  // The rollback of an update never undoes what a create made, in whatever order their events come.
  return Math.max(settledBefore, created?.generation ?? 0);
}

/** Whether a delete may undo a create: it succeeded, but another resource of the stack failed. Then desktops that were retained before stay. */
export function mayUndoCreate({ fleet }: StepContext, users: readonly User[]): boolean {
  const { created, settled, lost } = fleet.row;
  const isFound = ({ record }: User) => isDesktop(record) && record.found === true;
  // A row that is younger than the create does not know whether the create succeeded.
  if (lost && users.some(isFound)) return true;
  const isRetained = (each: User) => isFound(each) || (isRecorded(each) && created !== undefined && each.madeIn < created.generation);
  return settled.generation === created?.generation && users.some(isRetained);
}
