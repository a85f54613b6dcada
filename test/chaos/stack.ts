import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { differences, Effect } from './effects';
import type { EventRecord } from './events';
import { clientOf, never, Process } from './processes';
import type { Weather } from './troubles';
import type { Turns } from './turns';
import { AwsWorkspacesApi } from '../../lambda/aws/aws-workspaces-api';
import { AwsKeysApi } from '../../lambda/aws/keys';
import { awsLastUpdate, awsLogicalIds, awsShowLastEvent, awsShowResource, awsStackStatus } from '../../lambda/aws/stack-status';
import { awsOwnedInIndex, awsTagIndex } from '../../lambda/aws/tag-index';
import { MINUTE, SECOND } from '../../lambda/core/clock';
import { joinAny, stepOf } from '../../lambda/entries/by-type';
import { checkComplete, GOES_ON_FOR } from '../../lambda/entries/is-complete';
import { unlessDenied } from '../../lambda/entries/patience';
import { Lease } from '../../lambda/ledger/lease';
import { Ledger } from '../../lambda/ledger/ledger';
import { ManifestCopies } from '../../lambda/ledger/manifest-copies';
import { RemovalOrders } from '../../lambda/ledger/removal-orders';
import { SeenEvents } from '../../lambda/ledger/seen-events';
import { Transfers } from '../../lambda/ledger/transfers';
import { workFor } from '../../lambda/reconcile/run-step';
import type { Services } from '../../lambda/reconcile/services';
import type { FleetEvent, JoinedEvent } from '../../lambda/request/events';
import { fleetId as fleetIdOf } from '../../lambda/request/identity';
import { VirtualClock } from '../../local/core/clock';
import { Call, LOST, Reply, ServiceError } from '../../local/core/service';
import { Faults } from '../../local/faults';
import { KmsService } from '../../local/kms';
import { TaggingService } from '../../local/tagging';
import { WorkspacesService, WorkspacesOptions } from '../../local/workspaces';
import { ADOPTED_TAG, OWNERSHIP_TAG, RESOURCE_TYPE, STEP_TIMEOUT_SECONDS, TABLE_PARTITION_KEY as PK, TABLE_SORT_KEY as SK } from '../../src/private/contract';
import { properties } from '../lambda/test-stack';
import { StackStatuses } from '../stack-statuses';
import { Table } from '../stand-ins/table';

export const STACK_UUID = '5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f';
export const STACK_ID = `arn:aws:cloudformation:us-east-1:123456789012:stack/Test/${STACK_UUID}`;
const TABLE = 'Ledger';
const LOG_GROUP = 'TestLogs';
const ON_EVENT_TIMEOUT = MINUTE;
/** The operations that the role's policy allows only for desktops with the stack's tag that were not adopted. */
const BY_RESOURCE_TAG: Readonly<Record<string, (input: any) => string[]>> = {
  TerminateWorkspaces: (input) => input.TerminateWorkspaceRequests.map((each: any) => each.WorkspaceId),
};

export interface StackOptions {
  readonly workspaces: Partial<WorkspacesOptions>;
  /** Seconds that each call of WorkSpaces takes, at the end of which it acts. */
  readonly slowCalls?: number;
  /** Seconds until policies see the tags of a new desktop. */
  readonly tagsUnseenFor?: number;
  /** Whether the answer to MigrateWorkspace lacks the new desktop's id. */
  readonly hidesTargets?: boolean;
}

/** A call, and who made it. */
export interface Called extends Pick<Call, 'service' | 'operation'> {
  readonly process: string;
  readonly event: string;
}

/**
 * Like `TestStack`, the handler with the local services, but for tens of thousands of histories. It has no sockets and no SDK. Each invocation
 * of a function is a process of its own, so several can run at once, and one can be killed.
 */
export class ChaosStack extends StackStatuses {
  readonly clock = new VirtualClock();
  readonly table = new Table();
  readonly workspaces: WorkspacesService;
  private readonly tagging: TaggingService;
  readonly faults: Faults;
  /** The handler's effects on desktops, in order. */
  readonly effects: Effect[] = [];
  /** Every call, in order. */
  readonly called: Called[] = [];
  /** Whether several fleets share the lease. */
  isShared = false;
  /** What AWS does to calls now. */
  weather: Weather[] = [];
  private readonly kms = new KmsService(this.clock, { account: '123456789012', region: 'us-east-1' });
  private readonly processes = new Map<string, Process>();
  /** By physical id. */
  private readonly deletions = new Map<string, { readonly logicalId: string; readonly status: string; readonly at: number }>();
  /** The step that has the lease. */
  private holder?: Process;
  private started = 0;

