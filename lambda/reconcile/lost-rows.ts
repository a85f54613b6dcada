import { noteUnrecorded, type Workplace } from '../act/act';
import { physicalId, userKey } from '../request/identity';
import { log } from '../core/log';
import type { Occasion } from './stack-operation';
import { deployed, type ReadManifest, type Request } from '../request/resource-properties';
import { asChanged } from '../decide/settings-diff';
import type { Subject } from '../ledger/state';

/** Rows are missing: whoever was deployed before, by CloudFormation's account, and has no record, is looked up. */
export async function recover(
  place: Workplace, occasion: Occasion, { wanted }: Request, subjects: readonly Subject[], readManifest: ReadManifest,
): Promise<void> {
  const { current, generation, state } = place;
  const { event } = occasion;
  if (current.row.sweptIn === generation) return;
  const recorded = new Set(subjects.filter(({ member }) => member).map(({ key }) => key));
  const isUnrecorded = ({ userName }: { readonly userName: string }) => !recorded.has(userKey(userName));
  const unrecorded = (await deployedBefore(occasion, readManifest)).filter(isUnrecorded);
  log('recover', { rows: state.all.length, expected: current.row.nextCall, lookUp: unrecorded.length });
  if (occasion.isRollback) {
    // The properties before are the ones that failed: desktops that stay may have been changed by them, and who is in them alone has what is to
    // be taken back.
    const tried = new Map(unrecorded.map((each) => [userKey(each.userName), each.settings]));
    const stay = [...wanted.values()].filter(isUnrecorded);
    await noteUnrecorded(place, stay.map(({ userName, settings }) => ({ userName, settings: asChanged(settings, tried.get(userKey(userName))) })), 0);
    await noteUnrecorded(place, unrecorded.filter(({ userName }) => !wanted.has(userKey(userName))), generation, current.row.startedAt);
  } else {
    // CloudFormation does not know what it deletes by its physical id: that has been made just now, and may not be visible yet.
    const isNew = event.RequestType === 'Delete' && event.PhysicalResourceId !== physicalId(event, event.ResourceProperties.DirectoryId);
    await noteUnrecorded(place, unrecorded, 0, isNew ? current.row.startedAt : undefined);
  }
  await current.note({ sweptIn: generation });
}

async function deployedBefore({ kind, event, movesFrom }: Occasion, readManifest: ReadManifest) {
  const { RequestType, ResourceProperties, OldResourceProperties: old } = event;
  if (kind === 'Create') return []; // also in a move: who was deployed before was so elsewhere
  return deployed(RequestType === 'Update' && old && movesFrom === undefined ? old : ResourceProperties, readManifest);
}
