import {
  CreateTagsCommand, CreateWorkspacesCommand, DeleteTagsCommand, DescribeTagsCommand, DescribeWorkspaceBundlesCommand,
  DescribeWorkspaceDirectoriesCommand, DescribeWorkspacesCommand, DescribeWorkspacesCommandInput, paginateDescribeWorkspaces,
  TerminateWorkspacesCommand, Workspace, WorkspaceRequest, WorkSpacesClient,
} from '@aws-sdk/client-workspaces';
import { VirtualClock } from '../../local/core/clock';
import { Endpoint } from '../../local/core/endpoint';
import { KmsService } from '../../local/kms';
import { WorkspacesService, WorkspacesSettings } from '../../local/workspaces';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DIRECTORY = 'd-90677cc91c';
const BUNDLE = 'wsb-clj85qzj1';
/** Without this, a test would have to sleep between any two calls. */
const FREE: Partial<WorkspacesSettings> = { throttle: 'off' };

let clock: VirtualClock;
let kms: KmsService;
let service: WorkspacesService;
let endpoint: Endpoint;
let client: WorkSpacesClient;

async function start(settings: Partial<WorkspacesSettings> = {}): Promise<void> {
  clock = new VirtualClock();
  kms = new KmsService(clock, { account: '123456789012', region: 'eu-central-1' });
  service = new WorkspacesService(clock, kms, { ...FREE, ...settings });
  endpoint = new Endpoint().register(service);
  client = new WorkSpacesClient({
    region: 'eu-central-1', endpoint: await endpoint.start(), maxAttempts: 1, credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
  });
}

afterEach(async () => {
  client.destroy();
  await endpoint.stop();
});

function ask(UserName: string, more: Partial<WorkspaceRequest> = {}): WorkspaceRequest {
  return { DirectoryId: DIRECTORY, BundleId: BUNDLE, UserName, ...more };
}

function users(count: number, from = 0): WorkspaceRequest[] {
  return Array.from({ length: count }, (_, i) => ask(`user${from + i}`));
}

async function create(...Workspaces: WorkspaceRequest[]) {
  const { FailedRequests, PendingRequests } = await client.send(new CreateWorkspacesCommand({ Workspaces }));
  return { failed: FailedRequests!, pending: PendingRequests! };
}

/** One desktop that must come about. @returns its id */
async function createOne(userName = 'alice', more: Partial<WorkspaceRequest> = {}): Promise<string> {
  const { failed, pending } = await create(ask(userName, more));
  expect(failed).toEqual([]);
  return pending[0].WorkspaceId!;
}

async function failureOf(request: WorkspaceRequest) {
  const { failed, pending } = await create(request);
  expect(pending).toEqual([]);
  expect(failed).toHaveLength(1);
  expect(failed[0].WorkspaceRequest).toEqual(request);
  return { code: failed[0].ErrorCode, message: failed[0].ErrorMessage };
}

async function describeAll(input: DescribeWorkspacesCommandInput = {}): Promise<Workspace[]> {
  const found: Workspace[] = [];
  for await (const page of paginateDescribeWorkspaces({ client }, input)) found.push(...page.Workspaces!);
  return found;
}

async function describeOne(id: string): Promise<Workspace | undefined> {
  return (await describeAll({ WorkspaceIds: [id] }))[0];
}

async function terminate(...ids: string[]) {
  const requests = ids.map((WorkspaceId) => ({ WorkspaceId }));
  return (await client.send(new TerminateWorkspacesCommand({ TerminateWorkspaceRequests: requests }))).FailedRequests!;
}

/** The members, in any order, that are there: undefined ones are not on the wire. */
function members(value: object | undefined): string[] {
  return Object.entries(value ?? {}).filter(([, member]) => member !== undefined).map(([name]) => name).sort();
}

