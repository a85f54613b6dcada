import { ask, BUNDLE, clock, DIRECTORY, MINUTE, service, start, wire } from './harness';
import type { DesktopProperties, RequestMembers } from '../../../local/workspaces/members';

const HOUR = 60 * MINUTE;
const TARGET = 'wsb-0000000002';
const OPTIONS = {
  invisibleFor: 0,
  buildTime: 0,
  changeWait: 0,
  smallerComputeWait: 0,
  migrateTime: HOUR,
  bundles: [{ bundleId: BUNDLE }, { bundleId: TARGET, rootVolumeGib: 200, userVolumeGib: 100, computeType: 'VALUE' }],
};

// The SDK does not know every member, so these tests do not use it.
async function create(request: object): Promise<string> {
  const { body: { FailedRequests, PendingRequests } } = await wire('CreateWorkspaces', { Workspaces: [{ ...ask('alice'), ...request }] });
  expect(FailedRequests).toEqual([]);
  return PendingRequests[0].WorkspaceId;
}

async function describeOne(id: string): Promise<any> {
  return (await wire('DescribeWorkspaces', { WorkspaceIds: [id] })).body.Workspaces[0];
}

async function migrate(SourceWorkspaceId: string): Promise<string> {
  const { body: { TargetWorkspaceId } } = await wire('MigrateWorkspace', { SourceWorkspaceId, BundleId: TARGET });
  await clock.sleep(HOUR);
  return TargetWorkspaceId;
}

async function expectWrongType(request: object): Promise<void> {
  const { status, body } = await wire('CreateWorkspaces', { Workspaces: [{ ...ask('alice'), ...request }] });
  expect([status, body.__type]).toEqual([400, 'SerializationException']);
  expect(service.desktops()).toEqual([]);
}

/** What happens to one member, if a desktop is created with `first` and changed to `then`. */
interface Case<T> {
  /** The values of other members that this one requires. */
  readonly beside?: Partial<DesktopProperties>;
  readonly first: T;
  readonly then: T;
  /** The value of a desktop if the request has none. */
  readonly unsaid: T | undefined;
  readonly modify: 'refused' | 'at once' | 'later';
  /** The value after a migration to the other bundle, if it was `first`. */
  readonly migrated: T | undefined;
}

const PROPERTIES: { readonly [Name in keyof DesktopProperties]-?: Case<NonNullable<DesktopProperties[Name]>> } = {
  RunningMode: { first: 'MANUAL', then: 'AUTO_STOP', unsaid: 'ALWAYS_ON', modify: 'at once', migrated: 'MANUAL' },
  RunningModeAutoStopTimeoutInMinutes: { beside: { RunningMode: 'AUTO_STOP' }, first: 120, then: 180, unsaid: 60, modify: 'at once', migrated: 120 },
  RootVolumeSizeGib: { beside: { UserVolumeSizeGib: 100 }, first: 175, then: 300, unsaid: 80, modify: 'later', migrated: 200 },
  UserVolumeSizeGib: { beside: { RootVolumeSizeGib: 80 }, first: 10, then: 100, unsaid: 50, modify: 'later', migrated: 10 },
  ComputeTypeName: { first: 'STANDARD', then: 'POWER', unsaid: 'STANDARD', modify: 'later', migrated: 'VALUE' },
  Protocols: { first: ['WSP'], then: ['PCOIP'], unsaid: undefined, modify: 'later', migrated: undefined },
  OperatingSystemName: { first: 'WINDOWS_10', then: 'WINDOWS_11', unsaid: undefined, modify: 'refused', migrated: undefined },
  GlobalAccelerator: {
    first: { Mode: 'ENABLED_AUTO', PreferredProtocol: 'TCP' },
    then: { Mode: 'DISABLED' },
    unsaid: undefined,
    modify: 'at once',
    migrated: { Mode: 'ENABLED_AUTO', PreferredProtocol: 'TCP' },
  },
  NestedVirtualizationEnabled: { first: true, then: false, unsaid: undefined, modify: 'later', migrated: undefined },
};

