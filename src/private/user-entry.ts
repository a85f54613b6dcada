import { Kind } from './kind';
import type { WorkspaceUser } from '../workspace-user';

/** A user, and the place where the app or a file lists them. */
export interface UserEntry {
  readonly user: WorkspaceUser;
  /** The file and the line, if the user comes from a file. */
  readonly where?: string;
}

export const WORKSPACE_USERS = new Kind<readonly UserEntry[]>('WorkspaceUsers');
