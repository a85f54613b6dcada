import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { OWNERSHIP_TAG } from '../../src/private/contract';
import { log } from '../core/log';

/**
 * Tags of up to 100 desktops of a stack's account and Region, in one call that does not count against the rate of WorkSpaces. The index
 * follows changes with a delay, for which AWS gives no bound. A desktop that the index does not know is not in the answer. If the index cannot
 * be asked, the answer is empty.
 */
export type TagIndex = (stackId: string, ids: readonly string[]) => Promise<ReadonlyMap<string, Readonly<Record<string, string>>>>;

/** GetResources, https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html */
export function awsTagIndex(client: ResourceGroupsTaggingAPIClient): TagIndex {
  return async (stackId, ids) => {
    const [, partition, , region, account] = stackId.split(':');
    const prefix = `arn:${partition}:workspaces:${region}:${account}:workspace/`;
    try {
      const { ResourceTagMappingList = [] } = await client.send(new GetResourcesCommand({ ResourceARNList: ids.map((id) => prefix + id) }));
      return new Map(ResourceTagMappingList.map(({ ResourceARN = '', Tags = [] }) => (
        [ResourceARN.slice(prefix.length), Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]))]
      )));
    } catch (error) {
      log('tag index', { error: `${(error as Error).name}: ${(error as Error).message}` });
      return new Map();
    }
  };
}

/** The desktops that carry a fleet's tag, as far as the index of tags knows. Throws if it cannot be asked. One page: whether there are any is what matters. */
export type OwnedInIndex = (fleetId: string) => Promise<readonly string[]>;

export function awsOwnedInIndex(client: ResourceGroupsTaggingAPIClient): OwnedInIndex {
  return async (fleetId) => {
    const { ResourceTagMappingList = [] } = await client.send(new GetResourcesCommand({
      ResourceTypeFilters: ['workspaces:workspace'], TagFilters: [{ Key: OWNERSHIP_TAG, Values: [fleetId] }],
    }));
    return ResourceTagMappingList.map(({ ResourceARN = '' }) => ResourceARN.slice(ResourceARN.lastIndexOf('/') + 1));
  };
}