  constructor(
    private readonly options: StackOptions,
    /** Called for every effect of the handler on a desktop, when it happens. */
    private readonly onEffect: (effect: Effect) => void,
    /** Called when the ledger first records an event. */
    private readonly onJoined: (event: EventRecord) => void,
    /** Called when a step asks for the lease, or takes it. */
    private readonly turns: Pick<Turns, 'asks' | 'takes'>,
    /** Called when a process has died. */
    private readonly onDeath: (event: EventRecord) => void,
    private readonly trace: (text: string) => void,
  ) {
    super();
    this.workspaces = new WorkspacesService(this.clock, this.kms, options.workspaces);
    this.tagging = new TaggingService(this.workspaces);
    this.faults = new Faults({
      clock: this.clock,
      isByFunction: ({ caller }) => !this.isSpared(this.processes.get(caller.sessionToken!)),
      kill: ({ caller }) => this.processes.get(caller.sessionToken!)!.kill('Runtime exited with error: signal: killed'),
    });
  }

  /** Whether there may be no time for everything. */
  get isSlow(): boolean {
    return (this.options.slowCalls ?? 0) > 0;
  }

  /** Runs our onEvent in a process of its own. */
  async onEvent(event: FleetEvent, record: EventRecord): Promise<JoinedEvent> {
    const joined = await this.run(record, 'onEvent', ON_EVENT_TIMEOUT, (process) => (
      this.seeUnlessDenied(process, event)
    ));
    return { ...event, ...joined };
  }

  private seeUnlessDenied(process: Process, event: FleetEvent) {
    const { seenEvents, clock } = this.world(process);
    return unlessDenied(clock, event, LOG_GROUP, () => joinAny({ seenEvents, clock }, event));
  }

  /** Runs isComplete, and the step that it invokes in a process of its own. Throws the error that fails the deployment. */
  async isComplete(event: JoinedEvent, record: EventRecord): Promise<{ IsComplete?: boolean; Data?: any }> {
    const timeout = STEP_TIMEOUT_SECONDS * SECOND;
    return checkComplete((each) => this.run(record, 'step', timeout, (process) => (
      stepOf(this.world(process), each, process.id, this.clock.now() + workFor(timeout))
    )), this.clock, event, LOG_GROUP, this.clock.now() + GOES_ON_FOR);
  }

  /** Plays the framework for an event that nobody waits for. */
  async play(event: FleetEvent, record: EventRecord): Promise<'SUCCESS' | 'FAILED'> {
    try {
      const joined = await this.onEvent(event, record);
      for (let polls = 0; polls < 120; polls++) {
        if ((await this.isComplete(joined, record)).IsComplete) return 'SUCCESS';
        await this.clock.sleep(30 * SECOND);
      }
    } catch {
      // It fails, as it should.
    }
    return 'FAILED';
  }

  /** The ids that the ledger has for a fleet, by user, with their records. */
  recorded(fleetId: string): { userName: string; record: any; row: any }[] {
    return this.table.rows().map((item) => unmarshall(item as any))
      .filter((row) => row[PK].startsWith(`fleet#${fleetId}#`) && row[SK].startsWith('call#'))
      .flatMap((row) => JSON.parse(row.records).map((record: any) => ({ userName: record.userName, record, row })));
  }

  /** The numbers of a fleet's call rows, and how many there should be. */
  rowsOf(fleetId: string): { readonly counted: number; readonly numbers: ReadonlySet<number> } {
    const rows = this.table.rows().filter((item) => item[PK].S.startsWith(`fleet#${fleetId}#`));
    const counted = Number(rows.find((item) => item[SK].S === 'fleet')?.nextCall.N ?? 0);
    return { counted, numbers: new Set(rows.filter((item) => item[SK].S.startsWith('call#')).map((item) => Number(item.number.N))) };
  }

  /** Somebody deletes rows of a fleet's ledger. */
  loseRows(fleetId: string, which: 'calls' | 'one' | 'fleet'): void {
    let left = which === 'one' ? 1 : Infinity;
    this.table.remove((item) => {
      const isTheirs = item[PK].S.startsWith(`fleet#${fleetId}#`) && (which === 'fleet' || item[SK].S.startsWith('call#'));
      return isTheirs && left-- > 0;
    });
  }

  private async run<T>(event: EventRecord, role: Process['role'], timeout: number, work: (process: Process) => Promise<T>): Promise<T> {
    const process = new Process(`${role}-${++this.started}`, event, role);
    this.processes.set(process.id, process);
    const cancel = this.clock.after(timeout, () => process.kill(`Task timed out after ${timeout / SECOND} seconds`));
    try {
      return await Promise.race([work(process), process.died]);
    } finally {
      cancel();
      this.processes.delete(process.id);
      if (process.isDead) this.onDeath(event);
    }
  }

