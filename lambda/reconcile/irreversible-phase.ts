import type { Batches } from './batches';
import type { Services } from './services';
import type { StackOperation } from './stack-operation';
import type { Creation } from '../act/creation';
import { checkBundles } from '../act/preflight';
import type { StepContext } from '../act/step-context';
import { canTerminate } from '../act/terminate';
import { MINUTE } from '../core/clock';
import { log } from '../core/log';
import type { Plan } from '../decide/plan';
import type { Terms } from '../decide/terms';
import { isTerminated } from '../decide/update-refusals';
import { type DesiredUser, isDesired } from '../ledger/user';

/** Termination about 5 minutes, and a build typically 10 to 20. */
const REPLACEMENT_TAKES = 20 * MINUTE;

/** What cannot be undone, when everything else has succeeded: volumes grow, then desktops are migrated, then others are terminated. */
export class IrreversiblePhase {
  constructor(
    private readonly context: StepContext,
    private readonly operation: StackOperation,
    private readonly batches: Batches,
    private readonly creation: Creation,
    private readonly services: Pick<Services, 'stackStatus'>,
  ) {}

  /** Does the next batch of it. @returns whether there was one that may be done now */
  async next(todo: Plan, terms: Terms): Promise<boolean> {
    const isOver = terms.now >= terms.deadline;
    const grow = isOver ? [] : this.batches.toChange(todo.changeFinally);
    const migrations = isOver ? [] : this.batches.toChange(todo.migrate);
    const mayReplace = terms.now < this.replacesUntil(terms.deadline);
    const removals = this.batches.toRemove(todo.remove.filter(({ desired }) => !desired || mayReplace));
    if (grow.length + migrations.length + removals.length === 0 || terms.now >= this.context.workUntil) return false;
    if (await this.isCancelled()) return false;
    // Before the first of them goes: it is about all of them, or none. Later on the service itself says which it does not terminate.
    const terminated = removals.filter((each) => isTerminated(each, terms.request, terms.deployedUpTo));
    if (!this.context.fleet.current.isIrreversible && await canTerminate(this.context, terminated) !== 'yes') return false;
    // Volumes first: where the service refuses that, nothing has gone yet, and the deployment can still fail.
    if (grow.length === 0) await this.begin(removals.filter(isDesired), migrations);
    if (grow.length > 0) await this.batches.change(grow, 'all');
    else if (migrations.length > 0) await this.batches.migrate(migrations);
    else await this.batches.remove(removals, terms.request.removedUsers === 'RELEASE', true);
    return true;
  }

  /** Who is replaced must have another desktop before the time is up. */
  private replacesUntil(deadline: number): number {
    const { startedAt } = this.context.fleet.current;
    return Math.max(deadline - REPLACEMENT_TAKES, startedAt + (deadline - startedAt) / 2);
  }

  /** Once in a generation. What is to take the place of desktops must be possible before the first of them goes. */
  private async begin(replaced: readonly DesiredUser[], migrated: readonly DesiredUser[]): Promise<void> {
    const { fleet, api } = this.context;
    if (fleet.current.isIrreversible) return;
    // The service takes the key that the desktop has.
    if (migrated.length > 0) await checkBundles(api, migrated.map(({ desired }) => desired));
    if (replaced.length > 0) await this.creation.preflight(replaced, true);
    if (migrated.length > 0) await fleet.progress({ isIrreversible: true });
  }

  /**
   * CloudFormation does not tell a deployment that it has been cancelled, and its rollback may be on its way. What that could
   * not restore must not go; nor when CloudFormation does not say. A fleet may be new in a stack that is updated.
   */
  private async isCancelled(): Promise<boolean> {
    try {
      return !/^(CREATE|UPDATE)_IN_PROGRESS$/.test(await this.services.stackStatus(this.operation.event.StackId));
    } catch (error) {
      log('stack status unknown', { error: `${(error as Error).name}: ${(error as Error).message}` });
      return true;
    }
  }
}
