import { onEachVisible, wrongState } from './batch';
import { pass } from './life';
import { isChanging } from './modify';
import type { DesktopError } from './settings';
import type { Desktop } from './store';
import type { World } from './world';

const REBOOTABLE = ['AVAILABLE', 'UNHEALTHY', 'REBOOTING'];

export function rebootWorkspaces(world: World, input: any): object {
  return onEachVisible(world, 'RebootWorkspaceRequests', input, (desktop) => reboot(world, desktop));
}

/** @returns why it cannot be rebooted, if so */
export function reboot(world: World, desktop: Desktop): DesktopError | undefined {
  if (!REBOOTABLE.includes(desktop.state) || isChanging(desktop)) return wrongState(world, desktop, 'rebooted');
  pass(world, desktop, 'REBOOTING', world.settings.rebootTime, 'AVAILABLE');
  return undefined;
}