/** Of Cloud Custodian's recordings of the real service (commit df800e9, tests/data/placebo/test_workspaces_*). */
const RECORDED = {
  pendingEncrypted: [
    'BundleId', 'DirectoryId', 'RootVolumeEncryptionEnabled', 'State', 'UserName', 'UserVolumeEncryptionEnabled', 'VolumeEncryptionKey', 'WorkspaceId',
  ],
  availableEncrypted: [
    'BundleId', 'ComputerName', 'DirectoryId', 'IpAddress', 'ModificationStates', 'RootVolumeEncryptionEnabled', 'State', 'SubnetId', 'UserName',
    'UserVolumeEncryptionEnabled', 'VolumeEncryptionKey', 'WorkspaceId', 'WorkspaceProperties',
  ],
  stoppedEncrypted: [
    'BundleId', 'DirectoryId', 'ModificationStates', 'RootVolumeEncryptionEnabled', 'State', 'UserName', 'UserVolumeEncryptionEnabled',
    'VolumeEncryptionKey', 'WorkspaceId', 'WorkspaceProperties',
  ],
  errorEncrypted: [
    'BundleId', 'DirectoryId', 'ErrorCode', 'ErrorMessage', 'ModificationStates', 'RootVolumeEncryptionEnabled', 'State', 'UserName',
    'UserVolumeEncryptionEnabled', 'VolumeEncryptionKey', 'WorkspaceId', 'WorkspaceProperties',
  ],
  alwaysOnProperties: ['ComputeTypeName', 'RootVolumeSizeGib', 'RunningMode', 'UserVolumeSizeGib'],
  autoStopProperties: ['ComputeTypeName', 'RootVolumeSizeGib', 'RunningMode', 'RunningModeAutoStopTimeoutInMinutes', 'UserVolumeSizeGib'],
  bundle: [
    'BundleId', 'BundleType', 'ComputeType', 'CreationTime', 'Description', 'ImageId', 'LastUpdatedTime', 'Name', 'Owner', 'RootStorage', 'State',
    'UserStorage',
  ],
  directory: [
    'Alias', 'CustomerUserName', 'DirectoryId', 'DirectoryName', 'DirectoryType', 'DnsIpAddresses', 'IamRoleId', 'RegistrationCode',
    'SelfservicePermissions', 'State', 'SubnetIds', 'Tenancy', 'WorkspaceAccessProperties', 'WorkspaceCreationProperties', 'WorkspaceSecurityGroupId',
  ],
} as const;

const encrypted = (VolumeEncryptionKey: string): Partial<WorkspaceRequest> => ({
  VolumeEncryptionKey, UserVolumeEncryptionEnabled: true, RootVolumeEncryptionEnabled: true,
});

