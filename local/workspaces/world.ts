import type { Clock } from '../core/clock';
import type { KmsService } from '../kms';
import type { Bundles } from './bundles';
import type { Directories } from './directories';
import type { Random } from './random';
import type { Duration, NewDesktop, WorkspacesSettings } from './settings';
import type { Desktops } from './store';

/** What every operation works on. */
export interface World {
  readonly clock: Clock;
  readonly kms: KmsService;
  readonly settings: WorkspacesSettings;
  readonly random: Random;
  readonly desktops: Desktops;
  readonly directories: Directories;
  readonly bundles: Bundles;
}

export function milliseconds(duration: Duration, desktop: NewDesktop): number {
  return typeof duration === 'function' ? duration(desktop) : duration;
}
