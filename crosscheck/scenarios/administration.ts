import { minutes, Scenario, Seen, Step } from '../scenario';

/** What administrators do to desktops and directories. Moto has almost nothing of it. */

const DIRECTORY = { directoryId: 'd-90677cc91c' };
const OTHER_DIRECTORY = { directoryId: 'd-90677cc91d', state: 'DEREGISTERED' } as const;
const BUNDLE = 'wsb-clj85qzj1';
const OTHER_BUNDLE = 'wsb-bh8rsxt14';
const UNKNOWN = 'ws-000000000';
const HOURS = 60;

const call = (operation: string, input?: Step['input'], more: Partial<Step> = {}): Step => ({ service: 'workspaces', operation, input, ...more });

const options: Scenario['options'] = {
  directories: [DIRECTORY, OTHER_DIRECTORY],
  bundles: [{ bundleId: BUNDLE }, { bundleId: OTHER_BUNDLE, owner: 'AMAZON', computeType: 'PERFORMANCE', rootVolumeGib: 175, userVolumeGib: 100 }],
  images: [{ imageId: 'wsi-clj85qzj1' }, { imageId: 'wsi-bh8rsxt14', ownerAccountId: '210987654321', state: 'ERROR' }],
};
const setUp: Scenario['setUp'] = () => ({ directory: DIRECTORY.directoryId });

const requestFor = (UserName: string, more: object = {}) => ({ DirectoryId: DIRECTORY.directoryId, UserName, BundleId: BUNDLE, ...more });
const AUTO_STOP = { WorkspaceProperties: { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 60 } };
const id = ({ output }: Seen, step: string): string => output(step).PendingRequests[0].WorkspaceId;
const made = (name: string, more: object = {}): Step => call('CreateWorkspaces', { Workspaces: [requestFor(name, more)] }, { name });
const modify = (user: string, WorkspaceProperties: object, more: Partial<Step> = {}): Step => (
  call('ModifyWorkspaceProperties', (seen) => ({ WorkspaceId: id(seen, user), WorkspaceProperties }), more)
);
/** An operation that takes a list of desktops. */
const onOne = (operation: string, user: string, more: Partial<Step> = {}): Step => (
  call(operation, (seen) => ({ [`${operation.replace(/s$/, '')}Requests`]: [{ WorkspaceId: id(seen, user) }] }), more)
);
const described = (user: string, name: string, until: (desktop: any) => boolean, before?: Step['before']): Step => (
  call('DescribeWorkspaces', (seen) => ({ WorkspaceIds: [id(seen, user)] }), { name, before, until: ({ Workspaces }) => until(Workspaces[0]) })
);
const inState = (user: string, state: string, before?: Step['before']): Step => described(user, `${user} ${state}`, (desktop) => desktop.State === state, before);

