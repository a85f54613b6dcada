import type { Botocore } from '../botocore';
import type { Moto } from '../moto';
import { minutes, Scenario, Seen, Step } from '../scenario';

const BUNDLE = 'wsb-clj85qzj1';
const UNKNOWN_DIRECTORY = 'd-0000000000';
const UNKNOWN_DESKTOP = 'ws-000000000';

const call = (operation: string, input?: Step['input'], more: Partial<Step> = {}): Step => ({ service: 'workspaces', operation, input, ...more });

function requestFor({ place }: Seen, UserName: string, more: object = {}): object {
  return { DirectoryId: place.directory, UserName, BundleId: BUNDLE, ...more };
}

const id = (seen: Seen, step = 'create one', at = 0): string => seen.output(step).PendingRequests[at].WorkspaceId;

/** On moto, a directory needs a network, and must be registered before desktops can be made in it. */
async function motoDirectory(calls: Botocore, moto: Moto): Promise<Record<string, string>> {
  const { Vpcs: [{ VpcId }] } = await calls.output('ec2', 'DescribeVpcs');
  const { Subnets } = await calls.output('ec2', 'DescribeSubnets');
  const SubnetIds = Subnets.slice(0, 2).map((subnet: { SubnetId: string }) => subnet.SubnetId);
  const { DirectoryId } = await calls.output('ds', 'CreateDirectory', {
    Name: 'corp.example.com', Password: 'Passw0rd!1', Size: 'Small', VpcSettings: { VpcId, SubnetIds },
  });
  // Moto requires a member that the newest model no longer has. Therefore botocore cannot send it.
  await moto.json('workspaces', 'WorkspacesService.RegisterWorkspaceDirectory', { DirectoryId, EnableWorkDocs: false });
  return { directory: DirectoryId };
}

const DIRECTORY = { directoryId: 'd-90677cc91c', directoryName: 'corp.example.com' };
const options: Scenario['options'] = { directories: [DIRECTORY], bundles: [{ bundleId: BUNDLE }] };
const setUp: Scenario['setUp'] = () => ({ directory: DIRECTORY.directoryId });

