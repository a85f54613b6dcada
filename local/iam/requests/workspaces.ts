import { eachOnce, listOf, ServiceRequests } from './requests';
import { arn, PARTITION, REGION } from '../../core/account';
import type { Context } from '../condition';
import type { AuthorizationRequest } from '../registry';

/** The state of the service that permissions depend on. */
export interface WorkspacesFacts {
  readonly options: { readonly createTagsOnCreate: 'checked' | 'unchecked' };
  /** The tags of a desktop, directory or bundle, if it exists. */
  tagsOf(resourceId: string): Readonly<Record<string, string>> | undefined;
  /** The number of the owning account, or `AMAZON`. */
  bundleOwner(bundleId: string): string;
}

/** The account of bundles whose owner is shown as `AMAZON`. AWS does not document its number. */
const AMAZON_ACCOUNT = '999999999999';

const EVERY_DESKTOP = desktopArn('*');

/** Permissions by the Service Authorization Reference. */
export function workspacesRequests(facts: WorkspacesFacts): ServiceRequests {
  // A resource that does not exist has no tags.
  const resourceTags = (id: unknown) => tagContext('aws:ResourceTag', facts.tagsOf(String(id)) ?? {});
  const onDesktops = (operation: string, ids: readonly unknown[]): AuthorizationRequest[] => (
    eachOnce(ids.map(String), '*').map((id) => ({ action: `workspaces:${operation}`, resource: desktopArn(id), context: resourceTags(id) }))
  );
  const onListed = (operation: string) => ({ input }: { input: any }) => (
    onDesktops(operation, listOf(input[`${operation.replace(/Workspaces$/, 'Workspace')}Requests`]).map(({ WorkspaceId }) => WorkspaceId))
  );
  const onBundle = (operation: string, bundleId: string): AuthorizationRequest => (
    { action: `workspaces:${operation}`, resource: bundleArn(bundleId, facts.bundleOwner(bundleId)), context: resourceTags(bundleId) }
  );
  const onDirectory = (operation: string, directoryId: string, context: Context = {}): AuthorizationRequest => (
    { action: `workspaces:${operation}`, resource: arn('workspaces', `directory/${directoryId}`), context: { ...resourceTags(directoryId), ...context } }
  );
  const onAnything = (operation: string, context?: Context): AuthorizationRequest[] => [{ action: `workspaces:${operation}`, resource: '*', context }];

  return {
    CreateWorkspaces: ({ input }) => distinct(listOf(input.Workspaces).flatMap(({ DirectoryId, BundleId, Tags }) => [
      onDirectory('CreateWorkspaces', DirectoryId),
      onBundle('CreateWorkspaces', BundleId),
      { action: 'workspaces:CreateWorkspaces', resource: EVERY_DESKTOP, context: requestTags(Tags) },
      ...(listOf(Tags).length > 0 && facts.options.createTagsOnCreate === 'checked' ? onAnything('CreateTags', requestTags(Tags)) : []),
    ]), { action: 'workspaces:CreateWorkspaces', resource: EVERY_DESKTOP }),
    TerminateWorkspaces: onListed('TerminateWorkspaces'),
    StartWorkspaces: onListed('StartWorkspaces'),
    StopWorkspaces: onListed('StopWorkspaces'),
    RebootWorkspaces: onListed('RebootWorkspaces'),
    RebuildWorkspaces: onListed('RebuildWorkspaces'),
    RestoreWorkspace: ({ input }) => onDesktops('RestoreWorkspace', [input.WorkspaceId]),
    ModifyWorkspaceProperties: ({ input }) => onDesktops('ModifyWorkspaceProperties', [input.WorkspaceId]),
    ModifyWorkspaceState: ({ input }) => onDesktops('ModifyWorkspaceState', [input.WorkspaceId]),
    MigrateWorkspace: ({ input }) => [...onDesktops('MigrateWorkspace', [input.SourceWorkspaceId]), onBundle('MigrateWorkspace', input.BundleId)],
    CreateTags: ({ input }) => onAnything('CreateTags', requestTags(input.Tags)),
    DeleteTags: ({ input }) => onAnything('DeleteTags', { 'aws:TagKeys': listOf(input.TagKeys).map(String) }),
    RegisterWorkspaceDirectory: ({ input }) => [onDirectory('RegisterWorkspaceDirectory', input.DirectoryId, requestTags(input.Tags))],
    DeregisterWorkspaceDirectory: ({ input }) => [onDirectory('DeregisterWorkspaceDirectory', input.DirectoryId)],
    DescribeTags: () => onAnything('DescribeTags'),
    DescribeWorkspaces: () => onAnything('DescribeWorkspaces'),
    DescribeWorkspacesConnectionStatus: () => onAnything('DescribeWorkspacesConnectionStatus'),
    DescribeWorkspaceBundles: () => onAnything('DescribeWorkspaceBundles'),
    DescribeWorkspaceImages: () => onAnything('DescribeWorkspaceImages'),
    DescribeWorkspaceDirectories: () => onAnything('DescribeWorkspaceDirectories'),
  };
}

function desktopArn(workspaceId: string): string {
  return arn('workspaces', `workspace/${workspaceId}`);
}

function bundleArn(bundleId: string, owner: string): string {
  return `arn:${PARTITION}:workspaces:${REGION}:${owner === 'AMAZON' ? AMAZON_ACCOUNT : owner}:workspacebundle/${bundleId}`;
}

function requestTags(tags: unknown): Context {
  const entries = listOf(tags).map(({ Key, Value = '' }): [string, string] => [String(Key), String(Value)]);
  return { ...tagContext('aws:RequestTag', Object.fromEntries(entries)), 'aws:TagKeys': entries.map(([key]) => key) };
}

function tagContext(prefix: string, tags: Readonly<Record<string, string>>): Context {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]));
}

/** Removes duplicates. If the list is empty, `otherwise` is checked, because every call must be checked. */
function distinct(requests: readonly AuthorizationRequest[], otherwise: AuthorizationRequest): AuthorizationRequest[] {
  const found = new Map(requests.map((request) => [JSON.stringify(request), request]));
  return found.size === 0 ? [otherwise] : [...found.values()];
}
