import type { ServiceRequests } from './requests';

/** Permissions of this service have no resource level. By AWS's page on GetResources, no permission to read the tagged resources is needed. */
export function taggingRequests(): ServiceRequests {
  return { GetResources: () => [{ action: 'tag:GetResources', resource: '*' }] };
}
