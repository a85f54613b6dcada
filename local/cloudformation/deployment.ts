import { setMaxListeners } from 'node:events';
import { deleteResources, TRIES_IN_CLEAN_UP } from './deletion';
import { EXPRESS_REASON } from './deployment-mode';
import { contextOf, Engine } from './engine';
import { ResourceFailure, validationError } from './errors';
import { graphOf, refuseCycles, runInOrder } from './graph';
import { conditionHolds, evaluate } from './intrinsics';
import type { Json } from './json';
import { sameValue } from './resource-type';
import { Rollback } from './rollback';
import { TriggerWatch } from './rollback-triggers';
import type { DesiredStack, Output, Progress, Stack, StackResource } from './stack';
import { StackScope } from './stack-scope';
import { dependenciesOf } from './template';

/** One creation or update of a stack, with its rollback if it fails. */
export class Deployment {
  private readonly progress: Progress;
  private readonly failed: string[] = [];
  private readonly halt = new AbortController();
  private readonly signal: AbortSignal;
  private readonly scope: StackScope;
  private readonly creates: boolean;
  /** Why it was stopped, if no resource has failed by itself. */
  private stopped?: string;

  constructor(
    private readonly engine: Engine,
    private readonly stack: Stack,
    private readonly desired: DesiredStack,
    private readonly token?: string,
  ) {
    this.signal = AbortSignal.any([this.halt.signal, engine.stopping]);
    setMaxListeners(0, this.signal); // one for each custom resource that the deployment waits for
    this.scope = new StackScope(stack, desired, (name) => engine.exportedValue(name));
    this.creates = stack.current === undefined && stack.unfinished === undefined;
    this.progress = stack.unfinished?.progress ?? { created: new Map(), before: new Map(), replaced: [] };
  }

  /** Refuses what can be refused before anything is changed. */
  check(): void {
    refuseCycles(this.graph());
  }

  /** Stops waiting for operations in progress, and rolls back. */
  cancel(reason = 'User Initiated'): void {
    if (this.signal.aborted) return;
    this.stopped = reason;
    this.halt.abort();
  }

  async run(): Promise<void> {
    const { stack, engine, token } = this;
    const verb = this.creates ? 'CREATE' : 'UPDATE';
    stack.latest = this.desired;
    if (!this.creates) stack.updated = engine.clock.now();
    stack.setStatus(`${verb}_IN_PROGRESS`, 'User Initiated', token);

    const watch = new TriggerWatch(engine.alarms, this.desired.rollbackConfiguration, (breach) => this.cancel(breach));
    await runInOrder(this.graph(), (id) => this.apply(id));
    let outputs: Output[] = [];
    let reason = this.failure(verb);
    if (reason === undefined) {
      try {
        outputs = this.outputs();
        await watch.monitor(engine.clock, this.signal);
        reason = this.failure(verb);
      } catch (error) {
        reason = (error as Error).message;
      }
    }
    watch.stop();
    if (reason !== undefined && this.desired.mode.keepsFailed) {
      stack.unfinished = { progress: this.progress, mode: this.desired.mode };
      stack.setStatus(`${verb}_FAILED`, reason, token);
      return;
    }
    stack.unfinished = undefined;
    if (reason !== undefined) {
      const rollback = new Rollback(engine, stack, this.progress, token);
      if (this.creates) await rollback.ofCreation(reason);
      else await rollback.ofUpdate(reason);
      return;
    }
    stack.outputs = outputs;
    stack.imports = this.scope.imported;
    stack.current = this.desired;
    const isClean = this.creates || await this.cleanUp();
    stack.setStatus(`${verb}_COMPLETE`, isClean ? undefined : 'Update successful. One or more resources could not be deleted.', token);
  }

  /** Undefined if nothing has failed, and nobody has stopped it. */
  private failure(verb: string): string | undefined {
    if (this.stopped !== undefined) return this.stopped;
    if (this.failed.length > 0) {
      const cause = `The following resource(s) failed to ${verb.toLowerCase()}: [${this.failed.join(', ')}]. `;
      return this.creates && !this.desired.mode.keepsFailed ? `${cause}Rollback requested by user.` : cause;
    }
    return this.signal.aborted ? 'User Initiated' : undefined;
  }

  /**
   * Deletes resources that the new template does not have, and replaced ones. If that fails, the update still succeeds.
   * @returns whether all could be deleted
   */
  private async cleanUp(): Promise<boolean> {
    const { stack, engine, token } = this;
    stack.setStatus('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', undefined, token);
    const left = await deleteResources(engine, stack, this.progress.replaced, 'replaced', { token, tries: TRIES_IN_CLEAN_UP });
    const graph = this.graph();
    const removed = [...stack.resources.values()].filter(({ logicalId }) => !graph.has(logicalId));
    left.push(...await deleteResources(engine, stack, removed, 'removed', { token, tries: TRIES_IN_CLEAN_UP }));
    for (const { logicalId } of removed) stack.resources.delete(logicalId);
    return left.length === 0;
  }

  private graph() {
    const { Resources } = this.desired.template;
    const ids = Object.keys(Resources).filter((id) => Resources[id].Condition === undefined || conditionHolds(Resources[id].Condition, this.scope));
    return graphOf(ids, (id) => dependenciesOf(this.desired.template, id));
  }

