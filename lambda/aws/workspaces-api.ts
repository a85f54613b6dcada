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
  Workspace,
  WorkspaceProperties,
  WorkspaceRequest,
  WorkSpacesClient,
} from '@aws-sdk/client-workspaces';
import { type Clock, SECOND } from '../core/clock';
import { failureOf } from './errors';
import type { Pace } from './pace';

/** The most desktops that one call of CreateWorkspaces, DescribeWorkspaces or TerminateWorkspaces takes. */
export const BATCH = 25;

/** A desktop as DescribeWorkspaces shows it. Elements of new desktops are sparse: only these members are relied on. */
export interface Desktop {
  readonly id: string;
  readonly userName: string;
  readonly state: string;
  readonly bundleId?: string;
  readonly rootEncrypted: boolean;
  readonly userEncrypted: boolean;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  /** What it is like now, where that is shown: not while it is being built. */
  readonly actual?: WorkspaceProperties;
  /** Changes that are under way, or have failed, by the resource. */
  readonly changes: Readonly<Record<string, string>>;
}

/** On its way out, or gone. */
export function isLeaving({ state }: Desktop): boolean {
  return state === 'TERMINATING' || state === 'TERMINATED';
}

/** One desktop to ask for, in the API's words; `NestedVirtualizationEnabled` may be newer than the SDK. */
export type DesktopRequest = Omit<WorkspaceRequest, 'WorkspaceProperties'> & {
  readonly UserName: string;
  readonly WorkspaceProperties?: WorkspaceProperties & { readonly NestedVirtualizationEnabled?: boolean };
};

/** A request that was answered with a refusal. */
export interface Refused {
  /** User name (create) or WorkSpace id (terminate). */
  readonly subject: string;
  readonly code: string;
  readonly message: string;
}

export interface Directory {
  readonly id: string;
  readonly state?: string;
  readonly type?: string;
}

/** The part of Amazon WorkSpaces that a step needs. Every call waits for its turn and is repeated while throttled. */
export interface WorkspacesApi {
  /** At most 25. Throws what failed the whole call. Answers come in any order and are matched by user name. */
  create(requests: readonly DesktopRequest[]): Promise<{ readonly made: readonly Desktop[]; readonly refused: readonly Refused[] }>;
  /** At most 25. What is not visible (yet, or any more) is not in the answer. */
  describe(ids: readonly string[]): Promise<Desktop[]>;
  find(directoryId: string, userName: string): Promise<Desktop[]>;
  /** Undefined when there is no such desktop, or it is not visible yet. */
  tags(id: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Puts tags on, or other values. @returns whether there is such a desktop */
  tag(id: string, tags: Readonly<Record<string, string>>): Promise<boolean>;
  /** Takes tags off; they need not be there. @returns whether there is such a desktop */
  untag(id: string, keys: readonly string[]): Promise<boolean>;
  /** Desktops of everybody in a directory, 25 to a page. */
  page(directoryId: string, token?: string): Promise<{ readonly desktops: readonly Desktop[]; readonly token?: string }>;
  /** Asks for other properties; the service takes one at a time. Not repeated when the answer is lost. */
  modify(id: string, properties: Readonly<Record<string, unknown>>): Promise<void>;
  /** @returns the id of the desktop that is going to take the place of this one. Not repeated when the answer is lost. */
  migrate(id: string, bundleId: string): Promise<string>;
  /** At most 25. */
  terminate(ids: readonly string[]): Promise<Refused[]>;
  directory(id: string): Promise<Directory | undefined>;
  /** Ids of those that exist, of any number. */
  bundles(ids: readonly string[]): Promise<Set<string>>;
}

export class AwsWorkspacesApi implements WorkspacesApi {
  constructor(private readonly client: WorkSpacesClient, private readonly pace: Pace, private readonly clock: Clock) {
    keepNewerMembers(client);
  }

  async create(requests: readonly DesktopRequest[]): Promise<{ made: Desktop[]; refused: Refused[] }> {
    const answer = await this.paced(() => this.client.send(new CreateWorkspacesCommand({ Workspaces: requests as WorkspaceRequest[] })));
    return {
      made: (answer.PendingRequests ?? []).flatMap(desktopOf),
      refused: (answer.FailedRequests ?? []).map((each) => ({
        subject: each.WorkspaceRequest?.UserName ?? '',
        code: each.ErrorCode ?? 'Unknown',
        message: each.ErrorMessage ?? '',
      })),
    };
  }

  describe(ids: readonly string[]): Promise<Desktop[]> {
    return this.desktops({ WorkspaceIds: [...ids] });
  }

  find(directoryId: string, userName: string): Promise<Desktop[]> {
    return this.desktops({ DirectoryId: directoryId, UserName: userName });
  }

  async tags(id: string): Promise<Record<string, string> | undefined> {
    try {
      const answer = await this.read(() => this.client.send(new DescribeTagsCommand({ ResourceId: id })));
      return Object.fromEntries((answer.TagList ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? '']));
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }

  tag(id: string, tags: Readonly<Record<string, string>>): Promise<boolean> {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    return this.ifThere(() => this.client.send(new CreateTagsCommand({ ResourceId: id, Tags })));
  }

  untag(id: string, keys: readonly string[]): Promise<boolean> {
    return this.ifThere(() => this.client.send(new DeleteTagsCommand({ ResourceId: id, TagKeys: [...keys] })));
  }

