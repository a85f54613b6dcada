import { checkTagCount, checkTagKey, checkTags, notFound, requireMembers } from './validation';
import type { World } from './world';

type Tags = Map<string, string>;

export function createTags(world: World, input: any): object {
  requireMembers(input, 'ResourceId', 'Tags');
  checkTags(input.Tags);
  const tags = tagsOf(world, input.ResourceId) ?? missing(input.ResourceId);
  const changed = new Map(tags);
  for (const { Key, Value = '' } of input.Tags) changed.set(Key, Value);
  checkTagCount(changed.size, input.ResourceId);
  changed.forEach((value, key) => tags.set(key, value));
  return {};
}

/** A key that the resource does not have is no error. */
export function deleteTags(world: World, input: any): object {
  requireMembers(input, 'ResourceId', 'TagKeys');
  input.TagKeys.forEach(checkTagKey);
  const tags = tagsOf(world, input.ResourceId) ?? missing(input.ResourceId);
  for (const key of input.TagKeys) tags.delete(key);
  return {};
}

export function describeTags(world: World, input: any): object {
  requireMembers(input, 'ResourceId');
  const tags = tagsOf(world, input.ResourceId) ?? (world.options.tagsOfUnknown === 'empty' ? new Map() : missing(input.ResourceId));
  return { TagList: [...tags].map(([Key, Value]) => ({ Key, Value })) };
}

/** The tags of a desktop, directory, bundle or image; undefined if there is none with that id. */
export function tagsOf(world: World, resourceId: string): Tags | undefined {
  return world.desktops.find(resourceId)?.tags ?? tagsOfOthers(world, resourceId);
}

function tagsOfOthers({ directories, bundles, images, otherTags }: World, id: string): Tags | undefined {
  const prefix = id.split('-')[0];
  const resource = prefix === 'wsb' ? bundles.find(id) : prefix === 'wsi' ? images.find(id) : ['d', 'wsd'].includes(prefix) ? directories.find(id) : undefined;
  if (!resource) return undefined;
  const tags = otherTags.get(id) ?? new Map(Object.entries(resource.tags ?? {}));
  otherTags.set(id, tags);
  return tags;
}

function missing(ResourceId: string): never {
  throw notFound(`The resource ${ResourceId} could not be found.`, ResourceId);
}
