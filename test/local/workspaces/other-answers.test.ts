import { CreateTagsCommand } from '@aws-sdk/client-workspaces';
import { client, clock, createOne, describeAll, DIRECTORY, MINUTE, service, start, terminate } from './harness';
import { DEFAULT_SETTINGS, OTHER_ANSWERS } from '../../../local/workspaces';

test('every other answer has a name and a question of its own, and is none of the defaults', () => {
  expect(new Set(OTHER_ANSWERS.map(({ name }) => name)).size).toBe(OTHER_ANSWERS.length);
  for (const { question, settings } of OTHER_ANSWERS) {
    expect(question).toContain('?');
    expect(Object.keys(settings)).not.toEqual([]);
    for (const [name, value] of Object.entries(settings)) expect(value).not.toEqual(DEFAULT_SETTINGS[name as keyof typeof DEFAULT_SETTINGS]);
  }
});

test.each(OTHER_ANSWERS.map(({ name, settings }) => [name, settings] as const))('%s: a desktop comes, is found, tagged and goes', async (_, settings) => {
  await start({ buildTime: 10 * MINUTE, ...settings });
  const id = await createOne('Alice', { Tags: [{ Key: 'team', Value: 'sales' }] });
  await client.send(new CreateTagsCommand({ ResourceId: id, Tags: [{ Key: 'stage', Value: 'test' }] }));
  await clock.sleep(12 * MINUTE);
  expect(await describeAll({ DirectoryId: DIRECTORY, UserName: 'alice' })).toMatchObject([{ WorkspaceId: id, State: 'AVAILABLE', UserName: 'Alice' }]);
  expect(service.desktops()).toMatchObject([{ tags: { team: 'sales', stage: 'test' } }]);
  expect(await terminate(id)).toEqual([]);
  await clock.sleep(10 * MINUTE);
  expect(await describeAll()).toEqual([]);
});
