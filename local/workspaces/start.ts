import { onEachVisible, wrongState } from './batch';
import type { Desktop } from './desktop';
import { canStop, pass } from './life';
import type { DesktopError } from './refusal';
import type { World } from './world';

export function startWorkspaces(world: World, input: any): object {
  return onEachVisible(world, 'StartWorkspaceRequests', input, (desktop) => start(world, desktop));
}

/** @returns the error if it cannot be started */
export function start(world: World, desktop: Desktop): DesktopError | undefined {
  if (desktop.state !== 'STOPPED' || !canStop(desktop)) return wrongState(world, desktop, `started with the running mode ${desktop.properties.RunningMode}`);
  pass(world, desktop, 'STARTING', world.options.startTime, 'AVAILABLE');
  return undefined;
}
