import { Kind } from './kind';
import type { WorkspaceUser } from '../workspace-user';

/** A user, and where they were written down. */
export interface UserEntry {
  readonly user: WorkspaceUser;
  /** File and line, of a user from a file. */
  readonly where?: string;
}

export const WORKSPACE_USERS = new Kind<readonly UserEntry[]>('WorkspaceUsers');