  private async apply(id: string): Promise<boolean> {
    if (this.signal.aborted) return false;
    const existing = this.stack.resources.get(id);
    try {
      if (!existing) await this.create(id);
      else if (existing.status === 'CREATE_FAILED') await this.createAgain(existing);
      else await this.update(existing);
      return true;
    } catch (error) {
      const resource = this.stack.resources.get(id)!;
      if (resource.status.startsWith('CREATE') && error instanceof ResourceFailure) {
        resource.physicalId = error.physicalId;
        if (error.isAnswer) this.initiated(resource);
      }
      const cancelled = this.signal.aborted;
      if (!this.desired.mode.keepsFailed) this.halt.abort();
      this.failed.push(id);
      const status = resource.status.startsWith('CREATE') ? 'CREATE_FAILED' : 'UPDATE_FAILED';
      // CloudFormation gives this reason even if the cancelled resource has another one.
      const reason = cancelled ? `Resource ${status === 'CREATE_FAILED' ? 'creation' : 'update'} cancelled` : (error as Error).message;
      this.stack.setResourceStatus(resource, status, reason, this.token);
      return false;
    }
  }

  /** A resource whose creation failed has no state to go on from: what is left of it is deleted. */
  private async createAgain(resource: StackResource): Promise<void> {
    const { engine, stack, token } = this;
    await deleteResources(engine, stack, [{ ...resource }], 'creation-rolled-back', { token });
    await this.create(resource.logicalId);
  }

  private async create(id: string): Promise<void> {
    const { stack, token, desired } = this;
    const resource: StackResource = {
      logicalId: id,
      definition: desired.template.Resources[id],
      dependencies: dependenciesOf(desired.template, id),
      status: '',
      changed: 0,
      properties: {},
      attributes: {},
    };
    stack.resources.set(id, resource);
    this.progress.created.set(id, resource);
    stack.setResourceStatus(resource, 'CREATE_IN_PROGRESS', undefined, token);
    resource.properties = this.scope.properties(id);
    const made = await this.engine.typeOf(resource.definition.Type).create(contextOf(stack, resource, this.signal), resource.properties);
    resource.physicalId = made.physicalId;
    resource.attributes = made.attributes ?? {};
    this.initiated(resource);
    stack.setResourceStatus(resource, 'CREATE_COMPLETE', this.doneReason, token);
  }

  private get doneReason(): string | undefined {
    return this.desired.mode.isExpress ? EXPRESS_REASON : undefined;
  }

  /** CloudFormation shows the physical id of a resource for the first time. It knows a custom resource's only from its answer. */
  private initiated(resource: StackResource): void {
    this.stack.setResourceStatus(resource, 'CREATE_IN_PROGRESS', 'Resource creation Initiated', this.token);
  }

  private async update(resource: StackResource): Promise<void> {
    const { stack, token, desired } = this;
    const id = resource.logicalId;
    const before = { ...resource };
    const hasFailed = resource.status === 'UPDATE_FAILED';
    const definition = desired.template.Resources[id];
    if (definition.Type !== before.definition.Type) {
      throw validationError(`Update of resource type is not permitted. The new template modifies resource type of the following resources: [${id}]`);
    }
    const properties = this.scope.properties(id);
    resource.definition = definition;
    resource.dependencies = dependenciesOf(desired.template, id);
    if (!this.progress.created.has(id) && !this.progress.before.has(id)) this.progress.before.set(id, before);
    if (!hasFailed && sameValue(properties, before.properties)) return;

    resource.properties = properties;
    stack.setResourceStatus(resource, 'UPDATE_IN_PROGRESS', undefined, token);
    const type = this.engine.typeOf(definition.Type);
    const context = contextOf(stack, resource, this.signal);
    let made = await type.update?.(context, before.physicalId!, properties, before.properties);
    if (!made) {
      const reason = 'Requested update requires the creation of a new physical resource; hence creating one.';
      stack.setResourceStatus(resource, 'UPDATE_IN_PROGRESS', reason, token);
      made = await type.create(context, properties);
    }
    resource.physicalId = made.physicalId;
    resource.attributes = made.attributes ?? {};
    if (made.physicalId !== before.physicalId) this.progress.replaced.push({ ...before, definition });
    stack.setResourceStatus(resource, 'UPDATE_COMPLETE', this.doneReason, token);
  }

  private outputs(): Output[] {
    const { Outputs } = this.desired.template;
    return Object.entries(Outputs)
      .filter(([, { Condition }]) => Condition === undefined || conditionHolds(Condition, this.scope))
      .map(([key, output]) => {
        const value = this.text(`output ${key}`, output.Value);
        const exportName = output.Export && this.text(`the export name of output ${key}`, output.Export.Name);
        const isOwn = this.stack.outputs.some((own) => own.exportName === exportName);
        if (exportName !== undefined && !isOwn && this.engine.exportedValue(exportName) !== undefined) {
          throw validationError(`Export with name ${exportName} is already exported by another stack`);
        }
        return { key, value, description: output.Description, exportName };
      });
  }

  private text(what: string, value: Json): string {
    const result = evaluate(value, this.scope);
    if (typeof result === 'object') throw validationError(`Template format error: ${what} must be a string, got ${JSON.stringify(result)}`);
    return String(result);
  }
}
