import { onEach, unknownDesktop, wrongState } from './batch';
import { isVisible } from './desktop';
import { beginTermination } from './life';
import type { DesktopError } from './refusal';
import type { World } from './world';

/** The answer lists the desktops whose termination could not begin. The others are terminated over time. */
export function terminateWorkspaces(world: World, input: any): object {
  return onEach('TerminateWorkspaceRequests', input, (id) => terminate(world, id));
}

function terminate(world: World, id: string): DesktopError | undefined {
  const { desktops, options, agenda } = world;
  const desktop = desktops.find(id);
  if (!desktop || (options.terminateInvisible === 'not-found' && !isVisible(desktop, agenda.now()))) {
    return options.terminateUnknown === 'ignore' ? undefined : unknownDesktop(world, id);
  }
  if (desktop.state === 'SUSPENDED') return options.terminateSuspended === 'ignore' ? undefined : wrongState(world, desktop, 'terminated');
  if (desktop.state === 'TERMINATING' && options.terminateAgain === 'refuse') return wrongState(world, desktop, 'terminated');
  beginTermination(world, desktop);
  return undefined;
}