export const administration: readonly Scenario[] = [
  {
    name: 'properties are modified',
    localOnly: 'moto does not have it',
    options,
    setUp,
    steps: [
      made('ana'),
      modify('ana', { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 120 }, { before: minutes(1) }),
      modify('ana', { UserVolumeSizeGib: 100 }, { name: 'too early', fails: 'InvalidResourceStateException' }),
      modify('ana', { RunningMode: 'ALWAYS_ON' }),
      modify('ana', { UserVolumeSizeGib: 100, RunningMode: 'MANUAL' }, { name: 'two at once', fails: 'InvalidParameterValuesException' }),
      modify('ana', {}, { name: 'none', fails: 'InvalidParameterValuesException' }),
      modify('ana', { UserVolumeSizeGib: 100 }, { before: minutes(7 * HOURS), name: 'volume' }),
      described('ana', 'change initiated or in progress', ({ ModificationStates }) => ModificationStates.length === 1),
      modify('ana', { RootVolumeSizeGib: 175 }, { name: 'meanwhile', fails: 'OperationInProgressException' }),
      described('ana', 'changed', ({ ModificationStates, WorkspaceProperties }) => ModificationStates.length === 0 && WorkspaceProperties.UserVolumeSizeGib === 100, minutes(2 * HOURS)),
      modify('ana', { ComputeTypeName: 'POWER' }, { before: minutes(7 * HOURS), name: 'compute type' }),
      described('ana', 'restarting', ({ ModificationStates }) => ModificationStates.length === 1, minutes(5)),
      modify('ana', { Protocols: ['WSP'] }, { before: minutes(7 * HOURS), name: 'protocol' }),
      described('ana', 'all of it', ({ WorkspaceProperties }) => WorkspaceProperties.ComputeTypeName === 'POWER', minutes(2 * HOURS)),
      call('ModifyWorkspaceProperties', { WorkspaceId: UNKNOWN, WorkspaceProperties: { RunningMode: 'ALWAYS_ON' } }, { name: 'unknown', fails: 'ResourceNotFoundException' }),
      call('ModifyWorkspaceProperties', {}, { name: 'of nothing', fails: 'ValidationException', malformed: 'WorkspaceId: required' }),
    ],
  },
  {
    name: 'desktops are started, stopped, rebooted, rebuilt, restored and taken for maintenance',
    localOnly: 'moto does not have it',
    options,
    setUp,
    steps: [
      made('bo', AUTO_STOP),
      made('cy'),
      onOne('StopWorkspaces', 'bo', { before: minutes(1) }),
      inState('bo', 'STOPPING'),
      inState('bo', 'STOPPED', minutes(5)),
      call('DescribeWorkspacesConnectionStatus', {}, { name: 'stopped' }),
      onOne('StartWorkspaces', 'bo'),
      inState('bo', 'STARTING'),
      inState('bo', 'AVAILABLE', minutes(5)),
      onOne('StopWorkspaces', 'cy', { name: 'that is always on' }),
      onOne('RebootWorkspaces', 'cy'),
      inState('cy', 'REBOOTING'),
      onOne('RebuildWorkspaces', 'cy', { before: minutes(10) }),
      inState('cy', 'REBUILDING'),
      call('RestoreWorkspace', (seen) => ({ WorkspaceId: id(seen, 'cy') }), { name: 'while it is rebuilt', fails: 'OperationNotSupportedException' }),
      call('RestoreWorkspace', (seen) => ({ WorkspaceId: id(seen, 'cy') }), { before: minutes(60) }),
      inState('cy', 'RESTORING'),
      call('ModifyWorkspaceState', (seen) => ({ WorkspaceId: id(seen, 'cy'), WorkspaceState: 'ADMIN_MAINTENANCE' }), { before: minutes(60) }),
      inState('cy', 'ADMIN_MAINTENANCE'),
      call('ModifyWorkspaceState', (seen) => ({ WorkspaceId: id(seen, 'cy'), WorkspaceState: 'AVAILABLE' })),
      onOne('RebuildWorkspaces', 'cy', { name: 'again' }),
      call('ModifyWorkspaceState', (seen) => ({ WorkspaceId: id(seen, 'cy'), WorkspaceState: 'ADMIN_MAINTENANCE' }), { name: 'while it is rebuilt', fails: 'InvalidResourceStateException' }),
      call('ModifyWorkspaceState', (seen) => ({ WorkspaceId: id(seen, 'cy'), WorkspaceState: 'STOPPED' }), { name: 'to another', fails: 'ValidationException', malformed: 'is none of' }),
      ...['StartWorkspaces', 'StopWorkspaces', 'RebootWorkspaces', 'RebuildWorkspaces'].flatMap((operation) => {
        const list = `${operation.replace(/s$/, '')}Requests`;
        return [
          call(operation, { [list]: [{ WorkspaceId: UNKNOWN }] }, { name: 'unknown' }),
          call(operation, { [list]: [] }, { name: 'of nothing', fails: 'ValidationException', malformed: '0 elements' }),
        ];
      }),
      call('RestoreWorkspace', { WorkspaceId: UNKNOWN }, { name: 'unknown', fails: 'ResourceNotFoundException' }),
      call('DescribeWorkspacesConnectionStatus', (seen) => ({ WorkspaceIds: [id(seen, 'bo'), UNKNOWN] }), { name: 'by id' }),
      call('DescribeWorkspacesConnectionStatus', { WorkspaceIds: ['x'] }, { name: 'malformed', fails: 'ValidationException', malformed: 'does not match' }),
    ],
  },
  {
    name: 'a desktop is migrated',
    localOnly: 'moto does not have it',
    options,
    setUp,
    steps: [
      made('di', { VolumeEncryptionKey: 'alias/aws/workspaces', UserVolumeEncryptionEnabled: true }),
      call('MigrateWorkspace', (seen) => ({ SourceWorkspaceId: id(seen, 'di'), BundleId: OTHER_BUNDLE }), { before: minutes(1), name: 'migrate' }),
      call('MigrateWorkspace', (seen) => ({ SourceWorkspaceId: id(seen, 'di'), BundleId: OTHER_BUNDLE }), { name: 'again', fails: 'OperationInProgressException' }),
      call('DescribeWorkspaces', { DirectoryId: DIRECTORY.directoryId, UserName: 'di' }, { name: 'both' }),
      call('DescribeWorkspaces', ({ output }) => ({ WorkspaceIds: [output('migrate').TargetWorkspaceId] }), { before: minutes(62), name: 'the new one', until: ({ Workspaces }) => Workspaces[0].State === 'AVAILABLE' }),
      call('MigrateWorkspace', ({ output }) => ({ SourceWorkspaceId: output('migrate').TargetWorkspaceId, BundleId: OTHER_BUNDLE }), { name: 'to its own bundle', fails: 'InvalidParameterValuesException' }),
      call('MigrateWorkspace', ({ output }) => ({ SourceWorkspaceId: output('migrate').TargetWorkspaceId, BundleId: 'wsb-000000000' }), { name: 'to an unknown bundle', fails: 'ResourceNotFoundException' }),
      call('MigrateWorkspace', { SourceWorkspaceId: UNKNOWN, BundleId: BUNDLE }, { name: 'unknown', fails: 'ResourceNotFoundException' }),
      call('MigrateWorkspace', { SourceWorkspaceId: 'x', BundleId: BUNDLE }, { name: 'malformed', fails: 'ValidationException', malformed: 'does not match' }),
    ],
  },
  {
    name: 'directories are registered and deregistered, images listed',
    localOnly: 'moto makes another thing of registration: its directories are Directory Service\'s',
    options,
    setUp,
    steps: [
      call('RegisterWorkspaceDirectory', { DirectoryId: OTHER_DIRECTORY.directoryId, SubnetIds: ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'], Tags: [{ Key: 'a', Value: 'b' }] }),
      call('RegisterWorkspaceDirectory', { DirectoryId: DIRECTORY.directoryId }, { name: 'again', fails: 'ResourceAlreadyExistsException' }),
      call('RegisterWorkspaceDirectory', { DirectoryId: 'd-0000000000' }, { name: 'unknown', fails: 'ResourceNotFoundException' }),
      call('RegisterWorkspaceDirectory', { DirectoryId: 'x' }, { name: 'malformed', fails: 'ValidationException', malformed: 'does not match' }),
      call('DescribeWorkspaceDirectories', { DirectoryIds: [OTHER_DIRECTORY.directoryId] }, { before: minutes(10), until: ({ Directories }) => Directories[0].State === 'REGISTERED' }),
      made('ed'),
      call('DeregisterWorkspaceDirectory', { DirectoryId: DIRECTORY.directoryId }, { name: 'with desktops', fails: 'OperationNotSupportedException' }),
      call('DeregisterWorkspaceDirectory', { DirectoryId: OTHER_DIRECTORY.directoryId }),
      call('DeregisterWorkspaceDirectory', { DirectoryId: OTHER_DIRECTORY.directoryId }, { name: 'again', fails: 'InvalidResourceStateException' }),
      call('DeregisterWorkspaceDirectory', { DirectoryId: 'd-0000000000' }, { name: 'unknown', fails: 'ResourceNotFoundException' }),
      call('DescribeWorkspaceDirectories', { Filters: [{ Name: 'WORKSPACE_TYPE', Values: ['PERSONAL'] }] }, { name: 'by type' }),
      call('DescribeWorkspaceImages', {}, { name: 'all', until: ({ Images }) => Images.length === 2 }),
      call('DescribeWorkspaceImages', { ImageType: 'SHARED' }, { name: 'shared' }),
      call('DescribeWorkspaceImages', { ImageIds: ['x'] }, { name: 'malformed', fails: 'ValidationException', malformed: 'does not match' }),
    ],
  },
];
