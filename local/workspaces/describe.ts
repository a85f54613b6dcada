import { DECOUPLED, Desktop, isVisible } from './desktop';
import { element } from './element';
import { SHORT_PAGE } from './odd-answers';
import { page } from './paging';
import type { WorkspacesOptions } from './service-options';
import { badParameter, checkOptionalList, checkPattern } from './validation';
import type { World } from './world';

interface Filters {
  readonly WorkspaceIds?: readonly string[];
  readonly DirectoryId?: string;
  readonly UserName?: string;
  readonly BundleId?: string;
  readonly WorkspaceName?: string;
}

export function describeWorkspaces(world: World, input: any): object {
  const { options, agenda } = world;
  const { WorkspaceIds, DirectoryId, UserName, BundleId, WorkspaceName, Limit, NextToken: token } = input;
  checkFilters(input);
  const now = agenda.now();
  const found = candidates(world, input).filter((desktop) =>
    isVisible(desktop, now) &&
    (DirectoryId === undefined || desktop.directoryId === DirectoryId) &&
    (UserName === undefined || desktop.userName.toLowerCase() === UserName.toLowerCase()) &&
    (BundleId === undefined || desktop.bundleId === BundleId) &&
    (WorkspaceName === undefined || desktop.requested.WorkspaceName === WorkspaceName));

  const question = { WorkspaceIds, DirectoryId, UserName: UserName?.toLowerCase(), BundleId, WorkspaceName };
  const limit = WorkspaceIds && options.oddAnswers.includes('short pages') ? SHORT_PAGE : Limit;
  const { items, NextToken } = page(found, sortKey(options.describeOrder), { question, limit, token }, options.lastPageToken);
  return { Workspaces: items.map((desktop) => element(desktop, now, options.shownNames)), NextToken };
}

/** The smallest set of desktops to filter, because fleets are large and are described often. */
function candidates({ desktops }: World, { WorkspaceIds, DirectoryId, UserName, WorkspaceName }: Filters): Desktop[] {
  if (WorkspaceIds) return [...new Set(WorkspaceIds)].flatMap((id) => desktops.find(id) ?? []);
  if (DirectoryId !== undefined && UserName !== undefined && UserName !== DECOUPLED) return desktops.ofOwner(DirectoryId, UserName, WorkspaceName);
  return desktops.present();
}

function checkFilters({ WorkspaceIds, DirectoryId, UserName, BundleId, WorkspaceName }: Filters): void {
  if ([WorkspaceIds, DirectoryId, BundleId].filter((filter) => filter !== undefined).length > 1) {
    throw badParameter('An invalid number of parameters provided with DescribeWorkspaces. Only one of the following are allowed to be specified: BundleId, DirectoryId, WorkSpaceIds, Filters.');
  }
  if (UserName !== undefined && DirectoryId === undefined) throw badParameter('The DirectoryId parameter is required when UserName is used.');
  checkOptionalList('WorkspaceIds', WorkspaceIds);
  WorkspaceIds?.forEach((id) => checkPattern('WorkSpace ID', id));
  checkPattern('Directory ID', DirectoryId);
  checkPattern('User Name', UserName);
  checkPattern('Bundle ID', BundleId);
  checkPattern('WorkSpace Name', WorkspaceName);
}

/** The key that gives the order of desktops in an answer. */
export function sortKey(order: WorkspacesOptions['describeOrder']): (desktop: Desktop) => string {
  const digits = (n: number) => String(n).padStart(9, '0');
  switch (order) {
    case 'id': return (desktop) => desktop.workspaceId;
    case 'creation': return (desktop) => digits(desktop.index);
    case 'newest-first': return (desktop) => digits(999_999_999 - desktop.index);
  }
}
