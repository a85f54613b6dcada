import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cdk, CdkRun } from '../../demo/cdk';
import { LocalCloud } from '../../local/cloud';
import { RunningClock } from '../../local/core/clock';
import type { DesktopSnapshot } from '../../local/workspaces';

/** The timeout of one run of the cdk CLI, which takes a few seconds on an idle machine. */
export const CLI_TIMEOUT = 240_000;

/** The stack of examples/sales.ts on a local cloud of its own, deployed with the real cdk CLI. */
export class SalesStack {
  private readonly directory = mkdtempSync(join(tmpdir(), 'sales-stack-'));
  private readonly csv = join(this.directory, 'users.csv');
  private readonly outputsFile = join(this.directory, 'outputs.json');
  readonly cloud = new LocalCloud({
    clock: new RunningClock(120),
    workspaces: { buildTime: 3 * 60_000, directories: [{ directoryId: 'd-90670b2f8c' }], bundles: [{ bundleId: 'wsb-clj85qzj1' }], missingUsers: ['nobody'] },
  });

  /** @param environment additional variables for the CLI and the app. Those for the local cloud are always set */
  constructor(private readonly environment: Readonly<Record<string, string>> = {}) {}

  start(): Promise<void> {
    return this.cloud.start();
  }

  async stop(): Promise<void> {
    await this.cloud.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  deploy(...users: string[]): Promise<CdkRun> {
    writeFileSync(this.csv, `userName\n${users.join('\n')}\n`);
    return this.run('deploy', '--require-approval', 'never', '--progress', 'events', '--outputs-file', this.outputsFile);
  }

  destroy(): Promise<CdkRun> {
    return this.run('destroy', '--force');
  }

  /** The ids in the order of the users, from the stack's outputs. */
  ids(): string[] {
    const outputs = JSON.parse(readFileSync(this.outputsFile, 'utf8')).Sales as Record<string, string>;
    return Object.entries(outputs).find(([name]) => name.includes('WorkspaceIds'))![1].split(',');
  }

  desktops(): DesktopSnapshot[] {
    return this.cloud.workspaces.desktops().filter(({ state }) => state !== 'GONE');
  }

  idOf(userName: string): string | undefined {
    return this.desktops().find((each) => each.userName === userName)?.workspaceId;
  }

  /** The versions of aws-cdk-lib whose constructs are in the last synthesis. */
  cdkVersions(): string[] {
    const tree = readFileSync(join(this.directory, 'cdk.out', 'tree.json'), 'utf8');
    return [...new Set([...tree.matchAll(/"fqn":\s*"aws-cdk-lib\.[^"]+",\s*"version":\s*"([^"]+)"/g)].map(([, version]) => version))];
  }

  private run(command: string, ...options: string[]): Promise<CdkRun> {
    const args = [command, 'Sales', '-c', `csv=${this.csv}`, '--no-notices', '--output', join(this.directory, 'cdk.out'), ...options];
    return cdk(args, { ...this.environment, ...this.cloud.environment }, join(this.directory, `${command}.log`), () => undefined);
  }
}
