import { errorOf, State, stateOf } from './life';
import { page } from './paging';
import type { WorkspacesSettings } from './settings';
import type { Desktop } from './store';
import { badParameter, checkList, checkPattern } from './validation';
import type { World } from './world';

/** States in which no machine of the desktop runs. */
const WITHOUT_COMPUTER: readonly State[] = ['PENDING', 'STOPPED', 'ERROR', 'TERMINATING', 'TERMINATED'];

export function describeWorkspaces(world: World, input: any): object {
  const { desktops, settings, clock } = world;
  const { WorkspaceIds, DirectoryId, UserName, BundleId, WorkspaceName, Limit, NextToken: token } = input;
  checkFilters(input);

  const found = desktops.visible().filter((desktop) =>
    (WorkspaceIds === undefined || WorkspaceIds.includes(desktop.workspaceId)) &&
    (DirectoryId === undefined || desktop.directoryId === DirectoryId) &&
    (UserName === undefined || desktop.userName.toLowerCase() === UserName.toLowerCase()) &&
    (BundleId === undefined || desktop.bundleId === BundleId) &&
    // Only user-decoupled desktops have names, and the local cloud makes none.
    WorkspaceName === undefined);

  const question = { WorkspaceIds, DirectoryId, UserName: UserName?.toLowerCase(), BundleId, WorkspaceName };
  const { items, NextToken } = page(found, sortKey(settings.describeOrder), { question, limit: Limit, token }, settings.lastPageToken);
  return { Workspaces: items.map((desktop) => element(desktop, clock.now())), NextToken };
}

function checkFilters({ WorkspaceIds, DirectoryId, UserName, BundleId }: any): void {
  if ([WorkspaceIds, DirectoryId, BundleId].filter((filter) => filter !== undefined).length > 1) {
    throw badParameter('An invalid number of parameters provided with DescribeWorkspaces. Only one of the following are allowed to be specified: BundleId, DirectoryId, WorkSpaceIds, Filters.');
  }
  if (UserName !== undefined && DirectoryId === undefined) throw badParameter('The DirectoryId parameter is required when UserName is used.');
  if (WorkspaceIds !== undefined) {
    checkList('WorkspaceIds', WorkspaceIds);
    WorkspaceIds.forEach((id) => checkPattern('WorkSpace ID', id));
  }
  if (DirectoryId !== undefined) checkPattern('Directory ID', DirectoryId);
  if (UserName !== undefined) checkPattern('User Name', UserName);
  if (BundleId !== undefined) checkPattern('Bundle ID', BundleId);
}

function sortKey(order: WorkspacesSettings['describeOrder']): (desktop: Desktop) => string {
  const digits = (n: number) => String(n).padStart(9, '0');
  switch (order) {
    case 'id': return (desktop) => desktop.workspaceId;
    case 'creation': return (desktop) => digits(desktop.index);
    case 'newest-first': return (desktop) => digits(999_999_999 - desktop.index);
  }
}

/** The members that recordings have for each state; JSON leaves out those that are undefined. */
function element(desktop: Desktop, now: number): object {
  const state = stateOf(desktop, now);
  const error = state === 'ERROR' ? errorOf(desktop, now) : undefined;
  const built = state !== 'PENDING' && !(desktop.terminatingAt !== undefined && desktop.terminatingAt < desktop.builtAt);
  return {
    WorkspaceId: desktop.workspaceId,
    DirectoryId: desktop.directoryId,
    UserName: desktop.userName,
    State: state,
    BundleId: desktop.bundleId,
    ErrorCode: error?.code,
    ErrorMessage: error?.message,
    ...(WITHOUT_COMPUTER.includes(state) ? {} : desktop.computer),
    ...(desktop.encryption && {
      VolumeEncryptionKey: desktop.encryption.keyArn,
      UserVolumeEncryptionEnabled: desktop.encryption.userVolume,
      RootVolumeEncryptionEnabled: desktop.encryption.rootVolume,
    }),
    ...(built && { WorkspaceProperties: desktop.properties, ModificationStates: [] }),
  };
}
