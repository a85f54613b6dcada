import { Desktop, isVisible } from './desktop';
import { checkPattern, notFound, requireMembers } from './validation';
import type { World } from './world';

/** Finds the desktop that a call names. */
export function findVisible(world: World, input: any, member: 'WorkspaceId' | 'SourceWorkspaceId'): Desktop {
  requireMembers(input, member);
  const id: string = input[member];
  checkPattern('WorkSpace ID', id);
  const desktop = world.desktops.find(id);
  if (!desktop || !isVisible(desktop, world.agenda.now())) {
    throw notFound(`The specified WorkSpace ${id} could not be found.`, id);
  }
  return desktop;
}
