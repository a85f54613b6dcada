import { isChanging } from './desktop';
import { findVisible } from './find';
import { pass } from './life';
import type { World } from './world';
import { ServiceError } from '../core/service';

const RESTORABLE = ['AVAILABLE', 'ERROR', 'UNHEALTHY', 'STOPPED'];

export function restoreWorkspace(world: World, input: any): object {
  const desktop = findVisible(world, input, 'WorkspaceId');
  if (!RESTORABLE.includes(desktop.state) || isChanging(desktop)) {
    throw new ServiceError('OperationNotSupportedException', `The WorkSpace ${desktop.workspaceId} cannot be restored in the state ${desktop.state}.`);
  }
  pass(world, desktop, 'RESTORING', world.options.restoreTime, 'AVAILABLE');
  return {};
}
