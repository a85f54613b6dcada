import { REQUEST_MEMBERS, Requested, RequestMember } from './members';
import { requireMembers } from './validation';

const MEMBERS: readonly (readonly [string, RequestMember<any>])[] = Object.entries(REQUEST_MEMBERS);

/** Checks the form of a request's members besides WorkspaceProperties and Tags. */
export function checkRequest(request: any): void {
  requireMembers(request, ...MEMBERS.filter(([, { required }]) => required).map(([name]) => name));
  for (const [name, { check }] of MEMBERS) check?.(request[name]);
}

/** The members of a request that a desktop stores unchanged. */
export function requestedOf(request: any): Requested {
  return only(request, (member) => member.storedIn === 'requested');
}

/** The members that a migration gives to the new desktop. */
export function migratedRequest(requested: Requested): Requested {
  return only(requested, (member) => member.storedIn === 'requested' && member.migrate === 'copied');
}

function only(values: any, includes: (member: RequestMember<any>) => boolean): Requested {
  return Object.fromEntries(MEMBERS.filter(([name, member]) => includes(member) && values[name] !== undefined).map(([name]) => [name, values[name]]));
}