describe.each(Object.entries(PROPERTIES) as [keyof DesktopProperties, Case<any>][])('%s', (name, { beside, first, then, unsaid, modify, migrated }) => {
  const given = (value: unknown) => ({ WorkspaceProperties: { ...beside, [name]: value } });
  const shown = async (id: string) => (await describeOne(id)).WorkspaceProperties[name];

  test('CreateWorkspaces takes it, and it is shown', async () => {
    await start(OPTIONS);
    expect(await shown(await create(given(first)))).toEqual(first);
  });

  test('it has a default if the request does not specify it', async () => {
    await start(OPTIONS);
    expect(await shown(await create(given(undefined)))).toEqual(unsaid);
  });

  test(`ModifyWorkspaceProperties: ${modify}`, async () => {
    await start(OPTIONS);
    const id = await create(given(first));
    const { status, body } = await wire('ModifyWorkspaceProperties', { WorkspaceId: id, WorkspaceProperties: { [name]: then } });
    if (modify === 'refused') {
      expect([status, body]).toEqual([400, { __type: 'InvalidParameterValuesException', message: `${name} cannot be modified.` }]);
    } else {
      expect([status, body]).toEqual([200, {}]);
    }
    expect(await shown(id)).toEqual(modify === 'at once' ? then : first);
    await clock.sleep(3 * HOUR);
    expect(await shown(id)).toEqual(modify === 'refused' ? first : then);
  });

  test('MigrateWorkspace keeps it or not', async () => {
    await start(OPTIONS);
    const id = await create(given(first));
    expect(await shown(await migrate(id))).toEqual(migrated);
  });

  test('a value of another type is refused', async () => {
    await start(OPTIONS);
    await expectWrongType({ WorkspaceProperties: { [name]: typeof first === 'number' ? 'many' : 1 } });
  });
});

/** The value of one member in DescribeWorkspaces, for a created desktop and for a migrated one. */
interface RequestCase {
  readonly request: Partial<RequestMembers>;
  readonly shown: unknown;
  readonly migrated: unknown;
}

const ENCRYPTED = { VolumeEncryptionKey: 'alias/aws/workspaces', UserVolumeEncryptionEnabled: true, RootVolumeEncryptionEnabled: true };
const KEY_ARN = expect.stringMatching(/^arn:aws:kms:.*:key\//);

const REQUEST: { readonly [Name in keyof RequestMembers]-?: RequestCase } = {
  DirectoryId: { request: {}, shown: DIRECTORY, migrated: DIRECTORY },
  UserName: { request: {}, shown: 'alice', migrated: 'alice' },
  BundleId: { request: {}, shown: BUNDLE, migrated: TARGET },
  VolumeEncryptionKey: { request: ENCRYPTED, shown: KEY_ARN, migrated: KEY_ARN },
  UserVolumeEncryptionEnabled: { request: ENCRYPTED, shown: true, migrated: true },
  RootVolumeEncryptionEnabled: { request: ENCRYPTED, shown: true, migrated: true },
  WorkspaceName: { request: { UserName: '[UNDEFINED]', WorkspaceName: 'kiosk-1' }, shown: 'kiosk-1', migrated: 'kiosk-1' },
  Ipv6Address: { request: { Ipv6Address: '2001:db8::1' }, shown: '2001:db8::1', migrated: undefined },
};

describe.each(Object.entries(REQUEST) as [keyof RequestMembers, RequestCase][])('%s', (name, { request, shown, migrated }) => {
  test('CreateWorkspaces takes it, it is shown, and MigrateWorkspace keeps it or not', async () => {
    await start(OPTIONS);
    const id = await create(request);
    expect((await describeOne(id))[name]).toEqual(shown);
    expect((await describeOne(await migrate(id)))[name]).toEqual(migrated);
  });

  test('a value of another type is refused', async () => {
    await start(OPTIONS);
    await expectWrongType({ ...request, [name]: 1 });
  });
});
