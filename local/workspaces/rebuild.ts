import { onEachVisible, wrongState } from './batch';
import { Desktop, isChanging } from './desktop';
import { pass } from './life';
import type { DesktopError } from './refusal';
import { validation } from './validation';
import type { World } from './world';

const REBUILDABLE = ['AVAILABLE', 'ERROR', 'UNHEALTHY', 'STOPPED', 'REBOOTING'];

/** Rebuilds one desktop in each call, although the input is a list. */
export function rebuildWorkspaces(world: World, input: any): object {
  const count = input.RebuildWorkspaceRequests?.length;
  if (count > 1) throw validation(`The number of RebuildWorkspaceRequests in the request, ${count}, is invalid: it must be 1.`);
  return onEachVisible(world, 'RebuildWorkspaceRequests', input, (desktop) => rebuild(world, desktop));
}

/** @returns the error if it cannot be rebuilt */
export function rebuild(world: World, desktop: Desktop): DesktopError | undefined {
  if (!REBUILDABLE.includes(desktop.state) || isChanging(desktop)) return wrongState(world, desktop, 'rebuilt');
  pass(world, desktop, 'REBUILDING', world.options.rebuildTime, 'AVAILABLE');
  return undefined;
}
