import type { Call } from '../../core/service';
import type { AuthorizationRequest } from '../registry';

/** What calls of one service need permission for, by operation. An empty list: everybody may. */
export type ServiceRequests = Readonly<Record<string, (call: Call) => readonly AuthorizationRequest[]>>;

/** The members of a list, whatever is in its place: the service itself says what is wrong with it. */
export function listOf(value: unknown): any[] {
  return Array.isArray(value) ? value.filter((member) => member !== null && member !== undefined) : [];
}

/** Each once, and never none: a call that names nothing is asked about everything. */
export function eachOnce(resources: readonly string[], everything: string): string[] {
  return resources.length === 0 ? [everything] : [...new Set(resources)];
}
