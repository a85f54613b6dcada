import { validationError } from './errors';

/** For each node, the nodes that must be done before it. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** A graph of `nodes` only. Other names that a node refers to are left out. */
export function graphOf(nodes: Iterable<string>, before: (node: string) => Iterable<string>): Graph {
  const all = new Set(nodes);
  return new Map([...all].map((node) => [node, new Set([...before(node)].filter((other) => all.has(other)))]));
}

export function reversed(graph: Graph): Graph {
  const result = new Map([...graph.keys()].map((node) => [node, new Set<string>()]));
  for (const [node, before] of graph) for (const other of before) result.get(other)!.add(node);
  return result;
}

export function refuseCycles(graph: Graph): void {
  const left = new Map([...graph].map(([node, before]) => [node, new Set(before)]));
  for (;;) {
    const free = [...left].filter(([, before]) => before.size === 0).map(([node]) => node);
    if (free.length === 0) break;
    for (const node of free) left.delete(node);
    for (const before of left.values()) for (const node of free) before.delete(node);
  }
  if (left.size > 0) throw validationError(`Circular dependency between resources: [${[...left.keys()].join(', ')}]`);
}

/**
 * Runs a task for each node as soon as all nodes before it are done. Independent tasks run at the same time.
 *
 * @param task returns whether it succeeded. If it did not, the nodes after it do not run
 */
export async function runInOrder(graph: Graph, task: (node: string) => Promise<boolean>): Promise<void> {
  const running = new Map<string, Promise<boolean>>();
  const run = (node: string): Promise<boolean> => {
    const existing = running.get(node);
    if (existing) return existing;
    // Starts one turn later, so that the promise is stored before a dependent task reads it.
    const promise = Promise.resolve().then(async () => {
      const before = await Promise.all([...graph.get(node)!].map(run));
      return before.every(Boolean) && task(node);
    });
    running.set(node, promise);
    return promise;
  };
  await Promise.all([...graph.keys()].map(run));
}
