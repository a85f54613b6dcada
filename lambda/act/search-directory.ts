import { desktopsOf, open, Workplace } from './act';
import { failureOf } from '../aws/errors';
import { userKey } from '../request/identity';
import type { Subject } from '../ledger/state';

/**
 * Looks who of the users that are to get a desktop has one already, before anybody's is made: who is refused for it, or whose desktop
 * becomes the fleet's, is known by then. Page by page through the directory; where that takes more calls than there are users, the rest
 * of them one by one. Those who have one are noted, to be looked up.
 * @returns whether all are known; if not, the next step goes on from there
 */
export async function survey(place: Workplace, users: readonly Subject[]): Promise<boolean> {
  const { current, clock, generation, workUntil } = place;
  const missing = new Map(users.map((each) => [each.key, each]));
  const before = current.row.survey?.generation === generation ? current.row.survey : undefined;
  let { token = '', pages = 0, after = '' } = before ?? {};
  const stop = async () => {
    await current.note({ survey: { generation, token, pages, after } });
    return false;
  };

  let isWhole = false;
  while (!isWhole && after === '' && pages < users.length) {
    if (clock.now() >= workUntil) return stop();
    pages++;
    try {
      const next = await page(place, missing, token || undefined);
      isWhole = next === undefined;
      token = next ?? '';
    } catch (error) {
      if (token === '' || failureOf(error) !== 'poison') throw error;
      token = ''; // from a step before, and not good any more: from the beginning
    }
  }
  const inOrder = [...users].sort((a, b) => (a.key < b.key ? -1 : 1)).filter(({ key }) => key > after);
  for (const subject of isWhole ? [] : inOrder) {
    if (clock.now() >= workUntil) return stop();
    if (!isKnown(place, subject) && (await desktopsOf(place, subject)).length > 0) await open(place, [subject], 'exists');
    after = subject.key;
  }
  await current.note({ surveyedIn: generation });
  return true;
}

/** @returns where to go on; undefined at the end */
async function page(place: Workplace, missing: ReadonlyMap<string, Subject>, token: string | undefined): Promise<string | undefined> {
  const { desktops, token: next } = await place.api.page(place.fleet.directoryId, token);
  const found = desktops.map(({ userName }) => missing.get(userKey(userName))).filter((each) => each !== undefined && !isKnown(place, each));
  if (found.length > 0) await open(place, found as Subject[], 'exists');
  return next;
}

function isKnown({ state }: Workplace, { key, userName }: Subject): boolean {
  return state.subject(key, userName).member?.unknown !== undefined;
}
