import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Benchmark, median, PROJECT, type Report } from './benchmark';
import { type Cell, table } from './table';

const USERS = 20_000;
const RUNS = 3;
const MOST_CPU_MS = 1_000;
const MOST_MEMORY_MB = 256;
/** Twice the users may take twice the time; a little more for what is the same at every size. */
const MOST_GROWTH = 2.6;

interface Took {
  /** What the step has answered. */
  readonly Status: string;
  readonly cpu: number;
  readonly memory: number;
}

export const answers: Benchmark = {
  name: 'answers',
  what: `CPU and memory of one step over ${USERS.toLocaleString('en-US')} users: one that waits, that works, and that answers`,
  async run(say): Promise<Report> {
    const all = states().map((which) => {
      say(`a step that ${which}`);
      return { which, half: took(which, USERS / 2), whole: took(which, USERS) };
    });
    const light = all.filter(({ which }) => which === 'waits' || which.startsWith('answers'));
    const [cpu, memory] = [Math.max(...light.map(({ whole }) => whole.cpu)), Math.max(...all.map(({ whole }) => whole.memory))];
    const growth = Math.max(...all.map(({ half, whole }) => whole.cpu / half.cpu));
    const rows = all.map(({ which, half, whole }): Cell[] => [which, half.cpu, whole.cpu, whole.memory]);
    return {
      sections: [
        `${table(['a step that', `CPU ms, ${(USERS / 2).toLocaleString('en-US')} users`, `${USERS.toLocaleString('en-US')} users`, 'most memory, MB'], rows)}\n\n`
        + `Each in a process of its own, median of ${RUNS}, in virtual time, with what stands in for the services. A step that works makes a hundred calls.`,
      ],
      targets: [
        { what: 'CPU of a step that waits or answers', target: `at most ${MOST_CPU_MS} ms`, measured: `${cpu} ms`, met: cpu <= MOST_CPU_MS },
        { what: 'memory of a step', target: `at most ${MOST_MEMORY_MB} MB`, measured: `${memory} MB`, met: memory <= MOST_MEMORY_MB },
        { what: 'CPU of twice the users', target: `at most ${MOST_GROWTH} times`, measured: growth.toFixed(2), met: growth <= MOST_GROWTH },
      ],
      data: all,
    };
  },
};

/** The states of a fleet in which a step is measured. */
export function states(): string[] {
  return JSON.parse(child('--list')) as string[];
}

/** One step over so many users. */
export function stepIn(state: string, users: number): Took {
  return JSON.parse(child(state, String(users))) as Took;
}

function took(which: string, users: number): Pick<Took, 'cpu' | 'memory'> {
  const runs = Array.from({ length: RUNS }, () => stepIn(which, users));
  return { cpu: median(runs.map(({ cpu }) => cpu)), memory: Math.max(...runs.map(({ memory }) => memory)) };
}

function child(...args: readonly string[]): string {
  const tsx = join(PROJECT, 'node_modules', '.bin', 'tsx');
  const { status, stdout, stderr } = spawnSync(tsx, ['--tsconfig', 'tsconfig.development.json', 'bench/answer-child.ts', ...args], { cwd: PROJECT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`a step of ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}
