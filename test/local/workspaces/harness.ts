import {
  CreateWorkspacesCommand, DescribeWorkspacesCommandInput, paginateDescribeWorkspaces, TerminateWorkspacesCommand, Workspace, WorkspaceRequest,
  WorkSpacesClient,
} from '@aws-sdk/client-workspaces';
import { VirtualClock } from '../../../local/core/clock';
import { Endpoint } from '../../../local/core/endpoint';
import { KmsService } from '../../../local/kms';
import { WorkspacesPorts, WorkspacesService, WorkspacesOptions } from '../../../local/workspaces';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const DIRECTORY = 'd-90677cc91c';
export const BUNDLE = 'wsb-clj85qzj1';
/** Turns throttling off. Otherwise a test would have to wait between any two calls. */
const FREE: Partial<WorkspacesOptions> = { throttle: 'off' };

export let clock: VirtualClock;
export let kms: KmsService;
export let service: WorkspacesService;
let endpoint: Endpoint | undefined;
let url: string;
export let client: WorkSpacesClient;

/** A service for one test, or for a part of it. It is stopped after the test. */
export async function start(options: Partial<WorkspacesOptions> = {}, ports: WorkspacesPorts = {}): Promise<void> {
  await stop();
  clock = new VirtualClock();
  kms = new KmsService(clock, { account: '123456789012', region: 'eu-central-1' });
  service = new WorkspacesService(clock, kms, { ...FREE, ...options }, ports);
  endpoint = new Endpoint().register(service);
  url = await endpoint.start();
  client = new WorkSpacesClient({
    region: 'eu-central-1', endpoint: url, maxAttempts: 1, credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
  });
}

export async function stop(): Promise<void> {
  if (!endpoint) return;
  client.destroy();
  await endpoint.stop();
  endpoint = undefined;
}

afterEach(stop);

export function ask(UserName: string, more: Partial<WorkspaceRequest> = {}): WorkspaceRequest {
  return { DirectoryId: DIRECTORY, BundleId: BUNDLE, UserName, ...more };
}

export function users(count: number, from = 0): WorkspaceRequest[] {
  return Array.from({ length: count }, (_, i) => ask(`user${from + i}`));
}

export async function create(...Workspaces: WorkspaceRequest[]) {
  const { FailedRequests, PendingRequests } = await client.send(new CreateWorkspacesCommand({ Workspaces }));
  return { failed: FailedRequests!, pending: PendingRequests! };
}

/** Creates one desktop, which must succeed. @returns its id */
export async function createOne(userName = 'alice', more: Partial<WorkspaceRequest> = {}): Promise<string> {
  const { failed, pending } = await create(ask(userName, more));
  expect(failed).toEqual([]);
  return pending[0].WorkspaceId!;
}

export async function failureOf(request: WorkspaceRequest) {
  const { failed, pending } = await create(request);
  expect(pending).toEqual([]);
  expect(failed).toHaveLength(1);
  expect(failed[0].WorkspaceRequest).toEqual(request);
  return { code: failed[0].ErrorCode, message: failed[0].ErrorMessage };
}

export async function describeAll(input: DescribeWorkspacesCommandInput = {}): Promise<Workspace[]> {
  const found: Workspace[] = [];
  for await (const page of paginateDescribeWorkspaces({ client }, input)) found.push(...page.Workspaces!);
  return found;
}

export async function describeOne(id: string): Promise<Workspace | undefined> {
  return (await describeAll({ WorkspaceIds: [id] }))[0];
}

export async function terminate(...ids: string[]) {
  const requests = ids.map((WorkspaceId) => ({ WorkspaceId }));
  return (await client.send(new TerminateWorkspacesCommand({ TerminateWorkspaceRequests: requests }))).FailedRequests!;
}

/** The names of the members that are sent, in any order. Undefined members are not sent. */
export function members(value: object | undefined): string[] {
  return Object.entries(value ?? {}).filter(([, member]) => member !== undefined).map(([name]) => name).sort();
}

/** A file of Cloud Custodian's recordings of the real service (commit df800e9, tests/data/placebo/test_workspaces_*). */
export const RECORDED = {
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

export const encrypted = (VolumeEncryptionKey: string): Partial<WorkspaceRequest> => ({
  VolumeEncryptionKey, UserVolumeEncryptionEnabled: true, RootVolumeEncryptionEnabled: true,
});

/** The raw answer to a body that no SDK has checked. */
export async function wire(operation: string, body: unknown): Promise<{ readonly status: number; readonly type: string | null; readonly body: any }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `WorkspacesService.${operation}`,
      'authorization': 'AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/eu-central-1/workspaces/aws4_request, SignedHeaders=host, Signature=x',
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() };
}
