import { beginCall } from './create-desktops';
import { desktopsOf } from './look-up';
import type { StepContext } from './step-context';
import { failureOf } from '../aws/errors';
import type { DesiredUser, User } from '../ledger/user';
import { userKey } from '../request/identity';

/**
 * Finds users who already have a desktop, before the first desktop is made. Such a user is then refused, or the desktop becomes the
 * fleet's. The search reads the directory page by page. If that would take more calls than there are users, it asks for the other users
 * one by one. Users who have a desktop are noted, so that they are looked up.
 * @returns whether the search is complete; if not, the next step continues it
 */
export async function searchDirectory(context: StepContext, users: readonly DesiredUser[]): Promise<boolean> {
  const { fleet } = context;
  const missing = new Map(users.map((each) => [each.key, each]));
  let { token, pages, after } = fleet.current.search ?? { token: '', pages: 0, after: '' };
  const note = (isDone: boolean) => fleet.progress({ search: { isDone, token, pages, after } });
  const stop = async () => {
    await note(false);
    return false;
  };

  let isWhole = false;
  while (!isWhole && after === '' && pages < users.length) {
    if (context.isTimeUp) return stop();
    pages++;
    try {
      const next = await searchPage(context, missing, token || undefined);
      isWhole = next === undefined;
      token = next ?? '';
    } catch (error) {
      if (token === '' || failureOf(error) !== 'poison') throw error;
      token = ''; // a token of an earlier step, not valid any more: start again
    }
  }
  const inOrder = [...users].sort((a, b) => (a.key < b.key ? -1 : 1)).filter(({ key }) => key > after);
  for (const user of isWhole ? [] : inOrder) {
    if (context.isTimeUp) return stop();
    if (!isNoted(context, user) && await mayHaveDesktop(context, user)) await beginCall(context, [user], 'exists');
    after = user.key;
  }
  await note(true);
  return true;
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

/** @returns the token of the next page; undefined at the end */
async function searchPage(context: StepContext, missing: ReadonlyMap<string, DesiredUser>, token?: string): Promise<string | undefined> {
  const { desktops, token: next } = await context.api.page(context.fleet.directoryId, token);
  const found = desktops.flatMap(({ userName }) => missing.get(userKey(userName)) ?? []).filter((each) => !isNoted(context, each));
  if (found.length > 0) await beginCall(context, found, 'exists');
  return next;
}

function isNoted({ records }: StepContext, { key, userName }: User): boolean {
  return records.user(key, userName).record?.state === 'unknown';
}
