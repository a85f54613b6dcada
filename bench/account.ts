import { sum } from './benchmark';
import { buildTimes } from './deployment';
import { EndpointClient } from '../local/core/client';
import { VirtualClock } from '../local/core/clock';
import { Endpoint } from '../local/core/endpoint';
import { Random } from '../local/core/random';
import { KmsService } from '../local/kms';
import { WorkspacesService } from '../local/workspaces';
import { MINUTE, SECOND } from '../test/virtual/virtual-stack';

/** The longest time between two tries of the SDKs. */
const LONGEST_BACKOFF = 20 * SECOND;

/** WorkSpaces of an account in virtual time, for clients that make one desktop with each call. */
export class Account {
  readonly clock = new VirtualClock();
  readonly workspaces: WorkspacesService;
  private readonly startedAt = this.clock.now();
  private readonly random = new Random(1);
  private readonly client: EndpointClient;

  constructor() {
    const kms = new KmsService(this.clock, { account: '123456789012', region: 'us-east-1' });
    this.workspaces = new WorkspacesService(this.clock, kms, { buildTime: buildTimes() });
    this.client = new EndpointClient(new Endpoint().register(this.workspaces));
  }

  /** Makes a desktop and asks for it until it can be used. */
  async make(UserName: string, pollEvery: number): Promise<void> {
    const Workspaces = [{ DirectoryId: 'd-90670b2f8c', BundleId: 'wsb-clj85qzj1', UserName }];
    const { PendingRequests } = await this.send<{ PendingRequests: { WorkspaceId: string }[] }>('CreateWorkspaces', { Workspaces });
    const WorkspaceIds = [PendingRequests[0].WorkspaceId];
    for (;;) {
      await this.clock.sleep(pollEvery);
      const found = await this.send<{ Workspaces: { State: string }[] }>('DescribeWorkspaces', { WorkspaceIds });
      if (found.Workspaces[0]?.State === 'AVAILABLE') return;
    }
  }

  get minutes(): number {
    return (this.clock.now() - this.startedAt) / MINUTE;
  }

  get counts(): { calls: number; throttled: number } {
    const { calls, throttled } = this.workspaces.counts();
    return { calls: sum(Object.values(calls)), throttled: sum(Object.values(throttled)) };
  }

  /**
   * Repeats a throttled call after a random part of 1, 2, 4, ... seconds, as SDKs do. The SDKs' own clients would wait in real time. Real
   * clients stop after 3 (SDKs) to 25 tries (Terraform), and the deployment fails. Here no client stops, so that all patterns finish.
   */
  private async send<Answer>(operation: string, input: object): Promise<Answer> {
    for (let tries = 0; ; tries++) {
      const { status, body } = await this.client.send({
        service: 'workspaces',
        accessKeyId: 'BENCH',
        method: 'POST',
        path: '/',
        headers: { 'x-amz-target': `WorkspacesService.${operation}`, 'content-type': 'application/x-amz-json-1.1' },
        body: JSON.stringify(input),
      });
      if (status === 200) return JSON.parse(body.toString()) as Answer;
      if (!body.includes('ThrottlingException')) throw new Error(`${operation}: ${body}`);
      await this.clock.sleep(this.random.next() * Math.min(LONGEST_BACKOFF, SECOND * 2 ** tries));
    }
  }
}
