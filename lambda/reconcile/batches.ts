import { applySettings } from '../act/apply-settings';
import { migrate } from '../act/migrate';
import { release } from '../act/release';
import type { StepContext } from '../act/step-context';
import { terminate } from '../act/terminate';
import { BATCH, type ObservedDesktop } from '../aws/workspaces-api';
import { log } from '../core/log';
import type { DesiredUser, DesktopUser } from '../ledger/user';
import { isDesktop } from '../ledger/user-record';

/** The most calls of DescribeWorkspaces in a step that finds that the fleet is not done: a tenth of what the account allows. */
export const ASKS_WHILE_WAITING = 6;

/** Actions on existing desktops, in batches. Each desktop is handled at most once in a step: if nothing changed now, a later step may succeed. */
export class Batches {
  private readonly removed = new Set<string>();
  private readonly changed = new Set<string>();
  /** Calls that only showed that changes are not done yet. */
  private idle = 0;

  constructor(private readonly context: StepContext) {}

  toRemove(users: readonly DesktopUser[]): readonly DesktopUser[] {
    return users.filter(({ key }) => !this.removed.has(key));
  }

  /** If a step can only wait for changes, a few calls are enough. */
  toChange<U extends DesktopUser>(users: readonly U[]): readonly U[] {
    return this.idle >= ASKS_WHILE_WAITING ? [] : users.filter(({ key }) => !this.changed.has(key));
  }

  /**
   * Terminates or releases at most 25 desktops. One batch does only one of both: what the first user needs.
   * @param isFinal after the first of them, the deployment no longer fails
   */
  async remove(users: readonly DesktopUser[], releasesRemoved: boolean, isFinal = false): Promise<void> {
    const isReleased = ({ desired, record }: DesktopUser) => record.adopted === true || record.state === 'released' || (!desired && releasesRemoved);
    const releases = isReleased(users[0]);
    const batch = users.filter((each) => isReleased(each) === releases).slice(0, BATCH);
    log(releases ? 'release' : 'terminate', { desktops: batch.length, left: users.length - batch.length });
    await (releases ? release : terminate)(this.context, batch, isFinal);
    for (const { key, userName, record } of batch) {
      // Its tags may have shown that it was adopted. Then it must still be released.
      const after = this.context.records.user(key, userName).record;
      if ((isDesktop(after) ? after.adopted : undefined) === record.adopted) this.removed.add(key);
    }
  }

  /** Changes settings of at most 25. */
  async change(users: readonly (DesktopUser & DesiredUser)[], which: 'undoable' | 'all'): Promise<void> {
    try {
      await this.each(users.slice(0, BATCH), (user, desktops) => applySettings(this.context, user, desktops.get(user.record.id), which));
    } finally {
      await this.context.save();
    }
  }

  /** Begins or follows the migration of at most 12, with two desktops each. */
  async migrate(users: readonly (DesktopUser & DesiredUser)[]): Promise<void> {
    await this.each(users.slice(0, BATCH / 2), (user, desktops) => migrate(this.context, user, desktops));
  }

  private async each<U extends DesktopUser>(batch: readonly U[], work: (user: U, desktops: ReadonlyMap<string, ObservedDesktop>) => Promise<'asked' | 'waits' | 'done'>): Promise<void> {
    const ids = batch.flatMap(({ record }) => [record.id, record.migrating?.from ?? record.id]);
    const desktops = new Map((await this.context.api.describe([...new Set(ids)])).map((each) => [each.id, each]));
    let isIdle = true;
    for (const user of batch) {
      if (this.context.isTimeUp) break;
      this.changed.add(user.key);
      if (await work(user, desktops) === 'asked') isIdle = false;
    }
    if (isIdle) this.idle++;
  }
}
