import { Token } from 'aws-cdk-lib';
import { shown } from './private/shown';
import { UserEntry, WORKSPACE_USERS } from './private/user-entry';
import { readUsersCsv } from './private/users-csv';
import { refuse, sameUserKey, userNameProblem } from './private/validation';
import { WorkspaceOptions } from './workspace-options';
import { WorkspaceUser } from './workspace-user';
import { WorkspaceUsersCsvOptions } from './workspace-users-csv-options';

/**
 * The users of a fleet. `BulkWorkspaces.workspaceIds()` returns ids in the same order.
 */
export class WorkspaceUsers {
  /**
   * Users whose desktops all have the same settings.
   *
   * @param names The names with which they log in to the directory.
   * @param options Settings of these users' desktops. They override the fleet's.
   * @throws if the list is empty, if a name is not possible in a directory, if a name is given twice (upper and lower case are the
   * same), or if the list is a token. The number of users must be known at synth; single names can be tokens.
   */
  public static fromNames(names: string[], options?: WorkspaceOptions): WorkspaceUsers {
    if (!Array.isArray(names)) {
      refuse(`WorkspaceUsers.fromNames() takes a list of user names, got ${shown(names)}; write fromNames(['ana', 'bo'])`);
    }
    return new WorkspaceUsers(names.map(userName => ({ user: { ...options, userName } })), 'WorkspaceUsers.fromNames()');
  }

  /**
   * Users who can each have settings of their own.
   *
   * @param users The users, with the settings that override the fleet's.
   * @throws for the same reasons as `fromNames`.
   */
  public static fromList(users: WorkspaceUser[]): WorkspaceUsers {
    refuse(listTokenProblem('WorkspaceUsers.fromList()', users));
    return new WorkspaceUsers(users.map(user => ({ user })), 'WorkspaceUsers.fromList()');
  }

  /**
   * Users from a CSV file (UTF-8, separated by commas), which is read at synth.
   *
   * The first row names the columns, in any order, in upper or lower case. `userName` is required. These are optional:
   *
   * - `bundleId`
   * - `volumeEncryptionKey`: the ARN or id of a key, or an alias like `alias/desktops` or its ARN
   * - `rootVolumeEncryptionEnabled`, `userVolumeEncryptionEnabled`: `true` or `false`
   * - `runningMode`: `AUTO_STOP`, `ALWAYS_ON` or `MANUAL`
   * - `autoStopTimeoutInMinutes`: whole hours, such as 60 or 120; only with `AUTO_STOP`
   * - `computeType`, `operatingSystem`: the API's name
   * - `rootVolumeSizeGib`, `userVolumeSizeGib`
   * - `protocols`: separated by spaces or `;`
   * - `globalAccelerator`: `ENABLED_AUTO`, `DISABLED` or `INHERITED`
   * - `globalAcceleratorProtocol`: `TCP`, `NONE` or `INHERITED`; only together with `globalAccelerator`
   * - `nestedVirtualizationEnabled`: `true` or `false`
   * - `ipv6Address`
   * - `tag:<key>`, once for each tag: letters, digits, spaces and `+-=._:/@`
   *
   * If a field is empty, the fleet's setting is used.
   *
   * @param path The path of the file, absolute or from the directory in which the app runs.
   * @param options For files with other columns.
   * @throws if the file cannot be read or is not such a file. The message has the line. Also for the same reasons as `fromNames`.
   */
  public static fromCsv(path: string, options: WorkspaceUsersCsvOptions = {}): WorkspaceUsers {
    const { file, entries } = readUsersCsv(path, options);
    return new WorkspaceUsers(entries, file);
  }

  private declare readonly kind: 'WorkspaceUsers';

  private constructor(entries: UserEntry[], origin: string) {
    refuse(listTokenProblem(origin, entries.map(({ user }) => user.userName)));
    if (entries.length === 0) {
      refuse(`${origin} has no users; give at least one, or leave the BulkWorkspaces out of the stack`);
    }
    const seen = new Map<string, UserEntry>();
    for (const entry of entries) {
      const { userName } = entry.user;
      const problem = userNameProblem(userName);
      refuse(problem && problem + at(entry));
      const twin = seen.get(sameUserKey(userName));
      if (twin) {
        const twice = Token.isUnresolved(userName)
          ? 'one value that is known only when the stack is deployed is given twice as a user name'
          : `user name ${JSON.stringify(userName)}${at(entry)} is given twice, first as ${JSON.stringify(twin.user.userName)}${at(twin)}`;
        refuse(`${twice}; WorkSpaces gives a user one desktop per directory, and names are not case-sensitive; remove one of the two`);
      }
      seen.set(sameUserKey(userName), entry);
    }
    WORKSPACE_USERS.keep(this, entries);
  }
}

function at({ where }: UserEntry): string {
  return where ? ` (${where})` : '';
}

function listTokenProblem(origin: string, users: unknown[]): string | undefined {
  // A shortcut for the usual case, because there may be thousands of names.
  if (Array.isArray(users) && users.every(user => typeof user === 'string' && !user.includes('Token['))) return undefined;
  if (!Token.isUnresolved(users) && !users.some(user => Token.isUnresolved([user]) && !Token.isUnresolved(user))) return undefined;
  return `${origin} cannot take a list that is known only when the stack is deployed, because the number of users must be known at synth; ` +
    'write the names in the app, read them from a file, or take single elements with Fn.select(index, list)';
}
