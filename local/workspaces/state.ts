export type State =
  | 'PENDING' | 'AVAILABLE' | 'IMPAIRED' | 'UNHEALTHY' | 'REBOOTING' | 'STARTING' | 'REBUILDING' | 'RESTORING'
  | 'MAINTENANCE' | 'ADMIN_MAINTENANCE' | 'TERMINATING' | 'TERMINATED' | 'SUSPENDED' | 'UPDATING' | 'STOPPING'
  | 'STOPPED' | 'ERROR';

export function isLeaving(state: State): boolean {
  return state === 'TERMINATING' || state === 'TERMINATED';
}