export const workspaces: readonly Scenario[] = [
  {
    name: 'desktops are made, described, tagged and terminated',
    options,
    setUp,
    setUpMoto: motoDirectory,
    steps: [
      call('CreateWorkspaces', (seen) => ({ Workspaces: [requestFor(seen, 'ana', { Tags: [{ Key: 'team', Value: 'sales' }] })] }), { name: 'create one' }),
      call('CreateWorkspaces', (seen) => ({
        Workspaces: [requestFor(seen, 'bo', {
          VolumeEncryptionKey: 'alias/aws/workspaces',
          UserVolumeEncryptionEnabled: true,
          RootVolumeEncryptionEnabled: true,
          WorkspaceProperties: { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 60, ComputeTypeName: 'STANDARD', Protocols: ['WSP'] },
        })],
      }), { name: 'create encrypted' }),
      call('CreateWorkspaces', (seen) => ({ Workspaces: [requestFor(seen, 'ANA')] }), { name: 'the same user again' }),
      call('CreateWorkspaces', (seen) => ({ Workspaces: [requestFor(seen, 'cy', { DirectoryId: UNKNOWN_DIRECTORY })] }), { name: 'an unknown directory' }),
      call('CreateWorkspaces', (seen) => ({
        Workspaces: [requestFor(seen, 'di', { WorkspaceProperties: { RunningMode: 'ALWAYS_ON', RunningModeAutoStopTimeoutInMinutes: 60 } })],
      }), { name: 'a timeout without AUTO_STOP' }),

      call('DescribeWorkspaces', (seen) => ({ WorkspaceIds: [id(seen)] }), { name: 'by id' }),
      call('DescribeWorkspaces', (seen) => ({ WorkspaceIds: [id(seen, 'create encrypted')] }), { name: 'encrypted' }),
      call('DescribeWorkspaces', (seen) => ({ DirectoryId: seen.place.directory, UserName: 'ana' }), { name: 'by user' }),
      call('DescribeWorkspaces', (seen) => ({ DirectoryId: seen.place.directory, UserName: 'nobody' }), { name: 'by a user without a desktop' }),
      call('DescribeWorkspaces', { WorkspaceIds: [UNKNOWN_DESKTOP] }, { name: 'by an unknown id' }),
      call('DescribeWorkspaces', { UserName: 'ana' }, { name: 'by user without directory', fails: 'InvalidParameterValuesException' }),
      call('DescribeWorkspaces', (seen) => ({ DirectoryId: seen.place.directory, BundleId: BUNDLE }), { name: 'by two filters', fails: 'InvalidParameterValuesException' }),
      call('DescribeWorkspaces', { DirectoryId: 'fake-id' }, { name: 'by a malformed directory', fails: 'ValidationException', malformed: 'does not match' }),

      call('DescribeTags', (seen) => ({ ResourceId: id(seen) }), { name: 'of creation' }),
      call('CreateTags', (seen) => ({ ResourceId: id(seen), Tags: [{ Key: 'team', Value: 'support' }, { Key: 'floor', Value: '3' }] })),
      call('DescribeTags', (seen) => ({ ResourceId: id(seen) }), { name: 'after CreateTags' }),
      call('DeleteTags', (seen) => ({ ResourceId: id(seen), TagKeys: ['team', 'never'] })),
      call('DescribeTags', (seen) => ({ ResourceId: id(seen) }), { name: 'after DeleteTags' }),
      call('DescribeTags', { ResourceId: UNKNOWN_DESKTOP }, { name: 'of an unknown id', fails: 'ResourceNotFoundException' }),

      call('DescribeWorkspaceDirectories', (seen) => ({ DirectoryIds: [seen.place.directory] })),
      call('DescribeWorkspaceBundles', { BundleIds: [BUNDLE] }),

      call('TerminateWorkspaces', (seen) => ({ TerminateWorkspaceRequests: [{ WorkspaceId: id(seen) }] }), { name: 'terminate' }),
      call('DescribeWorkspaces', (seen) => ({ WorkspaceIds: [id(seen)] }), { name: 'terminating' }),
      call('TerminateWorkspaces', { TerminateWorkspaceRequests: [{ WorkspaceId: UNKNOWN_DESKTOP }] }, { name: 'an unknown id' }),
    ],
  },
  {
    name: 'requests that are not as the model says are refused',
    localOnly: 'moto checks little of it',
    options,
    setUp,
    steps: [
      call('CreateWorkspaces', { Workspaces: [] }, { fails: 'ValidationException', malformed: '0 elements' }),
      call('CreateWorkspaces', (seen) => ({ Workspaces: Array.from({ length: 26 }, (_, i) => requestFor(seen, `user${i}`)) }), { fails: 'ValidationException', malformed: '26 elements' }),
      ...['DirectoryId', 'UserName', 'BundleId'].map((member) => call('CreateWorkspaces', (seen) => ({
        Workspaces: [{ ...requestFor(seen, 'ana'), [member]: undefined }],
      }), { fails: 'ValidationException', malformed: `${member}: required` })),
      ...[{ DirectoryId: 'd-9067' }, { DirectoryId: 'D-90677CC91C' }, { BundleId: 'ws-clj85qzj1' }, { UserName: 'x'.repeat(64) }].map((more) => (
        call('CreateWorkspaces', (seen) => ({ Workspaces: [requestFor(seen, 'ana', more)] }), { fails: 'ValidationException', malformed: Object.keys(more)[0] })
      )),
      ...[{ RunningMode: 'SOMETIMES' }, { ComputeTypeName: 'HUGE' }, { Protocols: ['DCV'] }, { OperatingSystemName: 'DOS' }].map((properties) => (
        call('CreateWorkspaces', (seen) => ({ Workspaces: [requestFor(seen, 'ana', { WorkspaceProperties: properties })] }), { fails: 'ValidationException', malformed: 'is none of' })
      )),
      call('CreateWorkspaces', (seen) => ({ Workspaces: [requestFor(seen, 'ana', { Tags: [{ Key: 'x'.repeat(128), Value: '' }] })] }), { fails: 'ValidationException', malformed: '128 characters' }),
      call('CreateWorkspaces', (seen) => ({ Workspaces: [requestFor(seen, 'ana', { Tags: [{ Key: 'x', Value: 'x'.repeat(256) }] })] }), { fails: 'ValidationException', malformed: '256 characters' }),
      ...[{ WorkspaceIds: [] }, { WorkspaceIds: ['ws-A'] }, { Limit: 0 }, { Limit: 26 }, { BundleId: 'x' }].map((input) => (
        call('DescribeWorkspaces', input, { fails: 'ValidationException', malformed: Object.keys(input)[0] })
      )),
      call('TerminateWorkspaces', { TerminateWorkspaceRequests: [] }, { fails: 'ValidationException', malformed: '0 elements' }),
      call('TerminateWorkspaces', { TerminateWorkspaceRequests: [{}] }, { fails: 'ValidationException', malformed: 'WorkspaceId: required' }),
      call('CreateTags', {}, { fails: 'ValidationException', malformed: 'required' }),
      call('DeleteTags', { ResourceId: UNKNOWN_DESKTOP }, { fails: 'ValidationException', malformed: 'TagKeys: required' }),
      call('DescribeTags', {}, { fails: 'ValidationException', malformed: 'ResourceId: required' }),
      call('DescribeWorkspaceBundles', { BundleIds: ['nonsense'] }, { fails: 'ValidationException', malformed: 'does not match' }),
      call('DescribeWorkspaceDirectories', { DirectoryIds: ['nonsense'] }, { fails: 'ValidationException', malformed: 'does not match' }),
      call('DescribeWorkspaces', {}, { name: 'nothing was made', until: ({ Workspaces }) => Workspaces.length === 0 }),
    ],
  },
  {
    name: 'every state that a desktop can be in',
    localOnly: 'moto has no hook for what others do',
    setUp,
    options: { ...options, buildTime: 15 * 60_000, invisibleFor: 4_000, lateErrors: { bo: { code: 'ConfigureWorkspace.DomainJoin', message: 'There was an issue joining the WorkSpace to your domain.' } } },
    steps: [
      call('CreateWorkspaces', (seen) => ({
        Workspaces: [
          requestFor(seen, 'ana', { WorkspaceProperties: { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 60 } }), requestFor(seen, 'bo'), requestFor(seen, 'cy'),
        ],
      }), { name: 'create one' }),
      call('DescribeWorkspaces', {}, { name: 'invisible', until: ({ Workspaces }) => Workspaces.length === 0 }),
      call('DescribeWorkspaces', {}, { before: minutes(1), name: 'pending', until: ({ Workspaces }) => Workspaces.every((each: any) => each.State === 'PENDING') }),
      call('DescribeWorkspaces', {}, { before: minutes(20), name: 'available and in error' }),
      call('DescribeWorkspaces', {}, { before: minutes(120), name: 'stopped' }),
      ...([
        'IMPAIRED', 'UNHEALTHY', 'REBOOTING', 'STARTING', 'REBUILDING', 'RESTORING', 'MAINTENANCE', 'ADMIN_MAINTENANCE', 'SUSPENDED', 'UPDATING', 'STOPPING',
        'STOPPED', 'ERROR', 'AVAILABLE',
      ] as const).map((state) => call('DescribeWorkspaces', {}, {
        before: (cloud, seen) => cloud.workspaces.setState(id(seen), state, state === 'ERROR' ? { code: 'Some.Error', message: 'It broke.' } : undefined),
        name: state,
        until: ({ Workspaces }) => Workspaces.some((each: any) => each.State === state),
      })),
      call('TerminateWorkspaces', (seen) => ({ TerminateWorkspaceRequests: [{ WorkspaceId: id(seen) }] }), {
        before: (cloud, seen) => cloud.workspaces.setState(id(seen), 'SUSPENDED'), name: 'suspended',
      }),
      call('TerminateWorkspaces', (seen) => ({ TerminateWorkspaceRequests: [{ WorkspaceId: id(seen, 'create one', 1) }] })),
      call('DescribeWorkspaces', {}, { name: 'terminating' }),
      call('DescribeWorkspaces', {}, { before: minutes(10), name: 'gone', until: ({ Workspaces }) => Workspaces.length === 2 }),
    ],
  },
  {
    name: 'refusals of single items and of whole calls',
    localOnly: 'moto knows no such rule',
    setUp,
    options: { ...options, missingUsers: ['nobody'], quota: 2 },
    steps: [
      call('CreateWorkspaces', (seen) => ({ Workspaces: [requestFor(seen, 'ana')] }), { name: 'create one' }),
      call('CreateWorkspaces', (seen) => ({
        Workspaces: [
          requestFor(seen, 'Ana'), requestFor(seen, 'bo'), requestFor(seen, 'BO'), requestFor(seen, 'nobody'), requestFor(seen, 'cy', { BundleId: 'wsb-000000000' }),
          requestFor(seen, 'di', { WorkspaceProperties: { RunningMode: 'MANUAL', RunningModeAutoStopTimeoutInMinutes: 120 } }),
          requestFor(seen, 'ed', { VolumeEncryptionKey: 'aws/workspaces', RootVolumeEncryptionEnabled: true }),
          requestFor(seen, 'flo', { RootVolumeEncryptionEnabled: true }), requestFor(seen, 'gus', { DirectoryId: UNKNOWN_DIRECTORY }),
        ],
      }), { name: 'one of each' }),
      call('CreateWorkspaces', (seen) => ({ Workspaces: [requestFor(seen, 'hal'), requestFor(seen, 'ida')] }), { name: 'above the quota', fails: 'ResourceLimitExceededException' }),
      call('CreateWorkspaces', (seen) => ({ Workspaces: [requestFor(seen, 'hal', { WorkspaceProperties: { RootVolumeSizeGib: 81 } })] }), { name: 'a volume of a wrong size', fails: 'InvalidParameterValuesException' }),
      call('CreateTags', (seen) => ({ ResourceId: id(seen), Tags: [{ Key: 'aws:x', Value: '' }] }), { name: 'a reserved key', fails: 'InvalidParameterValuesException' }),
      call('CreateTags', (seen) => ({ ResourceId: id(seen), Tags: Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: '' })) }), { name: 'too many tags', fails: 'ResourceLimitExceededException' }),
      call('CreateTags', { ResourceId: UNKNOWN_DESKTOP, Tags: [{ Key: 'k', Value: 'v' }] }, { name: 'to an unknown id', fails: 'ResourceNotFoundException' }),
      call('DeleteTags', { ResourceId: UNKNOWN_DESKTOP, TagKeys: ['k'] }, { name: 'of an unknown id', fails: 'ResourceNotFoundException' }),
      call('DescribeTags', { ResourceId: UNKNOWN_DESKTOP }, { name: 'of an unknown id', fails: 'ResourceNotFoundException' }),
      call('TerminateWorkspaces', (seen) => ({ TerminateWorkspaceRequests: [{ WorkspaceId: id(seen) }, { WorkspaceId: UNKNOWN_DESKTOP }] }), {
        before: (cloud, seen) => cloud.workspaces.setState(id(seen), 'SUSPENDED'), name: 'suspended, and an unknown id',
      }),
      call('TerminateWorkspaces', (seen) => ({ TerminateWorkspaceRequests: [{ WorkspaceId: id(seen) }] }), {
        before: (cloud, seen) => cloud.workspaces.setState(id(seen), 'AVAILABLE'), name: 'terminate',
      }),
      call('TerminateWorkspaces', (seen) => ({ TerminateWorkspaceRequests: [{ WorkspaceId: id(seen) }] }), { name: 'again' }),
      call('DescribeWorkspaces', {}, { name: 'terminating' }),
    ],
  },
  {
    name: 'pages, filters, bundles and directories',
    localOnly: 'moto has no pages and no bundles',
    options: {
      lastPageToken: 'empty',
      directories: [{ directoryId: 'd-90677cc91c' }, { directoryId: 'd-90677cc91d', state: 'REGISTERING', directoryType: 'AD_CONNECTOR' }, { directoryId: 'd-90677cc91e', workspaceType: 'POOLS', directoryType: 'AWS_IAM_IDENTITY_CENTER' }],
      bundles: [{ bundleId: BUNDLE }, { bundleId: 'wsb-bh8rsxt14', owner: 'AMAZON', name: 'Value with Windows 10', computeType: 'VALUE' }],
    },
    setUp,
    steps: [
      call('CreateWorkspaces', (seen) => ({ Workspaces: Array.from({ length: 25 }, (_, i) => requestFor(seen, `user${i}`)) }), { name: 'create one' }),
      call('CreateWorkspaces', (seen) => ({ Workspaces: [requestFor(seen, 'user25')] })),
      call('DescribeWorkspaces', {}, { name: 'first page', until: ({ NextToken }) => NextToken !== undefined }),
      call('DescribeWorkspaces', (seen) => ({ NextToken: seen.output('first page').NextToken }), { name: 'last page' }),
      call('DescribeWorkspaces', { BundleId: BUNDLE, Limit: 3 }, { name: 'by bundle' }),
      call('DescribeWorkspaces', { NextToken: 'foreign' }, { name: 'a foreign token', fails: 'InvalidParameterValuesException' }),
      call('DescribeWorkspaceBundles', { Owner: 'AMAZON' }, { name: 'of Amazon' }),
      call('DescribeWorkspaceBundles', {}, { name: 'of the account' }),
      call('DescribeWorkspaceBundles', { Owner: 'AMAZON', BundleIds: [BUNDLE] }, { name: 'by owner and id', fails: 'InvalidParameterValuesException' }),
      call('DescribeWorkspaceDirectories', {}, { name: 'all' }),
    ],
  },
  {
    name: 'too many calls at once are throttled',
    localOnly: 'moto does not throttle',
    setUp,
    options: { ...options, throttle: { perSecond: 0.001, burst: 1 } },
    steps: [call('DescribeWorkspaces'), call('DescribeWorkspaces', {}, { name: 'one too many', fails: 'ThrottlingException' })],
  },
];
