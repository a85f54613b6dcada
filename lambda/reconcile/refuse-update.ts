import { deletesBefore, standingIn } from './directory-move';
import type { Services } from './services';
import type { StackOperation } from './stack-operation';
import type { StepContext } from '../act/step-context';
import { DeploymentFailure } from '../core/deployment-failure';
import { counted } from '../decide/text';
import { isTerminated, moveRefused, named, refusedChange, removalsRefused, usersBefore } from '../decide/update-refusals';
import type { RecordedUser, User } from '../ledger/user';
import { usersDeployedWith, type ReadManifest, type Request } from '../request/resource-properties';

/**
 * Refuses what cannot be done, or would take away more than the termination limit allows.
 * @throws DeploymentFailure before anything is changed
 */
export async function refuseUpdate(
  context: StepContext, operation: StackOperation, request: Request, users: readonly User[], { readManifest }: Pick<Services, 'readManifest'>,
): Promise<void> {
  // A rollback is never refused: a stack that cannot roll back is stuck, and what exists stays as it is.
  if (operation.kind === 'rollback' || operation.kind === 'delete') return;
  const refusal = refusedChange(users, request);
  if (refusal) throw new DeploymentFailure(refusal);
  // Once in a generation: what was let pass is not judged by what is left of it.
  if (context.fleet.current.removalsAllowed) return;
  const from = operation.kind === 'create' ? operation.movesFrom : undefined;
  await (from === undefined ? refuseRemovals(context, operation, request, users) : refuseMove(context, operation, from, request, readManifest));
}

async function refuseRemovals({ fleet }: StepContext, { keepUpTo, deployedUpTo }: StackOperation, request: Request, users: readonly User[]): Promise<void> {
  const before = usersBefore(users, keepUpTo);
  const refusal = removalsRefused(before, request, deployedUpTo);
  if (refusal) throw new DeploymentFailure(refusal);
  if (before.some((each) => !each.desired || isTerminated(each, request, deployedUpTo))) await fleet.progress({ removalsAllowed: true });
}

async function refuseMove({ ledger, fleet }: StepContext, { event }: StackOperation, from: string, { terminationLimit }: Request, readManifest: ReadManifest): Promise<void> {
  if (deletesBefore(event)) {
    const retains = event.ResourceProperties.RetainOnReplace === 'true';
    const standing = await standingIn(ledger, { ...fleet.key, directoryId: from }, () => usersDeployedWith(event.OldResourceProperties!, readManifest));
    const refusal = moveRefused(standing, { from, to: fleet.directoryId, retains }, terminationLimit);
    if (refusal) throw new DeploymentFailure(refusal);
  }
  await fleet.progress({ removalsAllowed: true });
}

/** Who stays in the directory that a fleet has left, for people. */
export async function staysBehind({ ledger, fleet }: StepContext, operation: StackOperation, { readManifest }: Pick<Services, 'readManifest'>): Promise<string[]> {
  if (operation.kind !== 'create' || operation.movesFrom === undefined || deletesBefore(operation.event)) return [];
  const { event, movesFrom } = operation;
  const standing: RecordedUser[] = await standingIn(ledger, { ...fleet.key, directoryId: movesFrom }, () => usersDeployedWith(event.OldResourceProperties!, readManifest));
  return standing.length === 0 ? [] : [`the WorkSpaces of ${counted(standing.length, 'user')} in the directory ${movesFrom} stay there: ${named(standing)}`];
}
