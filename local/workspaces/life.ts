import type { DesktopError } from './settings';

export type State =
  | 'PENDING' | 'AVAILABLE' | 'IMPAIRED' | 'UNHEALTHY' | 'REBOOTING' | 'STARTING' | 'REBUILDING' | 'RESTORING'
  | 'MAINTENANCE' | 'ADMIN_MAINTENANCE' | 'TERMINATING' | 'TERMINATED' | 'SUSPENDED' | 'UPDATING' | 'STOPPING'
  | 'STOPPED' | 'ERROR';

/** The times, on the service's clock, that a desktop's state follows from. No timer moves a desktop on. */
export interface Life {
  readonly createdAt: number;
  /** From when answers show it. */
  readonly visibleAt: number;
  /** Until when it is PENDING. */
  readonly builtAt: number;
  /** From when an AUTO_STOP desktop is STOPPED. */
  readonly stopsAt?: number;
  /** What its build ends in, instead of AVAILABLE. */
  readonly lateError?: DesktopError;
  /** What somebody else has put it in. */
  forced?: { readonly state: State; readonly error?: DesktopError };
  /** When its termination began, if it did. */
  terminatingAt?: number;
  /** From when its id is gone. */
  goneAt?: number;
}

export function isGone(life: Life, now: number): boolean {
  return life.goneAt !== undefined && now >= life.goneAt;
}

export function isVisible(life: Life, now: number): boolean {
  return now >= life.visibleAt && !isGone(life, now);
}

/** The state of a desktop whose id is not gone. */
export function stateOf(life: Life, now: number): State {
  if (life.terminatingAt !== undefined) return 'TERMINATING';
  if (life.forced) return life.forced.state;
  if (now < life.builtAt) return 'PENDING';
  if (life.lateError) return 'ERROR';
  return life.stopsAt !== undefined && now >= life.stopsAt ? 'STOPPED' : 'AVAILABLE';
}

export function errorOf(life: Life, now: number): DesktopError | undefined {
  if (life.forced) return life.forced.error;
  return now >= life.builtAt ? life.lateError : undefined;
}
