import {
  CreateTagsCommand,
  CreateWorkspacesCommand,
  DeleteTagsCommand,
  DescribeTagsCommand,
  DescribeWorkspaceBundlesCommand,
  DescribeWorkspaceDirectoriesCommand,
  DescribeWorkspacesCommand,
  MigrateWorkspaceCommand,
  ModifyWorkspacePropertiesCommand,
  TerminateWorkspacesCommand,
  type Workspace,
  type WorkspaceProperties,
  type WorkspaceRequest,
  WorkSpacesClient,
} from '@aws-sdk/client-workspaces';
import { failureOf, named } from './errors';
import { keepNewerMembers } from './newer-members';
import type { Pace } from './pace';
import { BATCH, type DesktopRequest, type Directory, type ObservedDesktop, type Refused, type WorkspacesApi } from './workspaces-api';
import { type Clock, SECOND } from '../core/clock';
import { OutOfTime, type TimeLeft } from '../core/time-left';

export class AwsWorkspacesApi implements WorkspacesApi {
  constructor(
    private readonly client: WorkSpacesClient,
    private readonly pace: Pace,
    private readonly clock: Clock,
    private readonly time: TimeLeft,
  ) {
    keepNewerMembers(client);
  }

  async create(requests: readonly DesktopRequest[]): Promise<{ made: ObservedDesktop[]; refused: Refused[] }> {
    const answer = await this.paced('CreateWorkspaces', () => this.client.send(new CreateWorkspacesCommand({ Workspaces: requests as WorkspaceRequest[] })));
    return {
      made: (answer.PendingRequests ?? []).flatMap(desktopOf),
      refused: (answer.FailedRequests ?? []).map((each) => ({
        who: each.WorkspaceRequest?.UserName ?? '',
        code: each.ErrorCode ?? 'Unknown',
        message: each.ErrorMessage ?? '',
      })),
    };
  }

  describe(ids: readonly string[]): Promise<ObservedDesktop[]> {
    return this.desktops({ WorkspaceIds: [...ids] });
  }

  find(directoryId: string, userName: string): Promise<ObservedDesktop[]> {
    return this.desktops({ DirectoryId: directoryId, UserName: userName });
  }

  async tags(id: string): Promise<Record<string, string> | undefined> {
    try {
      const answer = await this.read('DescribeTags', () => this.client.send(new DescribeTagsCommand({ ResourceId: id })));
      return Object.fromEntries((answer.TagList ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? '']));
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }

  tag(id: string, tags: Readonly<Record<string, string>>): Promise<boolean> {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    return this.ifThere('CreateTags', () => this.client.send(new CreateTagsCommand({ ResourceId: id, Tags })));
  }

  untag(id: string, keys: readonly string[]): Promise<boolean> {
    return this.ifThere('DeleteTags', () => this.client.send(new DeleteTagsCommand({ ResourceId: id, TagKeys: [...keys] })));
  }

  async page(directoryId: string, token?: string): Promise<{ desktops: ObservedDesktop[]; token?: string }> {
    const answer = await this.read('DescribeWorkspaces', () => this.client.send(new DescribeWorkspacesCommand({ DirectoryId: directoryId, NextToken: token })));
    return { desktops: (answer.Workspaces ?? []).flatMap(desktopOf), token: answer.NextToken || undefined };
  }

  async modify(id: string, properties: Readonly<Record<string, unknown>>): Promise<void> {
    const input = { WorkspaceId: id, WorkspaceProperties: properties as WorkspaceProperties };
    await this.paced('ModifyWorkspaceProperties', () => this.client.send(new ModifyWorkspacePropertiesCommand(input)));
  }

  async migrate(id: string, bundleId: string): Promise<string | undefined> {
    const answer = await this.paced('MigrateWorkspace', () => this.client.send(new MigrateWorkspaceCommand({ SourceWorkspaceId: id, BundleId: bundleId })));
    return answer.TargetWorkspaceId || undefined;
  }

