import { movesFrom } from './directory-move';
import type { Services } from './services';
import type { StepContext } from '../act/step-context';
import { isRollback, type StackUpdate } from '../aws/stack-status';
import { MINUTE, SECOND } from '../core/clock';
import { DeploymentFailure } from '../core/deployment-failure';
import { log } from '../core/log';
import { POLICY_DELAY } from '../decide/failures';
import { type FleetRow, sentAtOf } from '../ledger/rows';
import { isRecorded, type User } from '../ledger/user';
import { isDesktop } from '../ledger/user-record';
import type { FleetEvent } from '../request/events';
import { LONGEST_TIMEOUT, timeoutOf } from '../request/resource-properties';

/** CloudFormation's clock and ours may differ by so much. */
const CLOCKS_DIFFER = 1 * SECOND;
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
  /** Whether the stack rolls back; undefined if CloudFormation was not asked or has not answered. */
  readonly stackRollsBack?: boolean;
}

type CloudFormationServices = Pick<Services, 'stackStatus' | 'lastUpdate'>;

/** Finds out what an event means. CloudFormation is asked for the stack's status once in a generation. */
export async function identifyOperation(
  context: StepContext, services: CloudFormationServices, event: FleetEvent, isIncomplete: boolean,
): Promise<StackOperation> {
  const { fleet, records } = context;
  if (event.RequestType !== 'Delete' || mayUndoCreate(context, records.users(new Map()), isIncomplete)) await askCloudFormation(context, services, event);
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

function lastGenerationBefore({ fleet, records }: StepContext, from: string | undefined, settledUpTo: number): number {
  const { lost, settledBefore, created, current: { startedAt } } = fleet.row;
  if (lost) {
    // A fleet row that is younger than the call rows does not know the generation. The times of the calls show it.
    const olderGenerations = records.all.filter(({ at }) => at < startedAt - LONGEST_OPERATION).map(({ generation }) => generation);
    return Math.max(0, ...olderGenerations);
  }
  // A failed move made nothing in this directory.
  if (from !== undefined) return settledUpTo;
  // The rollback of an update never undoes what a create made, in whatever order their events come.
  return Math.max(settledBefore, created?.generation ?? 0);
}

/** Whether a delete may undo a create: it succeeded, but another resource of the stack failed. Then desktops that were retained before stay. */
export function mayUndoCreate({ fleet }: StepContext, users: readonly User[], isIncomplete = false): boolean {
  const { created, settled, lost } = fleet.row;
  const isFound = ({ record }: User) => isDesktop(record) && record.found === true;
  // A row that is younger than the create does not know whether the create succeeded.
  if (lost && users.some(isFound)) return true;
  const isRetained = (each: User) => isFound(each) || (isRecorded(each) && created !== undefined && each.madeIn < created.generation);
  return settled.generation === created?.generation && (isIncomplete || users.some(isRetained));
}

/** If CloudFormation does not answer for a long time, an update counts as no rollback. Then an update that removes desktops is refused. */
async function askCloudFormation(context: StepContext, { stackStatus, lastUpdate }: CloudFormationServices, event: FleetEvent): Promise<void> {
  const { fleet, clock } = context;
  if (fleet.current.rollsBack !== undefined) return;
  const { StackId, RequestType } = event;
  const isCreate = RequestType === 'Create';
  // A create may have a short timeout. An update may be a rollback, which has the longest one.
  const mayWait = clock.now() - fleet.current.startedAt < (isCreate ? Math.min(POLICY_DELAY, timeoutOf(event) / 2) : POLICY_DELAY);
  const status = await unlessUnknown(stackStatus(StackId), mayWait);
  if (status === undefined) return;
  const { created } = fleet.row;
  if (!waitsFor(RequestType, status)) {
    // This create has made nothing, so a later delete does not undo it. But in a rollback, a delete may.
    if (created?.generation === fleet.generation && !isRollback(status) && (isCreate || !mayWait)) {
      await fleet.note({ created: { generation: created.before, before: created.before } });
    }
    const message = `this ${RequestType} came too late: the stack is ${status}, and does not wait for it any more. Nothing was changed`;
    throw mayWait ? new Error(message) : new DeploymentFailure(message);
  }
  if (isCreate && created?.generation !== fleet.generation) {
    await fleet.note({ created: { generation: fleet.generation, before: created?.before ?? 0 } });
  }
  const lastOf = async () => await unlessUnknown(lastUpdate(StackId), mayWait) ?? {};
  const rollsBack = isRollback(status) && (RequestType === 'Delete' || isRollbackUpdate(fleet.row, event, await lastOf()));
  await fleet.progress({ rollsBack });
}

/**
 * Whether an update of a stack that rolls back is the rollback's own. CloudFormation does not wait for an update that it cancels, and that
 * update sees the stack roll back, too. But it came before the rollback began. Only the rollback's update (and its repetition) is the previous
 * update with the properties swapped.
 */
function isRollbackUpdate({ lost, current, previous, settled }: FleetRow, event: FleetEvent, { beganAt, rollsBackSince }: StackUpdate): boolean {
  const { digests } = current;
  const sentAt = sentAtOf(current);
  if (sentAt < (rollsBackSince ?? sentAt) - CLOCKS_DIFFER) return false;
  if (movesFrom(event) !== undefined || lost || !previous) return true;
  // Both updates must belong to the same operation on the stack: an old update is not being rolled back.
  const began = beganAt === undefined ? sentAt - LONGEST_OPERATION : beganAt - CLOCKS_DIFFER;
  if (sentAtOf(previous) < began) return false;
  // A rollback goes back to the deployed properties. An update that arrives after its own rollback starts from them.
  const deployed = settled.to !== undefined && settled.to.at < began ? settled.to.properties : undefined;
  if (deployed !== undefined && digests.to === deployed) return true;
  if (deployed !== undefined && digests.from === deployed) return false;
  const isSwapped = digests.to === previous.digests.from && digests.from === previous.digests.to;
  return isSwapped || (digests.to === previous.digests.to && digests.from === previous.digests.from);
}

/** If Lambda has no capacity, it delivers an event hours later. By then CloudFormation no longer waits, and has finished its rollback. */
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
