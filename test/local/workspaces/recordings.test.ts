import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLE, createOne, DIRECTORY, service, start, wire } from './harness';

/**
 * Compares answers with recordings of the real service, member by member. The recorded state is put into the local service, which is then called.
 * Times in answers are in seconds. The recordings have no time zone, so all times count as UTC.
 */
function recorded(name: string): { readonly status: number; readonly body: any } {
  const { status_code: status, data } = JSON.parse(readFileSync(join(__dirname, '..', 'recordings', `${name}.json`), 'utf8'), (_, value) => (
    value?.__class__ === 'datetime' ? secondsOf(value) : value
  ));
  const { ResponseMetadata: _, ...body } = data;
  return { status, body };
}

function secondsOf({ year, month, day, hour, minute, second, microsecond }: Readonly<Record<string, number>>): number {
  return (Date.UTC(year, month - 1, day, hour, minute, second) + microsecond / 1_000) / 1_000;
}

/** Puts a recorded desktop into the local service. */
function put(desktop: any, more: { readonly tags?: Record<string, string>; readonly status?: any } = {}): void {
  const { IpAddress, SubnetId, ComputerName } = desktop;
  service.createElsewhere({
    workspaceId: desktop.WorkspaceId,
    directoryId: desktop.DirectoryId,
    userName: desktop.UserName,
    bundleId: desktop.BundleId,
    state: desktop.State,
    error: desktop.ErrorCode && { code: desktop.ErrorCode, message: desktop.ErrorMessage },
    encryption: desktop.VolumeEncryptionKey && {
      keyArn: desktop.VolumeEncryptionKey, userVolume: desktop.UserVolumeEncryptionEnabled, rootVolume: desktop.RootVolumeEncryptionEnabled,
    },
    properties: desktop.WorkspaceProperties,
    computer: IpAddress && { IpAddress, SubnetId, ComputerName },
    tags: more.tags,
    connection: more.status && {
      checkedAt: more.status.ConnectionStateCheckTimestamp * 1_000,
      lastKnownAt: more.status.LastKnownUserConnectionTimestamp && more.status.LastKnownUserConnectionTimestamp * 1_000,
    },
  });
}

const JSON_1_1 = 'application/x-amz-json-1.1';

test('DescribeWorkspaces: AVAILABLE, STOPPED and ERROR', async () => {
  const { status, body } = recorded('describe-workspaces.mixed-states');
  await start({ describeOrder: 'creation', lastPageToken: 'empty' });
  body.Workspaces.forEach((desktop: any) => put(desktop));
  expect(await wire('DescribeWorkspaces', {})).toEqual({ status, type: JSON_1_1, body });
});

test('DescribeWorkspaces: PENDING and encrypted', async () => {
  const { status, body } = recorded('describe-workspaces.pending-encrypted');
  await start();
  put(body.Workspaces[0]);
  expect(await wire('DescribeWorkspaces', { DirectoryId: 'd-90677cc91c', UserName: 'user' })).toEqual({ status, type: JSON_1_1, body });
});

test('DescribeWorkspacesConnectionStatus leaves out a desktop in ERROR', async () => {
  const { status, body } = recorded('describe-connection-status');
  await start({ describeOrder: 'creation', lastPageToken: 'empty' });
  const statuses = new Map(body.WorkspacesConnectionStatus.map((each: any) => [each.WorkspaceId, each]));
  for (const desktop of recorded('describe-workspaces.mixed-states').body.Workspaces) put(desktop, { status: statuses.get(desktop.WorkspaceId) });
  expect(await wire('DescribeWorkspacesConnectionStatus', {})).toEqual({ status, type: JSON_1_1, body });
});

test('DescribeTags', async () => {
  const { status, body } = recorded('describe-tags');
  await start();
  const [desktop] = recorded('describe-workspaces.pending-encrypted').body.Workspaces;
  put(desktop, { tags: { c7n: 'test' } });
  expect(await wire('DescribeTags', { ResourceId: desktop.WorkspaceId })).toEqual({ status, type: JSON_1_1, body });
});

test('DescribeWorkspaceBundles', async () => {
  const { status, body } = recorded('describe-workspace-bundles');
  await start({ bundles: [] });
  const [{ BundleId, Name, Owner, Description, ImageId, RootStorage, UserStorage, ComputeType, LastUpdatedTime, CreationTime, State }] = body.Bundles;
  service.addBundle({
    bundleId: BundleId,
    name: Name,
    owner: Owner,
    computeType: ComputeType.Name,
    rootVolumeGib: Number(RootStorage.Capacity),
    userVolumeGib: Number(UserStorage.Capacity),
    state: State,
    description: { Description, ImageId, LastUpdatedTime, CreationTime },
  });
  expect(await wire('DescribeWorkspaceBundles', { BundleIds: [BundleId] })).toEqual({ status, type: JSON_1_1, body });
});

test('DescribeWorkspaceDirectories', async () => {
  const { status, body } = recorded('describe-workspace-directories');
  await start({ directories: [] });
  for (const { DirectoryId, DirectoryName, DirectoryType, State, ...description } of body.Directories) {
    service.addDirectory({ directoryId: DirectoryId, directoryName: DirectoryName, directoryType: DirectoryType, state: State, description });
  }
  // The real service got these two members after the recording was made.
  const newer = { WorkspaceType: 'PERSONAL', UserIdentityType: 'AWS_DIRECTORY_SERVICE' };
  const Directories = body.Directories.map((directory: object) => ({ ...directory, ...newer }));
  expect(await wire('DescribeWorkspaceDirectories', {})).toEqual({ status, type: JSON_1_1, body: { Directories } });
});

test.each<[string, () => Promise<unknown>]>([
  ['error.resource-not-found', async () => undefined],
  ['error.invalid-resource-state', async () => service.addDirectory({ directoryId: DIRECTORY, state: 'REGISTERING' })],
  ['error.operation-not-supported', async () => {
    service.addDirectory({ directoryId: DIRECTORY });
    service.addBundle({ bundleId: BUNDLE });
    await createOne();
  }],
])('DeregisterWorkspaceDirectory: %s', async (name, prepare) => {
  const { status, body } = recorded(name);
  await start({ directories: [], bundles: [] });
  await prepare();
  // The SDK that made the recording moved the code from __type, and the message, into Error.
  const { Error: { Code: __type }, ...members } = body;
  expect(await wire('DeregisterWorkspaceDirectory', { DirectoryId: DIRECTORY })).toEqual({ status, type: JSON_1_1, body: { __type, ...members } });
});
