import { isVisible, stateOf } from './life';
import type { DesktopError } from './settings';
import type { Desktop } from './store';
import { checkList, checkPattern, requireMembers } from './validation';
import { milliseconds, World } from './world';

/** Answers what could not be begun; the rest goes on by itself. */
export function terminateWorkspaces(world: World, input: any): object {
  checkList('TerminateWorkspaceRequests', input.TerminateWorkspaceRequests);
  const ids: string[] = input.TerminateWorkspaceRequests.map((request: any) => {
    requireMembers(request, 'WorkspaceId');
    checkPattern('WorkSpace ID', request.WorkspaceId);
    return request.WorkspaceId;
  });
  const failed = ids.flatMap((id) => {
    const failure = terminate(world, id);
    return failure ? [{ WorkspaceId: id, ErrorCode: failure.code, ErrorMessage: failure.message }] : [];
  });
  return { FailedRequests: failed };
}

function terminate(world: World, id: string): DesktopError | undefined {
  const { desktops, settings, clock } = world;
  const desktop = desktops.find(id);
  if (!desktop || (settings.terminateInvisible === 'not-found' && !isVisible(desktop, clock.now()))) {
    return { code: settings.unknownDesktopCode, message: `WorkSpace ${id} could not be found.` };
  }
  const state = stateOf(desktop, clock.now());
  if (state === 'SUSPENDED' || (state === 'TERMINATING' && settings.terminateAgain === 'refuse')) {
    return { code: settings.protectedDesktopCode, message: `WorkSpace ${id} cannot be terminated in the state ${state}.` };
  }
  beginTermination(world, desktop);
  return undefined;
}

/** A termination that has begun keeps its time. */
export function beginTermination({ clock, settings, kms }: World, desktop: Desktop): void {
  if (desktop.terminatingAt !== undefined) return;
  const { index, userName, encryption } = desktop;
  desktop.terminatingAt = clock.now();
  desktop.goneAt = clock.now() + milliseconds(settings.terminateTime, { index, userName, encrypted: encryption !== undefined });
  if (encryption) kms.retireGrant(encryption.grantId);
}
