import type { Desktop } from './desktop';
import { Duration, milliseconds } from './duration';
import type { DesktopError } from './refusal';
import { isLeaving, State } from './state';
import type { World } from './world';

const MINUTE = 60_000;

/** Puts a desktop into a state, and cancels what was planned for it. */
export function enter(world: World, desktop: Desktop, state: State, error?: DesktopError): void {
  desktop.course += 1;
  desktop.state = state;
  desktop.error = error;
  if (state !== 'PENDING' && !isLeaving(state)) desktop.built = true;
  if (state === 'AVAILABLE') awaitAutoStop(world, desktop);
}

/** Plans what happens to a desktop, unless something else happens to it before. */
export function later(world: World, desktop: Desktop, after: Duration, happens: () => void): void {
  const { course } = desktop;
  world.agenda.in(milliseconds(after, desktop), () => {
    if (desktop.course === course) happens();
  });
}

/** Puts a desktop into one state for a while, and then into another. */
export function pass(world: World, desktop: Desktop, state: State, time: Duration, then: State): void {
  enter(world, desktop, state);
  later(world, desktop, time, () => enter(world, desktop, then));
}

/** Begins TERMINATING, then TERMINATED, then gone. A repeated termination does not restart the time. */
export function beginTermination(world: World, desktop: Desktop): void {
  if (isLeaving(desktop.state)) return;
  const { options, agenda, kms, desktops } = world;
  enter(world, desktop, 'TERMINATING');
  desktop.terminatingAt = agenda.now();
  desktop.change = undefined;
  if (desktop.encryption?.grantId) kms.retireGrant(desktop.encryption.grantId);
  later(world, desktop, options.terminateTime, () => {
    enter(world, desktop, 'TERMINATED');
    later(world, desktop, options.terminatedFor, () => {
      desktop.goneAt = agenda.now();
      desktops.remove(desktop);
    });
  });
}

/** Starts the auto-stop timeout: the desktop has become ready, its user has left, or its running mode has changed. */
export function awaitAutoStop(world: World, desktop: Desktop): void {
  const { agenda, options } = world;
  const timer = ++desktop.autoStopTimer;
  const { RunningMode, RunningModeAutoStopTimeoutInMinutes: timeout } = desktop.properties;
  if (RunningMode !== 'AUTO_STOP' || timeout === undefined) return;
  const { course } = desktop;
  agenda.in(timeout * MINUTE, () => {
    if (options.autoStop && desktop.course === course && desktop.autoStopTimer === timer && desktop.connection.state !== 'CONNECTED') {
      pass(world, desktop, 'STOPPING', options.stopTime, 'STOPPED');
    }
  });
}

/** Whether it can be stopped and started. */
export function canStop({ properties }: Desktop): boolean {
  return properties.RunningMode !== 'ALWAYS_ON';
}
