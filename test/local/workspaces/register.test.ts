import {
  DeregisterWorkspaceDirectoryCommand, DescribeTagsCommand, DescribeWorkspaceDirectoriesCommand, RegisterWorkspaceDirectoryCommand,
  RegisterWorkspaceDirectoryCommandInput,
} from '@aws-sdk/client-workspaces';
import { ask, client, clock, createOne, DIRECTORY, failureOf, MINUTE, service, start, terminate } from './harness';

const OTHER = 'd-0000000001';
const TIMES = { registerTime: 3 * MINUTE, deregisterTime: 2 * MINUTE, terminateTime: MINUTE };

const register = (input: Partial<RegisterWorkspaceDirectoryCommandInput> = {}) =>
  client.send(new RegisterWorkspaceDirectoryCommand({ DirectoryId: DIRECTORY, ...input }));
const deregister = (DirectoryId = DIRECTORY) => client.send(new DeregisterWorkspaceDirectoryCommand({ DirectoryId }));

async function states() {
  const { Directories } = await client.send(new DescribeWorkspaceDirectoriesCommand({}));
  return Directories!.map(({ DirectoryId, State }) => [DirectoryId, State]);
}

test('a directory is REGISTERING, accepts desktops when REGISTERED, and can be deregistered', async () => {
  await start({ ...TIMES, directories: [{ directoryId: DIRECTORY, state: 'DEREGISTERED' }] });
  expect(await register({ EnableSelfService: true, Tags: [{ Key: 'team', Value: 'it' }] })).toMatchObject({ DirectoryId: DIRECTORY, State: 'REGISTERING' });
  expect(await states()).toEqual([[DIRECTORY, 'REGISTERING']]);
  expect(await failureOf(ask('alice'))).toMatchObject({ code: 'ResourceNotFound.Directory' });
  await clock.sleep(3 * MINUTE);
  expect(await states()).toEqual([[DIRECTORY, 'REGISTERED']]);
  const { Directories } = await client.send(new DescribeWorkspaceDirectoriesCommand({ DirectoryIds: [DIRECTORY] }));
  expect(Directories).toMatchObject([{ SelfservicePermissions: { IncreaseVolumeSize: 'ENABLED' } }]);
  expect((await client.send(new DescribeTagsCommand({ ResourceId: DIRECTORY }))).TagList).toEqual([{ Key: 'team', Value: 'it' }]);

  const id = await createOne();
  await expect(deregister()).rejects.toMatchObject({ name: 'OperationNotSupportedException' });
  await terminate(id);
  await clock.sleep(MINUTE);
  await deregister();
  expect(await states()).toEqual([[DIRECTORY, 'DEREGISTERING']]);
  await expect(deregister()).rejects.toMatchObject({ name: 'InvalidResourceStateException' });
  await clock.sleep(2 * MINUTE);
  expect(await states()).toEqual([]);
  await expect(deregister()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(client.send(new DescribeTagsCommand({ ResourceId: DIRECTORY }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await register();
  await clock.sleep(3 * MINUTE);
  await createOne();
});

test('a directory that has been deregistered is gone also where every id is a directory', async () => {
  await start(TIMES);
  await deregister();
  await clock.sleep(2 * MINUTE);
  expect(await failureOf(ask('alice'))).toMatchObject({ code: 'ResourceNotFound.Directory' });
  await createOne('alice', { DirectoryId: OTHER });
  await expect(register({ DirectoryId: OTHER })).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
});

test.each<[string, Partial<RegisterWorkspaceDirectoryCommandInput>]>([
  ['ResourceNotFoundException', { DirectoryId: OTHER }],
  ['InvalidParameterValuesException', { Tenancy: 'DEDICATED' }],
  ['InvalidParameterValuesException', { SubnetIds: Array(3).fill('subnet-00000000') }],
  ['InvalidParameterValuesException', { Tags: [{ Key: 'aws:x', Value: '' }] }],
  ['ValidationException', { WorkspaceType: 'BOTH' as any }],
])('%s for %j', async (name, input) => {
  await start({ directories: [{ directoryId: DIRECTORY, state: 'DEREGISTERED' }] });
  await expect(register(input)).rejects.toMatchObject({ name });
  expect(await states()).toEqual([[DIRECTORY, 'DEREGISTERED']]);
});

test('at most 50 directories are registered', async () => {
  await start({ directories: [] });
  for (let i = 10; i < 60; i++) service.addDirectory({ directoryId: `d-00000000${i}` });
  service.addDirectory({ directoryId: DIRECTORY, state: 'DEREGISTERED' });
  await expect(register()).rejects.toMatchObject({ name: 'ResourceLimitExceededException' });
});
