import { PROPERTIES, REQUEST_MEMBERS } from './members';
import { read, Shape } from './shape';

const TAGS: Shape = [{ Key: 'string', Value: 'string' }];
const STRINGS: Shape = ['string'];

const WORKSPACE_PROPERTIES = shapesOf(PROPERTIES);

const ID: Shape = { WorkspaceId: 'string' };

/** By operation, as in the API's model. */
const INPUTS = {
  CreateWorkspaces: {
    Workspaces: [{ ...shapesOf(REQUEST_MEMBERS), WorkspaceProperties: WORKSPACE_PROPERTIES, Tags: TAGS }],
  },
  DescribeWorkspaces: {
    WorkspaceIds: STRINGS, DirectoryId: 'string', UserName: 'string', BundleId: 'string', WorkspaceName: 'string', Limit: 'integer', NextToken: 'string',
  },
  TerminateWorkspaces: { TerminateWorkspaceRequests: [ID] },
  StartWorkspaces: { StartWorkspaceRequests: [ID] },
  StopWorkspaces: { StopWorkspaceRequests: [ID] },
  RebootWorkspaces: { RebootWorkspaceRequests: [ID] },
  RebuildWorkspaces: { RebuildWorkspaceRequests: [ID] },
  RestoreWorkspace: ID,
  ModifyWorkspaceProperties: { WorkspaceId: 'string', WorkspaceProperties: WORKSPACE_PROPERTIES, DataReplication: 'string' },
  ModifyWorkspaceState: { WorkspaceId: 'string', WorkspaceState: 'string' },
  MigrateWorkspace: { SourceWorkspaceId: 'string', BundleId: 'string' },
  DescribeWorkspacesConnectionStatus: { WorkspaceIds: STRINGS, NextToken: 'string' },
  CreateTags: { ResourceId: 'string', Tags: TAGS },
  DeleteTags: { ResourceId: 'string', TagKeys: STRINGS },
  DescribeTags: { ResourceId: 'string' },
  DescribeWorkspaceBundles: { BundleIds: STRINGS, Owner: 'string', NextToken: 'string' },
  DescribeWorkspaceDirectories: {
    DirectoryIds: STRINGS, WorkspaceDirectoryNames: STRINGS, Limit: 'integer', NextToken: 'string', Filters: [{ Name: 'string', Values: STRINGS }],
  },
  DescribeWorkspaceImages: { ImageIds: STRINGS, ImageType: 'string', NextToken: 'string', MaxResults: 'integer' },
  RegisterWorkspaceDirectory: {
    DirectoryId: 'string',
    SubnetIds: STRINGS,
    EnableSelfService: 'boolean',
    Tenancy: 'string',
    Tags: TAGS,
    WorkspaceDirectoryName: 'string',
    WorkspaceDirectoryDescription: 'string',
    UserIdentityType: 'string',
    IdcInstanceArn: 'string',
    WorkspaceType: 'string',
  },
  DeregisterWorkspaceDirectory: { DirectoryId: 'string' },
} as const satisfies Readonly<Record<string, Shape>>;

export type OperationName = keyof typeof INPUTS;

/**
 * Reads an input as the service does. Unknown members are removed. Nulls are removed too, because they mean absent members. A value of
 * a wrong type is refused.
 */
export function readInput(operation: OperationName, input: unknown): any {
  return read(INPUTS[operation], input, operation) ?? {};
}

function shapesOf(members: Readonly<Record<string, { readonly shape: Shape }>>): Readonly<Record<string, Shape>> {
  return Object.fromEntries(Object.entries(members).map(([name, { shape }]) => [name, shape]));
}
