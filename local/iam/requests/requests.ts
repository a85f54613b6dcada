import type { Call } from '../../core/service';
import type { AuthorizationRequest } from '../registry';

/** The permissions that calls of one service need, by operation. With an empty list, everybody may call it. */
export type ServiceRequests = Readonly<Record<string, (call: Call) => readonly AuthorizationRequest[]>>;

/** The members of a list; empty if it is no list. The service itself reports that error. */
export function listOf(value: unknown): any[] {
  return Array.isArray(value) ? value.filter((member) => member !== null && member !== undefined) : [];
}

/** Each resource once. A call that names no resource needs the permission on all of them. */
export function eachOnce(resources: readonly string[], everything: string): string[] {
  return resources.length === 0 ? [everything] : [...new Set(resources)];
}