  async terminate(ids: readonly string[]): Promise<Refused[]> {
    // Terminating twice does no harm. Therefore this call is repeated like a read.
    const TerminateWorkspaceRequests = ids.map((WorkspaceId) => ({ WorkspaceId }));
    const answer = await this.read('TerminateWorkspaces', () => this.client.send(new TerminateWorkspacesCommand({ TerminateWorkspaceRequests })));
    return (answer.FailedRequests ?? []).map((each) => ({ who: each.WorkspaceId ?? '', code: each.ErrorCode ?? 'Unknown', message: each.ErrorMessage ?? '' }));
  }

  async directory(id: string): Promise<Directory | undefined> {
    const answer = await this.read('DescribeWorkspaceDirectories', () => this.client.send(new DescribeWorkspaceDirectoriesCommand({ DirectoryIds: [id] })));
    const found = answer.Directories?.find((each) => each.DirectoryId === id);
    return found && { id, state: found.State, type: found.WorkspaceType };
  }

  async bundles(ids: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (let i = 0; i < ids.length; i += BATCH) {
      const answer = await this.read('DescribeWorkspaceBundles', () => this.client.send(new DescribeWorkspaceBundlesCommand({ BundleIds: ids.slice(i, i + BATCH) })));
      for (const bundle of answer.Bundles ?? []) if (bundle.BundleId) found.add(bundle.BundleId);
    }
    return found;
  }

  /** For calls that write tags: they may be made twice. */
  private async ifThere(operation: string, call: () => Promise<unknown>): Promise<boolean> {
    try {
      await this.read(operation, call);
      return true;
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return false;
      throw error;
    }
  }

  private async desktops(query: { WorkspaceIds?: string[]; DirectoryId?: string; UserName?: string }): Promise<ObservedDesktop[]> {
    const found: ObservedDesktop[] = [];
    let token: string | undefined;
    do {
      const answer = await this.read('DescribeWorkspaces', () => this.client.send(new DescribeWorkspacesCommand({ ...query, NextToken: token })));
      found.push(...(answer.Workspaces ?? []).flatMap(desktopOf));
      token = answer.NextToken || undefined; // the last page has been seen to say ""
    } while (token);
    return found;
  }

  /** For calls that may be made twice: repeated if the answer was lost. */
  private async read<T>(operation: string, call: () => Promise<T>): Promise<T> {
    let lost: unknown;
    for (let tried = 1; ; tried++) {
      try {
        return await this.paced(operation, call);
      } catch (error) {
        if (error instanceof OutOfTime && lost !== undefined) throw new OutOfTime(error.message, { cause: lost });
        if (failureOf(error) !== 'unknown' || tried >= 3) throw error;
        lost = error;
        await this.clock.sleep(tried * SECOND);
      }
    }
  }

  /**
   * Waits for the pace, and repeats a throttled call, because it has done nothing.
   * @throws OutOfTime after 20 seconds, or if there is no time for one more call; the next step goes on
   */
  private async paced<T>(operation: string, call: () => Promise<T>): Promise<T> {
    const start = this.clock.now();
    for (;;) {
      this.time.require(this.pace.wait);
      await this.pace.next();
      try {
        const answer = await named(`workspaces:${operation}`, call);
        this.pace.succeeded();
        return answer;
      } catch (error) {
        if (failureOf(error) !== 'throttled') {
          if (failureOf(error) !== 'unknown') this.pace.succeeded(); // it was not throttled
          throw error;
        }
        this.pace.throttled();
        if (this.clock.now() - start > 20 * SECOND) throw new OutOfTime(`it was throttled for 20 seconds: ${(error as Error).message}`);
      }
    }
  }
}

function desktopOf(workspace: Workspace): ObservedDesktop[] {
  if (!workspace.WorkspaceId) return [];
  return [{
    id: workspace.WorkspaceId,
    userName: workspace.UserName ?? '',
    state: workspace.State ?? 'PENDING',
    bundleId: workspace.BundleId,
    rootEncrypted: workspace.RootVolumeEncryptionEnabled ?? false,
    userEncrypted: workspace.UserVolumeEncryptionEnabled ?? false,
    errorCode: workspace.ErrorCode,
    errorMessage: workspace.ErrorMessage,
    actual: workspace.WorkspaceProperties,
    changes: Object.fromEntries((workspace.ModificationStates ?? []).map(({ Resource, State }) => [Resource ?? '', State ?? ''])),
  }];
}
