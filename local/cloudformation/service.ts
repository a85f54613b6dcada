import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { ChangeSet } from './change-set';
import { deleteStack } from './deletion';
import { Deployment } from './deployment';
import { deploymentModeOf, requireSameMode, type DeploymentMode, type DeploymentModeInput } from './deployment-mode';
import { describeEvent, describeResource, describeStack, detailResource, summarizeResource, summarizeStack } from './descriptions';
import type { Engine } from './engine';
import { validationError } from './errors';
import { refactor, type Renames } from './refactor';
import { DeploymentRequest, Sources, desiredStackOf } from './request';
import { hasChanges } from './resource-changes';
import type { ResourceType } from './resource-type';
import { Rollback } from './rollback';
import { Alarms } from './rollback-triggers';
import type { Stack, DesiredStack } from './stack';
import { isCustom } from './stack-scope';
import { StackStore } from './stack-store';
import type { Clock } from '../core/clock';
import type { Operation } from '../core/json-service';
import { QueryService } from '../core/query-service';
import { ServiceError } from '../core/service';

export interface CloudFormationOptions {
  readonly clock: Clock;
  readonly types: ReadonlyMap<string, ResourceType>;
  readonly customResource: ResourceType;
  readonly object: Sources['object'];
  readonly ssmParameter: Sources['ssmParameter'];
}

interface StackRequest { StackName?: string; ClientRequestToken?: string }
interface ChangeSetRequest extends StackRequest { ChangeSetName?: string }
interface CreateChangeSetRequest extends DeploymentRequest { ChangeSetName?: string; ChangeSetType?: string }

/** After these states, a stack can only be deleted. */
const DEAD_END = ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'DELETE_FAILED', 'CREATE_FAILED'];

export class CloudFormationService extends QueryService {
  readonly signingName = 'cloudformation';
  readonly stacks: StackStore;
  /** What rollback triggers can name. */
  readonly alarms = new Alarms();
  protected readonly namespace = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

