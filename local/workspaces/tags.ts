import type { Desktop } from './store';
import { checkTagCount, checkTagKey, checkTags, requireMembers } from './validation';
import type { World } from './world';
import { ServiceError } from '../core/service';

/** Tags of desktops. Directories and bundles have none here. */

export function createTags(world: World, input: any): object {
  requireMembers(input, 'ResourceId', 'Tags');
  checkTags(input.Tags);
  const desktop = find(world, input.ResourceId);
  const tags = new Map(desktop.tags);
  for (const { Key, Value = '' } of input.Tags) tags.set(Key, Value);
  checkTagCount(tags.size, desktop.workspaceId);
  tags.forEach((value, key) => desktop.tags.set(key, value));
  return {};
}

/** Keys that the desktop does not have are no error. */
export function deleteTags(world: World, input: any): object {
  requireMembers(input, 'ResourceId', 'TagKeys');
  input.TagKeys.forEach(checkTagKey);
  const desktop = find(world, input.ResourceId);
  for (const key of input.TagKeys) desktop.tags.delete(key);
  return {};
}

export function describeTags(world: World, input: any): object {
  requireMembers(input, 'ResourceId');
  const desktop = world.settings.tagsOfUnknown === 'empty' ? world.desktops.find(input.ResourceId) : find(world, input.ResourceId);
  return { TagList: [...(desktop?.tags ?? [])].map(([Key, Value]) => ({ Key, Value })) };
}

function find({ desktops }: World, id: string): Desktop {
  const desktop = desktops.find(id);
  if (!desktop) throw new ServiceError('ResourceNotFoundException', `The resource ${id} could not be found.`, 400, { ResourceId: id });
  return desktop;
}
