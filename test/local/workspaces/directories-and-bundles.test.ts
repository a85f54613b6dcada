import { DescribeWorkspaceBundlesCommand, DescribeWorkspaceDirectoriesCommand } from '@aws-sdk/client-workspaces';
import { BUNDLE, client, createOne, describeOne, DIRECTORY, members, RECORDED, service, start } from './harness';

test('a directory looks as recorded; unknown ids are left out', async () => {
  await start({ directories: [{ directoryId: DIRECTORY }, { directoryId: 'd-0000000001', state: 'ERROR', workspaceType: 'POOLS' }] });
  const describeThem = async (input: object) => (await client.send(new DescribeWorkspaceDirectoriesCommand(input))).Directories!;
  const [directory] = await describeThem({ DirectoryIds: [DIRECTORY] });
  expect(directory).toMatchObject({ DirectoryId: DIRECTORY, State: 'REGISTERED', WorkspaceType: 'PERSONAL' });
  expect(members(directory)).toEqual(expect.arrayContaining([...RECORDED.directory]));
  expect(await describeThem({ DirectoryIds: ['d-0000000009'] })).toEqual([]);
  expect(await describeThem({})).toHaveLength(2);
  expect(await describeThem({ Filters: [{ Name: 'WORKSPACE_TYPE', Values: ['POOLS'] }] })).toMatchObject([{ State: 'ERROR' }]);
  await expect(describeThem({ DirectoryIds: ['x'] })).rejects.toMatchObject({ message: 'The Directory ID x in the request is invalid.' });
});

test('by default every well-formed directory and bundle is there', async () => {
  await start();
  const { Directories } = await client.send(new DescribeWorkspaceDirectoriesCommand({ DirectoryIds: ['d-0000000009', 'wsd-abcdefgh'] }));
  expect(Directories!.map((directory) => directory.State)).toEqual(['REGISTERED', 'REGISTERED']);
  const { Bundles } = await client.send(new DescribeWorkspaceBundlesCommand({ BundleIds: ['wsb-00000000a'] }));
  expect(Bundles).toMatchObject([{ State: 'AVAILABLE', ComputeType: { Name: 'STANDARD' } }]);
});

test('a bundle looks as recorded, is found by id or owner, and shapes its desktops', async () => {
  await start({ bundles: [], invisibleFor: 0, buildTime: 0 });
  service.addBundle({ bundleId: BUNDLE, computeType: 'POWER', rootVolumeGib: 175, userVolumeGib: 100 });
  service.addBundle({ bundleId: 'wsb-00000000a', owner: 'AMAZON' });
  const describeThem = async (input: object) => (await client.send(new DescribeWorkspaceBundlesCommand(input))).Bundles!;
  const [bundle] = await describeThem({});
  expect(bundle).toMatchObject({ BundleId: BUNDLE, RootStorage: { Capacity: '175' }, Owner: '123456789012', CreationTime: expect.any(Date) });
  expect(members(bundle)).toEqual(RECORDED.bundle);
  expect(await describeThem({ Owner: 'AMAZON' })).toMatchObject([{ BundleId: 'wsb-00000000a' }]);
  expect(await describeThem({ BundleIds: ['wsb-00000000b'] })).toEqual([]);
  await expect(describeThem({ BundleIds: [BUNDLE], Owner: 'AMAZON' })).rejects.toMatchObject({ name: 'InvalidParameterValuesException' });
  expect(await describeOne(await createOne())).toMatchObject({
    WorkspaceProperties: { ComputeTypeName: 'POWER', RootVolumeSizeGib: 175, UserVolumeSizeGib: 100, RunningMode: 'ALWAYS_ON' },
  });
});
