import type { Desktop } from './desktop';
import { awaitAutoStop, enter } from './life';
import { migrate } from './migrate';
import { reboot } from './reboot';
import { rebuild } from './rebuild';
import type { DesktopError } from './refusal';
import { changeRunningMode } from './running-mode';
import { start } from './start';
import { stop } from './stop';
import type { World } from './world';

/**
 * What administrators in the console, users and AWS do to desktops. The rules are those of the API, but it costs no call. What cannot be
 * done throws.
 */
export class Others {
  /** @param prepare runs before each action, so that everything that is due happens first */
  constructor(private readonly world: World, private readonly prepare: () => void) {}

  /** To STARTING, and AVAILABLE in the end. */
  start(workspaceId: string): void {
    done(start(this.world, this.desktop(workspaceId)));
  }

  /** To STOPPING, and STOPPED in the end. */
  stop(workspaceId: string): void {
    done(stop(this.world, this.desktop(workspaceId)));
  }

  /** To REBOOTING, and AVAILABLE in the end. */
  reboot(workspaceId: string): void {
    done(reboot(this.world, this.desktop(workspaceId)));
  }

  /** To REBUILDING, and AVAILABLE in the end. */
  rebuild(workspaceId: string): void {
    done(rebuild(this.world, this.desktop(workspaceId)));
  }

  /** @returns the id of the new desktop */
  migrate(workspaceId: string, bundleId: string): string {
    return migrate(this.world, this.desktop(workspaceId), bundleId, () => true).workspaceId;
  }

  /** An administrator works on it: from AVAILABLE to ADMIN_MAINTENANCE. It does not stop meanwhile. */
  beginAdminMaintenance(workspaceId: string): void {
    this.move(workspaceId, ['AVAILABLE'], 'ADMIN_MAINTENANCE');
  }

  endAdminMaintenance(workspaceId: string): void {
    this.move(workspaceId, ['ADMIN_MAINTENANCE'], 'AVAILABLE');
  }

  /** AWS's own maintenance. */
  beginMaintenance(workspaceId: string): void {
    this.move(workspaceId, ['AVAILABLE', 'STOPPED'], 'MAINTENANCE');
  }

  endMaintenance(workspaceId: string): void {
    this.move(workspaceId, ['MAINTENANCE'], 'AVAILABLE');
  }

  /** An image is made of it. */
  suspend(workspaceId: string): void {
    this.move(workspaceId, ['AVAILABLE'], 'SUSPENDED');
  }

  /** The image has been made. */
  release(workspaceId: string): void {
    this.move(workspaceId, ['SUSPENDED'], 'AVAILABLE');
  }

  /** It no longer answers health checks. */
  ail(workspaceId: string, state: 'UNHEALTHY' | 'IMPAIRED' = 'UNHEALTHY'): void {
    this.move(workspaceId, ['AVAILABLE'], state);
  }

  recover(workspaceId: string): void {
    this.move(workspaceId, ['UNHEALTHY', 'IMPAIRED'], 'AVAILABLE');
  }

  /** Changes the running mode, as a tool that saves costs does. @param timeout in minutes, for AUTO_STOP */
  changeRunningMode(workspaceId: string, mode: 'AUTO_STOP' | 'ALWAYS_ON' | 'MANUAL', timeout?: number): void {
    changeRunningMode(this.world, this.desktop(workspaceId), { RunningMode: mode, RunningModeAutoStopTimeoutInMinutes: timeout });
  }

  tag(workspaceId: string, tags: Readonly<Record<string, string>>): void {
    const desktop = this.desktop(workspaceId);
    for (const [key, value] of Object.entries(tags)) desktop.tags.set(key, value);
  }

  untag(workspaceId: string, ...keys: readonly string[]): void {
    const desktop = this.desktop(workspaceId);
    for (const key of keys) desktop.tags.delete(key);
  }

  /** Its user logs on. That starts a stopped desktop. It does not stop while the user is logged on. */
  logOn(workspaceId: string): void {
    const desktop = this.desktop(workspaceId);
    if (desktop.state === 'STOPPED') done(start(this.world, desktop));
    else if (desktop.state !== 'AVAILABLE') throw new Error(`nobody can log on to ${workspaceId} in the state ${desktop.state}`);
    desktop.connection.state = 'CONNECTED';
    desktop.connection.lastKnownAt = this.world.agenda.now();
  }

  /** Its user logs off. The timeout starts now. */
  logOff(workspaceId: string): void {
    const desktop = this.desktop(workspaceId);
    desktop.connection.state = 'DISCONNECTED';
    desktop.connection.lastKnownAt = this.world.agenda.now();
    if (desktop.state === 'AVAILABLE') awaitAutoStop(this.world, desktop);
  }

  private move(workspaceId: string, from: readonly Desktop['state'][], to: Desktop['state']): void {
    const desktop = this.desktop(workspaceId);
    if (!from.includes(desktop.state)) throw new Error(`${workspaceId} cannot become ${to} from ${desktop.state}, only from ${from.join(', ')}`);
    enter(this.world, desktop, to);
  }

  private desktop(workspaceId: string): Desktop {
    this.prepare();
    const desktop = this.world.desktops.find(workspaceId);
    if (!desktop) throw new Error(`there is no desktop ${workspaceId}`);
    return desktop;
  }
}

function done(failure: DesktopError | undefined): void {
  if (failure) throw new Error(failure.message);
}
