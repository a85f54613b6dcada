import type { Desktop } from './desktop';
import { awaitAutoStop, pass } from './life';
import { badParameter } from './validation';
import type { World } from './world';

export const ALWAYS_ON_TIMEOUT = 'RunningModeAutoStopTimeoutInMinutes is not applicable for WorkSpace with running mode set to ALWAYS_ON.';
export const MANUAL_TIMEOUT = 'RunningModeAutoStopTimeoutInMinutes must be 60 for WorkSpace with running mode set to MANUAL.';

/** Changes at once. A stopped desktop that becomes ALWAYS_ON is started, because StartWorkspaces refuses such desktops. */
export function changeRunningMode(world: World, desktop: Desktop, asked: any): void {
  const { RunningMode: mode = desktop.properties.RunningMode, RunningModeAutoStopTimeoutInMinutes: timeout } = asked;
  if (timeout !== undefined && mode === 'ALWAYS_ON') throw badParameter(ALWAYS_ON_TIMEOUT);
  if (timeout !== undefined && timeout !== 60 && mode === 'MANUAL') throw badParameter(MANUAL_TIMEOUT);
  const { RunningModeAutoStopTimeoutInMinutes: current = 60 } = desktop.properties;
  desktop.properties = {
    ...desktop.properties,
    RunningMode: mode,
    RunningModeAutoStopTimeoutInMinutes: mode === 'AUTO_STOP' ? timeout ?? current : undefined,
  };
  if (desktop.state === 'AVAILABLE') awaitAutoStop(world, desktop);
  if (desktop.state === 'STOPPED' && mode === 'ALWAYS_ON') pass(world, desktop, 'STARTING', world.options.startTime, 'AVAILABLE');
}