  async page(directoryId: string, token?: string): Promise<{ desktops: Desktop[]; token?: string }> {
    const answer = await this.read(() => this.client.send(new DescribeWorkspacesCommand({ DirectoryId: directoryId, NextToken: token })));
    return { desktops: (answer.Workspaces ?? []).flatMap(desktopOf), token: answer.NextToken || undefined };
  }

  async modify(id: string, properties: Readonly<Record<string, unknown>>): Promise<void> {
    const input = { WorkspaceId: id, WorkspaceProperties: properties as WorkspaceProperties };
    await this.paced(() => this.client.send(new ModifyWorkspacePropertiesCommand(input)));
  }

  async migrate(id: string, bundleId: string): Promise<string> {
    const answer = await this.paced(() => this.client.send(new MigrateWorkspaceCommand({ SourceWorkspaceId: id, BundleId: bundleId })));
    return answer.TargetWorkspaceId ?? '';
  }

  async terminate(ids: readonly string[]): Promise<Refused[]> {
    // Terminating twice does no harm, so this is repeated like a read.
    const TerminateWorkspaceRequests = ids.map((WorkspaceId) => ({ WorkspaceId }));
    const answer = await this.read(() => this.client.send(new TerminateWorkspacesCommand({ TerminateWorkspaceRequests })));
    return (answer.FailedRequests ?? []).map((each) => ({ subject: each.WorkspaceId ?? '', code: each.ErrorCode ?? 'Unknown', message: each.ErrorMessage ?? '' }));
  }

  async directory(id: string): Promise<Directory | undefined> {
    const answer = await this.read(() => this.client.send(new DescribeWorkspaceDirectoriesCommand({ DirectoryIds: [id] })));
    const found = answer.Directories?.find((each) => each.DirectoryId === id);
    return found && { id, state: found.State, type: found.WorkspaceType };
  }

  async bundles(ids: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (let i = 0; i < ids.length; i += BATCH) {
      const answer = await this.read(() => this.client.send(new DescribeWorkspaceBundlesCommand({ BundleIds: ids.slice(i, i + BATCH) })));
      for (const bundle of answer.Bundles ?? []) if (bundle.BundleId) found.add(bundle.BundleId);
    }
    return found;
  }

  /** For tags, which may be written twice. */
  private async ifThere(call: () => Promise<unknown>): Promise<boolean> {
    try {
      await this.read(call);
      return true;
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return false;
      throw error;
    }
  }

  private async desktops(query: { WorkspaceIds?: string[]; DirectoryId?: string; UserName?: string }): Promise<Desktop[]> {
    const found: Desktop[] = [];
    let token: string | undefined;
    do {
      const answer = await this.read(() => this.client.send(new DescribeWorkspacesCommand({ ...query, NextToken: token })));
      found.push(...(answer.Workspaces ?? []).flatMap(desktopOf));
      token = answer.NextToken || undefined; // the last page has been seen to say ""
    } while (token);
    return found;
  }

  /** For calls that may be made twice: tried again when the answer was lost. */
  private async read<T>(call: () => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried++) {
      try {
        return await this.paced(call);
      } catch (error) {
        if (failureOf(error) !== 'unknown' || tried >= 3) throw error;
        await this.clock.sleep(tried * SECOND);
      }
    }
  }

  /** In turn, and again while throttled: a throttled call has done nothing. Gives up after 20 seconds; the next step goes on. */
  private async paced<T>(call: () => Promise<T>): Promise<T> {
    const start = this.clock.now();
    for (;;) {
      await this.pace.next();
      try {
        const answer = await call();
        this.pace.succeeded();
        return answer;
      } catch (error) {
        if (failureOf(error) !== 'throttled') {
          if (failureOf(error) !== 'unknown') this.pace.succeeded(); // it was let through
          throw error;
        }
        this.pace.throttled();
        if (this.clock.now() - start > 20 * SECOND) throw error;
      }
    }
  }
}

function desktopOf(workspace: Workspace): Desktop[] {
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

/**
 * The SDK drops members that it does not know, without a word, and the service's API is ahead of it:
 * NestedVirtualizationEnabled is put back into the request's body. With an SDK that knows it, this changes nothing.
 */
function keepNewerMembers(client: WorkSpacesClient): void {
  client.middlewareStack.add((next, context) => async (args) => {
    const request = args.request as { body?: unknown };
    const asked = (args.input as { Workspaces?: DesktopRequest[] }).Workspaces;
    if (context.commandName === 'CreateWorkspacesCommand' && asked?.some((each) => each.WorkspaceProperties?.NestedVirtualizationEnabled !== undefined)) {
      // Bytes or text, by the SDK's version.
      const text = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body as Uint8Array);
      const body = JSON.parse(text) as { Workspaces: { WorkspaceProperties?: Record<string, unknown> }[] };
      body.Workspaces.forEach((each, i) => {
        const wanted = asked[i].WorkspaceProperties?.NestedVirtualizationEnabled;
        if (wanted !== undefined) each.WorkspaceProperties = { ...each.WorkspaceProperties, NestedVirtualizationEnabled: wanted };
      });
      request.body = JSON.stringify(body);
    }
    return next(args);
  }, { step: 'build', priority: 'high', name: 'keepNewerMembers', override: true });
}
