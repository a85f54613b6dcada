import { contextOf, Engine } from './engine';
import { graphOf, reversed, runInOrder } from './graph';
import type { Stack, StackResource } from './stack';

/** Why resources are deleted. It decides which of their policies applies. */
export type Occasion =
  /** The stack is deleted, or the resource has left the template. */
  | 'removed'
  /** The deployment that created it is rolled back. */
  | 'creation-rolled-back'
  /** Another resource has replaced it. */
  | 'replaced';

/** In a clean-up, CloudFormation was seen to try three times. */
export const TRIES_IN_CLEAN_UP = 3;

interface Trying {
  readonly token?: string;
  /** How often a deletion that fails is tried. @default 1 */
  readonly tries?: number;
}

/**
 * Deletes resources. Each one is deleted after those that depend on it.
 *
 * @returns the logical ids of resources that could not be deleted
 */
export async function deleteResources(
  engine: Engine, stack: Stack, resources: readonly StackResource[], occasion: Occasion, trying: Trying = {},
): Promise<string[]> {
  const failed: string[] = [];
  const byId = new Map(resources.map((resource) => [resource.logicalId, resource]));
  const graph = reversed(graphOf(byId.keys(), (id) => byId.get(id)!.dependencies));
  await runInOrder(graph, async (id) => {
    const deleted = await deleteResource(engine, stack, byId.get(id)!, occasion, trying);
    if (!deleted) failed.push(id);
    return deleted;
  });
  return failed;
}

async function deleteResource(engine: Engine, stack: Stack, resource: StackResource, occasion: Occasion, trying: Trying): Promise<boolean> {
  const { token, tries = 1 } = trying;
  if (resource.physicalId === undefined) {
    resource.status = 'DELETE_COMPLETE'; // nothing was made
    return true;
  }
  if (isRetained(resource, occasion)) {
    stack.setResourceStatus(resource, 'DELETE_SKIPPED', undefined, token);
    return true;
  }
  for (let done = 0; done < tries && !engine.stopping.aborted; done++) {
    stack.setResourceStatus(resource, 'DELETE_IN_PROGRESS', undefined, token);
    try {
      const type = engine.typeOf(resource.definition.Type);
      await type.delete(contextOf(stack, resource, engine.stopping), resource.physicalId, resource.properties);
      stack.setResourceStatus(resource, 'DELETE_COMPLETE', undefined, token);
      return true;
    } catch (error) {
      stack.setResourceStatus(resource, 'DELETE_FAILED', (error as Error).message, token);
    }
  }
  return false;
}

function isRetained({ definition }: StackResource, occasion: Occasion): boolean {
  const policy = occasion === 'replaced' ? definition.UpdateReplacePolicy : definition.DeletionPolicy;
  return policy === 'Retain' || (policy === 'RetainExceptOnCreate' && occasion !== 'creation-rolled-back');
}

/** Deletes a stack with all its resources, except `retained`. */
export async function deleteStack(engine: Engine, stack: Stack, retained: readonly string[], token?: string): Promise<void> {
  stack.setStatus('DELETE_IN_PROGRESS', 'User Initiated', token);
  const skipped = [...stack.resources.values()].filter(({ logicalId }) => retained.includes(logicalId));
  for (const resource of skipped) stack.setResourceStatus(resource, 'DELETE_SKIPPED', undefined, token);

  const doomed = [...stack.resources.values()].filter(({ status }) => status !== 'DELETE_COMPLETE' && status !== 'DELETE_SKIPPED');
  const failed = await deleteResources(engine, stack, doomed, 'removed', { token });
  if (failed.length > 0) {
    stack.setStatus('DELETE_FAILED', `The following resource(s) failed to delete: [${failed.join(', ')}]. `, token);
    return;
  }
  stack.deleted = engine.clock.now();
  stack.imports.clear();
  stack.outputs = [];
  stack.setStatus('DELETE_COMPLETE', undefined, token);
}
