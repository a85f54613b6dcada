import { Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { identityOf } from './token-identity';
import type { UserEntry } from './user-entry';
import { Problem, whoIs } from './validation';

/** Equal for names that are one user, in any case and also when they are known only when the stack is deployed. */
export function userKey(scope: IConstruct, userName: string): string {
  if (!Token.isUnresolved(userName)) return `"${userName.toLowerCase()}"`; // as JSON: a user name has nothing to escape
  const identity = identityOf(scope, userName);
  // What has other parts than text has names in it that are case-sensitive.
  return identity.startsWith('"') ? identity.toLowerCase() : identity;
}

/** Who gets a desktop from the fleets of a stack, and from which: WorkSpaces gives a user one per directory. */
export class TakenUsers {
  private readonly fleets = new Map<string, string>();

  /** What is wrong when this fleet takes these users as well. */
  public problem(fleet: IConstruct, directoryId: string, entries: readonly UserEntry[]): Problem {
    const own = new Set<string>();
    const directory = identityOf(fleet, directoryId);
    for (const { user: { userName }, where } of entries) {
      const key = `${directory} ${userKey(fleet, userName)}`;
      const other = own.has(key) ? fleet.node.path : this.fleets.get(key);
      if (other !== undefined) {
        return `${whoIs(userName)}${where ? ` (${where})` : ''} already gets a desktop in the same directory from '${other}'; WorkSpaces gives a user ` +
          `one desktop per directory, and names are not case-sensitive: take the user out of one of the two ${own.has(key) ? 'places' : 'fleets'}`;
      }
      own.add(key);
    }
    return undefined;
  }

  public add(fleet: IConstruct, directoryId: string, entries: readonly UserEntry[]): void {
    const directory = identityOf(fleet, directoryId);
    for (const { user } of entries) this.fleets.set(`${directory} ${userKey(fleet, user.userName)}`, fleet.node.path);
  }
}
