import type { ServiceRequests } from './requests';

/** The service has no resource level. What the tags are of need not be readable: AWS's page on GetResources asks for no more. */
export function taggingRequests(): ServiceRequests {
  return { GetResources: () => [{ action: 'tag:GetResources', resource: '*' }] };
}
