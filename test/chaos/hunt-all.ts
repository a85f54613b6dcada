import { hunt } from './mutant';
import type { Mutation } from './mutations';

const HUNT = { seed: 1, runs: 3_000 };
/** How many run at once: CI has this many cores. */
const AT_ONCE = 2;

/** @returns the mutations that the search has not found */
export async function missed(mutations: readonly Mutation[]): Promise<string[]> {
  const waiting = [...mutations];
  const all: string[] = [];
  const worker = async () => {
    for (let mutation = waiting.shift(); mutation; mutation = waiting.shift()) {
      const { found, histories } = await hunt(mutation, HUNT);
      if (!found) all.push(`guarantee ${mutation.guarantee}: ${mutation.what} (${histories} histories)`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return all;
}