describe('CreateWorkspaces', () => {
  test('answers sparse PENDING desktops with new ids, in an order of its own', async () => {
    await start({ pendingOrder: undefined });
    const { failed, pending } = await create(ask('alice'), ask('bob'), ask('carol'));
    expect(failed).toEqual([]);
    expect(pending.map((desktop) => desktop.UserName)).toEqual(['carol', 'bob', 'alice']);
    for (const desktop of pending) {
      expect(desktop).toEqual({
        WorkspaceId: expect.stringMatching(/^ws-[0-9a-z]{9}$/), DirectoryId: DIRECTORY, BundleId: BUNDLE, State: 'PENDING', UserName: desktop.UserName,
      });
    }
    expect(new Set(pending.map((desktop) => desktop.WorkspaceId)).size).toBe(3);
  });

  test.each(['request', 'shuffled'] as const)('can answer in the order %s', async (pendingOrder) => {
    await start({ pendingOrder });
    const { pending } = await create(...users(25));
    const order = pending.map((desktop) => desktop.UserName);
    const requested = users(25).map((request) => request.UserName);
    expect([...order].sort()).toEqual([...requested].sort());
    if (pendingOrder === 'request') expect(order).toEqual(requested);
    else expect(order).not.toEqual(requested);
  });

  test('gives the same ids for the same seed, others for another', async () => {
    const ids: string[] = [];
    for (const seed of [7, 7, 8]) {
      await start({ seed });
      ids.push(await createOne());
      if (ids.length < 3) await endpoint.stop();
    }
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  test('takes 1 to 25 requests', async () => {
    await start();
    await expect(create(...users(26))).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('26') });
    await expect(create()).rejects.toMatchObject({ name: 'ValidationException', message: 'The following arguments are required - Workspaces.' });
    expect(service.desktops()).toEqual([]);
    expect((await create(...users(25))).pending).toHaveLength(25);
  });

  const properties = (WorkspaceProperties: WorkspaceRequest['WorkspaceProperties']) => ({ WorkspaceProperties });
  test.each<[string, Partial<WorkspaceRequest>, string, string]>([
    ['a directory id', { DirectoryId: 'fake-id' }, 'ValidationException', 'The Directory ID fake-id in the request is invalid.'],
    ['a bundle id', { BundleId: 'bundle' }, 'ValidationException', 'The Bundle ID bundle in the request is invalid.'],
    ['no user', { UserName: undefined }, 'ValidationException', 'The following arguments are required - UserName.'],
    ['a long user name', { UserName: 'x'.repeat(64) }, 'ValidationException', `The User Name ${'x'.repeat(64)} in the request is invalid.`],
    ['a running mode', properties({ RunningMode: 'SOMETIMES' as any }), 'ValidationException', 'The RunningMode SOMETIMES in the request is invalid.'],
    ['the volumes', properties({ RootVolumeSizeGib: 80, UserVolumeSizeGib: 60 }), 'InvalidParameterValuesException',
      'Standard: Invalid root and user volume size selected. Root and user volume size (GB) must be (80|10), (80|50), (80|100), (175+|100+).'],
    ['the volumes of a graphics bundle', properties({ RootVolumeSizeGib: 80, UserVolumeSizeGib: 100, ComputeTypeName: 'GRAPHICS' }),
      'InvalidParameterValuesException', 'Graphics: Invalid root and user volume size selected. Root and user volume size (GB) must be (100+|100+).'],
    ['one volume, against the bundle', properties({ RootVolumeSizeGib: 175 }), 'InvalidParameterValuesException', expect.stringContaining('(175+|100+)')],
    ['a timeout', properties({ RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 90 }), 'InvalidParameterValuesException',
      'RunningModeAutoStopTimeoutInMinutes 90 is invalid: it must be a multiple of 60.'],
    ['a reserved tag', { Tags: [{ Key: 'aws:x', Value: '' }] }, 'InvalidParameterValuesException', expect.stringContaining('aws:x')],
    ['a long tag', { Tags: [{ Key: 'k'.repeat(128), Value: '' }] }, 'ValidationException', expect.stringContaining('tag Key')],
    ['51 tags', { Tags: Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: '' })) }, 'ResourceLimitExceededException', expect.stringContaining('51 tags')],
  ])('refuses the whole call for %s of one request, and creates nothing', async (_, bad, name, message) => {
    await start();
    await expect(create(...users(3), ask('bad', bad))).rejects.toMatchObject({ name, message, $metadata: { httpStatusCode: 400 } });
    expect(service.desktops()).toEqual([]);
    expect(kms.grants()).toEqual([]);
  });

  test('takes the volumes that the documentation lists', async () => {
    await start();
    for (const [root, user] of [[80, 10], [80, 50], [80, 100], [175, 100], [2000, 2000]]) {
      await createOne(`${root}-${user}`, properties({ RootVolumeSizeGib: root, UserVolumeSizeGib: user }));
    }
  });

  test('refuses single requests and makes the others', async () => {
    await start({ missingUsers: ['Nobody'] });
    const { failed, pending } = await create(ask('alice'), ask('nobody'), ask('bob'));
    expect(pending.map((desktop) => desktop.UserName)).toEqual(['bob', 'alice']);
    expect(failed).toEqual([{
      WorkspaceRequest: ask('nobody'), ErrorCode: 'ResourceNotFound.User', ErrorMessage: 'The specified user could not be found in the specified directory.',
    }]);
    service.configure({ missingUsers: [] });
    await createOne('nobody');
  });

  test('knows only the listed users when there is a list', async () => {
    await start({ users: ['Alice'] });
    await createOne('alice');
    expect(await failureOf(ask('bob'))).toMatchObject({ code: 'ResourceNotFound.User' });
  });

  test.each([['unknown', undefined], ['DEREGISTERED', { state: 'DEREGISTERED' as const }], ['for pools', { workspaceType: 'POOLS' as const }]])(
    'refuses a directory that is %s', async (_, directory) => {
      await start({ directories: [] });
      service.addDirectory({ directoryId: 'd-0000000001' });
      if (directory) service.addDirectory({ directoryId: DIRECTORY, ...directory });
      expect(await failureOf(ask('alice'))).toEqual({
        code: 'ResourceNotFound.Directory', message: 'The specified directory could not be found in the specified region.',
      });
      await createOne('alice', { DirectoryId: 'd-0000000001' });
    });

  test('refuses an unknown bundle, per item or per call', async () => {
    await start({ bundles: [{ bundleId: BUNDLE }] });
    expect(await failureOf(ask('alice', { BundleId: 'wsb-00000000a' }))).toMatchObject({ code: 'ResourceNotFound.Bundle' });
    service.configure({ unknownBundle: { scope: 'call', code: 'ResourceNotFoundException', message: 'no bundle' } });
    await expect(create(ask('bob'), ask('alice', { BundleId: 'wsb-00000000a' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(service.desktops()).toEqual([]);
  });

  test('one desktop per user and directory, without regard to case', async () => {
    await start();
    await createOne('Alice');
    const exists = { code: 'ResourceExists.WorkSpace', message: 'A WorkSpace already exists for the specified user.' };
    expect(await failureOf(ask('aLICE'))).toEqual(exists);
    await createOne('alice', { DirectoryId: 'd-0000000001' });
  });

  test('the second request for a user in one call is refused, or the call', async () => {
    await start();
    const { failed, pending } = await create(ask('alice'), ask('ALICE'), ask('bob'));
    expect(pending.map((desktop) => desktop.UserName)).toEqual(['bob', 'alice']);
    expect(failed).toMatchObject([{ WorkspaceRequest: { UserName: 'ALICE' }, ErrorCode: 'ResourceExists.WorkSpace' }]);
    service.configure({ duplicateInBatch: { scope: 'call', code: 'InvalidParameterValuesException', message: 'twice' } });
    await expect(create(ask('carol'), ask('Carol'))).rejects.toMatchObject({ name: 'InvalidParameterValuesException' });
    expect(service.desktops()).toHaveLength(2);
  });

  test('a user has a desktop until its id is gone', async () => {
    await start({ terminateTime: 5 * MINUTE });
    const id = await createOne();
    expect(await terminate(id)).toEqual([]);
    expect(await failureOf(ask('alice'))).toMatchObject({ code: 'ResourceExists.WorkSpace' });
    await clock.sleep(5 * MINUTE - 1);
    expect(await failureOf(ask('ALICE'))).toMatchObject({ code: 'ResourceExists.WorkSpace' });
    await clock.sleep(1);
    expect(await createOne()).not.toBe(id);
  });

  test('a timeout needs AUTO_STOP', async () => {
    await start();
    expect(await failureOf(ask('alice', properties({ RunningMode: 'ALWAYS_ON', RunningModeAutoStopTimeoutInMinutes: 60 })))).toEqual({
      code: 'AutoStopTimeoutIsNotApplicableForAnAlwaysOnWorkspace',
      message: 'RunningModeAutoStopTimeoutInMinutes is not applicable for WorkSpace with running mode set to ALWAYS_ON.',
    });
    expect(await failureOf(ask('alice', properties({ RunningMode: 'MANUAL', RunningModeAutoStopTimeoutInMinutes: 120 })))).toMatchObject({
      code: 'AutoStopTimeoutIsNotDefaultForManualWorkspace',
    });
    await createOne('alice', properties({ RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 120 }));
  });

  test('more desktops than the quota refuse the whole call', async () => {
    await start({ quota: 4, terminateTime: 0 });
    const { pending } = await create(...users(3));
    await expect(create(...users(2, 3))).rejects.toMatchObject({ name: 'ResourceLimitExceededException' });
    expect(service.desktops()).toHaveLength(3);
    // Refused requests need no room, and gone desktops take none.
    expect((await create(...users(4))).failed).toHaveLength(3);
    await terminate(pending[0].WorkspaceId!);
    await createOne('another');
  });

  test('does not make user-decoupled desktops', async () => {
    await start();
    await expect(create(ask('[UNDEFINED]', { WorkspaceName: 'kiosk' }))).rejects.toMatchObject({ name: 'InvalidParameterValuesException' });
  });
});

describe('encryption', () => {
  const BAD_KEY = 'The specified key could not be found. Please provide a valid key for encryption.';

  test.each(['an ARN', 'an alias', 'an alias ARN'])('%s is resolved to the ARN of the key, which gets a grant until termination', async (form) => {
    await start({ invisibleFor: 0 });
    const { keyId, arn } = kms.createKey();
    kms.createAlias('alias/desktops', keyId);
    const given = { 'an ARN': arn, 'an alias': 'alias/desktops', 'an alias ARN': arn.replace(/key\/.*/, 'alias/desktops') }[form]!;
    const id = await createOne('alice', encrypted(given));
    expect(await describeOne(id)).toMatchObject({ VolumeEncryptionKey: arn, UserVolumeEncryptionEnabled: true, RootVolumeEncryptionEnabled: true });
    expect(kms.grants(arn)).toMatchObject([{ keyArn: arn, granteePrincipal: 'workspaces.eu-central-1.amazonaws.com' }]);
    await terminate(id);
    expect(kms.grants(arn)).toEqual([]);
  });

  test.each<[string, () => string]>([
    ['unknown', () => 'alias/none'],
    ['a bare key id', () => kms.createKey().keyId],
    ['an alias without alias/', () => 'aws/workspaces'],
    ['asymmetric', () => kms.createKey({ KeySpec: 'RSA_2048' }).arn],
    ['disabled', () => kms.createKey({ Enabled: false }).arn],
    ['pending deletion', () => {
      const { keyId, arn } = kms.createKey();
      kms.scheduleDeletion(keyId);
      return arn;
    }],
  ])('refuses a key that is %s', async (_, key) => {
    await start();
    expect(await failureOf(ask('alice', encrypted(key())))).toMatchObject({ message: BAD_KEY });
    expect(kms.grants()).toEqual([]);
  });

  test('a volume without a key, and a key without a volume, by setting', async () => {
    await start({ invisibleFor: 0 });
    const noKey = { UserVolumeEncryptionEnabled: true };
    expect(await failureOf(ask('alice', noKey))).toMatchObject({ message: BAD_KEY });
    service.configure({ volumeWithoutKey: 'default-key' });
    expect(await describeOne(await createOne('alice', noKey))).toMatchObject({
      VolumeEncryptionKey: kms.resolve('alias/aws/workspaces')!.arn, UserVolumeEncryptionEnabled: true, RootVolumeEncryptionEnabled: false,
    });
    const noVolume = { VolumeEncryptionKey: 'alias/aws/workspaces' };
    expect(members(await describeOne(await createOne('bob', noVolume)))).not.toContain('VolumeEncryptionKey');
    service.configure({ keyWithoutVolume: { scope: 'call', code: 'InvalidParameterValuesException', message: 'no volume' } });
    await expect(create(ask('carol', noVolume))).rejects.toMatchObject({ name: 'InvalidParameterValuesException' });
  });
});

describe('a desktop\'s life', () => {
  test('it is invisible, PENDING, AVAILABLE, TERMINATING, gone, with the recorded members', async () => {
    await start({ invisibleFor: 3 * SECOND, buildTime: 10 * MINUTE, terminateTime: 5 * MINUTE });
    const { arn } = kms.createKey();
    const id = await createOne('alice', encrypted(arn));
    const byUser = () => describeAll({ DirectoryId: DIRECTORY, UserName: 'ALICE' });
    await clock.sleep(3 * SECOND - 1);
    expect(await describeOne(id)).toBeUndefined();
    expect(await byUser()).toEqual([]);
    expect(await describeAll({ DirectoryId: DIRECTORY })).toEqual([]);

    await clock.sleep(1);
    expect(await byUser()).toEqual([await describeOne(id)]);
    expect(await describeOne(id)).toMatchObject({ WorkspaceId: id, State: 'PENDING', UserName: 'alice' });
    expect(members(await describeOne(id))).toEqual(RECORDED.pendingEncrypted);

    await clock.sleep(10 * MINUTE);
    const available = await describeOne(id);
    expect(available).toMatchObject({ State: 'AVAILABLE', ModificationStates: [], IpAddress: expect.stringMatching(/^10\./) });
    expect(members(available)).toEqual(RECORDED.availableEncrypted);
    expect(members(available!.WorkspaceProperties)).toEqual(RECORDED.alwaysOnProperties);

    expect(await terminate(id)).toEqual([]);
    expect(await describeOne(id)).toMatchObject({ State: 'TERMINATING' });
    await clock.sleep(5 * MINUTE);
    expect(await describeOne(id)).toBeUndefined();
    expect(service.desktops()).toMatchObject([{ workspaceId: id, state: 'GONE', visible: false }]);
  });

  test('an unencrypted one has no members of encryption', async () => {
    await start({ invisibleFor: 0, buildTime: MINUTE });
    const id = await createOne();
    const isEncryption = (name: string) => /Encryption/.test(name);
    expect(members(await describeOne(id))).toEqual(RECORDED.pendingEncrypted.filter((name) => !isEncryption(name)));
    await clock.sleep(MINUTE);
    expect(members(await describeOne(id))).toEqual(RECORDED.availableEncrypted.filter((name) => !isEncryption(name)));
  });

  test('a build takes 10 to 20 minutes, an encrypted one up to 40, or what the setting says', async () => {
    await start();
    await create(...users(25));
    await create(...users(25, 25).map((request) => ({ ...request, ...encrypted('alias/aws/workspaces') })));
    const building = () => service.desktops().filter((desktop) => desktop.state === 'PENDING').length;
    await clock.sleep(10 * MINUTE - 1);
    expect(building()).toBe(50);
    await clock.sleep(10 * MINUTE + 1);
    const afterTwenty = service.desktops().filter((desktop) => desktop.state === 'PENDING');
    expect(afterTwenty.length).toBeGreaterThan(0);
    expect(afterTwenty.every((desktop) => desktop.encryption)).toBe(true);
    await clock.sleep(20 * MINUTE);
    expect(building()).toBe(0);

    service.configure({ buildTime: ({ index, userName }) => (userName === 'slow' ? 60 * MINUTE : index) });
    await create(ask('quick'), ask('slow'));
    await clock.sleep(MINUTE);
    expect(building()).toBe(1);
  });

  test('AUTO_STOP stops it after its timeout, unless that is off', async () => {
    await start({ invisibleFor: 0, buildTime: MINUTE });
    const WorkspaceProperties = { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 120 } as const;
    const id = await createOne('alice', { ...encrypted('alias/aws/workspaces'), WorkspaceProperties });
    service.configure({ autoStop: false });
    const other = await createOne('bob', { WorkspaceProperties });
    await clock.sleep(121 * MINUTE - 1);
    expect(await describeOne(id)).toMatchObject({ State: 'AVAILABLE' });
    await clock.sleep(1);
    const stopped = await describeOne(id);
    expect(stopped).toMatchObject({ State: 'STOPPED', WorkspaceProperties });
    expect(members(stopped)).toEqual(RECORDED.stoppedEncrypted);
    expect(members(stopped!.WorkspaceProperties)).toEqual(RECORDED.autoStopProperties);
    expect(await describeOne(other)).toMatchObject({ State: 'AVAILABLE' });
  });

  test('a late error shows at the end of the build', async () => {
    const error = { code: 'ConfigureWorkspace.DomainJoin', message: 'There was an issue joining the WorkSpace to your domain.' };
    await start({ invisibleFor: 0, buildTime: MINUTE, lateErrors: { Alice: error } });
    const id = await createOne('alice', encrypted('alias/aws/workspaces'));
    expect(members(await describeOne(id))).toEqual(RECORDED.pendingEncrypted);
    await clock.sleep(MINUTE);
    expect(await describeOne(id)).toMatchObject({ State: 'ERROR', ErrorCode: error.code, ErrorMessage: error.message });
    expect(members(await describeOne(id))).toEqual(RECORDED.errorEncrypted);
  });

  test('others may create, change and terminate desktops', async () => {
    await start({ terminateTime: MINUTE });
    const id = service.createElsewhere({ directoryId: DIRECTORY, userName: 'alice', bundleId: BUNDLE, tags: { team: 'sales' } });
    expect(() => service.createElsewhere({ directoryId: DIRECTORY, userName: 'ALICE', bundleId: BUNDLE })).toThrow(id);
    expect(await describeOne(id)).toMatchObject({ State: 'AVAILABLE', UserName: 'alice' });
    service.setState(id, 'ERROR', { code: 'Broken', message: 'it broke' });
    expect(await describeOne(id)).toMatchObject({ State: 'ERROR', ErrorCode: 'Broken', ErrorMessage: 'it broke' });
    service.setState(id, 'UNHEALTHY');
    expect(await describeOne(id)).toMatchObject({ State: 'UNHEALTHY', IpAddress: expect.any(String) });
    expect(service.desktops()).toMatchObject([{ workspaceId: id, origin: 'elsewhere', tags: { team: 'sales' } }]);
    service.terminateElsewhere(id);
    expect(await describeOne(id)).toMatchObject({ State: 'TERMINATING' });
    await clock.sleep(MINUTE);
    expect(await describeOne(id)).toBeUndefined();
    expect(() => service.setState(id, 'AVAILABLE')).toThrow(id);
  });
});

describe('DescribeWorkspaces', () => {
  const describeWith = (input: DescribeWorkspacesCommandInput) => client.send(new DescribeWorkspacesCommand(input));

  test('pages of 25, each desktop once, in an order of its own', async () => {
    await start({ invisibleFor: 0 });
    for (const from of [0, 20, 40]) await create(...users(20, from));
    const first = await describeWith({});
    expect(first.Workspaces).toHaveLength(25);
    const second = await describeWith({ NextToken: first.NextToken });
    expect(second.Workspaces).toHaveLength(25);
    const third = await describeWith({ NextToken: second.NextToken });
    expect(third.Workspaces).toHaveLength(10);
    expect(third.NextToken).toBeUndefined();
    const ids = [first, second, third].flatMap((page) => page.Workspaces!.map((desktop) => desktop.WorkspaceId!));
    expect(new Set(ids).size).toBe(60);
    expect(ids).not.toEqual(service.desktops().map((desktop) => desktop.workspaceId));
    expect((await describeAll({ DirectoryId: DIRECTORY, Limit: 7 })).map((desktop) => desktop.WorkspaceId).sort()).toEqual([...ids].sort());
    expect(await describeAll({ WorkspaceIds: ids.slice(0, 25), Limit: 5 })).toHaveLength(25);
  });

  test.each(['creation', 'newest-first'] as const)('can answer in the order %s', async (describeOrder) => {
    await start({ invisibleFor: 0, describeOrder });
    await create(...users(25));
    await create(...users(5, 25));
    const ids = service.desktops().map((desktop) => desktop.workspaceId);
    expect((await describeAll()).map((desktop) => desktop.WorkspaceId)).toEqual(describeOrder === 'creation' ? ids : ids.reverse());
  });

  test('desktops that go between two pages hide none', async () => {
    await start({ invisibleFor: 0, terminateTime: 0 });
    await create(...users(25));
    await create(...users(25, 25));
    const first = await describeWith({});
    await terminate(...first.Workspaces!.slice(0, 10).map((desktop) => desktop.WorkspaceId!));
    const second = await describeWith({ NextToken: first.NextToken });
    expect(second.Workspaces).toHaveLength(25);
  });

  test('the last page can have an empty NextToken', async () => {
    await start({ invisibleFor: 0, lastPageToken: 'empty' });
    await createOne();
    expect(await describeWith({})).toMatchObject({ NextToken: '' });
    expect(await describeAll()).toHaveLength(1);
  });

  test('filters', async () => {
    await start({ invisibleFor: 0 });
    const alice = await createOne('Alice');
    const bob = await createOne('bob', { DirectoryId: 'd-0000000001' });
    const carol = await createOne('carol', { BundleId: 'wsb-00000000a' });
    const ids = async (input: DescribeWorkspacesCommandInput) => (await describeAll(input)).map((desktop) => desktop.WorkspaceId).sort();
    expect(await ids({})).toEqual([alice, bob, carol].sort());
    expect(await ids({ WorkspaceIds: [alice, bob, 'ws-00000000a'] })).toEqual([alice, bob].sort());
    expect(await ids({ DirectoryId: DIRECTORY })).toEqual([alice, carol].sort());
    expect(await ids({ DirectoryId: DIRECTORY, UserName: 'ALICE' })).toEqual([alice]);
    expect(await ids({ DirectoryId: 'd-0000000001', UserName: 'alice' })).toEqual([]);
    expect(await ids({ BundleId: 'wsb-00000000a' })).toEqual([carol]);
  });

  const EXCLUSIVE = 'An invalid number of parameters provided with DescribeWorkspaces. Only one of the following are allowed to be specified: BundleId, DirectoryId, WorkSpaceIds, Filters.';
  test.each<[DescribeWorkspacesCommandInput, string, string]>([
    [{ DirectoryId: DIRECTORY, BundleId: BUNDLE }, 'InvalidParameterValuesException', EXCLUSIVE],
    [{ DirectoryId: DIRECTORY, WorkspaceIds: ['ws-00000000a'] }, 'InvalidParameterValuesException', EXCLUSIVE],
    [{ UserName: 'alice' }, 'InvalidParameterValuesException', 'The DirectoryId parameter is required when UserName is used.'],
    [{ DirectoryId: 'fake-id' }, 'ValidationException', 'The Directory ID fake-id in the request is invalid.'],
    [{ WorkspaceIds: ['ws-1'] }, 'ValidationException', 'The WorkSpace ID ws-1 in the request is invalid.'],
    [{ WorkspaceIds: Array(26).fill('ws-00000000a') }, 'ValidationException', expect.stringContaining('26')],
    [{ Limit: 26 }, 'ValidationException', 'The Limit 26 in the request is invalid.'],
    [{ Limit: 0 }, 'ValidationException', 'The Limit 0 in the request is invalid.'],
    [{ NextToken: 'mine' }, 'InvalidParameterValuesException', 'The NextToken mine in the request is invalid.'],
  ])('refuses %j', async (input, name, message) => {
    await start();
    await expect(describeWith(input)).rejects.toMatchObject({ name, message });
  });

  test('refuses the token of another question', async () => {
    await start({ invisibleFor: 0 });
    await create(...users(2));
    const { NextToken } = await describeWith({ Limit: 1 });
    await expect(describeWith({ NextToken, DirectoryId: DIRECTORY })).rejects.toMatchObject({ name: 'InvalidParameterValuesException' });
  });
});

describe('TerminateWorkspaces', () => {
  test('answers only what it could not begin', async () => {
    await start();
    const id = await createOne();
    expect(await terminate(id, 'ws-00000000a')).toEqual([{
      WorkspaceId: 'ws-00000000a', ErrorCode: '400', ErrorMessage: 'WorkSpace ws-00000000a could not be found.',
    }]);
    expect(service.desktops()).toMatchObject([{ state: 'TERMINATING' }]);
  });

  test('a SUSPENDED desktop is protected', async () => {
    await start({ protectedDesktopCode: 'Protected' });
    const id = await createOne();
    service.setState(id, 'SUSPENDED');
    expect(await terminate(id)).toMatchObject([{ WorkspaceId: id, ErrorCode: 'Protected', ErrorMessage: expect.stringContaining('SUSPENDED') }]);
    expect(service.desktops()).toMatchObject([{ state: 'SUSPENDED' }]);
  });

  test('twice keeps the first one\'s time, or is refused by setting', async () => {
    await start({ terminateTime: 2 * MINUTE });
    const id = await createOne();
    await terminate(id);
    await clock.sleep(MINUTE);
    expect(await terminate(id)).toEqual([]);
    service.configure({ terminateAgain: 'refuse' });
    expect(await terminate(id)).toMatchObject([{ WorkspaceId: id, ErrorMessage: expect.stringContaining('TERMINATING') }]);
    await clock.sleep(MINUTE);
    expect(await terminate(id)).toMatchObject([{ WorkspaceId: id, ErrorCode: '400' }]);
  });

  test('an invisible desktop is not found, by setting', async () => {
    await start({ terminateInvisible: 'not-found', invisibleFor: SECOND });
    const id = await createOne();
    expect(await terminate(id)).toMatchObject([{ WorkspaceId: id, ErrorCode: '400' }]);
    await clock.sleep(SECOND);
    expect(await terminate(id)).toEqual([]);
  });

  test('takes 1 to 25 well-formed ids', async () => {
    await start();
    await expect(terminate()).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(terminate('nothing')).rejects.toMatchObject({ name: 'ValidationException', message: 'The WorkSpace ID nothing in the request is invalid.' });
    await expect(terminate(...Array(26).fill('ws-00000000a'))).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('tags', () => {
  const tagsOf = async (ResourceId: string) => (await client.send(new DescribeTagsCommand({ ResourceId }))).TagList;

  test('are those of the request, and can be changed', async () => {
    await start();
    const id = await createOne('alice', { Tags: [{ Key: 'team', Value: 'sales' }] });
    await client.send(new CreateTagsCommand({ ResourceId: id, Tags: [{ Key: 'team', Value: 'hr' }, { Key: 'c7n', Value: 'test' }] }));
    expect(await tagsOf(id)).toEqual([{ Key: 'team', Value: 'hr' }, { Key: 'c7n', Value: 'test' }]);
    await client.send(new DeleteTagsCommand({ ResourceId: id, TagKeys: ['team', 'none'] }));
    expect(await tagsOf(id)).toEqual([{ Key: 'c7n', Value: 'test' }]);
    expect(service.desktops()).toMatchObject([{ tags: { c7n: 'test' } }]);
  });

  test('are at most 50, and none of AWS\'s own', async () => {
    await start();
    const id = await createOne('alice', { Tags: Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: '' })) });
    const tag = (Key: string, Value = '') => client.send(new CreateTagsCommand({ ResourceId: id, Tags: [{ Key, Value }] }));
    await tag('k7', 'changed');
    await expect(tag('k50')).rejects.toMatchObject({ name: 'ResourceLimitExceededException', message: expect.stringContaining(id) });
    await expect(tag('aws:cloudformation:stack')).rejects.toMatchObject({ name: 'InvalidParameterValuesException' });
    await expect(tag(' k')).rejects.toMatchObject({ name: 'InvalidParameterValuesException' });
    await expect(tag('k', '!')).rejects.toMatchObject({ name: 'InvalidParameterValuesException' });
    await expect(tag('k', 'v'.repeat(256))).rejects.toMatchObject({ name: 'ValidationException' });
    expect(await tagsOf(id)).toHaveLength(50);
  });

  test('of an id that does not exist are an error that names it, or nothing by setting', async () => {
    await start();
    const unknown = 'ws-00000000a';
    const error = { name: 'ResourceNotFoundException', ResourceId: unknown };
    await expect(tagsOf(unknown)).rejects.toMatchObject(error);
    await expect(client.send(new CreateTagsCommand({ ResourceId: unknown, Tags: [{ Key: 'k', Value: '' }] }))).rejects.toMatchObject(error);
    await expect(client.send(new DeleteTagsCommand({ ResourceId: unknown, TagKeys: ['k'] }))).rejects.toMatchObject(error);
    service.configure({ tagsOfUnknown: 'empty' });
    expect(await tagsOf(unknown)).toEqual([]);
  });
});

describe('directories and bundles', () => {
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
});

describe('throttling', () => {
  test('a burst of 5 and then 2 a second, over all operations', async () => {
    await start({ throttle: { perSecond: 2, burst: 5 } });
    const describeIt = () => client.send(new DescribeWorkspacesCommand({}));
    await createOne();
    for (let i = 0; i < 4; i++) await describeIt();
    const throttled = { name: 'ThrottlingException', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } };
    await expect(describeIt()).rejects.toMatchObject(throttled);
    await expect(create(ask('bob'))).rejects.toMatchObject(throttled);
    expect(service.desktops()).toHaveLength(1);

    let admitted = 0;
    for (let i = 0; i < 100; i++) {
      await clock.sleep(100);
      await describeIt().then(() => admitted++, () => undefined);
    }
    expect(admitted).toBe(20);
    await clock.sleep(60 * SECOND);
    const burst = await Promise.allSettled(Array.from({ length: 8 }, describeIt));
    expect(burst.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(service.counts()).toEqual({
      calls: { CreateWorkspaces: 2, DescribeWorkspaces: 4 + 1 + 100 + 8 },
      throttled: { CreateWorkspaces: 1, DescribeWorkspaces: 1 + 80 + 3 },
    });
  });
});
