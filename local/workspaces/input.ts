import { ServiceError } from '../core/service';

type Scalar = 'string' | 'boolean' | 'integer';

/** What an operation's input looks like: a structure, a list of one thing, or a scalar. */
type Shape = Scalar | readonly [Shape] | { readonly [member: string]: Shape };

const TAGS: Shape = [{ Key: 'string', Value: 'string' }];
const STRINGS: Shape = ['string'];

const PROPERTIES: Shape = {
  RunningMode: 'string',
  RunningModeAutoStopTimeoutInMinutes: 'integer',
  RootVolumeSizeGib: 'integer',
  UserVolumeSizeGib: 'integer',
  ComputeTypeName: 'string',
  Protocols: STRINGS,
  OperatingSystemName: 'string',
  GlobalAccelerator: { Mode: 'string', PreferredProtocol: 'string' },
  NestedVirtualizationEnabled: 'boolean',
};

const ID: Shape = { WorkspaceId: 'string' };

/** By operation, as in the API's model. */
const INPUTS = {
  CreateWorkspaces: {
    Workspaces: [{
      DirectoryId: 'string',
      UserName: 'string',
      BundleId: 'string',
      VolumeEncryptionKey: 'string',
      UserVolumeEncryptionEnabled: 'boolean',
      RootVolumeEncryptionEnabled: 'boolean',
      WorkspaceProperties: PROPERTIES,
      Tags: TAGS,
      WorkspaceName: 'string',
      Ipv6Address: 'string',
    }],
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
  ModifyWorkspaceProperties: { WorkspaceId: 'string', WorkspaceProperties: PROPERTIES, DataReplication: 'string' },
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
 * An input as the service understands it: without members that it does not know, and without nulls, which stand for members that
 * are not there. A value of another type is refused.
 */
export function readInput(operation: OperationName, input: unknown): any {
  return read(INPUTS[operation], input, operation) ?? {};
}

function read(shape: Shape, value: unknown, path: string): unknown {
  if (value === null || value === undefined) return undefined;
  if (isScalar(shape)) {
    if (shape === 'integer' ? !Number.isInteger(value) : typeof value !== shape) throw wrongType(path, shape === 'integer' ? 'an integer' : `a ${shape}`, value);
    return value;
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) throw wrongType(path, 'a list', value);
    // A null in a list stands for nothing as well.
    return value.flatMap((item, i) => read(shape[0], item, `${path}[${i}]`) ?? []);
  }
  if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(path, 'a structure', value);
  const members = Object.entries(shape).map(([name, each]) => [name, read(each, (value as any)[name], `${path}.${name}`)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
}

function isScalar(shape: Shape): shape is Scalar {
  return typeof shape === 'string';
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function wrongType(path: string, wanted: string, value: unknown): ServiceError {
  return new ServiceError('SerializationException', `${path} must be ${wanted}, got ${JSON.stringify(value)}`);
}
