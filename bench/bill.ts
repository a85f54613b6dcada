import { type Benchmark, type Report, sum } from './benchmark';
import { Deployment, FunctionSize, measured } from './deployment';
import { ASSUMED_CALL_MS, PRICES } from './prices';
import { Cell, table } from './table';

const SIZES = [100, 1_000, 10_000];
const PER = 1_000;

interface Item {
  readonly what: string;
  readonly amount: number;
  readonly dollars: number;
}

export const bill: Benchmark = {
  name: 'bill',
  what: 'what the provider itself costs for each 1,000 desktops, from counted use and a table of prices',
  async run(say): Promise<Report> {
    const all = [];
    for (const users of SIZES) {
      say(`${users} users`);
      all.push({ users, items: items(await measured(users)) });
    }
    const sections = all.map(({ users, items: each }) => {
      const rows = each.map(({ what, amount, dollars }): Cell[] => [what, amount, dollars.toFixed(6), ((dollars / users) * PER).toFixed(6)]);
      const total = sum(each.map(({ dollars }) => dollars));
      return `A deployment of ${users.toLocaleString('en-US')} desktops\n\n${table(
        ['', 'amount', '$', '$ for each 1,000'], [...rows, ['total', '', total.toFixed(4), ((total / users) * PER).toFixed(4)]],
      )}`;
    });
    const note = `List prices of ${PRICES.region}, written down on ${PRICES.writtenDown} in bench/prices.ts which may have changed; without free tiers, and without the desktops.\n`
      + `Functions are billed for the virtual time that they run, and ${ASSUMED_CALL_MS} ms for each call that they make, which is an assumption. Their CPU time is not included.`;
    return { sections: [...sections, note], data: { prices: PRICES, assumedCallMs: ASSUMED_CALL_MS, deployments: all } };
  },
};

function items({ record, functions, logBytes }: Deployment): Item[] {
  const item = (what: string, amount: number, price: number): Item => ({ what, amount, dollars: amount * price });
  const units = (isRead: boolean) => sum(record.ledger.filter(({ operation }) => ['GetItem', 'Query'].includes(operation) === isRead).map((each) => each.units));
  const gbSeconds = (isArm: boolean) => sum(record.invocations.map(({ functionName, from, to, calls }) => {
    const size = sizeOf(functionName, functions);
    return size.isArm === isArm ? (size.memoryMb / 1_024) * ((to - from + calls * ASSUMED_CALL_MS) / 1_000) : 0;
  }));
  const looks = record.invocations.filter(({ functionName }) => functionName.includes('frameworkisComp')).length;
  return [
    item('Lambda invocations', record.invocations.length, PRICES.lambdaRequest),
    item('Lambda GB-seconds, arm64', gbSeconds(true), PRICES.lambdaGbSecondArm),
    item('Lambda GB-seconds, x86_64', gbSeconds(false), PRICES.lambdaGbSecondX86),
    item('state transitions', looks + record.executions.length, PRICES.stateTransition),
    item('DynamoDB read units', units(true), PRICES.readUnit),
    item('DynamoDB write units', units(false), PRICES.writeUnit),
    item('S3 GET', record.s3.length, PRICES.s3Get),
    item('log GB', logBytes / 1e9, PRICES.logGb),
  ];
}

/** A function's name begins with the stack's name and the logical id, shortened. */
function sizeOf(functionName: string, functions: readonly FunctionSize[]): FunctionSize {
  const logicalId = functionName.split('-')[1];
  return functions.find((each) => each.logicalId.startsWith(logicalId))!;
}
