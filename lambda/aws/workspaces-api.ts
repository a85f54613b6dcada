import type { WorkspaceProperties, WorkspaceRequest } from '@aws-sdk/client-workspaces';

/** The most desktops that one call of CreateWorkspaces, DescribeWorkspaces or TerminateWorkspaces takes. */
export const BATCH = 25;

/** A desktop as DescribeWorkspaces shows it. New desktops are shown with few members, so we rely only on these. */
export interface ObservedDesktop {
  readonly id: string;
  readonly userName: string;
  readonly state: string;
  readonly bundleId?: string;
  readonly rootEncrypted: boolean;
  readonly userEncrypted: boolean;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  /** Its properties now. Absent while it is being built. */
  readonly actual?: WorkspaceProperties;
  /** Changes in progress, or failed, by resource. */
  readonly changes: Readonly<Record<string, string>>;
}

/** Whether it is being terminated, or is gone. */
export function isLeaving({ state }: ObservedDesktop): boolean {
  return state === 'TERMINATING' || state === 'TERMINATED';
}

/** The request for one desktop, in the API's words. The service knows members and values that the SDK's types do not have yet. */
export type DesktopRequest = Omit<WorkspaceRequest, 'WorkspaceProperties'> & {
  readonly UserName: string;
  readonly WorkspaceProperties?: Readonly<Record<string, unknown>>;
};

/** A request that was answered with a refusal. */
export interface Refused {
  /** User name (create) or WorkSpace id (terminate); empty if the answer does not say. */
  readonly who: string;
  readonly code: string;
  readonly message: string;
}

export interface Directory {
  readonly id: string;
  readonly state?: string;
  readonly type?: string;
}

/** The part of Amazon WorkSpaces that a step needs. Every call waits for the pace, and is repeated while throttled. */
export interface WorkspacesApi {
  /** At most 25. Throws if the whole call failed. Answers come in any order and are matched by user name. */
  create(requests: readonly DesktopRequest[]): Promise<{ readonly made: readonly ObservedDesktop[]; readonly refused: readonly Refused[] }>;
  /** At most 25. A desktop that is not visible (not yet, or no longer) is not in the answer. */
  describe(ids: readonly string[]): Promise<ObservedDesktop[]>;
  find(directoryId: string, userName: string): Promise<ObservedDesktop[]>;
  /** Undefined if there is no such desktop, or it is not visible yet. */
  tags(id: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Adds tags, or changes their values. @returns whether there is such a desktop */
  tag(id: string, tags: Readonly<Record<string, string>>): Promise<boolean>;
  /** Removes tags; they need not be there. @returns whether there is such a desktop */
  untag(id: string, keys: readonly string[]): Promise<boolean>;
  /** Desktops of everybody in a directory, 25 to a page. */
  page(directoryId: string, token?: string): Promise<{ readonly desktops: readonly ObservedDesktop[]; readonly token?: string }>;
  /** Asks for other properties; the service accepts one at a time. Not repeated if the answer is lost. */
  modify(id: string, properties: Readonly<Record<string, unknown>>): Promise<void>;
  /** @returns the id of the desktop that will replace this one, if the answer has it. Not repeated if the answer is lost. */
  migrate(id: string, bundleId: string): Promise<string | undefined>;
  /** At most 25. */
  terminate(ids: readonly string[]): Promise<Refused[]>;
  directory(id: string): Promise<Directory | undefined>;
  /** The ids among these that exist. Any number of ids is allowed. */
  bundles(ids: readonly string[]): Promise<Set<string>>;
}
