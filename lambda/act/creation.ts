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
  /** Groups of users in which somebody is unacceptable, the next one last. */
  private readonly suspects: Set<string>[] = [];

  constructor(private readonly context: StepContext, private readonly keys: KeysApi) {}

  /** The next call. @returns `unknown` also when who has a desktop already is not known yet: then a later step goes on */
  async next(users: readonly DesiredUser[]): Promise<Created> {
    const { fleet, records } = this.context;
    const keyArns = await this.preflight(users); // first: a directory that is none has nobody in it
    if (!fleet.current.search?.isDone) {
      if (!(await searchDirectory(this.context, users))) return 'unknown';
      if (users.some(({ key, userName }) => records.user(key, userName).record?.state === 'unknown')) return 'answered'; // they are looked up first
    }
    return this.batch(users, keyArns);
  }

  /**
   * Once in a generation, whatever the number of steps; again only for a key that was not needed before, or where it is said.
   * @throws DeploymentFailure when desktops cannot be made
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

  /** Asks for the next 25; or for half of those before, while one of them spoils the call for the rest. */
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

/** Of the settings of one call, which become one item of the ledger; DynamoDB takes 400 KB. */
const MOST_BYTES = 300_000;

/** The next 25: fewer where every user has settings of their own, and these are large. */
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
