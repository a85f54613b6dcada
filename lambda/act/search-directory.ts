import { unknownUser } from './create-desktops';
import { desktopsOf } from './look-up';
import type { StepContext } from './step-context';
import { failureOf } from '../aws/errors';
import { OutOfTime } from '../core/time-left';
import { bareName } from '../decide/user-names';
import type { DirectorySearch } from '../ledger/rows';
import type { DesiredUser, User } from '../ledger/user';

/**
 * Finds users who already have a desktop, before the first desktop is made. Such a user is then refused, or the desktop becomes the
 * fleet's. The search reads the directory page by page. If that would take more calls than there are users, it asks for the other users
 * one by one. Users who may have a desktop are noted, so that they are looked up.
 * @returns whether the search is complete; if not, the next step continues it
 */
export async function searchDirectory(context: StepContext, users: readonly DesiredUser[]): Promise<boolean> {
  const { fleet } = context;
  const search: Search = { ...fleet.current.search ?? { token: '', pages: 0, after: '' } };
  const note = (isDone: boolean) => fleet.progress({ search: { isDone, ...search } });
  try {
    const isDone = await go(context, users, search);
    await note(isDone);
    return isDone;
  } catch (error) {
    if (error instanceof OutOfTime) await note(false);
    throw error;
  }
}

const LISTED = { why: 'exists', listed: true } as const;

type Search = { -readonly [member in Exclude<keyof DirectorySearch, 'isDone'>]: DirectorySearch[member] };

/** @param search how far the search has come; changed as it goes on */
async function go(context: StepContext, users: readonly DesiredUser[], search: Search): Promise<boolean> {
  const missing = byBareName(users);
  let isWhole = false;
  while (!isWhole && search.after === '' && search.pages < users.length) {
    if (context.isTimeUp) return false;
    try {
      const { token, hasNames } = await searchPage(context, missing, search.token || undefined);
      isWhole = hasNames && token === undefined;
      search.token = token ?? '';
      if (!hasNames) break; // then only a question for each user tells who has a desktop
    } catch (error) {
      if (search.token === '' || failureOf(error) !== 'poison') throw error;
      search.token = ''; // a token of an earlier step, not valid any more: start again
    }
    search.pages++;
  }
  const inOrder = [...users].sort((a, b) => (a.key < b.key ? -1 : 1)).filter(({ key }) => key > search.after);
  for (const user of isWhole ? [] : inOrder) {
    if (context.isTimeUp) return false;
    if (!isNoted(context, user) && await mayHaveDesktop(context, user)) await context.note([unknownUser(user, LISTED)]);
    search.after = user.key;
  }
  return true;
}

function byBareName(users: readonly DesiredUser[]): ReadonlyMap<string, readonly DesiredUser[]> {
  const byName = new Map<string, DesiredUser[]>();
  for (const user of users) {
    const name = bareName(user.userName);
    const same = byName.get(name);
    if (same) same.push(user);
    else byName.set(name, [user]);
  }
  return byName;
}

/** Also if AWS denies the question: when the user is looked up, that is noted. */
async function mayHaveDesktop(context: StepContext, user: User): Promise<boolean> {
  try {
    return (await desktopsOf(context, user)).length > 0;
  } catch (error) {
    if (failureOf(error) !== 'denied') throw error;
    return true;
  }
}

interface SearchedPage {
  /** Of the next page; undefined at the end. */
  readonly token?: string;
  /** Whether each desktop has its user's name. */
  readonly hasNames: boolean;
}

/** @param missing by bare name: whose desktop it is, only a look-up tells */
async function searchPage(context: StepContext, missing: ReadonlyMap<string, readonly DesiredUser[]>, from?: string): Promise<SearchedPage> {
  const { desktops, token } = await context.api.page(context.fleet.directoryId, from);
  const found = new Set(desktops.flatMap(({ userName }) => missing.get(bareName(userName)) ?? []).filter((each) => !isNoted(context, each)));
  await context.note([...found].map((each) => unknownUser(each, LISTED)));
  return { token, hasNames: desktops.every(({ userName }) => userName !== '') };
}

function isNoted({ records }: StepContext, { key, userName }: User): boolean {
  return records.user(key, userName).record?.state === 'unknown';
}
