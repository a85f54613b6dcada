import { findVisible } from './find';
import { enter } from './life';
import { checkEnum, requireMembers } from './validation';
import type { World } from './world';
import { ServiceError } from '../core/service';

/** An administrator begins or ends the maintenance of a desktop. */
export function modifyWorkspaceState(world: World, input: any): object {
  requireMembers(input, 'WorkspaceId', 'WorkspaceState');
  checkEnum('WorkspaceState', input.WorkspaceState);
  const desktop = findVisible(world, input, 'WorkspaceId');
  if (desktop.state !== 'AVAILABLE' && desktop.state !== 'ADMIN_MAINTENANCE') {
    throw new ServiceError('InvalidResourceStateException', `The WorkSpace ${desktop.workspaceId} is in the state ${desktop.state}: it must be AVAILABLE or ADMIN_MAINTENANCE.`);
  }
  if (desktop.state !== input.WorkspaceState) enter(world, desktop, input.WorkspaceState);
  return {};
}
