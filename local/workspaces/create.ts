import { bear, Birth } from './birth';
import { hasUser } from './directories';
import { EXISTS, Refusal } from './settings';
import { Encryption, ownerKey } from './store';
import { badParameter, checkEnum, checkList, checkPattern, checkTagCount, checkTags, requireMembers, Tag } from './validation';
import { checkVolumes } from './volumes';
import type { World } from './world';
import { ServiceError } from '../core/service';

/** What a request asks for, before its key has been granted. */
type Plan = Omit<Birth, 'encryption' | 'origin'> & { readonly encryption?: Omit<Encryption, 'grantId'> };

const NO_DIRECTORY: Refusal = {
  scope: 'item',
  code: 'ResourceNotFound.Directory',
  message: 'The specified directory could not be found in the specified region.',
};
const NO_USER: Refusal = {
  scope: 'item',
  code: 'ResourceNotFound.User',
  message: 'The specified user could not be found in the specified directory.',
};
const ALWAYS_ON_TIMEOUT: Refusal = {
  scope: 'item',
  code: 'AutoStopTimeoutIsNotApplicableForAnAlwaysOnWorkspace',
  message: 'RunningModeAutoStopTimeoutInMinutes is not applicable for WorkSpace with running mode set to ALWAYS_ON.',
};
const MANUAL_TIMEOUT: Refusal = {
  scope: 'item',
  code: 'AutoStopTimeoutIsNotDefaultForManualWorkspace',
  message: 'RunningModeAutoStopTimeoutInMinutes must be 60 for WorkSpace with running mode set to MANUAL.',
};

/** Nothing is created before every reason to refuse the whole call has been looked for. */
export function createWorkspaces(world: World, input: any): object {
  checkList('Workspaces', input.Workspaces);
  const requests: any[] = input.Workspaces;
  requests.forEach((request) => checkForm(world, request));

  const owners = new Set<string>();
  const plans: Plan[] = [];
  const failed: object[] = [];
  for (const request of requests) {
    const verdict = judge(world, request, owners);
    if ('plan' in verdict) {
      owners.add(ownerKey(request.DirectoryId, request.UserName));
      plans.push(verdict.plan);
    } else if (verdict.refusal.scope === 'item') {
      failed.push({ WorkspaceRequest: request, ErrorCode: verdict.refusal.code, ErrorMessage: verdict.refusal.message });
    } else {
      throw new ServiceError(verdict.refusal.code, verdict.refusal.message);
    }
  }
  if (plans.length > 0 && world.desktops.existing().length + plans.length > world.settings.quota) {
    throw new ServiceError('ResourceLimitExceededException', 'Your resource limits have been exceeded.');
  }

  const pending = plans.map((plan) => make(world, plan));
  return { FailedRequests: failed, PendingRequests: ordered(world, pending) };
}

/** Refuses the whole call for what is wrong with one request on its face. */
function checkForm({ bundles }: World, request: any): void {
  requireMembers(request, 'DirectoryId', 'UserName', 'BundleId');
  checkPattern('Directory ID', request.DirectoryId);
  checkPattern('User Name', request.UserName);
  checkPattern('Bundle ID', request.BundleId);
  checkTags(request.Tags);
  checkTagCount(new Map(tagsOf(request)).size, `the WorkSpace of ${request.UserName}`);
  if (request.UserName === '[UNDEFINED]' || request.WorkspaceName !== undefined) {
    throw badParameter(`The local cloud does not make user-decoupled WorkSpaces: UserName ${request.UserName}, WorkspaceName ${request.WorkspaceName}.`);
  }

  const properties = request.WorkspaceProperties ?? {};
  checkEnum('RunningMode', properties.RunningMode);
  checkEnum('ComputeTypeName', properties.ComputeTypeName);
  checkEnum('OperatingSystemName', properties.OperatingSystemName);
  for (const protocol of properties.Protocols ?? []) checkEnum('Protocols', protocol);
  const timeout = properties.RunningModeAutoStopTimeoutInMinutes;
  if (timeout !== undefined && !(Number.isInteger(timeout) && timeout > 0 && timeout % 60 === 0)) {
    throw badParameter(`RunningModeAutoStopTimeoutInMinutes ${timeout} is invalid: it must be a multiple of 60.`);
  }
  checkVolumes(properties, bundles.find(request.BundleId));
}

