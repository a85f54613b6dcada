import { Token } from 'aws-cdk-lib';
import { shown } from './private/shown';
import { UserEntry, WORKSPACE_USERS } from './private/user-entry';
import { readUsersCsv } from './private/users-csv';
import { refuse, sameUserKey, userNameProblem } from './private/validation';
import { WorkspaceOptions } from './workspace-options';
import { WorkspaceUser } from './workspace-user';
import { WorkspaceUsersCsvOptions } from './workspace-users-csv-options';

/**
 * The people of a fleet. Their order is that of `BulkWorkspaces.workspaceIds()`.
 */
export class WorkspaceUsers {
  /**
   * Users who all get the same.
   *
   * @param names The names with which they log in to the directory.
   * @param options What their desktops have that the other desktops of the fleet have not.
   * @throws when there are none, when a name cannot be one of a directory, when one is given twice (in any case), or when the
   * names are a list token: how many desktops there are must be known at synth, although the single names need not be.
   */
  public static fromNames(names: string[], options?: WorkspaceOptions): WorkspaceUsers {
    if (!Array.isArray(names)) {
      refuse(`WorkspaceUsers.fromNames() takes a list of user names, got ${shown(names)}; write fromNames(['ana', 'bo'])`);
    }
    return new WorkspaceUsers(names.map(userName => ({ user: { ...options, userName } })), 'WorkspaceUsers.fromNames()');
  }

  /**
   * Users of whom some get something else than the others.
   *
   * @param users Who they are, and what is different for them.
   * @throws as `fromNames` does.
   */
  public static fromList(users: WorkspaceUser[]): WorkspaceUsers {
    refuse(listTokenProblem('WorkspaceUsers.fromList()', users));
    return new WorkspaceUsers(users.map(user => ({ user })), 'WorkspaceUsers.fromList()');
  }

  /**
   * Users of a CSV file (UTF-8, comma-separated), which is read at synth.
   *
   * The first row names the columns, in any order and case: `userName` and, each optional, `bundleId`, `volumeEncryptionKey` (the ARN or
   * id of a key, an alias like `alias/desktops`, or its ARN), `runningMode` (`AUTO_STOP`, `ALWAYS_ON` or `MANUAL`),
   * `autoStopTimeoutInMinutes` (whole hours: 60, 120...), `computeType`, `rootVolumeSizeGib`, `userVolumeSizeGib`, `protocols` (separated
   * by blanks or `;`), `operatingSystem`, `rootVolumeEncryptionEnabled` and `userVolumeEncryptionEnabled` (`true` or `false`),
   * `globalAccelerator` (`ENABLED_AUTO`, `DISABLED` or `INHERITED`) and `globalAcceleratorProtocol` (`TCP`, `NONE` or `INHERITED`),
   * `nestedVirtualizationEnabled` (`true` or `false`), `ipv6Address`, and `tag:<key>` for a tag (letters, digits, spaces and
   * `+-=._:/@`). An empty field means: as in the fleet.
   *
   * @param path Where the file is, from the directory in which the app runs.
   * @param options For files with other columns.
   * @throws when the file is missing or not such a file, with its line, or as `fromNames` does.
   */
  public static fromCsv(path: string, options: WorkspaceUsersCsvOptions = {}): WorkspaceUsers {
    const { file, entries } = readUsersCsv(path, options);
    return new WorkspaceUsers(entries, file);
  }

  private declare readonly kind: 'WorkspaceUsers';

  private constructor(entries: UserEntry[], origin: string) {
    refuse(listTokenProblem(origin, entries.map(({ user }) => user.userName)));
    if (entries.length === 0) {
      refuse(`${origin} has no users; name at least one, or leave the BulkWorkspaces out of the stack`);
    }
    const seen = new Map<string, UserEntry>();
    for (const entry of entries) {
      const { userName } = entry.user;
      const problem = userNameProblem(userName);
      refuse(problem && problem + at(entry));
      const twin = seen.get(sameUserKey(userName));
      if (twin) {
        const twice = Token.isUnresolved(userName)
          ? 'the same value that is known only when the stack is deployed is given twice as user name'
          : `user name ${JSON.stringify(userName)}${at(entry)} is given twice, before as ${JSON.stringify(twin.user.userName)}${at(twin)}`;
        refuse(`${twice}; WorkSpaces gives a user one desktop per directory, and names are not case-sensitive`);
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
  // The usual case, of which there may be thousands.
  if (Array.isArray(users) && users.every(user => typeof user === 'string' && !user.includes('Token['))) return undefined;
  if (!Token.isUnresolved(users) && !users.some(user => Token.isUnresolved([user]) && !Token.isUnresolved(user))) return undefined;
  return `${origin} must not get a list that is known only when the stack is deployed: the number of users must be known at synth; ` +
    'write the names down, read them from a file, or take single elements with Fn.select(index, list)';
}
