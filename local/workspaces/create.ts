import { bear, Birth, build } from './birth';
import { checkForm, tagsOf } from './create-form';
import { EXISTS } from './defaults';
import { DECOUPLED } from './desktop';
import { encrypt, judgeEncryption, KeyPlan } from './encryption';
import type { Refusal } from './refusal';
import { requestedOf } from './requested';
import { ALWAYS_ON_TIMEOUT, MANUAL_TIMEOUT } from './running-mode';
import type { WorkspacesOptions } from './service-options';
import { spelled } from './spelling';
import { ownerKey } from './store';
import { checkList } from './validation';
import { volumesRefused } from './volumes';
import type { World } from './world';
import { Call, ServiceError } from '../core/service';

/** What a request asks for, before WorkSpaces has a grant for its key. */
type Plan = Omit<Birth, 'encryption' | 'origin'> & { readonly key?: KeyPlan };

const ALWAYS_ON: Refusal = { scope: 'item', code: 'AutoStopTimeoutIsNotApplicableForAnAlwaysOnWorkspace', message: ALWAYS_ON_TIMEOUT };
const MANUAL: Refusal = { scope: 'item', code: 'AutoStopTimeoutIsNotDefaultForManualWorkspace', message: MANUAL_TIMEOUT };

/** Checks every reason to refuse the whole call before it creates anything. */
export function createWorkspaces(world: World, input: any, call: Call): object {
  checkList('Workspaces', input.Workspaces);
  const requests: any[] = input.Workspaces;
  requests.forEach(checkForm);

  const owners = new Set<string>();
  const plans: Plan[] = [];
  const failed: object[] = [];
  for (const request of requests) {
    const verdict = judge(world, request, owners, call);
    if ('plan' in verdict) {
      owners.add(ownerOf(request));
      plans.push(verdict.plan);
    } else if (verdict.refusal.scope === 'item') {
      failed.push({ WorkspaceRequest: request, ErrorCode: verdict.refusal.code, ErrorMessage: verdict.refusal.message });
    } else {
      throw new ServiceError(verdict.refusal.code, verdict.refusal.message);
    }
  }
  const pending = plans.map((plan) => make(world, plan));
  return { FailedRequests: failed, PendingRequests: ordered(world, pending) };
}

/** @param owners the users of earlier requests in the same call */
function judge(world: World, request: any, owners: ReadonlySet<string>, call: Call): { plan: Plan } | { refusal: Refusal } {
  const { directories, bundles, options, desktops } = world;
  const { DirectoryId, UserName, BundleId, WorkspaceName } = request;
  const properties = request.WorkspaceProperties ?? {};
  const volumes = volumesRefused(properties, bundles.find(BundleId));
  if (volumes) return { refusal: { ...options.badVolumes, message: volumes } };
  if (!directories.takesDesktops(DirectoryId)) return { refusal: options.unknownDirectory };
  if (UserName !== DECOUPLED && !hasUser(options, UserName)) return { refusal: options.unknownUser };
  if (bundles.find(BundleId)?.state !== 'AVAILABLE') return { refusal: options.unknownBundle };
  if (owners.has(ownerOf(request))) return { refusal: options.duplicateInBatch };
  if (desktops.ofOwner(DirectoryId, UserName, WorkspaceName).length > 0) return { refusal: EXISTS };

  const mode = properties.RunningMode ?? options.defaultRunningMode;
  const timeout = properties.RunningModeAutoStopTimeoutInMinutes;
  if (timeout !== undefined && mode === 'ALWAYS_ON') return { refusal: ALWAYS_ON };
  if (timeout !== undefined && timeout !== 60 && mode === 'MANUAL') return { refusal: MANUAL };

  const encryption = judgeEncryption(world, request, call);
  if ('refusal' in encryption) return encryption;
  if (desktops.count + owners.size >= options.quota) return { refusal: options.quotaExceeded };
  return {
    plan: {
      directoryId: DirectoryId,
      userName: UserName,
      requested: requestedOf(request),
      bundleId: BundleId,
      properties,
      tags: tagsOf(request),
      ipv6Address: request.Ipv6Address,
      key: encryption.key,
    },
  };
}

function make(world: World, { key, ...plan }: Plan): object {
  const encryption = key && encrypt(world, key, plan.directoryId, plan.userName);
  const desktop = bear(world, { ...plan, encryption, origin: 'api' });
  build(world, desktop);
  return {
    WorkspaceId: desktop.workspaceId,
    DirectoryId: desktop.directoryId,
    UserName: spelled(desktop.userName, world.options.createdNames),
    State: 'PENDING',
    BundleId: desktop.bundleId,
    WorkspaceName: desktop.requested.WorkspaceName,
  };
}

function ordered<T>({ options, random }: World, items: T[]): T[] {
  switch (options.pendingOrder) {
    case 'request': return items;
    case 'reversed': return [...items].reverse();
    case 'shuffled': return random.shuffled(items);
  }
}

function ownerOf(request: any): string {
  return ownerKey(request.DirectoryId, request.UserName, request.WorkspaceName);
}

function hasUser(options: WorkspacesOptions, userName: string): boolean {
  const isNamed = (name: string) => name.toLowerCase() === userName.toLowerCase();
  return !options.missingUsers.some(isNamed) && (options.users === 'any' || options.users.some(isNamed));
}
