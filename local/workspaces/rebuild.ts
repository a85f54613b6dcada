import { onEachVisible, wrongState } from './batch';
import { pass } from './life';
import { isChanging } from './modify';
import type { DesktopError } from './settings';
import type { Desktop } from './store';
import { validation } from './validation';
import type { World } from './world';

const REBUILDABLE = ['AVAILABLE', 'ERROR', 'UNHEALTHY', 'STOPPED', 'REBOOTING'];

/** One desktop a call, although it takes a list. */
export function rebuildWorkspaces(world: World, input: any): object {
  const count = input.RebuildWorkspaceRequests?.length;
  if (count > 1) throw validation(`The number of RebuildWorkspaceRequests in the request, ${count}, is invalid: it must be 1.`);
  return onEachVisible(world, 'RebuildWorkspaceRequests', input, (desktop) => rebuild(world, desktop));
}

/** @returns why it cannot be rebuilt, if so */
export function rebuild(world: World, desktop: Desktop): DesktopError | undefined {
  if (!REBUILDABLE.includes(desktop.state) || isChanging(desktop)) return wrongState(world, desktop, 'rebuilt');
  pass(world, desktop, 'REBUILDING', world.settings.rebuildTime, 'AVAILABLE');
  return undefined;
}
