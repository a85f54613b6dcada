import { onEachVisible, wrongState } from './batch';
import { Desktop, isChanging } from './desktop';
import { pass } from './life';
import type { DesktopError } from './refusal';
import type { World } from './world';

const REBOOTABLE = ['AVAILABLE', 'UNHEALTHY', 'REBOOTING'];

export function rebootWorkspaces(world: World, input: any): object {
  return onEachVisible(world, 'RebootWorkspaceRequests', input, (desktop) => reboot(world, desktop));
}

/** @returns the error if it cannot be rebooted */
export function reboot(world: World, desktop: Desktop): DesktopError | undefined {
  if (!REBOOTABLE.includes(desktop.state) || isChanging(desktop)) return wrongState(world, desktop, 'rebooted');
  pass(world, desktop, 'REBOOTING', world.options.rebootTime, 'AVAILABLE');
  return undefined;
}
