import { create, Created, type Workplace } from './act';
import type { KeysApi } from '../aws/keys';
import { log } from '../core/log';
import { lookBeforeCreating } from './preflight';
import type { Subject } from '../ledger/state';
import { survey } from './search-directory';
import { BATCH } from '../aws/workspaces-api';

/** Makes desktops, 25 at a time. */
export class Creation {
  /** Groups of users in which somebody is unacceptable, the next one last. */
  private readonly suspects: Set<string>[] = [];

  constructor(private readonly place: Workplace, private readonly keys: KeysApi) {}

  /** The next call. @returns `unknown` also when who has a desktop already is not known yet: then a later step goes on */
  async next(subjects: readonly Subject[]): Promise<Created> {
    const { current, generation, state } = this.place;
    const keyArns = await this.preflight(subjects); // first: a directory that is none has nobody in it
    if (current.row.surveyedIn !== generation) {
      if (!(await survey(this.place, subjects))) return 'unknown';
      if (subjects.some(({ key, userName }) => state.subject(key, userName).member?.unknown)) return 'answered'; // they are looked up first
    }
    return this.batch(subjects, keyArns);
  }

  /**
   * Once in a generation, whatever the number of steps; again only for a key that was not needed before, or where it is said.
   * @throws DeploymentFailure when desktops cannot be made
   */
  async preflight(subjects: readonly Subject[], again = false): Promise<Readonly<Record<string, string>>> {
    const { current, generation, api, fleet } = this.place;
    const { checkedIn, keys = {} } = current.row;
    const isKnown = ({ wanted }: Subject) => wanted!.settings.VolumeEncryptionKey === undefined || wanted!.settings.VolumeEncryptionKey in keys;
    if (!again && checkedIn === generation && subjects.every(isKnown)) return keys;
    const arns = await lookBeforeCreating(api, this.keys, fleet.directoryId, subjects.map(({ wanted }) => wanted!));
    const known = checkedIn === generation ? { ...keys, ...arns } : arns;
    await current.note({ checkedIn: generation, keys: known });
    return known;
  }

  /** Asks for the next 25; or for half of those before, while one of them spoils the call for the rest. */
  private async batch(subjects: readonly Subject[], keyArns: Readonly<Record<string, string>>): Promise<Created> {
    const suspects = this.suspects.pop();
    const batch = suspects ? subjects.filter(({ key }) => suspects.has(key)) : next(subjects);
    if (batch.length === 0) return 'answered';
    log('create', { users: batch.length, left: subjects.length - batch.length });
    const created = await create(this.place, batch, keyArns);
    if (created === 'poisoned') {
      const keys = batch.map(({ key }) => key);
      const half = Math.ceil(keys.length / 2);
      this.suspects.push(new Set(keys.slice(half)), new Set(keys.slice(0, half)));
    }
    return created;
  }
}

/** Of the settings of one call, which become one item of the ledger; DynamoDB takes 400 KB. */
const MOST_BYTES = 300_000;

/** The next 25: fewer where every user has settings of their own, and these are large. */
function next(subjects: readonly Subject[]): readonly Subject[] {
  const settings = new Set<unknown>();
  let size = 0;
  const end = subjects.slice(0, BATCH).findIndex(({ wanted }) => {
    if (!settings.has(wanted!.settings)) size += Buffer.byteLength(JSON.stringify(wanted!.settings));
    settings.add(wanted!.settings);
    return size > MOST_BYTES;
  });
  return subjects.slice(0, end < 0 ? BATCH : end);
}
