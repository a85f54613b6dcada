import { Desktop, isVisible } from './desktop';
import type { DesktopError } from './refusal';
import { checkList, checkPattern, requireMembers } from './validation';
import type { World } from './world';

/**
 * An operation on up to 25 desktops. The answer lists those for which it could not begin.
 * @param act returns the error if it cannot begin
 */
export function onEach(list: string, input: any, act: (id: string) => DesktopError | undefined): object {
  checkList(list, input[list]);
  const ids: string[] = input[list].map((request: any) => {
    requireMembers(request, 'WorkspaceId');
    checkPattern('WorkSpace ID', request.WorkspaceId);
    return request.WorkspaceId;
  });
  const failed = ids.flatMap((id) => {
    const failure = act(id);
    return failure ? [{ WorkspaceId: id, ErrorCode: failure.code, ErrorMessage: failure.message }] : [];
  });
  return { FailedRequests: failed };
}

/** The same for an operation that needs a visible desktop. */
export function onEachVisible(world: World, list: string, input: any, act: (desktop: Desktop) => DesktopError | undefined): object {
  return onEach(list, input, (id) => {
    const desktop = world.desktops.find(id);
    return desktop && isVisible(desktop, world.agenda.now()) ? act(desktop) : unknownDesktop(world, id);
  });
}

export function unknownDesktop({ options }: World, id: string): DesktopError {
  return { code: options.unknownDesktopCode, message: `WorkSpace ${id} could not be found.` };
}

export function wrongState({ options }: World, { workspaceId, state }: Desktop, action: string): DesktopError {
  return { code: options.protectedDesktopCode, message: `WorkSpace ${workspaceId} cannot be ${action} in the state ${state}.` };
}
