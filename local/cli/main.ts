import { printed } from './environment';
import { LocalOptions, parseOptions } from './options';
import type { LocalCloud } from '../cloud';
import { RunningClock } from '../core/clock';
import { ELSEWHERE } from '../core/elsewhere';
import type { Middleware } from '../core/service';

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (typeof options === 'number') return options;
  const { speed, directories, bundles, missingUsers, logs } = options;

  for (const what of ['account', 'region'] as const) {
    const { [what]: value } = options;
    if (value !== undefined) process.env[ELSEWHERE[what]] = value;
  }
  const { LocalCloud: Cloud } = await import('../cloud.js'); // loaded now, because account and Region must be set first
  const cloud = new Cloud({
    clock: new RunningClock(speed),
    logDirectory: logs,
    workspaces: {
      directories: directories.map((directoryId) => ({ directoryId })),
      bundles: bundles.map((bundleId) => ({ bundleId })),
      missingUsers,
    },
  });
  if (!options.quiet) cloud.use(lines(cloud));
  try {
    await cloud.start(options.port);
  } catch (error) {
    console.error(`cannot listen on 127.0.0.1:${options.port}: ${(error as Error).message}. Give another --port, or 0 for any free port.`);
    return 1;
  }
  say(cloud, options);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await cloud.stop();
  return 0;
}

/** Only the variables go to stdout, so that it can be piped. The rest is for people, on stderr. */
function say(cloud: LocalCloud, { speed, shell, directories, bundles }: LocalOptions): void {
  console.error(`The local AWS listens on ${cloud.endpointUrl} only; its time passes ${speed} times as fast. Ctrl-C stops it.`);
  console.error(`Directories: ${directories.join(', ')}. Bundles: ${bundles.join(', ')}.`);
  console.error('Paste this into another shell. Then AWS tools in that shell talk only to this cloud:\n');
  console.log(printed(cloud.environment, shell));
  console.error('');
}

/** A line for each call: who, what, and how it ended. */
function lines(cloud: LocalCloud): Middleware {
  return async (call, next) => {
    const who = cloud.iam.principalOf(call.caller)?.name ?? 'you, or CloudFormation';
    const line = (end: string) => console.error(`${new Date(cloud.clock.now()).toISOString().slice(11, 19)}  ${call.service}:${call.operation}  ${end}  (${who})`);
    try {
      const reply = await next();
      line(reply.status < 300 ? 'ok' : `${reply.status}`);
      return reply;
    } catch (error) {
      line(`${(error as Error).name}: ${(error as Error).message}`);
      throw error;
    }
  };
}

main(process.argv.slice(2)).then((code) => { process.exitCode = code; }, (error: Error) => {
  console.error(error);
  process.exitCode = 1;
});
