import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CancelUpdateStackCommand, CloudFormationClient, CreateStackCommand, DeleteStackCommand, UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { App, Environment, Stack } from 'aws-cdk-lib';
import { LocalCloud } from '../../local/cloud';
import { REGION } from '../../local/core/account';
import { VirtualClock } from '../../local/core/clock';
import type { DesktopSnapshot, WorkspacesOptions } from '../../local/workspaces';
import { publish } from '../local/assembly';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
const NAME = 'Test';

export interface Outcome {
  readonly status: string;
  /** The reasons of the resources that failed in the last deployment, by logical id. */
  readonly failures: Readonly<Record<string, string>>;
  /** The stack's outputs, by the beginning of their logical ids, such as `FleetWorkspaceIds`. */
  readonly outputs: Readonly<Record<string, string>>;
  /** How long it took. */
  readonly minutes: number;
}

/**
 * A stack on a local cloud of its own, in virtual time. It has the real template, the Provider framework's own code, our bundle and the
 * permissions of each function. It does not use the CLI, and everything runs in this process.
 */
export class VirtualStack {
  /** @param env the `env` of the stack, which must be that of the cloud. @default - none */
  static async start(workspaces: Partial<WorkspacesOptions> = {}, env?: Environment): Promise<VirtualStack> {
    const stack = new VirtualStack(workspaces, env);
    await stack.cloud.start();
    stack.client = new CloudFormationClient({
      region: REGION, endpoint: stack.cloud.endpointUrl, credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    return stack;
  }

  readonly clock = new VirtualClock();
  readonly cloud: LocalCloud;
  private readonly folder = mkdtempSync(join(tmpdir(), 'virtual-stack-'));
  private client!: CloudFormationClient;
  private name = NAME;
  private deployments = 0;
  private startedAt = 0;

  private constructor(workspaces: Partial<WorkspacesOptions>, private readonly env?: Environment) {
    this.cloud = new LocalCloud({
      clock: this.clock,
      workspaces: { buildTime: 15 * MINUTE, directories: [{ directoryId: 'd-90670b2f8c' }], bundles: [{ bundleId: 'wsb-clj85qzj1' }], ...workspaces },
    });
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.cloud.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Creates or updates the stack, and waits for the end. */
  async deploy(build: (stack: Stack) => void, edit?: (template: any) => void): Promise<Outcome> {
    await this.begin(build, edit);
    return this.settled();
  }

  /** Creates or updates the stack. @param edit changes the synthesized template */
  async begin(build: (stack: Stack) => void, edit?: (template: any) => void): Promise<void> {
    const app = new App({ outdir: join(this.folder, String(++this.deployments)) });
    const made = new Stack(app, NAME, { env: this.env });
    build(made);
    await this.beginStack(made, edit);
  }

  /** Creates or updates a stack of an existing app, and waits for the end. */
  async deployStack(made: Stack): Promise<Outcome> {
    await this.beginStack(made);
    return this.settled();
  }

  async destroy(): Promise<Outcome> {
    this.startedAt = this.clock.now();
    await this.client.send(new DeleteStackCommand({ StackName: this.name }));
    return this.settled();
  }

  async cancelUpdate(): Promise<void> {
    await this.client.send(new CancelUpdateStackCommand({ StackName: this.name }));
  }

  /** The result of the deployment that is under way. */
  async settled(): Promise<Outcome> {
    await this.cloud.cloudformation.settled();
    const stack = this.cloud.cloudformation.stacks.all().at(-1)!;
    const events = stack.events.filter(({ timestamp }) => timestamp >= this.startedAt);
    return {
      status: stack.status,
      failures: Object.fromEntries(events.filter(({ status }) => status.endsWith('_FAILED')).map(({ logicalId, reason = '' }) => [logicalId, reason])),
      outputs: Object.fromEntries(stack.outputs.map(({ key, value }) => [key.slice(0, -8), value])),
      minutes: (this.clock.now() - this.startedAt) / MINUTE,
    };
  }

  /** Lets time pass, and everything that happens in it. */
  async pass(ms: number): Promise<void> {
    await this.clock.sleep(ms);
  }

  /** The users of desktops that are not TERMINATING. */
  present(): DesktopSnapshot[] {
    return this.cloud.workspaces.desktops().filter(({ state }) => !['TERMINATING', 'TERMINATED', 'GONE'].includes(state));
  }

  users(): string[] {
    return this.present().map(({ userName }) => userName).sort();
  }

  /** The users of all desktops that ever existed. A user who had two is in it twice. */
  made(): string[] {
    return this.cloud.workspaces.desktops().map(({ userName }) => userName).sort();
  }

  private async beginStack(made: Stack, edit?: (template: any) => void): Promise<void> {
    this.name = made.stackName;
    const assembly = (made.node.root as App).synth();
    const template = structuredClone(assembly.getStackByName(this.name).template);
    publish(this.cloud, assembly.directory, this.name);
    edit?.(template);
    this.startedAt = this.clock.now();
    const input = { StackName: this.name, TemplateBody: JSON.stringify(template), Capabilities: ['CAPABILITY_IAM' as const] };
    await this.client.send(this.cloud.cloudformation.stacks.find(this.name) ? new UpdateStackCommand(input) : new CreateStackCommand(input));
  }
}
