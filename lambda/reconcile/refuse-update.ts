import type { Workplace } from '../act/act';
import { isReplaced } from '../decide/bundle-diff';
import { membersBefore, refusedChange, removalsRefused } from '../decide/update-refusals';
import { DeploymentFailure } from '../aws/errors';
import { deletesBefore, leftBehind, moveRefused, standingIn } from './directory-move';
import type { Occasion } from './stack-operation';
import { deployed, type ReadManifest, type Request } from '../request/resource-properties';
import type { Subject } from '../ledger/state';

/**
 * Refuses what cannot be done, or would take away more than it may.
 * @throws DeploymentFailure before anything is changed
 */
export async function judge(
  place: Workplace, occasion: Occasion, request: Request, subjects: readonly Subject[], readManifest: ReadManifest,
): Promise<void> {
  // A rollback is never refused: a stack that cannot roll back is stuck, and what exists stays as it is.
  if (occasion.isRollback) return;
  const refusal = refusedChange(subjects, request);
  if (refusal) throw new DeploymentFailure(refusal);
  // Once in a generation: what was let pass is not judged by what is left of it.
  if (place.current.row.removalsJudgedIn === place.generation) return;
  await (occasion.movesFrom === undefined ? judgeRemovals(place, occasion, request, subjects) : judgeMove(place, occasion, request, readManifest));
}

async function judgeRemovals(place: Workplace, { keep, deployed: last }: Occasion, request: Request, subjects: readonly Subject[]): Promise<void> {
  const before = membersBefore(subjects, keep);
  const refusal = removalsRefused(before, request, last);
  if (refusal) throw new DeploymentFailure(refusal);
  if (before.some((each) => !each.wanted || isReplaced(each, request, last))) await place.current.note({ removalsJudgedIn: place.generation });
}

async function judgeMove(place: Workplace, occasion: Occasion, { terminationLimit }: Request, readManifest: ReadManifest): Promise<void> {
  if (deletesBefore(occasion.event)) {
    const retains = occasion.event.ResourceProperties.RetainOnReplace === 'true';
    const standing = await standingBefore(place, occasion, readManifest);
    const refusal = moveRefused(standing, { from: occasion.movesFrom!, to: place.fleet.directoryId, retains }, terminationLimit);
    if (refusal) throw new DeploymentFailure(refusal);
  }
  await place.current.note({ removalsJudgedIn: place.generation });
}

/** Who stays in the directory that a fleet has left, for people. */
export async function staysBehind(place: Workplace, occasion: Occasion, readManifest: ReadManifest): Promise<string[]> {
  if (occasion.movesFrom === undefined || occasion.isRollback || deletesBefore(occasion.event)) return [];
  return leftBehind(await standingBefore(place, occasion, readManifest), occasion.movesFrom);
}

function standingBefore({ ledger, fleet }: Workplace, { event, movesFrom }: Occasion, readManifest: ReadManifest): Promise<Subject[]> {
  return standingIn(ledger, { ...fleet, directoryId: movesFrom! }, () => deployed(event.OldResourceProperties!, readManifest));
}