  protected readonly operations: Readonly<Record<string, Operation>> = {
    DescribeStacks: ({ StackName }: StackRequest) => {
      const stacks = StackName ? [this.stacks.get(StackName)] : this.stacks.all().filter(({ status }) => status !== 'DELETE_COMPLETE');
      return { Stacks: stacks.map(describeStack) };
    },
    ListStacks: () => ({ StackSummaries: this.stacks.all().map(summarizeStack) }),
    GetTemplate: ({ StackName }: StackRequest) => {
      const stack = this.stacks.get(StackName);
      return { TemplateBody: (stack.latest ?? stack.current)?.templateBody ?? '{}', StagesAvailable: ['Original', 'Processed'] };
    },
    DescribeStackEvents: ({ StackName }: StackRequest) => {
      const stack = this.stacks.get(StackName);
      return { StackEvents: stack.events.map((event) => describeEvent(stack, event)).reverse() };
    },
    DescribeStackResources: ({ StackName }: StackRequest) => {
      const stack = this.stacks.get(StackName);
      return { StackResources: [...stack.resources.values()].map((resource) => describeResource(stack, resource)) };
    },
    DescribeStackResource: ({ StackName, LogicalResourceId = '' }: StackRequest & { LogicalResourceId?: string }) => {
      const stack = this.stacks.get(StackName);
      const resource = stack.resources.get(LogicalResourceId);
      if (!resource) throw validationError(`Resource ${LogicalResourceId} does not exist for stack ${stack.name}`);
      return { StackResourceDetail: detailResource(stack, resource) };
    },
    ListStackResources: ({ StackName }: StackRequest) => ({
      StackResourceSummaries: [...this.stacks.get(StackName).resources.values()].map(summarizeResource),
    }),
    ListExports: () => ({
      Exports: this.stacks.all().flatMap(({ id, outputs }) => outputs.flatMap(({ exportName, value }) => (
        exportName === undefined ? [] : { ExportingStackId: id, Name: exportName, Value: value }
      ))),
    }),

    CreateChangeSet: (input: CreateChangeSetRequest) => this.createChangeSet(input),
    DescribeChangeSet: (input: ChangeSetRequest) => this.changeSet(input).describe(),
    ExecuteChangeSet: (input: ChangeSetRequest & DeploymentModeInput) => {
      const changeSet = this.changeSet(input);
      if (!changeSet.executable) {
        throw new ServiceError('InvalidChangeSetStatus', `ChangeSet [${changeSet.id}] cannot be executed in its current status`);
      }
      changeSet.executed = true;
      changeSet.stack.changeSetId = changeSet.id;
      const mode = input.DisableRollback === undefined ? changeSet.desired.mode : { ...changeSet.desired.mode, keepsFailed: input.DisableRollback === 'true' };
      this.deploy(changeSet.stack, { ...changeSet.desired, mode }, input.ClientRequestToken);
      return {};
    },
    DeleteChangeSet: (input: ChangeSetRequest) => {
      const found = this.findChangeSet(input);
      if (found) this.changeSets.delete(found.id);
      return {};
    },

    CreateStack: (input: DeploymentRequest) => {
      if (this.stacks.find(input.StackName ?? '')) throw new ServiceError('AlreadyExistsException', `Stack [${input.StackName}] already exists`);
      const stack = this.stacks.create(input.StackName ?? '');
      try {
        this.deploy(stack, this.desired(input, stack), input.ClientRequestToken);
      } catch (error) {
        this.stacks.forget(stack);
        throw error;
      }
      return { StackId: stack.id };
    },
    UpdateStack: (input: DeploymentRequest) => {
      const stack = this.stacks.get(input.StackName);
      this.requireIdle(stack, deploymentModeOf(input));
      const desired = this.desired(input, stack);
      if (!hasChanges(stack, desired) && !stack.unfinished) throw validationError('No updates are to be performed.');
      this.deploy(stack, desired, input.ClientRequestToken);
      return { StackId: stack.id };
    },
    CancelUpdateStack: (input: StackRequest) => {
      const stack = this.stacks.get(input.StackName);
      const deployment = stack.status === 'UPDATE_IN_PROGRESS' ? this.deployments.get(stack) : undefined;
      if (!deployment) throw validationError(`CancelUpdateStack cannot be called from current stack status: ${stack.status}`);
      deployment.cancel();
      return {};
    },
    DeleteStack: (input: StackRequest & DeploymentModeInput & { RetainResources?: string[] | '' }) => {
      const stack = this.stacks.find(input.StackName ?? '');
      if (!stack || stack.status === 'DELETE_COMPLETE') return {};
      if (stack.latest && !stack.inProgress) stack.latest = { ...stack.latest, mode: deploymentModeOf(input) };
      this.delete(stack, input.RetainResources || [], input.ClientRequestToken);
      return {};
    },
    RollbackStack: (input: StackRequest) => {
      const stack = this.stacks.get(input.StackName);
      const { unfinished } = stack;
      if (!unfinished || stack.inProgress) throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be rolled back.`);
      if (unfinished.mode.isExpress) {
        throw validationError('RollbackStack is not supported for stacks that were last updated using EXPRESS deployment mode and are in a failed state');
      }
      const rollback = new Rollback(this.engine, stack, unfinished.progress, input.ClientRequestToken);
      stack.unfinished = undefined;
      this.inBackground(stack, stack.current ? rollback.ofUpdate('User Initiated') : rollback.ofCreation('User Initiated'));
      return { StackId: stack.id };
    },
    ContinueUpdateRollback: (input: StackRequest & { ResourcesToSkip?: string[] | '' }) => {
      const stack = this.stacks.get(input.StackName);
      if (!stack.continueRollback) throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not continue a rollback.`);
      this.inBackground(stack, stack.continueRollback(input.ResourcesToSkip || []));
      return {};
    },
  };

  private readonly changeSets = new Map<string, ChangeSet>();
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();
  /** The latest deployment of each stack. */
  private readonly deployments = new WeakMap<Stack, Deployment>();
  private readonly engine: Engine;

  constructor(private readonly options: CloudFormationOptions) {
    super();
    setMaxListeners(0, this.stopping.signal); // one for each custom resource that is being deleted
    this.stacks = new StackStore(options.clock);
    this.engine = {
      clock: options.clock,
      alarms: this.alarms,
      stopping: this.stopping.signal,
      typeOf: (type) => (isCustom(type) ? options.customResource : options.types.get(type)!),
      exportedValue: (name) => this.stacks.exportedValue(name),
    };
  }

  /** Gives resources other logical ids: what is left of a stack refactor when it has been carried out. */
  refactor(stackName: string, renames: Renames): void {
    refactor(this.stacks.get(stackName), renames);
  }

  /** Stops waiting for anything. Resolves when no deployment runs any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  /** Resolves when no operation is in progress on any stack. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private desired(request: DeploymentRequest, stack: Stack): DesiredStack {
    const { types, object, ssmParameter } = this.options;
    return desiredStackOf(request, stack, { object, ssmParameter, isKnownType: (type) => isCustom(type) || types.has(type) });
  }

  private createChangeSet(input: CreateChangeSetRequest): object {
    const { StackName = '', ChangeSetName = '', ChangeSetType = 'UPDATE' } = input;
    const existing = this.stacks.find(StackName);
    if (ChangeSetType === 'CREATE' && existing && existing.status !== 'REVIEW_IN_PROGRESS') {
      throw validationError(`Stack [${StackName}] already exists and cannot be created again with the changeSet [${ChangeSetName}].`);
    }
    if (ChangeSetType === 'UPDATE' && existing) this.requireIdle(existing, deploymentModeOf(input));
    if (ChangeSetType !== 'CREATE' && ChangeSetType !== 'UPDATE') {
      throw validationError(`ChangeSetType must be CREATE or UPDATE in the local cloud, got ${JSON.stringify(ChangeSetType)}`);
    }
    const stack = ChangeSetType === 'UPDATE' ? this.stacks.get(StackName) : existing ?? this.stacks.create(StackName);
    if (this.findChangeSet(input)) throw new ServiceError('AlreadyExistsException', `ChangeSet ${ChangeSetName} cannot be created due to a mismatch with existing attribute Name`);
    try {
      const changeSet = new ChangeSet(ChangeSetName, stack, this.desired(input, stack), this.options.clock.now());
      new Deployment(this.engine, stack, changeSet.desired).check();
      this.changeSets.set(changeSet.id, changeSet);
      if (!existing) stack.setStatus('REVIEW_IN_PROGRESS', 'User Initiated');
      return { Id: changeSet.id, StackId: stack.id };
    } catch (error) {
      if (!existing) this.stacks.forget(stack);
      throw error;
    }
  }

  private findChangeSet({ ChangeSetName = '', StackName }: ChangeSetRequest): ChangeSet | undefined {
    const stack = StackName === undefined ? undefined : this.stacks.find(StackName);
    return this.changeSets.get(ChangeSetName)
      ?? [...this.changeSets.values()].find((changeSet) => changeSet.name === ChangeSetName && changeSet.stack === stack);
  }

  private changeSet(input: ChangeSetRequest): ChangeSet {
    const found = this.findChangeSet(input);
    if (!found) throw new ServiceError('ChangeSetNotFound', `ChangeSet [${input.ChangeSetName}] does not exist`, 404);
    return found;
  }

  private requireIdle(stack: Stack, mode: DeploymentMode): void {
    if (stack.unfinished && !stack.inProgress && stack.status !== 'DELETE_FAILED') return requireSameMode(stack.status, stack.unfinished.mode, mode);
    if (stack.inProgress || DEAD_END.includes(stack.status) || stack.status === 'UPDATE_ROLLBACK_FAILED') {
      throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
    }
  }

  private deploy(stack: Stack, desired: DesiredStack, token: string = randomUUID()): void {
    this.requireIdle(stack, desired.mode);
    const deployment = new Deployment(this.engine, stack, desired, token);
    deployment.check();
    this.deployments.set(stack, deployment);
    this.inBackground(stack, deployment.run());
  }

  private delete(stack: Stack, retained: readonly string[], token?: string): void {
    if (stack.inProgress) {
      if (stack.status === 'DELETE_IN_PROGRESS') return;
      throw validationError(`Stack [${stack.name}] cannot be deleted while in status ${stack.status}`);
    }
    const used = this.stacks.exportInUse(stack);
    if (used) throw validationError(`Export ${used.exportName} cannot be deleted as it is in use by ${used.by}`);
    this.inBackground(stack, deleteStack(this.engine, stack, retained, token));
  }

  /** A bug of the local cloud must not leave a stack in progress for ever. */
  private inBackground(stack: Stack, work: Promise<void>): void {
    const guarded = work.catch((error: Error) => {
      stack.setStatus(stack.status.replace(/(_CLEANUP)?_IN_PROGRESS$/, '_FAILED'), `the local cloud itself failed: ${error.stack}`);
    });
    this.running.add(guarded);
    void guarded.finally(() => this.running.delete(guarded));
  }
}
