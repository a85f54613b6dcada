import type { ObservedDesktop, Refused } from '../aws/workspaces-api';
import { userKey } from '../request/identity';

/**
 * The user's name without what an answer may spell in another way: a domain before it (`CORP\ana`) or after it (`ana@corp.example.com`), blanks around
 * it, letters with accents in one sign or two, small or capital letters. AWS does not say that answers repeat the name as it was asked for.
 */
export function bareName(userName: string): string {
  return userKey(userName.trim().replace(/^[^\\]*\\/, '').replace(/@.*$/, '').normalize('NFC'));
}

/** What an answer of CreateWorkspaces says of each user. */
export interface Matched {
  /** By `userKey`. */
  readonly made: ReadonlyMap<string, ObservedDesktop>;
  readonly refused: ReadonlyMap<string, Refused>;
  /** The desktops of which it is not clear whose they are. */
  readonly unclaimed: readonly ObservedDesktop[];
}

interface Answer {
  readonly made: readonly ObservedDesktop[];
  readonly refused: readonly Refused[];
}

/**
 * Finds out which desktop and which refusal is whose: by the name as it was asked for, else by the name without its domain, else because it has no name
 * and nobody else is left. A user with a desktop has not been refused, whatever else the answer says. Each desktop is in the result once.
 * @param asked the users of the call
 */
export function matchAnswer(asked: readonly string[], answer: Answer): Matched {
  const made = new Map<string, ObservedDesktop>();
  const refused = new Map<string, Refused>();
  const desktops = new Set(new Map(answer.made.map((each) => [each.id, each])).values());
  const refusals = new Set(answer.refused);
  const isOpen = (name: string) => !made.has(userKey(name)) && !refused.has(userKey(name));
  const pair = <T>(name: string, each: T | undefined, left: Set<T>, byUser: Map<string, T>) => {
    if (each === undefined || !left.delete(each)) return;
    byUser.set(userKey(name), each);
  };
  const exactly = <T>(left: Set<T>, nameOf: (each: T) => string, byUser: Map<string, T>) => {
    for (const name of asked) pair(name, [...left].find((each) => userKey(nameOf(each)) === userKey(name)), left, byUser);
  };
  const alike = <T>(names: readonly string[], left: Set<T>, nameOf: (each: T) => string, byUser: Map<string, T>) => {
    for (const name of names) {
      const same = [...left].filter((each) => bareName(nameOf(each)) === bareName(name));
      if (same.length === 1 && names.filter((each) => bareName(each) === bareName(name)).length === 1) pair(name, same[0], left, byUser);
    }
  };
  const nameOf = ({ userName }: ObservedDesktop) => userName;
  const whoOf = ({ who }: Refused) => who;

  exactly(desktops, nameOf, made);
  exactly(refusals, whoOf, refused);
  alike(asked.filter(isOpen), desktops, nameOf, made);
  alike(asked.filter(isOpen), refusals, whoOf, refused);
  alike(asked.filter((name) => !made.has(userKey(name))), desktops, nameOf, made);
  const open = asked.filter(isOpen);
  const nameless = [...refusals].filter(({ who }) => who === '');
  const [desktop] = desktops;
  if (open.length === 1 && desktops.size === 1 && desktop.userName === '' && nameless.length === 0) pair(open[0], desktop, desktops, made);
  if (open.length === nameless.length && desktops.size === 0) open.forEach((name, i) => pair(name, nameless[i], refusals, refused));
  return { made, refused, unclaimed: [...desktops] };
}
