import { deleteResources, TRIES_IN_CLEAN_UP } from './deletion';
import { contextOf, Engine } from './engine';
import { graphOf, runInOrder } from './graph';
import { sameValue } from './resource-type';
import type { Progress, Stack, StackResource } from './stack';

/** Undoes what a failed deployment has done. */
export class Rollback {
  /** Resources that the failed update left behind. They are deleted at the end. */
  private readonly abandoned: StackResource[] = [];

  constructor(private readonly engine: Engine, private readonly stack: Stack, private readonly progress: Progress, private readonly token?: string) {}

  async ofCreation(reason: string): Promise<void> {
    const { stack, engine, token } = this;
    stack.setStatus('ROLLBACK_IN_PROGRESS', reason, token);
    const failed = await deleteResources(engine, stack, [...this.progress.created.values()], 'creation-rolled-back', { token });
    if (failed.length > 0) stack.setStatus('ROLLBACK_FAILED', `The following resource(s) failed to delete: [${failed.join(', ')}]. `, token);
    else stack.setStatus('ROLLBACK_COMPLETE', undefined, token);
  }

  /** ContinueUpdateRollback may call this again, for resources that could not be rolled back. */
  async ofUpdate(reason: string | undefined, skipped: readonly string[] = []): Promise<void> {
    const { stack, engine, token, progress } = this;
    stack.setStatus('UPDATE_ROLLBACK_IN_PROGRESS', reason, token);
    for (const id of skipped) progress.before.delete(id);

    const failed: string[] = [];
    const graph = graphOf(progress.before.keys(), (id) => progress.before.get(id)!.dependencies);
    await runInOrder(graph, async (id) => {
      const reverted = await this.revert(stack.resources.get(id)!, progress.before.get(id)!);
      if (reverted) progress.before.delete(id);
      else failed.push(id);
      return reverted;
    });
    if (failed.length > 0) {
      stack.continueRollback = (toSkip) => this.ofUpdate('User Initiated', toSkip);
      stack.setStatus('UPDATE_ROLLBACK_FAILED', `The following resource(s) failed to update: [${failed.join(', ')}]. `, token);
      return;
    }
    stack.continueRollback = undefined;
    stack.setStatus('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', undefined, token);
    const created = [...progress.created.values()];
    await deleteResources(engine, stack, created, 'creation-rolled-back', { token, tries: TRIES_IN_CLEAN_UP });
    for (const { logicalId } of created) stack.resources.delete(logicalId);
    await deleteResources(engine, stack, this.abandoned, 'creation-rolled-back', { token, tries: TRIES_IN_CLEAN_UP });
    stack.latest = stack.current;
    stack.setStatus('UPDATE_ROLLBACK_COMPLETE', undefined, token);
  }

  private async revert(resource: StackResource, before: StackResource): Promise<boolean> {
    const { stack, token, engine } = this;
    const attempted = { ...resource };
    resource.definition = before.definition;
    resource.dependencies = before.dependencies;
    if (sameValue(attempted.properties, before.properties) && attempted.physicalId === before.physicalId) return true;

    stack.setResourceStatus(resource, 'UPDATE_IN_PROGRESS', undefined, token);
    try {
      const type = engine.typeOf(before.definition.Type);
      const wasReplaced = attempted.physicalId !== before.physicalId;
      let { physicalId, attributes } = before;
      if (!wasReplaced || type.revertsReplacements) {
        const context = contextOf(stack, resource, engine.stopping);
        const reverted = await type.update?.(context, attempted.physicalId!, before.properties, attempted.properties);
        if (reverted) ({ physicalId, attributes = {} } = reverted);
      }
      // AWS does not document this. Here, the rollback of a replacement keeps only the physical id that the resource has at the end.
      for (const former of wasReplaced ? [attempted, before] : [attempted]) {
        if (former.physicalId !== physicalId) this.abandoned.push({ ...former, definition: before.definition });
      }
      Object.assign(resource, { physicalId, attributes, properties: before.properties });
      stack.setResourceStatus(resource, 'UPDATE_COMPLETE', undefined, token);
      return true;
    } catch (error) {
      stack.setResourceStatus(resource, 'UPDATE_FAILED', (error as Error).message, token);
      return false;
    }
  }
}
