import { Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { identityOf } from './token-identity';
import type { UserEntry } from './user-entry';
import { Problem, whoIs } from './validation';

/** A key that is equal for names of the same user. Upper and lower case are the same, and names can be tokens. */
export function userKey(scope: IConstruct, userName: string): string {
  if (!Token.isUnresolved(userName)) return `"${userName.toLowerCase()}"`; // as JSON: a user name has nothing to escape
  const identity = identityOf(scope, userName);
  // Other identities contain names of CloudFormation, such as logical ids, which are case-sensitive.
  return identity.startsWith('"') ? identity.toLowerCase() : identity;
}

/** Which fleet of a stack gives a desktop to which user. WorkSpaces gives a user one desktop per directory. */
export class TakenUsers {
  private readonly fleets = new Map<string, string>();

  /** What is wrong with these users of a fleet, if another fleet or another line of the list has them already. */
  public problem(fleet: IConstruct, directoryId: string, entries: readonly UserEntry[]): Problem {
    const own = new Set<string>();
    const directory = identityOf(fleet, directoryId);
    for (const { user: { userName }, where } of entries) {
      const key = `${directory} ${userKey(fleet, userName)}`;
      const other = own.has(key) ? fleet.node.path : this.fleets.get(key);
      if (other !== undefined) {
        return `${whoIs(userName)}${where ? ` (${where})` : ''} already gets a desktop in the same directory from '${other}'; WorkSpaces gives a user ` +
          `one desktop per directory, and names are not case-sensitive; remove the user from one of the two ${own.has(key) ? 'places' : 'fleets'}`;
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
