import { canTerminate, type Workplace } from '../act/act';
import type { Batches } from './batches';
import { MINUTE } from '../core/clock';
import type { Creation } from '../act/creation';
import type { FleetEvent } from '../request/events';
import { log } from '../core/log';
import type { Plan } from '../decide/plan';
import { checkBundles } from '../act/preflight';
import type { Request } from '../request/resource-properties';
import type { StackStatus } from '../aws/stack-status';
import type { Subject } from '../ledger/state';
import type { Terms } from '../decide/verdict';

/** Termination about 5 minutes, and a build typically 10 to 20. */
const REPLACEMENT_TAKES = 20 * MINUTE;

/** What cannot be undone, when everything else has succeeded: volumes grow, then desktops are migrated, then others are terminated. */
export class LastPhase {
  constructor(
    private readonly place: Workplace,
    private readonly event: FleetEvent,
    private readonly request: Request,
    private readonly batches: Batches,
    private readonly creation: Creation,
    private readonly stackStatus: StackStatus,
  ) {}

  /** Does the next batch of it. @returns whether there was one that may be done now */
  async next(todo: Plan, terms: Terms): Promise<boolean> {
    const isOver = terms.now >= terms.deadline;
    const grow = isOver ? [] : this.batches.toChange(todo.changeFinally);
    const migrations = isOver ? [] : this.batches.toChange(todo.migrate);
    const mayReplace = terms.now < this.replacesUntil(terms.deadline);
    const removals = this.batches.toLetGo(todo.remove.filter(({ wanted }) => !wanted || mayReplace));
    if (grow.length + migrations.length + removals.length === 0 || terms.now >= this.place.workUntil) return false;
    if (await this.isCancelled()) return false;
    // Before the first of them goes: it is about all of them, or none. Later on the service itself says which it does not terminate.
    const hasBegun = this.place.current.row.removingIn === this.place.generation;
    if (!hasBegun && await canTerminate(this.place, removals.filter((each) => this.isTerminated(each))) !== 'yes') return false;
    // Volumes first: where the service refuses that, nothing has gone yet, and the deployment can still fail.
    if (grow.length === 0) await this.begin(removals.filter(({ wanted }) => wanted), migrations);
    if (grow.length > 0) await this.batches.change(grow, 'all');
    else if (migrations.length > 0) await this.batches.migrate(migrations);
    else await this.batches.letGo(removals, this.request.releases, true);
    return true;
  }

  /** Who is replaced must have another desktop before the time is up. */
  private replacesUntil(deadline: number): number {
    const { startedAt } = this.place.current.row;
    return Math.max(deadline - REPLACEMENT_TAKES, startedAt + (deadline - startedAt) / 2);
  }

  private isTerminated({ wanted, member }: Subject): boolean {
    return !member?.adopted && (wanted !== undefined || !this.request.releases);
  }

  /** Once in a generation. What is to take the place of desktops must be possible before the first of them goes. */
  private async begin(replaced: readonly Subject[], migrated: readonly Subject[]): Promise<void> {
    const { current, generation, api } = this.place;
    if (current.row.removingIn === generation) return;
    // The service takes the key that the desktop has.
    if (migrated.length > 0) await checkBundles(api, migrated.map(({ wanted }) => wanted!));
    if (replaced.length > 0) await this.creation.preflight(replaced, true);
    if (migrated.length > 0) await current.note({ removingIn: generation });
  }

  /**
   * CloudFormation does not tell a deployment that it has been cancelled, and its rollback may be on its way. What that could
   * not restore must not go; nor when CloudFormation does not say. A fleet may be new in a stack that is updated.
   */
  private async isCancelled(): Promise<boolean> {
    try {
      return !/^(CREATE|UPDATE)_IN_PROGRESS$/.test(await this.stackStatus(this.event.StackId));
    } catch (error) {
      log('stack status unknown', { error: `${(error as Error).name}: ${(error as Error).message}` });
      return true;
    }
  }
}
