import type { ObservedDesktop } from '../aws/workspaces-api';
import { userKey } from '../request/identity';

/**
 * The user's name without what an answer may spell in another way: a domain before it (`CORP\ana`) or after it (`ana@corp.example.com`), blanks around
 * it, letters with accents in one sign or two, small or capital letters. AWS does not say that answers repeat the name as it was asked for.
 */
export function bareName(userName: string): string {
  return userKey(userName.trim().replace(/^[^\\]*\\/, '').replace(/@.*$/, '').normalize('NFC'));
}

/** The desktops of an answer of CreateWorkspaces: by user, and those of which it is not clear whose they are. */
export interface Matched {
  /** By `userKey`. */
  readonly byUser: ReadonlyMap<string, ObservedDesktop>;
  readonly unclaimed: readonly ObservedDesktop[];
}

/**
 * Finds out which of the new desktops is whose: by the name as it was asked for, else by the name without its domain, else because only one user and
 * one desktop are left. The id of each desktop is in the result once.
 * @param asked the users of the call
 * @param answered users whom the answer names in another way, with a refusal
 */
export function matchDesktops(asked: readonly string[], made: readonly ObservedDesktop[], answered: readonly string[]): Matched {
  const byUser = new Map<string, ObservedDesktop>();
  let left = [...new Map(made.map((each) => [each.id, each])).values()];
  const claim = (key: string, desktop: ObservedDesktop | undefined) => {
    if (!desktop || byUser.has(key)) return;
    byUser.set(key, desktop);
    left = left.filter((each) => each !== desktop);
  };
  for (const name of asked) claim(userKey(name), left.find((each) => userKey(each.userName) === userKey(name)));
  const hasAnswer = new Set(answered.map(userKey));
  const isOpen = (name: string) => !byUser.has(userKey(name)) && !hasAnswer.has(userKey(name));
  for (const name of asked.filter(isOpen)) {
    const isLike = (other: string) => bareName(other) === bareName(name);
    const same = left.filter((each) => isLike(each.userName));
    if (same.length === 1 && asked.filter(isOpen).filter(isLike).length === 1) claim(userKey(name), same[0]);
  }
  const open = asked.filter(isOpen);
  if (open.length === 1 && left.length === 1) claim(userKey(open[0]), left[0]);
  return { byUser, unclaimed: left };
}
