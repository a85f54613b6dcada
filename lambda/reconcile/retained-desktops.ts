import type { Workplace } from '../act/act';
import { physicalId } from '../request/identity';
import type { Member } from '../ledger/ledger';
import { LONGEST_OPERATION, type Occasion } from './stack-operation';
import type { Subject } from '../ledger/state';

/**
 * Lets go, as they are, of desktops on which people may have worked before this fleet came upon them: those it found in a
 * deployment that did not succeed, and those that were kept when a fleet of this name was taken out of the stack, where
 * the create over them does not want them, or has failed.
 */
export async function letBe(place: Workplace, occasion: Occasion, subjects: readonly Subject[]): Promise<void> {
  const undone = undoesCreate(place, occasion, subjects);
  for (const { key, wanted, member, madeIn } of subjects) {
    if (!member) continue;
    const wasKept = madeIn! <= retained(place, occasion, undone) || (member.found && (madeIn! > occasion.keep || undone));
    if (isFree(place, occasion, member) || (!wanted && wasKept)) place.state.set(key, undefined);
  }
  await place.state.flush(place.ledger, place.fleet);
}

/** Released by a deployment before this one that has succeeded, and is not being taken back: not ours any more. */
function isFree({ generation }: Workplace, { event, keep }: Occasion, { releasedIn, untagged }: Member): boolean {
  if (releasedIn === undefined) return false;
  if (event.RequestType === 'Delete') return untagged ?? false;
  return releasedIn <= keep && releasedIn !== generation;
}

/** The last generation before a create: what was made up to it had been kept, and was not made by this create. */
function retained({ current, generation }: Workplace, { kind, event }: Occasion, undone: boolean): number {
  const { createdIn, settled, settledBefore, startedAt, startedBefore = startedAt } = current.row;
  // With an id that CloudFormation has made up, of a create that has never come to us; what there is had been kept long before it.
  const isOurs = event.PhysicalResourceId === physicalId(event, event.ResourceProperties.DirectoryId);
  if (kind === 'Delete' && !isOurs && startedAt - startedBefore > LONGEST_OPERATION) return generation;
  if (kind === 'Create') return settled < generation ? settled : -1;
  if (kind === 'Update' || createdIn === undefined) return -1;
  if (settled < createdIn) return settled;
  return undone ? settledBefore : -1;
}

/** A create that had succeeded may be deleted since another resource of the stack failed; then what was kept before it stays. */
export function mayUndoCreate({ current }: Workplace, { event }: Occasion, subjects: readonly Subject[], isIncomplete = false): boolean {
  const { createdIn, settled, lost } = current.row;
  // Whether it succeeded, a row that is younger than the create does not know.
  if (event.RequestType === 'Delete' && lost && subjects.some(({ member }) => member?.found)) return true;
  const cameUpon = ({ member, madeIn }: Subject) => member?.found || (madeIn !== undefined && createdIn !== undefined && madeIn < createdIn);
  return event.RequestType === 'Delete' && settled === createdIn && (isIncomplete || subjects.some(cameUpon));
}

/** When CloudFormation does not say, it counts as yes: what is kept can still be terminated by hand. */
function undoesCreate(place: Workplace, occasion: Occasion, subjects: readonly Subject[]): boolean {
  return mayUndoCreate(place, occasion, subjects) && occasion.stackRollsBack !== false;
}
