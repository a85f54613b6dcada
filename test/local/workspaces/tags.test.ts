import { CreateTagsCommand, DeleteTagsCommand, DescribeTagsCommand } from '@aws-sdk/client-workspaces';
import { BUNDLE, client, createOne, DIRECTORY, service, start } from './harness';

const tagsOf = async (ResourceId: string) => (await client.send(new DescribeTagsCommand({ ResourceId }))).TagList;

test('are those of the request, and can be changed', async () => {
  await start();
  const id = await createOne('alice', { Tags: [{ Key: 'team', Value: 'sales' }] });
  await client.send(new CreateTagsCommand({ ResourceId: id, Tags: [{ Key: 'team', Value: 'hr' }, { Key: 'c7n', Value: 'test' }] }));
  expect(await tagsOf(id)).toEqual([{ Key: 'team', Value: 'hr' }, { Key: 'c7n', Value: 'test' }]);
  await client.send(new DeleteTagsCommand({ ResourceId: id, TagKeys: ['team', 'none'] }));
  expect(await tagsOf(id)).toEqual([{ Key: 'c7n', Value: 'test' }]);
  expect(service.desktops()).toMatchObject([{ tags: { c7n: 'test' } }]);
});

test('are at most 50, and none of AWS\'s own', async () => {
  await start();
  const id = await createOne('alice', { Tags: Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: '' })) });
  const tag = (Key: string, Value = '') => client.send(new CreateTagsCommand({ ResourceId: id, Tags: [{ Key, Value }] }));
  await tag('k7', 'changed');
  await expect(tag('k50')).rejects.toMatchObject({ name: 'ResourceLimitExceededException', message: expect.stringContaining(id) });
  await expect(tag('aws:cloudformation:stack')).rejects.toMatchObject({ name: 'InvalidParameterValuesException' });
  await expect(tag(' k')).rejects.toMatchObject({ name: 'InvalidParameterValuesException' });
  await expect(tag('k', '!')).rejects.toMatchObject({ name: 'InvalidParameterValuesException' });
  await expect(tag('k', 'v'.repeat(256))).rejects.toMatchObject({ name: 'ValidationException' });
  expect(await tagsOf(id)).toHaveLength(50);
});

test('of an id that does not exist are an error that names it, or nothing by setting', async () => {
  await start();
  const unknown = 'ws-00000000a';
  const error = { name: 'ResourceNotFoundException', ResourceId: unknown };
  await expect(tagsOf(unknown)).rejects.toMatchObject(error);
  await expect(client.send(new CreateTagsCommand({ ResourceId: unknown, Tags: [{ Key: 'k', Value: '' }] }))).rejects.toMatchObject(error);
  await expect(client.send(new DeleteTagsCommand({ ResourceId: unknown, TagKeys: ['k'] }))).rejects.toMatchObject(error);
  service.configure({ tagsOfUnknown: 'empty' });
  expect(await tagsOf(unknown)).toEqual([]);
});

test('directories, bundles and images have tags as well', async () => {
  await start({
    directories: [{ directoryId: DIRECTORY, tags: { team: 'it' } }],
    bundles: [{ bundleId: BUNDLE }],
    images: [{ imageId: 'wsi-000000001' }],
  });
  expect(await tagsOf(DIRECTORY)).toEqual([{ Key: 'team', Value: 'it' }]);
  for (const ResourceId of [DIRECTORY, BUNDLE, 'wsi-000000001']) {
    await client.send(new CreateTagsCommand({ ResourceId, Tags: [{ Key: 'team', Value: 'sales' }] }));
    expect(await tagsOf(ResourceId)).toEqual([{ Key: 'team', Value: 'sales' }]);
    expect(service.tagsOf(ResourceId)).toEqual({ team: 'sales' });
  }
  await expect(tagsOf('wsi-000000002')).rejects.toMatchObject({ name: 'ResourceNotFoundException', ResourceId: 'wsi-000000002' });
  expect(service.tagsOf('wsb-000000002')).toBeUndefined();
});
