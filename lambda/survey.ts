import { desktopsOf, open, Workplace } from './act';
import { userKey } from './identity';
import type { FleetRow } from './ledger';
import type { Subject } from './state';

/** How far it has come. */
export interface Surveyed {
  readonly done: boolean;
  readonly fleet: FleetRow;
}

/**
 * Looks who of the users that are to get a desktop has one already, before anybody's is made: who is refused for it, or whose desktop
 * becomes the fleet's, is known by then. Page by page through the directory; where that takes more calls than there are users, the rest
 * of them one by one. Those who have one are noted, to be looked up.
 * @returns whether all are known; if not, the next step goes on
 */
export async function survey(place: Workplace, fleet: FleetRow, users: readonly Subject[]): Promise<Surveyed> {
  const { ledger, clock, generation, workUntil } = place;
  const missing = new Map(users.map((each) => [each.key, each]));
  let { token, pages } = fleet.survey?.generation === generation ? fleet.survey : { token: undefined, pages: 0 };
  const stop = async () => ({ done: false, fleet: await ledger.change(place.fleet, generation, { survey: { generation, token: token ?? '', pages } }) });

  let isWhole = false;
  while (!isWhole && pages < users.length) {
    if (clock.now() >= workUntil) return stop();
    token = await page(place, missing, token || undefined);
    pages++;
    isWhole = token === undefined;
  }
  for (const subject of isWhole ? [] : users) {
    if (clock.now() >= workUntil) return stop();
    if (!isKnown(place, subject) && (await desktopsOf(place, subject)).length > 0) await open(place, [subject], 'exists');
  }
  return { done: true, fleet: await ledger.change(place.fleet, generation, { surveyedIn: generation }) };
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
