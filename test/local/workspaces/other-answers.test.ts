import { CreateTagsCommand } from '@aws-sdk/client-workspaces';
import { client, clock, createOne, describeAll, DIRECTORY, MINUTE, service, start, terminate } from './harness';
import { DEFAULT_OPTIONS, OTHER_ANSWERS } from '../../../local/workspaces';

test('every other answer has a name and a question, and differs from the defaults', () => {
  expect(new Set(OTHER_ANSWERS.map(({ name }) => name)).size).toBe(OTHER_ANSWERS.length);
  for (const { question, options } of OTHER_ANSWERS) {
    expect(question).toContain('?');
    expect(Object.keys(options)).not.toEqual([]);
    for (const [name, value] of Object.entries(options)) expect(value).not.toEqual(DEFAULT_OPTIONS[name as keyof typeof DEFAULT_OPTIONS]);
  }
});

test.each(OTHER_ANSWERS.map(({ name, options }) => [name, options] as const))('%s: a desktop is made, found, tagged and terminated', async (_, options) => {
  await start({ buildTime: 10 * MINUTE, ...options });
  const id = await createOne('Alice', { Tags: [{ Key: 'team', Value: 'sales' }] });
  await client.send(new CreateTagsCommand({ ResourceId: id, Tags: [{ Key: 'stage', Value: 'test' }] }));
  await clock.sleep(12 * MINUTE);
  expect(await describeAll({ DirectoryId: DIRECTORY, UserName: 'alice' })).toMatchObject([{ WorkspaceId: id, State: 'AVAILABLE' }]);
  expect(service.desktops()).toMatchObject([{ tags: { team: 'sales', stage: 'test' } }]);
  expect(await terminate(id)).toEqual([]);
  await clock.sleep(10 * MINUTE);
  expect(await describeAll()).toEqual([]);
});
