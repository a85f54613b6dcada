import { randomUUID } from 'node:crypto';
import { describeChange } from './descriptions';
import { Change, changesOf, hasChanges } from './resource-changes';
import type { Stack, DesiredStack } from './stack';
import { arn } from '../core/account';

const NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set.";

/** A deployment that is ready to run, or the reason why there is nothing to do. */
export class ChangeSet {
  readonly id: string;
  executed = false;
  private readonly changes: Change[];
  private readonly isEmpty: boolean;

  constructor(readonly name: string, readonly stack: Stack, readonly desired: DesiredStack, private readonly created: number) {
    this.id = arn('cloudformation', `changeSet/${name}/${randomUUID()}`);
    this.changes = changesOf(stack, desired);
    this.isEmpty = !hasChanges(stack, desired) && !stack.unfinished;
  }

  get executable(): boolean {
    return !this.isEmpty && !this.executed;
  }

  describe(): object {
    const { stack, desired } = this;
    return {
      ChangeSetName: this.name,
      ChangeSetId: this.id,
      StackId: stack.id,
      StackName: stack.name,
      CreationTime: new Date(this.created),
      Status: this.isEmpty ? 'FAILED' : 'CREATE_COMPLETE',
      StatusReason: this.isEmpty ? NO_CHANGES : undefined,
      ExecutionStatus: this.executed ? 'EXECUTE_COMPLETE' : this.isEmpty ? 'UNAVAILABLE' : 'AVAILABLE',
      Parameters: Object.entries(desired.rawParameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
      Capabilities: desired.capabilities,
      Tags: desired.tags,
      Changes: this.changes.map(describeChange),
    };
  }
}
