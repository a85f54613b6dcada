import { ask, BUNDLE, DIRECTORY, service, start, wire } from './harness';

const ID = 'ws-00000000a';

test.each<[string, unknown, string, string]>([
  ['CreateWorkspaces', { Workspaces: 'alice' }, 'SerializationException', 'CreateWorkspaces.Workspaces must be a list, got "alice"'],
  ['CreateWorkspaces', { Workspaces: ['alice'] }, 'SerializationException', 'CreateWorkspaces.Workspaces[0] must be a structure, got "alice"'],
  ['CreateWorkspaces', { Workspaces: [ask('alice', { UserVolumeEncryptionEnabled: 'yes' as any })] }, 'SerializationException', 'UserVolumeEncryptionEnabled must be a boolean'],
  ['CreateWorkspaces', { Workspaces: [ask('alice', { WorkspaceProperties: { RootVolumeSizeGib: 80.5 } })] }, 'SerializationException', 'RootVolumeSizeGib must be an integer'],
  ['CreateWorkspaces', { Workspaces: [ask('alice', { Tags: { team: 'sales' } as any })] }, 'SerializationException', 'Tags must be a list'],
  ['CreateWorkspaces', { Workspaces: [ask('alice', { Tags: [{ Value: 'sales' }] as any })] }, 'ValidationException', 'tag Key'],
  ['CreateWorkspaces', { Workspaces: [ask(7 as any)] }, 'SerializationException', 'UserName must be a string, got 7'],
  ['CreateWorkspaces', { Workspaces: [{ ...ask('alice'), UserName: null }] }, 'ValidationException', 'The following arguments are required - UserName.'],
  ['CreateWorkspaces', { Workspaces: [{ ...ask('alice'), Ipv6Address: '10.0.0.1' }] }, 'ValidationException', 'The IPv6 Address 10.0.0.1 in the request is invalid.'],
  ['CreateWorkspaces', { Workspaces: [ask('alice', { WorkspaceProperties: { GlobalAccelerator: { Mode: 'SOMETIMES' as any } } })] }, 'ValidationException', 'SOMETIMES'],
  ['CreateWorkspaces', [], 'SerializationException', 'CreateWorkspaces must be a structure, got []'],
  ['CreateWorkspaces', 'null', 'ValidationException', 'The following arguments are required - Workspaces.'],
  ['CreateWorkspaces', '{', 'SerializationException', 'the body of CreateWorkspaces is not JSON'],
  ['CreateDesktops', {}, 'UnknownOperationException', 'WorkspacesService.CreateDesktops'],
  ['DescribeWorkspaces', { WorkspaceIds: ID }, 'SerializationException', 'WorkspaceIds must be a list'],
  ['DescribeWorkspaces', { WorkspaceIds: [] }, 'ValidationException', 'WorkspaceIds'],
  ['DescribeWorkspaces', { Limit: '5' }, 'SerializationException', 'Limit must be an integer, got "5"'],
  ['DescribeWorkspaces', { WorkspaceName: '-' }, 'ValidationException', 'The WorkSpace Name - in the request is invalid.'],
  ['TerminateWorkspaces', {}, 'ValidationException', 'TerminateWorkspaceRequests'],
  ['TerminateWorkspaces', { TerminateWorkspaceRequests: [{}] }, 'ValidationException', 'The following arguments are required - WorkspaceId.'],
  ['StopWorkspaces', { StopWorkspaceRequests: Array(26).fill({ WorkspaceId: ID }) }, 'ValidationException', '26'],
  ['ModifyWorkspaceProperties', {}, 'ValidationException', 'The following arguments are required - WorkspaceId.'],
  ['ModifyWorkspaceProperties', { WorkspaceId: ID, WorkspaceProperties: [] }, 'SerializationException', 'WorkspaceProperties must be a structure'],
  ['ModifyWorkspaceProperties', { WorkspaceId: ID, DataReplication: 'ALL' }, 'ValidationException', 'The DataReplication ALL in the request is invalid.'],
  ['ModifyWorkspaceState', { WorkspaceId: ID }, 'ValidationException', 'The following arguments are required - WorkspaceState.'],
  ['MigrateWorkspace', { SourceWorkspaceId: ID, BundleId: 'bundle' }, 'ValidationException', 'The Bundle ID bundle in the request is invalid.'],
  ['DescribeWorkspacesConnectionStatus', { WorkspaceIds: ['x'] }, 'ValidationException', 'The WorkSpace ID x in the request is invalid.'],
  ['DescribeWorkspaceDirectories', { Filters: [{ Name: 'COLOUR', Values: ['red'] }] }, 'ValidationException', 'The Name COLOUR in the request is invalid.'],
  ['DescribeWorkspaceDirectories', { Filters: [{ Name: 'WORKSPACE_TYPE' }] }, 'ValidationException', 'The following arguments are required - Values.'],
  ['DescribeWorkspaceBundles', { BundleIds: [] }, 'ValidationException', 'BundleIds'],
  ['DescribeWorkspaceImages', { ImageType: 'MINE' }, 'ValidationException', 'The ImageType MINE in the request is invalid.'],
  ['RegisterWorkspaceDirectory', {}, 'ValidationException', 'The following arguments are required - DirectoryId.'],
  ['RegisterWorkspaceDirectory', { DirectoryId: DIRECTORY, SubnetIds: ['a'] }, 'ValidationException', 'The Subnet ID a in the request is invalid.'],
  ['CreateTags', { ResourceId: ID }, 'ValidationException', 'The following arguments are required - Tags.'],
  ['DeleteTags', { ResourceId: ID, TagKeys: 'team' }, 'SerializationException', 'TagKeys must be a list'],
])('%s refuses %j: %s', async (operation, input, __type, message) => {
  await start();
  const answer = await wire(operation, input);
  expect(answer).toMatchObject({ status: 400, body: { __type, message: expect.stringContaining(message) } });
  expect(service.desktops()).toEqual([]);
});

test('unknown members are ignored, and nulls count as missing members', async () => {
  await start({ missingUsers: ['nobody'], invisibleFor: 0 });
  const Workspaces = [{ ...ask('alice'), Colour: 'red', Tags: null, WorkspaceProperties: null }, { ...ask('nobody'), Colour: 'red', Tags: null }];
  const { status, body } = await wire('CreateWorkspaces', { Workspaces, Comment: 'hello' });
  expect({ status, body }).toMatchObject({ status: 200, body: { PendingRequests: [{ UserName: 'alice' }] } });
  expect(body.FailedRequests[0].WorkspaceRequest).toEqual({ DirectoryId: DIRECTORY, BundleId: BUNDLE, UserName: 'nobody' });
  expect((await wire('DescribeWorkspaces', { NextToken: null, WorkspaceIds: null })).body.Workspaces).toHaveLength(1);
});

test('a property that no SDK here knows yet is kept and shown', async () => {
  await start({ invisibleFor: 0, buildTime: 0 });
  await wire('CreateWorkspaces', { Workspaces: [{ ...ask('alice'), WorkspaceProperties: { NestedVirtualizationEnabled: true, ComputeTypeName: 'GRAPHICS_G7_4XLARGE' } }] });
  expect((await wire('DescribeWorkspaces', {})).body.Workspaces).toMatchObject([{ WorkspaceProperties: { NestedVirtualizationEnabled: true, ComputeTypeName: 'GRAPHICS_G7_4XLARGE' } }]);
});
