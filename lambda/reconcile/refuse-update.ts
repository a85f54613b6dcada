import { deletesBefore, usersInDirectory } from './directory-move';
import type { ReadDeployed } from './manifests';
import type { StackOperation } from './stack-operation';
import { poll } from '../act/poll';
import type { StepContext } from '../act/step-context';
import { BATCH } from '../aws/workspaces-api';
import { DeploymentFailure } from '../core/deployment-failure';
import { counted } from '../decide/text';
import { isTerminated, leaversRefused, moveRefused, named, refusedChange, removalsRefused, unansweredLeavers, usersBefore } from '../decide/update-refusals';
import { hasDesktop, type RecordedUser, type User } from '../ledger/user';
import type { FleetEvent } from '../request/events';
import { type Request, usersDeployedWith } from '../request/resource-properties';

/**
 * Refuses an update that asks for something impossible, removes users without saying what happens to their desktops, or would terminate more
 * desktops than the termination limit allows.
 * @throws DeploymentFailure before anything is changed
 */
export async function refuseUpdate(
  context: StepContext, operation: StackOperation, request: Request, users: readonly User[], readDeployed: ReadDeployed,
): Promise<void> {
  // A rollback is never refused: a stack that cannot roll back is stuck. Existing desktops stay as they are.
  if (operation.kind === 'rollback' || operation.kind === 'delete') return;
  const refusal = refusedChange(users, request);
  if (refusal) throw new DeploymentFailure(refusal);
  if (operation.kind === 'update') await refuseLeavers(context, operation, request, users);
  // Once in a generation: after some removals, the rest must not be judged again.
  if (context.fleet.current.removalsAllowed) return;
  if (operation.kind === 'create' && operation.movesFrom !== undefined) await refuseMove(context, operation, operation.movesFrom, request, readDeployed);
  else await refuseRemovals(context, operation, request, users);
}

async function refuseLeavers(context: StepContext, { keepUpTo }: StackOperation, request: Request, users: readonly User[]): Promise<void> {
  const leavers = unansweredLeavers(usersBefore(users, keepUpTo), request);
  const refusal = leaversRefused(await withoutGone(context, leavers));
  if (refusal) throw new DeploymentFailure(refusal);
}

/** If somebody has terminated a desktop, its user may leave the list. One desktop that stands refuses the update, so no more are asked about. */
async function withoutGone(context: StepContext, users: readonly RecordedUser[]): Promise<RecordedUser[]> {
  const gone = new Set<RecordedUser>();
  const desktops = users.filter(hasDesktop);
  const mayAllBeGone = desktops.length === users.length;
  for (let i = 0; mayAllBeGone && i < desktops.length && gone.size === i && !context.isTimeUp; i += BATCH) {
    const batch = desktops.slice(i, i + BATCH);
    const standing = await poll(context, batch, 'EXISTS');
    for (const user of batch) if (!standing.includes(user.key)) gone.add(user);
  }
  return users.filter((each) => !gone.has(each));
}

async function refuseRemovals({ fleet }: StepContext, operation: StackOperation, request: Request, users: readonly User[]): Promise<void> {
  const { keepUpTo, deployedUpTo } = operation;
  const before = usersBefore(users, keepUpTo);
  const refusal = removalsRefused(before, request, deployedUpTo);
  if (refusal) throw new DeploymentFailure(refusal);
  if (before.some((each) => !each.desired || isTerminated(each, request, deployedUpTo))) await fleet.progress({ removalsAllowed: true });
}

async function refuseMove(
  context: StepContext, { event }: StackOperation, from: string, { terminationLimit }: Request, readDeployed: ReadDeployed,
): Promise<void> {
  if (deletesBefore(event)) {
    const move = { from, to: context.fleet.directoryId, retains: event.ResourceProperties.RetainOnReplace === 'true' };
    const refusal = moveRefused(await usersInOldDirectory(context, event, from, readDeployed), move, terminationLimit);
    if (refusal) throw new DeploymentFailure(refusal);
  }
  await context.fleet.progress({ removalsAllowed: true });
}

/** A notice of the desktops that stay in the directory that the fleet has left. */
export async function staysBehind(context: StepContext, operation: StackOperation, readDeployed: ReadDeployed): Promise<string[]> {
  if (operation.kind !== 'create' || operation.movesFrom === undefined || deletesBefore(operation.event)) return [];
  const { event, movesFrom } = operation;
  const present = await usersInOldDirectory(context, event, movesFrom, readDeployed);
  return present.length === 0 ? [] : [`the WorkSpaces of ${counted(present.length, 'user')} in the directory ${movesFrom} stay there: ${named(present)}`];
}

function usersInOldDirectory(
  { ledger, fleet }: StepContext, event: FleetEvent, directoryId: string, readDeployed: ReadDeployed,
): Promise<RecordedUser[]> {
  const deployedThere = () => readDeployed(event.OldResourceProperties!, usersDeployedWith, directoryId);
  return usersInDirectory(ledger, { ...fleet.key, directoryId }, deployedThere);
}
