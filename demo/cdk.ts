import { ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const PROJECT = resolve(__dirname, '..');

export interface CdkRun {
  readonly exitCode: number;
  /** The lines of both streams, in the order of their arrival. */
  readonly lines: readonly string[];
}

/** Bundles the handler that the construct deploys: assets/lambda/provider. Prints nothing unless it fails. */
export function bundleHandler(): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(PROJECT, 'node_modules', 'projen', 'bin', 'projen'), 'bundle'], {
    cwd: PROJECT, encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the handler could not be bundled:\n${stdout}${stderr}`);
}

/** The host's environment without any variable that could lead to an AWS account, or through a proxy to another host. */
export function hostEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|CDK|AMAZON)_|_?proxy$/i.test(name)));
}

/**
 * Runs the project's cdk CLI as a user would.
 * @param environment the variables that lead the CLI to the local cloud; undefined removes a variable
 * @param onLine called for every line of output
 */
export async function cdk(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  logFile: string,
  onLine: (line: string) => void,
  running: (child: ChildProcess) => void = () => undefined,
): Promise<CdkRun> {
  if (!/^http:\/\/127\.0\.0\.1:\d+$/.test(environment.AWS_ENDPOINT_URL ?? '')) {
    throw new Error(`refusing to run the cdk CLI: AWS_ENDPOINT_URL must be on 127.0.0.1, got ${JSON.stringify(environment.AWS_ENDPOINT_URL)}`);
  }
  mkdirSync(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile);
  const lines: string[] = [];
  const child = spawn(process.execPath, [join(PROJECT, 'node_modules', 'aws-cdk', 'bin', 'cdk'), ...args], {
    cwd: PROJECT,
    env: {
      ...hostEnvironment(),
      PATH: [join(PROJECT, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      CI: '1', // otherwise the CLI asks questions and overwrites its lines
      NO_COLOR: '1',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running(child);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      log.write(`${line}\n`);
      onLine(line);
    });
  }
  const exitCode = await new Promise<number>((done, failed) => child.once('error', failed).once('close', (code) => done(code ?? 1)));
  log.end();
  return { exitCode, lines };
}
