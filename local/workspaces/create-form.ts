import { DECOUPLED } from './desktop';
import { checkProperties } from './properties';
import { checkRequest } from './requested';
import { badParameter, checkTagCount, checkTags, Tag } from './validation';

/** Refuses the whole call if the form of one request is wrong. */
export function checkForm(request: any): void {
  const { UserName, WorkspaceName, Tags } = request;
  checkRequest(request);
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
