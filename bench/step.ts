import { type Benchmark, median, type Report, sum } from './benchmark';
import { measured } from './deployment';
import type { StepCost } from './step-child';
import { child } from './synth';
import { Cell, table } from './table';

export const USERS = 10_000;
/** Lambda gives a function a whole core at 1,769 MB: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const CORE = 1_769;
const MEMORY = 512;
const READS = ['GetItem', 'Query'];

export const step: Benchmark = {
  name: 'step',
  what: `CPU and memory of one waiting step over ${USERS.toLocaleString('en-US')} members, and what a deployment reads and writes in the ledger`,
  async run(say): Promise<Report> {
    say('steps, in a process of their own');
    const { steps, rssBefore, rssPeak, members } = JSON.parse(child('step-child.ts', String(USERS))) as StepCost;
    const typical = (pick: (each: StepCost['steps'][number]) => number) => median(steps.map(pick));
    const own = typical(({ cpu, local }) => cpu - local);
    say(`deployment of ${USERS} users`);
    const { record: { ledger } } = await measured(USERS);
    const rows = [...new Set(ledger.map(({ operation }) => operation))].map((operation): Cell[] => {
      const uses = ledger.filter((each) => each.operation === operation);
      return [operation, READS.includes(operation) ? 'read' : 'write', uses.length, sum(uses.map(({ units }) => units)), Math.max(...uses.map(({ units }) => units))];
    });
    return {
      sections: [
        `One waiting step over ${members.toLocaleString('en-US')} members, median of ${steps.length}\n\n${table(
          ['CPU ms', 'of which the local services', 'the step itself', `on Lambda's ${MEMORY} MB, ms`, 'calls of WorkSpaces', 'of DynamoDB', 'RSS before, MB', 'peak, MB'],
          [[
            typical(({ cpu }) => cpu), typical(({ local }) => local), own, own * (CORE / MEMORY),
            typical((each) => each.workspaces), typical((each) => each.dynamodb), rssBefore, rssPeak,
          ]],
        )}\n\nThe local services are in the same process: their share is the time until they have answered, their desktops and tables are in the RSS,\n`
        + `and so is what was garbage of the creation. The share of a core on ${MEMORY} MB is in proportion to ${CORE} MB, which are a whole one.`,
        `The ledger in one deployment of ${USERS.toLocaleString('en-US')} users\n\n${table(['operation', '', 'calls', 'units', 'most in one call'], rows)}`,
      ],
      data: { steps, rssBefore, rssPeak, ledger: rows },
    };
  },
};
