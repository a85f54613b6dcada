import type { Benchmark, Report } from './benchmark';
import { deploy, Deployment, measured } from './deployment';
import { Cell, table } from './table';
import { SECOND, VirtualStack } from '../test/virtual/virtual-stack';

const USERS = 1_000;

export const throttling: Benchmark = {
  name: 'throttling',
  what: `throttled calls of a fleet of ${USERS.toLocaleString('en-US')}: alone, two fleets of a stack at once, and beside another client at half the account's rate`,
  async run(say): Promise<Report> {
    say('alone');
    const all: [string, Deployment][] = [['alone', await measured(USERS)]];
    say('two fleets');
    all.push([`two fleets of ${USERS / 2} in one stack`, await deploy(USERS / 2, { fleets: 2 })]);
    say('another client');
    all.push(['beside a client with 1 call a second', await deploy(USERS, { meanwhile: another })]);
    const rows = all.map(([how, { users, record, outcome, createdAt, startedAt }]): Cell[] => {
      const { workspaces } = record;
      const throttled = workspaces.filter((each) => each.throttled).length;
      return [how, users, workspaces.length, throttled, `${((throttled / workspaces.length) * 100).toFixed(1)} %`,
        (Math.max(...createdAt) - startedAt) / SECOND, outcome.minutes];
    });
    return {
      sections: [table(['how', 'users', 'calls', 'throttled', '', 's until the last create', 'minutes'], rows)],
      targets: rows.slice(0, 2).map(([how, , , throttled]) => ({ what: `throttled, ${how}`, target: '0', measured: String(throttled), met: throttled === 0 })),
      data: rows,
    };
  },
};

/** Beside the endpoint, so that only what the fleet does is recorded. */
function another({ clock, cloud: { workspaces } }: VirtualStack): void {
  const call = () => {
    const body = Buffer.from('{}');
    workspaces.handle({
      service: 'workspaces',
      operation: 'DescribeWorkspaceDirectories',
      region: 'us-east-1',
      caller: { accessKeyId: 'ANOTHER' },
      input: {},
      request: { method: 'POST', path: '/', query: new URLSearchParams(), headers: {}, body },
    }).catch(() => undefined); // throttled as well
    clock.after(SECOND, call);
  };
  call();
}
