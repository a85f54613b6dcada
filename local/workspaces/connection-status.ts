import { sortKey } from './describe';
import { Desktop, isVisible } from './desktop';
import { page } from './paging';
import { checkOptionalList, checkPattern } from './validation';
import type { World } from './world';

/** States of desktops without a connection status: recordings do not have them. */
const WITHOUT_STATUS = ['PENDING', 'ERROR', 'TERMINATING', 'TERMINATED'];

export function describeWorkspacesConnectionStatus({ desktops, options, agenda }: World, input: any): object {
  const { WorkspaceIds, NextToken: token } = input;
  checkOptionalList('WorkspaceIds', WorkspaceIds);
  WorkspaceIds?.forEach((id: string) => checkPattern('WorkSpace ID', id));
  const now = agenda.now();
  const found = (WorkspaceIds ? [...new Set<string>(WorkspaceIds)].flatMap((id) => desktops.find(id) ?? []) : desktops.present())
    .filter((desktop) => isVisible(desktop, now) && !WITHOUT_STATUS.includes(desktop.state));
  const request = { question: { WorkspaceIds }, token };
  const { items, NextToken } = page(found, sortKey(options.describeOrder), request, options.lastPageToken);
  return { WorkspacesConnectionStatus: items.map((desktop) => status(desktop, now)), NextToken: NextToken || undefined };
}

function status({ workspaceId, state, connection }: Desktop, now: number): object {
  return {
    WorkspaceId: workspaceId,
    ConnectionState: state === 'STOPPED' ? 'UNKNOWN' : connection.state,
    ConnectionStateCheckTimestamp: (connection.checkedAt ?? now) / 1_000,
    LastKnownUserConnectionTimestamp: connection.lastKnownAt === undefined ? undefined : connection.lastKnownAt / 1_000,
  };
}
