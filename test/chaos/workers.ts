import { type ChildProcess, fork } from 'node:child_process';
import { cpus } from 'node:os';
import { ENVIRONMENT, PROJECT, withBundle } from './bundle';
import { type Explored, idOf, ordersOf, type Rehearsed } from './exhaustive';
import type { Mutation } from './mutations';

// Plays the exhaustive search with a process on each core.

/** What a process does next. `order` is an index of `ordersOf(depth)`. */
export interface Task {
  readonly order: number;
  readonly depth: number;
  /** Without faults, to count what is to be played. */
  readonly isRehearsal: boolean;
}

export interface Exhaustion {
  readonly depth: number;
  /** Only orders whose ids begin with this. @default - all */
  readonly beginning?: string;
  /** How the handler is broken. @default - it is not */
  readonly mutation?: Mutation;
  /** After so many failures, no more orders are begun. */
  readonly enough: number;
  readonly onPlan?: (plan: Plan) => void;
  readonly onProgress?: (explored: Explored) => void;
}

/** What will be played. */
export interface Plan {
  readonly orders: number;
  /** Orders before whose last operation everything is as in another order that is played. */
  readonly covered: number;
  /** Histories with a fault, without those that continue from what a fault leaves behind. */
  readonly faults: number;
}

/** Plays all histories within the bound, or until there are enough failures. */
export async function exhaust({ depth, beginning = '', mutation, enough, onPlan, onProgress }: Exhaustion): Promise<Explored & Plan> {
  return withBundle('exhaustive-main.ts', mutation, async (file) => {
    const orders = ordersOf(depth);
    const numbers = orders.map((_order, i) => i).filter((i) => idOf(orders[i]).startsWith(beginning));
    const rehearsed = new Map<number, Rehearsed>();
    const rehearsals = numbers.map((order) => ({ order, depth, isRehearsal: true }));
    await onAllCores<Rehearsed>(file, rehearsals, (answer, { order }) => void rehearsed.set(order, answer));
    const played = uncovered(numbers, rehearsed);
    const plan = {
      orders: numbers.length,
      covered: numbers.length - played.length,
      faults: played.reduce((sum, order) => sum + rehearsed.get(order)!.faults, 0),
    };
    onPlan?.(plan);

    const all: Explored = { histories: 0, events: 0, faults: 0, effects: 0, healed: 0, failures: [] };
    await onAllCores<Explored>(file, played.map((order) => ({ order, depth, isRehearsal: false })), (answer) => {
      for (const count of ['histories', 'events', 'faults', 'effects', 'healed'] as const) all[count] += answer[count];
      all.failures.push(...answer.failures);
      onProgress?.(all);
      return all.failures.length >= enough;
    });
    return { ...all, ...plan };
  });
}

/** Leaves out orders whose last operation is played from the same state in an order that is not longer. */
function uncovered(numbers: readonly number[], rehearsed: ReadonlyMap<number, Rehearsed>): number[] {
  const seen = new Set<string>();
  return numbers.filter((order) => {
    const { last } = rehearsed.get(order)!;
    return !seen.has(last) && seen.add(last);
  });
}

/** @param onAnswer returns true if no more tasks should be begun */
async function onAllCores<T>(file: string, tasks: readonly Task[], onAnswer: (answer: T, task: Task) => boolean | void): Promise<void> {
  const waiting = [...tasks];
  const work = async () => {
    const child = fork(file, { cwd: PROJECT, env: ENVIRONMENT, execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    try {
      for (let task = waiting.shift(); task; task = waiting.shift()) {
        if (onAnswer(await answerTo<T>(child, task), task)) waiting.length = 0;
      }
    } finally {
      child.kill();
    }
  };
  await Promise.all(Array.from({ length: Math.min(cpus().length, tasks.length) }, work));
}

function answerTo<T>(child: ChildProcess, task: Task): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`a process of the search ended with ${code} during ${JSON.stringify(task)}`));
    child.once('exit', onExit);
    child.once('message', (answer) => {
      child.off('exit', onExit);
      resolve(answer as T);
    });
    child.send(task);
  });
}
