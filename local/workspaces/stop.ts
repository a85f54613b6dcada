import { onEachVisible, wrongState } from './batch';
import type { Desktop } from './desktop';
import { canStop, pass } from './life';
import type { DesktopError } from './refusal';
import type { World } from './world';

const STOPPABLE = ['AVAILABLE', 'IMPAIRED', 'UNHEALTHY', 'ERROR'];

export function stopWorkspaces(world: World, input: any): object {
  return onEachVisible(world, 'StopWorkspaceRequests', input, (desktop) => stop(world, desktop));
}

/** @returns the error if it cannot be stopped */
export function stop(world: World, desktop: Desktop): DesktopError | undefined {
  if (!STOPPABLE.includes(desktop.state) || !canStop(desktop)) {
    return wrongState(world, desktop, `stopped with the running mode ${desktop.properties.RunningMode}`);
  }
  pass(world, desktop, 'STOPPING', world.options.stopTime, 'STOPPED');
  return undefined;
}
