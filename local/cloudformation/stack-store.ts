import { validationError } from './errors';
import { Stack } from './stack';
import type { Clock } from '../core/clock';

/** All stacks. Deleted ones can still be looked up by their id. */
export class StackStore {
  private readonly stacks = new Map<string, Stack>();

  constructor(private readonly clock: Clock) {}

  all(): Stack[] {
    return [...this.stacks.values()];
  }

  create(name: string): Stack {
    if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) {
      throw validationError(`a stack's name must start with a letter and have at most 128 letters, digits and hyphens, got ${JSON.stringify(name)}`);
    }
    const stack = new Stack(name, this.clock);
    this.stacks.set(stack.id, stack);
    return stack;
  }

  /** Finds a stack by name or id. An id finds deleted stacks, too. */
  find(nameOrId: string): Stack | undefined {
    return this.stacks.get(nameOrId) ?? this.all().find(({ name, status }) => name === nameOrId && status !== 'DELETE_COMPLETE');
  }

  get(nameOrId: string | undefined): Stack {
    const stack = nameOrId && this.find(nameOrId);
    if (!stack) throw validationError(`Stack with id ${nameOrId} does not exist`);
    return stack;
  }

  forget(stack: Stack): void {
    this.stacks.delete(stack.id);
  }

  exportedValue(name: string): string | undefined {
    return this.all().flatMap(({ outputs }) => outputs).find(({ exportName }) => exportName === name)?.value;
  }

  /** An export of this stack that another stack uses. */
  exportInUse(stack: Stack): { exportName: string; by: string } | undefined {
    for (const { exportName } of stack.outputs) {
      const importer = exportName !== undefined && this.all().find((other) => other !== stack && other.imports.has(exportName));
      if (importer) return { exportName: exportName!, by: importer.name };
    }
    return undefined;
  }
}
