import { DECOUPLED } from './store';
import { badParameter, checkPattern, checkProperties, checkTagCount, checkTags, requireMembers, Tag } from './validation';

/** Refuses the whole call for what is wrong with one request on its face. */
export function checkForm(request: any): void {
  const { DirectoryId, UserName, BundleId, WorkspaceName, Tags } = request;
  requireMembers(request, 'DirectoryId', 'UserName', 'BundleId');
  checkPattern('Directory ID', DirectoryId);
  checkPattern('User Name', UserName);
  checkPattern('Bundle ID', BundleId);
  checkPattern('WorkSpace Name', WorkspaceName);
  checkPattern('IPv6 Address', request.Ipv6Address);
  checkTags(Tags);
  checkTagCount(new Map(tagsOf(request)).size, `the WorkSpace of ${UserName}`);
  if ((UserName === DECOUPLED) !== (WorkspaceName !== undefined)) {
    throw badParameter(`WorkspaceName is required if UserName is ${DECOUPLED}, and not applicable otherwise: UserName ${UserName}, WorkspaceName ${WorkspaceName}.`);
  }
  checkProperties(request.WorkspaceProperties);
}

export function tagsOf(request: { readonly Tags?: readonly Tag[] }): [string, string][] {
  return (request.Tags ?? []).map(({ Key, Value = '' }) => [Key, Value]);
}
