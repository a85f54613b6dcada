import type { Batches } from './batches';
import { mayTakeAway } from './overtaking';
import type { Services } from './services';
import type { StackOperation } from './stack-operation';
import type { Creation } from '../act/creation';
import { checkBundles } from '../act/preflight';
import type { StepContext } from '../act/step-context';
import { canTerminate } from '../act/terminate';
import { MINUTE } from '../core/clock';
import type { Plan } from '../decide/plan';
import type { Terms } from '../decide/terms';
import { waitsSince } from '../ledger/rows';
import type { DesiredUser } from '../ledger/user';

/** Termination takes about 5 minutes, and a build typically 10 to 20. */
const REPLACEMENT_TAKES = 20 * MINUTE;

/** What cannot be undone, after everything else has succeeded: volumes grow, then desktops are migrated, then others are replaced. */
export class IrreversiblePhase {
  constructor(
    private readonly context: StepContext,
    private readonly operation: StackOperation,
    private readonly batches: Batches,
    private readonly creation: Creation,
    private readonly services: Services,
  ) {}

  /** Does the next batch. @returns whether there was one that could be done now */
  async next(todo: Plan, terms: Terms): Promise<boolean> {
    const isOver = terms.now >= terms.deadline;
    const grow = isOver ? [] : this.batches.toChange(todo.changeFinally);
    const migrations = isOver ? [] : this.batches.toChange(todo.migrate);
    const mayReplace = terms.now < this.replacesUntil(terms.deadline);
    const replaced = mayReplace ? this.batches.toRemove(todo.replace) : [];
    if (grow.length + migrations.length + replaced.length === 0 || this.context.isTimeUp) return false;
    if (!(await mayTakeAway(this.services, this.context, this.operation.event))) return false;
    // Before the first termination, all of them must be possible. After it, the service's own answers tell which desktops it does not terminate.
    if (!this.context.fleet.current.isIrreversible && await canTerminate(this.context, replaced) !== 'yes') return false;
    // Volumes first: if the service refuses that, nothing is terminated yet, and the deployment can still fail.
    if (grow.length === 0) await this.begin(replaced, migrations);
    if (grow.length > 0) await this.batches.change(grow, 'all');
    else if (migrations.length > 0) await this.batches.migrate(migrations);
    else await this.batches.remove(replaced, true);
    return true;
  }

  /** The latest time to begin a replacement. The user must have another desktop before the time is up. */
  private replacesUntil(deadline: number): number {
    const sentAt = waitsSince(this.context.fleet.current);
    return Math.max(deadline - REPLACEMENT_TAKES, sentAt + (deadline - sentAt) / 2);
  }

  /** Runs once in a generation. Checks, before the first termination, that the replacements can be made. */
  private async begin(replaced: readonly DesiredUser[], migrated: readonly DesiredUser[]): Promise<void> {
    const { fleet, api } = this.context;
    if (fleet.current.isIrreversible) return;
    // No check of the key: a migrated desktop keeps its key.
    if (migrated.length > 0) await checkBundles(api, migrated.map(({ desired }) => desired));
    if (replaced.length > 0) await this.creation.preflight(replaced, true);
  }
}