  /**
   * If onEvent dies in a create, the framework answers, and does not send us the delete that follows. If the event then comes a second time,
   * nobody would undo what that delivery creates. The framework leaves no way to handle this, so the histories do not contain it.
   */
  private isSpared(process: Process | undefined): boolean {
    return process === undefined || (process.role === 'onEvent' && process.event.comesTwice);
  }

  private world(process: Process): Services {
    const clock = process.clock(this.clock);
    const carry = (from: Process, call: Call) => this.carry(from, call);
    const client = <T>(service: string, attempts = 3) => clientOf<T>(process, service, attempts, this.clock, carry);
    const dynamo = client<DynamoDBClient>('dynamodb');
    return {
      clock,
      ledger: new Ledger(dynamo, TABLE),
      seenEvents: new SeenEvents(dynamo, TABLE),
      manifestCopies: new ManifestCopies(dynamo, TABLE),
      removalOrders: new RemovalOrders(dynamo, TABLE),
      transfers: new Transfers(dynamo, TABLE),
      lease: new Lease(dynamo, TABLE, clock, STEP_TIMEOUT_SECONDS * SECOND),
      workspaces: (pace, time) => new AwsWorkspacesApi(client('workspaces', 1), pace, clock, time),
      tagIndex: awsTagIndex(client('tagging')),
      ownedInIndex: awsOwnedInIndex(client('tagging')),
      keys: new AwsKeysApi(client('kms')),
      readManifest: () => never(),
      stackStatus: awsStackStatus(client('cloudformation')),
      lastUpdate: awsLastUpdate(client('cloudformation')),
      showResource: awsShowResource(client('cloudformation')),
      logicalIds: awsLogicalIds(client('cloudformation')),
      showLastEvent: awsShowLastEvent(client('cloudformation')),
      logGroupName: LOG_GROUP,
    };
  }

  private async carry(process: Process, call: Call): Promise<Reply> {
    this.called.push({ process: process.id, event: process.event.name, service: call.service, operation: call.operation });
    const issuedAt = this.clock.now();
    const before = this.faults.happened.length;
    const reply = this.faults.middleware(call, async () => this.serve(process, call, issuedAt));
    if (this.faults.happened.length > before) {
      process.faults += 1;
      this.trace(`${process.id} ${call.operation}: ${this.faults.happened.at(-1)}`);
    }
    return reply;
  }

  private async serve(process: Process, call: Call, issuedAt: number): Promise<Reply> {
    const { slowCalls = 0 } = this.options;
    if (slowCalls > 0 && call.service === 'workspaces') await this.clock.sleep(slowCalls * SECOND);
    this.storm(process, call);
    switch (call.service) {
      case 'dynamodb': return this.onTable(process, call);
      case 'workspaces': return this.onWorkspaces(process, call, issuedAt);
      case 'tagging': return this.onTagging(process, call);
      case 'cloudformation': return { status: 200, body: this.onStack(process, call) as any };
      default: return this.kms.handle(call);
    }
  }

  private storm(process: Process, call: Call): void {
    const userOf = (id: string) => this.userOf(id);
    const weather = process.role === 'step' ? this.weather.find((each) => each.strikes(call, this.clock.now(), userOf)) : undefined;
    if (!weather) return;
    const { trouble } = weather;
    process.event.troubles.add(trouble);
    if (trouble.what === 'throttled') throw new ServiceError('ThrottlingException', 'Rate exceeded');
    this.trace(`${process.id} ${call.operation}: denied`);
    throw new ServiceError('AccessDeniedException', `User: Step is not authorized to perform: ${call.service}:${call.operation}`);
  }

  private userOf(id: string): string | undefined {
    return this.workspaces.desktops().find(({ workspaceId }) => workspaceId === id)?.userName;
  }

  private onStack(process: Process, { operation, input }: Call): object {
    if (operation === 'DescribeStacks') {
      process.statusRead = this.status;
      return { Stacks: [{ StackStatus: this.status }] };
    }
    if (operation === 'DescribeStackResource') {
      const shown = this.resources.get(input.LogicalResourceId);
      if (!shown) throw new ServiceError('ValidationError', `Resource ${input.LogicalResourceId} does not exist for stack Test`);
      const PhysicalResourceId = `${fleetIdOf({ StackId: STACK_ID, LogicalResourceId: input.LogicalResourceId })}/${properties().DirectoryId}`;
      const { status: ResourceStatus, since } = shown;
      return { StackResourceDetail: { PhysicalResourceId, ResourceType: RESOURCE_TYPE, ResourceStatus, LastUpdatedTimestamp: new Date(since) } };
    }
    if (operation === 'GetTemplate') return { TemplateBody: JSON.stringify({ Resources: Object.fromEntries(this.resources) }) };
    const PhysicalResourceId = STACK_ID;
    const deletions = [...this.deletions].map(([physicalId, { logicalId, status, at }]) => (
      { LogicalResourceId: logicalId, PhysicalResourceId: physicalId, ResourceStatus: status, Timestamp: new Date(at) }
    ));
    const stack = this.statuses.map(({ status, at }) => ({ PhysicalResourceId, ResourceStatus: status, Timestamp: new Date(at) }));
    return { StackEvents: [...deletions, ...stack].sort((a, b) => b.Timestamp.getTime() - a.Timestamp.getTime()) };
  }