/** @param owners whom earlier requests of the same call get a desktop for */
function judge(world: World, request: any, owners: ReadonlySet<string>): { plan: Plan } | { refusal: Refusal } {
  const { directories, bundles, settings, desktops } = world;
  const { DirectoryId, UserName, BundleId } = request;
  if (!directories.takesDesktops(DirectoryId)) return { refusal: NO_DIRECTORY };
  if (!hasUser(settings, UserName)) return { refusal: NO_USER };
  if (bundles.find(BundleId)?.state !== 'AVAILABLE') return { refusal: settings.unknownBundle };
  if (owners.has(ownerKey(DirectoryId, UserName))) return { refusal: settings.duplicateInBatch };
  if (desktops.ofUser(DirectoryId, UserName)) return { refusal: EXISTS };

  const properties = request.WorkspaceProperties ?? {};
  const mode = properties.RunningMode ?? settings.defaultRunningMode;
  const timeout = properties.RunningModeAutoStopTimeoutInMinutes;
  if (timeout !== undefined && mode === 'ALWAYS_ON') return { refusal: ALWAYS_ON_TIMEOUT };
  if (timeout !== undefined && timeout !== 60 && mode === 'MANUAL') return { refusal: MANUAL_TIMEOUT };

  const encryption = judgeEncryption(world, request);
  if ('refusal' in encryption) return encryption;
  return {
    plan: { directoryId: DirectoryId, userName: UserName, bundleId: BundleId, properties, tags: tagsOf(request), encryption: encryption.plan },
  };
}

function judgeEncryption({ kms, settings }: World, request: any): { plan: Plan['encryption'] } | { refusal: Refusal } {
  const userVolume = request.UserVolumeEncryptionEnabled === true;
  const rootVolume = request.RootVolumeEncryptionEnabled === true;
  let name: string | undefined = request.VolumeEncryptionKey;
  if (!userVolume && !rootVolume) {
    if (name === undefined || settings.keyWithoutVolume === 'ignore-key') return { plan: undefined };
    return { refusal: settings.keyWithoutVolume };
  }
  if (name === undefined) {
    if (settings.volumeWithoutKey !== 'default-key') return { refusal: settings.volumeWithoutKey };
    name = 'alias/aws/workspaces';
  }
  // A bare key id is not one of the forms that the service documents or was seen to take.
  const key = /^(arn:|alias\/)/.test(name) ? kms.resolve(name) : undefined;
  if (key?.state !== 'Enabled' || key.spec !== 'SYMMETRIC_DEFAULT') return { refusal: settings.badKey };
  return { plan: { keyArn: key.arn, userVolume, rootVolume } };
}

function make(world: World, plan: Plan): object {
  const { kms } = world;
  const encryption = plan.encryption && {
    ...plan.encryption,
    grantId: kms.grant(plan.encryption.keyArn, {
      granteePrincipal: `workspaces.${kms.region}.amazonaws.com`,
      operations: ['Decrypt', 'GenerateDataKeyWithoutPlaintext', 'CreateGrant', 'DescribeKey'],
      name: `${plan.userName}@${plan.directoryId}`,
    }),
  };
  const desktop = bear(world, { ...plan, encryption, origin: 'api' });
  return {
    WorkspaceId: desktop.workspaceId,
    DirectoryId: desktop.directoryId,
    UserName: desktop.userName,
    State: 'PENDING',
    BundleId: desktop.bundleId,
  };
}

function ordered<T>({ settings, random }: World, items: T[]): T[] {
  switch (settings.pendingOrder) {
    case 'request': return items;
    case 'reversed': return [...items].reverse();
    case 'shuffled': return random.shuffled(items);
  }
}

function tagsOf(request: { readonly Tags?: readonly Tag[] }): [string, string][] {
  return (request.Tags ?? []).map(({ Key, Value = '' }) => [Key, Value]);
}
