import { userNames } from './deployment';
import { Random } from '../local/core/random';
import type { Call, Reply } from '../local/core/service';
import { MINUTE, properties, SECOND, TestStack } from '../test/lambda/world';

// Run by step.ts in a process of its own: prints what waiting steps cost, as JSON.

export interface StepCost {
  readonly members: number;
  /** CPU milliseconds in all, and of the local services; calls. */
  readonly steps: readonly { readonly cpu: number; readonly local: number; readonly workspaces: number; readonly dynamodb: number }[];
  /** MB. */
  readonly rssBefore: number;
  readonly rssPeak: number;
}

const STEPS = 9;
const MB = 1_024 * 1_024;

/** How long services take to answer, whatever number of calls they answer at once. */
class Stopwatch {
  readonly calls = { workspaces: 0, dynamodb: 0 };
  milliseconds = 0;
  private inside = 0;
  private since = 0;

  around(name: keyof Stopwatch['calls'], service: { handle(call: Call): Promise<Reply> }): void {
    const handle = service.handle.bind(service);
    service.handle = async (call) => {
      this.calls[name]++;
      if (this.inside++ === 0) this.since = performance.now();
      try {
        return await handle(call);
      } finally {
        if (--this.inside === 0) this.milliseconds += performance.now() - this.since;
      }
    };
  }
}

async function main(users: number): Promise<StepCost> {
  const random = new Random(7);
  const stack = await TestStack.start({ buildTime: () => random.between(30 * MINUTE, 40 * MINUTE) });
  const event = await stack.begin(stack.event('Create', properties({ users: userNames(users), TimeoutSeconds: '3300', WorkspaceIds: 'COUNT' })));
  while (stack.made().length < users) await stack.poll(event);
  await stack.poll(event);

  const watch = new Stopwatch();
  watch.around('workspaces', stack.workspaces);
  watch.around('dynamodb', (stack as unknown as { dynamo: { handle(call: Call): Promise<Reply> } }).dynamo);
  const steps = [];
  const rssBefore = process.memoryUsage().rss / MB;
  let rssPeak = rssBefore;
  for (let i = 0; i < STEPS; i++) {
    await stack.clock.sleep(30 * SECOND);
    const [before, local, { workspaces, dynamodb }] = [process.cpuUsage(), watch.milliseconds, { ...watch.calls }];
    await stack.poll(event);
    const { user, system } = process.cpuUsage(before);
    rssPeak = Math.max(rssPeak, process.memoryUsage().rss / MB);
    steps.push({
      cpu: (user + system) / 1_000,
      local: watch.milliseconds - local,
      workspaces: watch.calls.workspaces - workspaces,
      dynamodb: watch.calls.dynamodb - dynamodb,
    });
  }
  await stack.stop();
  return { members: users, steps, rssBefore, rssPeak };
}

console.log = () => undefined; // the handler's log
main(Number(process.argv[2])).then((cost) => process.stdout.write(`${JSON.stringify(cost)}\n`), (error) => {
  console.error(error);
  process.exit(1); // the tables would keep it running
});
