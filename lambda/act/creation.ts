import { againRefused, createDesktops, type Created } from './create-desktops';
import { Halving } from './halving';
import { KeysOfStep } from './key-arns';
import { lookBeforeCreating } from './preflight';
import { withoutUsedUpQuota } from './quota';
import { searchDirectory } from './search-directory';
import type { StepContext } from './step-context';
import type { KeysApi } from '../aws/keys';
import { BATCH } from '../aws/workspaces-api';
import { deniedIn } from '../decide/failures';
import type { DesiredUser } from '../ledger/user';

/** Makes desktops, 25 at a time. */
export class Creation {
  private readonly halves = new Halving<string>();

  private readonly keys: KeysOfStep;

  constructor(private readonly context: StepContext, keys: KeysApi) {
    this.keys = new KeysOfStep(keys);
  }

  /** Makes the next call. @returns `unknown` also if we do not know yet who already has a desktop; then a later step goes on */
  async next(users: readonly DesiredUser[]): Promise<Created> {
    const { fleet, records } = this.context;
    await this.preflight(users); // first: nobody can be searched for in a directory that does not exist
    if (!fleet.current.search?.isDone) {
      if (!(await searchDirectory(this.context, users))) return 'unknown';
      if (users.some(({ key, userName }) => records.user(key, userName).record?.state === 'unknown')) return 'answered'; // they are looked up first
    }
    const asked = await withoutUsedUpQuota(this.context, users);
    return asked.length > 0 ? this.batch(asked) : 'answered';
  }

  /**
   * Runs once in a generation, whatever the number of steps. It runs again only if `again` is true.
   * @throws DeploymentFailure if desktops cannot be made
   */
  async preflight(users: readonly DesiredUser[], again = false): Promise<void> {
    const { api, fleet } = this.context;
    const { isChecked, checkedKeys } = fleet.current;
    if (!again && (isChecked || checkedKeys)) return;
    await lookBeforeCreating(api, this.keys, fleet.directoryId, users.map(({ desired }) => desired));
    await fleet.progress({ isChecked: true });
  }

  /** Asks for the next 25 desktops, or fewer; or, if one user made the service reject the last call, for half of that call's users. */
  private async batch(users: readonly DesiredUser[]): Promise<Created> {
    const half = this.halves.next();
    // Users for whom AWS has denied it before are asked for by themselves.
    const first = users.filter(({ record }) => !deniedIn(record, this.context.generation));
    const batch = half ? users.filter(({ key }) => half.includes(key)) : (first.length > 0 ? first : users).slice(0, BATCH);
    if (batch.length === 0) return 'answered';
    const { arns, unusable } = await this.keys.find(batch.map(({ desired }) => desired));
    if (unusable.length > 0) return this.refuse(batch, new Map(unusable));
    const { created, asked } = await createDesktops(this.context, batch, arns);
    if (created === 'poisoned') this.halves.split(batch.slice(0, asked).map(({ key }) => key));
    return created;
  }

  /** All keys could be used when the deployment began. Now it is only their own users who cannot get desktops. */
  private async refuse(users: readonly DesiredUser[], unusable: ReadonlyMap<string, Error>): Promise<Created> {
    await this.context.note(users.flatMap(({ record, desired: { userName, settings } }) => {
      const problem = unusable.get(settings.VolumeEncryptionKey ?? '');
      const before = record?.state === 'refused' ? record.failure : undefined;
      return problem ? [{ state: 'refused', userName, asked: settings, failure: againRefused(this.context, before, 'UnusableKey', problem.message) } as const] : [];
    }));
    return 'answered';
  }
}
