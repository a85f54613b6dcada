import { cpus } from 'node:os';
import { Listr } from 'listr2';
import { type Failure, ordersOf, parseId, playAndRest } from './exhaustive';
import { show } from './history';
import { exhaust, type Plan } from './workers';

// `npm run chaos -- --exhaustive`

export const LISTR = { exitOnError: false, fallbackRendererCondition: () => !process.stdout.isTTY, fallbackRenderer: 'simple' } as const;
/** A broken handler fails in thousands of histories. */
const ENOUGH = 500;
/** How many kinds of failures are printed. */
const KINDS = 10;

/** Plays all histories within the bound. */
export async function playAll({ depth }: { readonly depth: number }): Promise<number> {
  const start = Date.now();
  let plan: Plan | undefined;
  let planned: () => void = () => undefined;
  const isPlanned = new Promise<void>((resolve) => { planned = resolve; });
  let onProgress: (text: string) => void = () => undefined;
  const searching = exhaust({
    depth,
    enough: ENOUGH,
    onPlan: (made) => {
      plan = made;
      planned();
    },
    onProgress: ({ histories, failures }) => onProgress(`${number(histories)} histories, ${failures.length} failed, ${seconds(start)}`),
  });
  searching.catch(planned);
  await new Listr([{
    title: `${number(ordersOf(depth).length)} orders of up to ${depth} operations, without faults`,
    task: async (_context, task) => {
      await isPlanned;
      if (plan) task.title += `, ${seconds(start)}`;
    },
  }, {
    title: 'with one fault',
    task: async (_context, task) => {
      if (plan) task.title = `${number(plan.faults)} faults in ${number(plan.orders - plan.covered)} orders, on ${cpus().length} cores`;
      onProgress = (text) => { task.output = text; };
      const { histories, failures } = await searching;
      task.title = `${number(histories)} histories, ${failures.length} failed, ${seconds(start)}`;
      if (failures.length > 0) throw new Error(task.title);
    },
  }], LISTR).run();
  const { failures, healed, ...counts } = await searching;
  console.log(`\n${number(counts.histories)} histories with ${number(counts.events)} events, ${number(counts.faults)} faults and ${number(counts.effects)} changes of desktops`);
  console.log(leftOut(depth, counts, healed));
  for (const [what, [first, ...others]] of kindsOf(failures).slice(0, KINDS)) {
    console.log(`\n${what}\n${others.length > 0 ? `${others.length + 1} histories, the first` : 'One history'}: npm run chaos -- --exhaustive --only ${first.id} --trace`);
  }
  if (kindsOf(failures).length > KINDS) console.log(`\nand ${kindsOf(failures).length - KINDS} other kinds of failures`);
  if (failures.length >= ENOUGH) console.log(`\nAfter ${ENOUGH} failures, the other histories were not played.`);
  return failures.length > 0 ? 1 : 0;
}

/** Plays one history. */
export async function playOnly(id: string, { trace }: { readonly trace: boolean }): Promise<number> {
  const history = parseId(id);
  const played = await playAndRest(history);
  console.log(`${show(history)}\n`);
  if (trace) console.log(`What happened in it, in minutes and seconds:\n\n${played.trace.join('\n')}\n`);
  for (const { message } of played.violations) console.log(message);
  if (played.violations.length === 0) console.log(`All guarantees are kept: ${played.events} events, ${played.faults} faults, ${played.effects} changes of desktops.`);
  return played.violations.length > 0 ? 1 : 0;
}

function leftOut(depth: number, { orders, covered }: Plan, healed: number): string {
  return [
    'Not played, because it is the same as what was played:',
    `- ${number(covered)} of the ${number(orders)} orders: before their last operation, all is as in another order with the same last operation.`,
    `- What follows ${number(healed)} faults: after their operation, all is as without a fault, or as after another fault.`,
    '- Faults of a step that repeats the calls of the step before it, because it still waits.',
    '- Kinds of faults that the handler cannot tell from another at that call. For example, nothing differs when it dies before or after a read.',
    'Left out by the bound:',
    `- Orders of more than ${depth} operations and the delete at the end (--depth ${depth + 1}).`,
    '- More than one fault, more than two users, a second fleet, other times, what others do: npm run chaos -- --runs N --seed N',
  ].join('\n');
}

/** Failures with the same text, apart from numbers and ids. */
function kindsOf(failures: readonly Failure[]): [what: string, failures: Failure[]][] {
  const kinds = new Map<string, Failure[]>();
  for (const failure of failures) {
    const kind = failure.what[0].replace(/ws-\w+|\d+/g, '#');
    kinds.set(kind, [...kinds.get(kind) ?? [], failure]);
  }
  return [...kinds.values()].map((each) => [each[0].what.join('\n'), each]);
}

function number(n: number): string {
  return n.toLocaleString('en-US');
}

function seconds(start: number): string {
  return `${Math.round((Date.now() - start) / 1_000)} s`;
}
