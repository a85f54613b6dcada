import { createDesktops, type Created } from './create-desktops';
import type { KeyArns } from './desktop-request';
import { Halving } from './halving';
import { lookBeforeCreating } from './preflight';
import { withoutUsedUpQuota } from './quota';
import { searchDirectory } from './search-directory';
import type { StepContext } from './step-context';
import type { KeysApi } from '../aws/keys';
import { BATCH } from '../aws/workspaces-api';
import { log } from '../core/log';
import { deniedIn } from '../decide/failures';
import type { DesiredUser } from '../ledger/user';

/** Makes desktops, 25 at a time. */
export class Creation {
  private readonly halves = new Halving<string>();

  constructor(private readonly context: StepContext, private readonly keys: KeysApi) {}

  /** Makes the next call. @returns `unknown` also if we do not know yet who already has a desktop; then a later step goes on */
  async next(users: readonly DesiredUser[]): Promise<Created> {
    const { fleet, records } = this.context;
    const keyArns = await this.preflight(users); // first: nobody can be searched for in a directory that does not exist
    if (!fleet.current.search?.isDone) {
      if (!(await searchDirectory(this.context, users))) return 'unknown';
      if (users.some(({ key, userName }) => records.user(key, userName).record?.state === 'unknown')) return 'answered'; // they are looked up first
    }
    const asked = await withoutUsedUpQuota(this.context, users);
    return asked.length > 0 ? this.batch(asked, keyArns) : 'answered';
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
    const half = this.halves.next();
    // Users for whom AWS has denied it before are asked for by themselves.
    const first = users.filter(({ record }) => !deniedIn(record, this.context.generation));
    const batch = half ? users.filter(({ key }) => half.includes(key)) : nextBatch(first.length > 0 ? first : users);
    if (batch.length === 0) return 'answered';
    log('create', { users: batch.length, left: users.length - batch.length });
    const created = await createDesktops(this.context, batch, keyArns);
    if (created === 'poisoned') this.halves.split(batch.map(({ key }) => key));
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
