import { terminate, type Workplace } from '../act/act';
import { change } from '../act/apply-settings';
import { log } from '../core/log';
import { migrate } from '../act/migrate';
import { release } from '../act/release';
import type { Subject } from '../ledger/state';
import { BATCH, Desktop } from '../aws/workspaces-api';

/** Calls of DescribeWorkspaces in a step that finds that the fleet is not done: a tenth of what the account may make. */
export const ASKS_WHILE_WAITING = 6;

/** What is done to desktops that exist, to each at most once in a step: an answer that changes nothing now may be another one later. */
export class Batches {
  private readonly gone = new Set<string>();
  private readonly changed = new Set<string>();
  /** Calls that only showed that changes are not there yet. */
  private idle = 0;

  constructor(private readonly place: Workplace) {}

  toLetGo(subjects: readonly Subject[]): readonly Subject[] {
    return subjects.filter(({ key }) => !this.gone.has(key));
  }

  /** While nothing can be done but wait, a few calls are enough. */
  toChange(subjects: readonly Subject[]): readonly Subject[] {
    return this.idle >= ASKS_WHILE_WAITING ? [] : subjects.filter(({ key }) => !this.changed.has(key));
  }

  /**
   * Terminates, or releases, at most 25: those of the first one's kind.
   * @param isFinal from the first one of them on, the deployment does not fail any more
   */
  async letGo(subjects: readonly Subject[], releasesRemoved: boolean, isFinal = false): Promise<void> {
    const isLetGo = (member: Subject['member']) => member?.adopted === true || member?.releasedIn !== undefined;
    const isReleased = ({ wanted, member }: Subject) => isLetGo(member) || (!wanted && releasesRemoved);
    const releases = isReleased(subjects[0]);
    const batch = subjects.filter((each) => isReleased(each) === releases).slice(0, BATCH);
    log(releases ? 'release' : 'terminate', { desktops: batch.length, left: subjects.length - batch.length });
    await (releases ? release : terminate)(this.place, batch, isFinal);
    for (const { key, userName, member } of batch) {
      // Its tags may have told that it was adopted: then it is to be released still.
      const after = this.place.state.subject(key, userName).member;
      if (after?.adopted === member?.adopted) this.gone.add(key);
    }
  }

  /** Changes settings of at most 25. */
  async change(subjects: readonly Subject[], which: 'undoable' | 'all'): Promise<void> {
    try {
      await this.each(subjects.slice(0, BATCH), (subject, desktops) => change(this.place, subject, desktops.get(subject.member!.id!), which));
    } finally {
      await this.place.state.flush(this.place.ledger, this.place.fleet);
    }
  }

  /** Begins or follows the migration of at most 12, with two desktops each. */
  async migrate(subjects: readonly Subject[]): Promise<void> {
    await this.each(subjects.slice(0, BATCH / 2), (subject, desktops) => migrate(this.place, subject, desktops));
  }

  private async each(batch: readonly Subject[], work: (subject: Subject, desktops: ReadonlyMap<string, Desktop>) => Promise<'asked' | 'waits' | 'done'>): Promise<void> {
    const { api, clock, workUntil } = this.place;
    const ids = batch.flatMap(({ member }) => [member!.id!, member!.migrating?.from ?? member!.id!]);
    const desktops = new Map((await api.describe([...new Set(ids)])).map((each) => [each.id, each]));
    let isIdle = true;
    for (const subject of batch) {
      if (clock.now() >= workUntil) break;
      this.changed.add(subject.key);
      if (await work(subject, desktops) === 'asked') isIdle = false;
    }
    if (isIdle) this.idle++;
  }
}
