import type { Benchmark, Report } from './benchmark';
import { deploy, Deployment, measured } from './deployment';
import { Cell, table } from './table';
import { SECOND, VirtualStack } from '../test/virtual/virtual-stack';

const USERS = 1_000;
const MANY = 10_000;
const BESIDE = 'beside a client with 1 call a second';
/** The limit for the share of throttled calls. lambda/aws/pace.ts names a smaller share. */
const BESIDE_AT_MOST = 0.02;

export const throttling: Benchmark = {
  name: 'throttling',
  what: `throttled calls of a fleet of ${USERS.toLocaleString('en-US')}: alone, two fleets of a stack at once, and with another client at half the account's rate`,
  async run(say): Promise<Report> {
    say('alone');
    const all: [string, Deployment][] = [['alone', await measured(USERS)]];
    say('two fleets');
    all.push([`two fleets of ${USERS / 2} in one stack`, await deploy(USERS / 2, { fleets: 2 })]);
    say('another client');
    all.push([BESIDE, await deploy(USERS, { meanwhile: another })]);
    say(`another client, ${MANY} users`);
    all.push([BESIDE, await deploy(MANY, { meanwhile: another })]);
    const rows = all.map(([how, { users, record: { workspaces }, outcome, createdAt, startedAt }]): Cell[] => {
      const lastCreate = Math.max(...createdAt);
      const throttled = workspaces.filter((each) => each.throttled);
      return [
        how, users, workspaces.length, throttled.length, `${((throttled.length / workspaces.length) * 100).toFixed(1)} %`,
        throttled.filter(({ at }) => at <= lastCreate).length, throttled.filter(({ at }) => at > lastCreate).length,
        (lastCreate - startedAt) / SECOND, outcome.minutes,
      ];
    });
    return {
      sections: [table(['how', 'users', 'calls', 'throttled', '', 'while creating', 'while waiting', 's until the last create', 'minutes'], rows)],
      targets: rows.map(([how, users, made, throttled]) => {
        const most = how === BESIDE ? Number(made) * BESIDE_AT_MOST : 0;
        return {
          what: `throttled, ${Number(users).toLocaleString('en-US')} users ${how}`,
          target: how === BESIDE ? 'fewer than 2 % (lambda/aws/pace.ts)' : '0',
          measured: String(throttled),
          met: Number(throttled) <= most,
        };
      }),
      data: rows,
    };
  },
};

/** Another client, which does not use the endpoint: only the fleet's calls are recorded. */
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
    }).catch(() => undefined); // throttled, too
    clock.after(SECOND, call);
  };
  call();
}
