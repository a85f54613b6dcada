import { movesFrom } from './directory-move';
import type { Services } from './services';
import type { StepContext } from '../act/step-context';
import { isRollback, type StackUpdate } from '../aws/stack-status';
import { MINUTE, SECOND } from '../core/clock';
import { DeploymentFailure } from '../core/deployment-failure';
import { log } from '../core/log';
import type { FleetRow } from '../ledger/rows';
import { isRecorded, type User } from '../ledger/user';
import { isDesktop } from '../ledger/user-record';
import type { FleetEvent } from '../request/events';
import { LONGEST_TIMEOUT, timeoutOf } from '../request/resource-properties';

/** A policy that has just been attached takes a while to be known everywhere. */
export const POLICY_DELAY = 2 * MINUTE;
/** CloudFormation's clock and ours. */
const CLOCKS_DIFFER = 1 * SECOND;
/** Between an update and its rollback, as far as we take one for the other: desktops that are older than that are not undone. */
export const LONGEST_OPERATION = 4 * 60 * MINUTE;

/**
 * What CloudFormation is doing with the fleet.
 *
 * - `create`: a new fleet, or one that comes to another directory: it is created there.
 * - `update`: of a fleet in the directory where it is.
 * - `rollback`: an update that undoes the one before it. It makes nothing, and is never refused.
 * - `delete`: nobody is desired.
 */
export type StackOperation = CreateOperation | UpdateOperation | RollbackOperation | DeleteOperation;

interface Operation {
  readonly event: FleetEvent;
  /** How long it may take, in milliseconds. */
  readonly timeout: number;
  /** Up to this generation, everything belongs to operations before this one that had succeeded. */
  readonly settledUpTo: number;
  /** Up to this generation, desktops are not this operation's to undo; -1 in a delete. */
  readonly keepUpTo: number;
  /** Up to this generation, a desktop belongs to the deployment before; -1 where there was none: what a create finds there is retained. */
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
  /** The directory that the fleet had wanted to move to. */
  readonly movesFrom?: string;
}

export interface DeleteOperation extends Operation {
  readonly kind: 'delete';
  /** Whether the stack rolls back; undefined when CloudFormation was not asked, or has not said. */
  readonly stackRollsBack?: boolean;
}

type CloudFormationServices = Pick<Services, 'stackStatus' | 'lastUpdate'>;

/** What an event means, by what CloudFormation says of its stack. It is asked once in a generation. */
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
    const keepUpTo = keptByRollback(context, from, settledUpTo);
    // It is given as long as there is: a stack that cannot roll back is stuck.
    return { kind: 'rollback', event, timeout: LONGEST_TIMEOUT, settledUpTo: keepUpTo, keepUpTo, deployedUpTo: keepUpTo, movesFrom: from };
  }
  // When the answer to a success is lost, the next step must see what the last one has seen: hence by what had settled before this generation.
  const known = { event, timeout: timeoutOf(event), settledUpTo, keepUpTo: settledUpTo };
  return event.RequestType === 'Create' || from !== undefined
    ? { ...known, kind: 'create', movesFrom: from, deployedUpTo: -1 }
    : { ...known, kind: 'update', deployedUpTo: settledUpTo };
}

function keptByRollback({ fleet, records }: StepContext, from: string | undefined, settledUpTo: number): number {
  const { lost, settledBefore, created, current: { startedAt } } = fleet.row;
  if (lost) {
    // A row that is younger than the calls does not know; their times tell. Then who is not in the properties of before tells.
    const ofBefore = records.all.filter(({ at }) => at < startedAt - LONGEST_OPERATION).map(({ generation }) => generation);
    return Math.max(0, ...ofBefore);
  }
  // Of a move nothing was made here.
  if (from !== undefined) return settledUpTo;
  // What a create has made is never an update's to undo, in whatever order their events come.
  return Math.max(settledBefore, created?.generation ?? 0);
}

/** A create that had succeeded may be deleted since another resource of the stack failed; then what was retained before it stays. */
export function mayUndoCreate({ fleet }: StepContext, users: readonly User[], isIncomplete = false): boolean {
  const { created, settled, lost } = fleet.row;
  const isFound = ({ record }: User) => isDesktop(record) && record.found === true;
  // Whether it succeeded, a row that is younger than the create does not know.
  if (lost && users.some(isFound)) return true;
  const cameUpon = (each: User) => isFound(each) || (isRecorded(each) && created !== undefined && each.madeIn < created.generation);
  return settled.generation === created?.generation && (isIncomplete || users.some(cameUpon));
}

/** When CloudFormation does not say for long, an update is none that rolls back: then one that removes desktops is refused. */
async function askCloudFormation(context: StepContext, { stackStatus, lastUpdate }: CloudFormationServices, event: FleetEvent): Promise<void> {
  const { fleet, clock } = context;
  if (fleet.current.rollsBack !== undefined) return;
  const { StackId, RequestType } = event;
  const isCreate = RequestType === 'Create';
  // A create may have little time; whether an update is a rollback, which has all that there is, is not known yet.
  const mayWait = clock.now() - fleet.current.startedAt < (isCreate ? Math.min(POLICY_DELAY, timeoutOf(event) / 2) : POLICY_DELAY);
  const status = await unlessUnknown(stackStatus(StackId), mayWait);
  if (status === undefined) return;
  const { created } = fleet.row;
  if (!waitsFor(RequestType, status)) {
    // It has created nothing: a delete later on is not one of a create that failed. But in a rollback it may well be.
    if (created?.generation === fleet.generation && !isRollback(status) && (isCreate || !mayWait)) {
      await fleet.note({ created: { generation: created.before, before: created.before } });
    }
    const message = `The stack is ${status}: it does not wait for this ${RequestType}, which has come too late. Nothing was changed`;
    throw mayWait ? new Error(message) : new DeploymentFailure(message);
  }
  if (isCreate && created?.generation !== fleet.generation) {
    await fleet.note({ created: { generation: fleet.generation, before: created?.before ?? 0 } });
  }
  const lastOf = async () => await unlessUnknown(lastUpdate(StackId), mayWait) ?? {};
  const rollsBack = isRollback(status) && (RequestType === 'Delete' || takesBack(fleet.row, event, await lastOf()));
  await fleet.progress({ rollsBack });
}

/**
 * CloudFormation does not wait for an update that it cancels: that one may see the stack roll back as well. But it had come before the
 * rollback began, and only the rollback's own update (and its repetition) is the one before it with the properties swapped.
 */
function takesBack({ lost, current, previous, settled }: FleetRow, event: FleetEvent, { beganAt, rollsBackSince }: StackUpdate): boolean {
  const { startedAt, digests } = current;
  if (startedAt < (rollsBackSince ?? startedAt) - CLOCKS_DIFFER) return false;
  if (movesFrom(event) !== undefined || lost || !previous) return true;
  // Of the same operation on the stack: an update long ago is not being rolled back.
  const began = beganAt === undefined ? startedAt - LONGEST_OPERATION : beganAt - CLOCKS_DIFFER;
  if (previous.startedAt < began) return false;
  // A rollback goes back to what was deployed. An update that its own rollback has overtaken on the way comes from there.
  const deployed = settled.to !== undefined && settled.to.at < began ? settled.to.properties : undefined;
  if (deployed !== undefined && digests.to === deployed) return true;
  if (deployed !== undefined && digests.from === deployed) return false;
  const isSwapped = digests.to === previous.digests.from && digests.from === previous.digests.to;
  return isSwapped || (digests.to === previous.digests.to && digests.from === previous.digests.from);
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
