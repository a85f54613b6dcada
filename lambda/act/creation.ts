import { createDesktops, type Created } from './create-desktops';
import type { KeyArns } from './desktop-request';
import { lookBeforeCreating } from './preflight';
import { searchDirectory } from './search-directory';
import type { StepContext } from './step-context';
import type { KeysApi } from '../aws/keys';
import { BATCH } from '../aws/workspaces-api';
import { log } from '../core/log';
import type { DesiredUser } from '../ledger/user';

/** Makes desktops, 25 at a time. */
export class Creation {
  /** Groups of users in which the service does not accept somebody. The next group to try is the last one. */
  private readonly suspects: Set<string>[] = [];

  constructor(private readonly context: StepContext, private readonly keys: KeysApi) {}

  /** Makes the next call. @returns `unknown` also if we do not know yet who already has a desktop; then a later step goes on */
  async next(users: readonly DesiredUser[]): Promise<Created> {
    const { fleet, records } = this.context;
    const keyArns = await this.preflight(users); // first: nobody can be searched for in a directory that does not exist
    if (!fleet.current.search?.isDone) {
      if (!(await searchDirectory(this.context, users))) return 'unknown';
      if (users.some(({ key, userName }) => records.user(key, userName).record?.state === 'unknown')) return 'answered'; // they are looked up first
    }
    return this.batch(users, keyArns);
  }

  /**
   * Runs once in a generation, whatever the number of steps. It runs again only for a new key, or if `again` is true.
   * @throws DeploymentFailure if desktops cannot be made
   */
  async preflight(users: readonly DesiredUser[], again = false): Promise<KeyArns> {
    const { api, fleet } = this.context;
    const { checkedKeys } = fleet.current;
    const isKnown = (key: string | undefined) => key === undefined || key in (checkedKeys ?? {});
    if (!again && checkedKeys && users.every(({ desired }) => isKnown(desired.settings.VolumeEncryptionKey))) return checkedKeys;
    const arns = await lookBeforeCreating(api, this.keys, fleet.directoryId, users.map(({ desired }) => desired));
    const known = { ...checkedKeys, ...arns };
    await fleet.progress({ checkedKeys: known });
    return known;
  }

  /** Asks for the next 25 desktops; or, if one user made the service reject the last call, for half of that call's users. */
  private async batch(users: readonly DesiredUser[], keyArns: KeyArns): Promise<Created> {
    const suspects = this.suspects.pop();
    const batch = suspects ? users.filter(({ key }) => suspects.has(key)) : nextBatch(users);
    if (batch.length === 0) return 'answered';
    log('create', { users: batch.length, left: users.length - batch.length });
    const created = await createDesktops(this.context, batch, keyArns);
    if (created === 'poisoned') {
      const keys = batch.map(({ key }) => key);
      const half = Math.ceil(keys.length / 2);
      this.suspects.push(new Set(keys.slice(half)), new Set(keys.slice(0, half)));
    }
    return created;
  }
}

/** The limit for the settings of one call, which become one item of the ledger. DynamoDB allows 400 KB an item. */
const MOST_BYTES = 300_000;

/** The next 25 users; fewer if users have large settings of their own. */
function nextBatch(users: readonly DesiredUser[]): readonly DesiredUser[] {
  const settings = new Set<unknown>();
  let size = 0;
  const end = users.slice(0, BATCH).findIndex(({ desired }) => {
    if (!settings.has(desired.settings)) size += Buffer.byteLength(JSON.stringify(desired.settings));
    settings.add(desired.settings);
    return size > MOST_BYTES;
  });
  return users.slice(0, end < 0 ? BATCH : end);
}