  /** The last status of a physical id that is deleted in a clean-up. */
  showDeletion(logicalId: string, physicalId: string, status: string): void {
    this.deletions.set(physicalId, { logicalId, status, at: this.clock.now() });
  }

  /** A resource is not in the stack any more. */
  forget(logicalId: string): void {
    this.resources.delete(logicalId);
  }

  private onTable(process: Process, { operation, input }: Call): Reply {
    const output = this.table.handle(operation, input) as any;
    const isLease = (input.Key ?? input.Item)?.[PK]?.S === 'lease';
    if (isLease && operation === 'GetItem') this.turns.asks(process.event);
    if (isLease && /SET #holder/.test(input.UpdateExpression ?? '')) this.onLeaseTaken(process);
    if (isLease && /REMOVE #holder/.test(input.UpdateExpression ?? '')) this.holder = undefined;
    const isFleetRow = (input.Key ?? input.Item)?.[SK]?.S === 'fleet';
    if (isFleetRow) process.currentReadAt = this.clock.now();
    const begins = operation === 'PutItem' || /#events\.#event =/.test(input.UpdateExpression ?? '');
    if (isFleetRow && begins) this.onJoined(process.event);
    return { status: 200, body: output };
  }

  private onLeaseTaken(process: Process): void {
    const { holder } = this;
    // A process that has ended makes no more calls.
    const isHeld = holder !== undefined && holder !== process && this.processes.has(holder.id) && !holder.isDead;
    this.holder = process;
    this.turns.takes(process.event, isHeld ? holder.event : undefined);
  }

  private async onWorkspaces(process: Process, call: Call, issuedAt: number): Promise<Reply> {
    if (call.operation.startsWith('Describe')) {
      const seen = await this.workspaces.handle(call);
      if (call.operation === 'DescribeTags') process.tagsRead.set(call.input.ResourceId, { ...this.workspaces.tagsOf(call.input.ResourceId) });
      return seen;
    }
    const before = this.workspaces.desktops();
    this.permit(call);
    const reply = this.workspaces.handle(call).catch((error) => this.rejected(process, error)); // all effects have happened when this returns
    const at = this.clock.now();
    for (const difference of differences(before, this.workspaces.desktops())) {
      const effect: Effect = { ...difference, operation: call.operation, process, at, issuedAt };
      this.effects.push(effect);
      this.onEffect(effect);
    }
    return this.options.hidesTargets && call.operation === 'MigrateWorkspace' ? reply.then(withoutTarget) : reply;
  }

  private rejected({ event }: Process, error: Error): never {
    if (error instanceof ServiceError && error.code.startsWith('ResourceLimitExceeded')) event.quotaRejections += 1;
    throw error;
  }

  private onTagging(process: Process, call: Call): Promise<Reply> {
    for (const arn of call.input.ResourceARNList as string[]) {
      const id = arn.split('/')[1];
      process.tagsRead.set(id, { ...this.workspaces.tagsOf(id) });
    }
    return this.tagging.handle(call);
  }

  /** Decides like the role's policy. An id that does not exist has no tags. */
  private permit({ operation, input }: Call): void {
    const denied = BY_RESOURCE_TAG[operation]?.(input).find((id) => {
      const tags = this.isSeenByPolicies(id) ? this.workspaces.tagsOf(id) : {};
      return !tags?.[OWNERSHIP_TAG]?.startsWith(`${STACK_UUID}/`) || tags[ADOPTED_TAG] !== undefined;
    });
    if (denied !== undefined) throw new ServiceError('AccessDeniedException', `User: Step is not authorized to perform: workspaces:${operation} on ${denied}`);
  }

  private isSeenByPolicies(id: string): boolean {
    const { tagsUnseenFor = 0 } = this.options;
    if (tagsUnseenFor === 0) return true;
    const desktop = this.workspaces.desktops().find(({ workspaceId }) => workspaceId === id);
    return desktop === undefined || this.clock.now() - desktop.createdAt >= tagsUnseenFor * SECOND;
  }
}

async function withoutTarget(reply: Reply): Promise<Reply> {
  if (reply === LOST || reply.status !== 200) return reply;
  const { TargetWorkspaceId: _, ...body } = JSON.parse(reply.body as string);
  return { ...reply, body: JSON.stringify(body) };
}
