import { applySettings } from '../act/apply-settings';
import { describe } from '../act/describe';
import { Halving } from '../act/halving';
import { type HandOver, handOver, handOversAmong } from '../act/hand-over';
import { migrate } from '../act/migrate';
import { release } from '../act/release';
import type { StepContext } from '../act/step-context';
import { terminate } from '../act/terminate';
import { BATCH, type ObservedDesktop } from '../aws/workspaces-api';
import { log } from '../core/log';
import { denialsIn, isWaiting } from '../decide/failures';
import type { Transfer } from '../ledger/rows';
import type { DesiredUser, DesktopUser } from '../ledger/user';
import { isDesktop } from '../ledger/user-record';

/** The most calls of DescribeWorkspaces in a step that finds that the fleet is not done: a tenth of what the account allows. */
export const ASKS_WHILE_WAITING = 6;

/** Actions on existing desktops, in batches. Each desktop is handled at most once in a step: if nothing changed now, a later step may succeed. */
export class Batches {
  private readonly removed = new Set<string>();
  private readonly changed = new Set<string>();
  /** Of terminations that the service has rejected. */
  private readonly halves = new Halving<string>();
  /** Calls that only showed that changes are not done yet. */
  private idle = 0;
  /** What other fleets of the stack ask this one for. */
  private asked?: readonly Transfer[];

  constructor(private readonly context: StepContext) {}

  toRemove<U extends DesktopUser>(users: readonly U[]): readonly U[] {
    return this.now(users).filter(({ key }) => !this.removed.has(key));
  }

  /** If a step can only wait for changes, a few calls are enough. */
  toChange<U extends DesktopUser>(users: readonly U[]): readonly U[] {
    return this.idle >= ASKS_WHILE_WAITING ? [] : this.now(users).filter(({ key }) => !this.changed.has(key));
  }

  /** Without those for whom AWS has denied something a moment ago. If it was longer ago, it is their turn after all others. */
  private now<U extends DesktopUser>(users: readonly U[]): readonly U[] {
    const { generation, clock } = this.context;
    const due = users.filter(({ record }) => !isWaiting(record, generation, clock.now()));
    const first = due.filter(({ record }) => denialsIn(record, generation).length === 0);
    return first.length > 0 ? first : due;
  }

  /**
   * Terminates or releases at most 25 desktops, or hands them over to other fleets. One batch does only one of both, and first all are terminated that can be: it does not depend on
   * what becomes of tags.
   * @param isFinal after the first of them, the deployment no longer fails
   */
  async remove(users: readonly DesktopUser[], isFinal = false): Promise<void> {
    this.asked ??= await this.context.transfers.of(this.context.fleet.key);
    const handOvers = await handOversAmong(this.context, users, this.asked);
    if (handOvers.length > 0) return this.handOver(handOvers);
    const isReleased = ({ record }: DesktopUser) => record.adopted === true || record.state === 'released' || record.leaves?.how === 'RELEASE';
    const releases = users.every(isReleased);
    const half = releases ? undefined : this.halves.next();
    const batch = users.filter((each) => (half ? half.includes(each.key) : isReleased(each) === releases)).slice(0, BATCH);
    log(releases ? 'release' : 'terminate', { desktops: batch.length, left: users.length - batch.length });
    if (releases) await release(this.context, batch);
    const rejected = releases ? [] : await terminate(this.context, batch, isFinal);
    this.halves.split(rejected);
    for (const { key, userName, record } of batch) {
      if (rejected.includes(key)) continue;
      // Its tags may have shown that it was adopted. Then it must still be released.
      const after = this.context.records.user(key, userName).record;
      if ((isDesktop(after) ? after.adopted : undefined) === record.adopted) this.removed.add(key);
    }
  }

  private async handOver(handOvers: readonly HandOver[]): Promise<void> {
    for (const each of handOvers) {
      if (this.removed.size > 0 && this.context.isTimeUp) return;
      this.removed.add(each.user.key);
      await handOver(this.context, each);
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
    const { seen: desktops, asked } = await describe(this.context, batch, ({ record }) => [record.id, record.migrating?.from ?? record.id]);
    for (const { key } of batch) if (!asked.some((each) => each.key === key)) this.changed.add(key);
    let isIdle = true;
    for (const user of asked) {
      if (this.context.isTimeUp) break;
      this.changed.add(user.key);
      if (await work(user, desktops) === 'asked') isIdle = false;
    }
    if (isIdle) this.idle++;
  }
}
