import type { Benchmark, Report, Target } from './benchmark';
import { byOperation, Deployment, measured } from './deployment';
import { Cell, table } from './table';
import { BATCH } from '../lambda/aws/workspaces-api';
import { SECOND } from '../test/virtual/virtual-stack';

export const SIZES = [25, 100, 1_000, 10_000];
const TOTALS: Readonly<Record<number, number>> = { 100: 400, 1_000: 600, 10_000: 1_300 };
const IN_A_WAITING_STEP = 6;
/** The rate that the service allows an account. */
const RATE = { perSecond: 2, burst: 5 };

interface Figures {
  readonly users: number;
  readonly operations: Readonly<Record<string, number>>;
  readonly total: number;
  readonly throttled: number;
  /** From the beginning of the deployment to the first call of WorkSpaces. */
  readonly secondsToFirstCall: number;
  /** From the first call to the last CreateWorkspaces. */
  readonly secondsOfCreation: number;
  readonly callsOfCreation: number;
  readonly allowedForCreates: number;
  readonly allowedForAll: number;
  readonly steps: number;
  readonly waitingSteps: number;
  readonly mostInWaitingStep: number;
  /** Calls after the first six of a waiting step; and how many of them showed no desktop as usable for the first time. */
  readonly beyond: number;
  readonly beyondForNothing: number;
  readonly unseen: number;
  readonly afterReady: number;
  readonly afterReadyAllowed: number;
  /** From the moment when the last desktop became usable to the end. */
  readonly secondsAfterReady: number;
  readonly minutes: number;
}

export const calls: Benchmark = {
  name: 'calls',
  what: 'calls of WorkSpaces for one create of 25, 100, 1,000 and 10,000 users',
  async run(say): Promise<Report> {
    const all: Figures[] = [];
    for (const users of SIZES) {
      say(`${users} users`);
      all.push(figures(await measured(users)));
    }
    return { sections: sections(all), targets: all.flatMap(targets), data: all };
  },
};

/** The earliest time of the last call, in seconds after the first, if there are so many calls. */
function allowed(count: number): number {
  return Math.max(0, (count - RATE.burst) / RATE.perSecond);
}

export function figures({ users, outcome, record, startedAt, readyAt }: Deployment): Figures {
  const { workspaces, steps, seenReady } = record;
  const lastCreate = workspaces.map(({ operation }) => operation).lastIndexOf('CreateWorkspaces');
  const [first, last] = [workspaces[0].at, workspaces[lastCreate].at];
  const allReady = readyAt.reduce((latest, each) => Math.max(latest, each), 0);
  const inStep = steps.map((step, i) => ({ step, made: workspaces.filter((each) => each.step === i) }));
  const waiting = inStep.filter(({ step }) => step.from > last && step.to < allReady);
  const beyond = waiting.flatMap(({ made }) => made.slice(IN_A_WAITING_STEP));
  const unseen = users - [...seenReady.values()].filter((at) => at < allReady).length;
  return {
    users,
    operations: byOperation(workspaces),
    total: workspaces.length,
    throttled: workspaces.filter(({ throttled }) => throttled).length,
    secondsToFirstCall: (first - startedAt) / SECOND,
    secondsOfCreation: (last - first) / SECOND,
    callsOfCreation: lastCreate + 1,
    allowedForCreates: allowed(Math.ceil(users / BATCH)),
    allowedForAll: allowed(lastCreate + 1),
    steps: steps.length,
    waitingSteps: waiting.length,
    mostInWaitingStep: Math.max(0, ...waiting.map(({ made }) => made.length)),
    beyond: beyond.length,
    beyondForNothing: beyond.filter(({ news }) => news === 0).length,
    unseen,
    afterReady: workspaces.filter(({ at }) => at >= allReady).length,
    afterReadyAllowed: Math.ceil(unseen / BATCH) + 1,
    secondsAfterReady: (startedAt - allReady) / SECOND + outcome.minutes * 60,
    minutes: outcome.minutes,
  };
}

function sections(all: readonly Figures[]): string[] {
  const operations = [...new Set(all.flatMap((each) => Object.keys(each.operations)))];
  const ratio = (seconds: number, floor: number): Cell => (floor > 0 ? `${(seconds / floor).toFixed(2)}` : '-');
  return [
    `Calls by operation\n\n${table(
      ['users', ...operations, 'total', 'throttled'],
      all.map((each) => [each.users, ...operations.map((name) => each.operations[name] ?? 0), each.total, each.throttled]),
    )}`,
    `Making them: seconds from the first call to the last CreateWorkspaces, and those that the rate (2 a second, 5 at once) takes\n\n${table(
      ['users', 'seconds', 'rate, creates only', 'ratio', 'rate, all calls', 'ratio', 'first call after s'],
      all.map(({ users, secondsOfCreation, allowedForCreates, allowedForAll, secondsToFirstCall }) => [
        users, secondsOfCreation, allowedForCreates, ratio(secondsOfCreation, allowedForCreates),
        allowedForAll, ratio(secondsOfCreation, allowedForAll), secondsToFirstCall,
      ]),
    )}`,
    `Waiting for them, and the end\n\n${table(
      ['users', 'steps', 'waiting', 'most calls in one', 'beyond 6', 'of which idle', 'unseen when all ready', 'calls after that', 'ceil(unseen/25)+1', 's after that', 'minutes in all'],
      all.map((each) => [
        each.users, each.steps, each.waitingSteps, each.mostInWaitingStep, each.beyond, each.beyondForNothing,
        each.unseen, each.afterReady, each.afterReadyAllowed,
        each.secondsAfterReady, each.minutes,
      ]),
    )}`,
  ];
}

function targets(each: Figures): Target[] {
  const target = (what: string, aim: string, value: number, met: boolean): Target => (
    { what: `${each.users.toLocaleString('en-US')} users: ${what}`, target: aim, measured: value.toLocaleString('en-US'), met }
  );
  const creates = Math.ceil(each.users / BATCH);
  const made = each.operations.CreateWorkspaces;
  const most = TOTALS[each.users];
  return [
    target('CreateWorkspaces', `exactly ${creates}`, made, made === creates),
    ...(most === undefined ? [] : [target('calls in all', `at most ${most.toLocaleString('en-US')}`, each.total, each.total <= most)]),
    target('throttled', '0', each.throttled, each.throttled === 0),
    target('calls in a waiting step', `at most ${IN_A_WAITING_STEP}`, each.mostInWaitingStep, each.mostInWaitingStep <= IN_A_WAITING_STEP),
    target('calls after the last was ready', `at most ${each.afterReadyAllowed}`, each.afterReady, each.afterReady <= each.afterReadyAllowed),
  ];
}
