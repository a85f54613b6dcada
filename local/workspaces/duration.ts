/** What a duration may depend on. `index` counts the desktops that the service has made, from 0. */
export interface NewDesktop {
  readonly index: number;
  readonly userName: string;
  readonly encrypted: boolean;
}

/** Milliseconds of the service's clock. */
export type Duration = number | ((desktop: NewDesktop) => number);

export function milliseconds(duration: Duration, desktop: NewDesktop): number {
  return typeof duration === 'function' ? duration(desktop) : duration;
}
