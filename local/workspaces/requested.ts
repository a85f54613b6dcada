import { REQUEST_MEMBERS, Requested, RequestMember } from './members';
import { requireMembers } from './validation';

const MEMBERS: readonly (readonly [string, RequestMember<any>])[] = Object.entries(REQUEST_MEMBERS);

/** What can be wrong on their face with the members of a request beside its WorkspaceProperties and Tags. */
export function checkRequest(request: any): void {
  requireMembers(request, ...MEMBERS.filter(([, { required }]) => required).map(([name]) => name));
  for (const [name, { check }] of MEMBERS) check?.(request[name]);
}

/** What a desktop keeps of its request as it was given. */
export function requestedOf(request: any): Requested {
  return only(request, (member) => member.storedIn === 'requested');
}

/** What of it a migration gives to the new desktop. */
export function migratedRequest(requested: Requested): Requested {
  return only(requested, (member) => member.storedIn === 'requested' && member.migrate === 'kept');
}

function only(values: any, wanted: (member: RequestMember<any>) => boolean): Requested {
  return Object.fromEntries(MEMBERS.filter(([name, member]) => wanted(member) && values[name] !== undefined).map(([name]) => [name, values[name]]));
}
