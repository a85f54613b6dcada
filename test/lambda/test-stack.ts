import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DeleteItemCommand, DynamoDBClient, type DynamoDBClientConfig, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { S3Client } from '@aws-sdk/client-s3';
import { CreateTagsCommand, DeleteTagsCommand, WorkSpacesClient } from '@aws-sdk/client-workspaces';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { AwsWorkspacesApi } from '../../lambda/aws/aws-workspaces-api';
import { AwsKeysApi } from '../../lambda/aws/keys';
import { awsManifestStore } from '../../lambda/aws/manifest-store';
import { awsLastUpdate, awsLogicalIds, awsShowLastEvent, awsShowResource, awsStackStatus } from '../../lambda/aws/stack-status';
import { awsOwnedInIndex, awsTagIndex } from '../../lambda/aws/tag-index';
import type { WorkspacesApi } from '../../lambda/aws/workspaces-api';
import { joinAny, stepOf } from '../../lambda/entries/by-type';
import { checkComplete, GOES_ON_FOR } from '../../lambda/entries/is-complete';
import { unlessDenied } from '../../lambda/entries/patience';
import { Lease } from '../../lambda/ledger/lease';
import { Ledger } from '../../lambda/ledger/ledger';
import { ManifestCopies } from '../../lambda/ledger/manifest-copies';
import { RemovalOrders } from '../../lambda/ledger/removal-orders';
import { SeenEvents } from '../../lambda/ledger/seen-events';
import { Transfers } from '../../lambda/ledger/transfers';
import type { Services } from '../../lambda/reconcile/services';
import type { FleetEvent, JoinedEvent, RemovalsEvent } from '../../lambda/request/events';
import { fleetId as fleetIdOf, removalsId } from '../../lambda/request/identity';
import { VirtualClock } from '../../local/core/clock';
import { Endpoint } from '../../local/core/endpoint';
import { Call, Reply, Service, ServiceError } from '../../local/core/service';
import { toXml } from '../../local/core/xml';
import { DynamoDbService } from '../../local/dynamodb';
import { Fault, Faults } from '../../local/faults';
import { KmsService } from '../../local/kms';
import { TaggingService } from '../../local/tagging';
import { WorkspacesService, WorkspacesOptions } from '../../local/workspaces';
import {
  ATTRIBUTES_VERSION, BulkWorkspacesAttributes, BulkWorkspacesProperties, QUERY_INTERVAL_SECONDS, REMOVALS_RESOURCE_TYPE, STEP_TIMEOUT_SECONDS,
} from '../../src/private/contract';
import { createTable } from '../create-table';
import { EndpointHandler } from '../endpoint-handler';
import { StackStatuses } from '../stack-statuses';
import { type Answer, sent, standIn } from '../stand-ins/sdk-client';
import { Table } from '../stand-ins/table';

export const DIRECTORY = 'd-90677cc91c';
export const BUNDLE = 'wsb-clj85qzj1';
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
const UUID = '5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f';
const OTHER_UUID = '7d2e3f40-1b4c-4d3e-9f20-7b8c9d0e1f2a';
const STACK_PREFIX = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Test/';
const TABLE = 'Ledger';
const LOG_GROUP = 'TestLogs';
const JSON_REPLY = { headers: { 'content-type': 'application/x-amz-json-1.1' } };

type ClientConfig = Pick<DynamoDBClientConfig, 'region' | 'endpoint' | 'credentials' | 'maxAttempts' | 'requestHandler'>;

/** How a stack is started: with the clients of the SDK, or with stand-ins for them. */
export type Start = (settings?: Partial<WorkspacesOptions>) => Promise<TestStack>;

/** The clients with which the handler and the tests call the services. */
interface Clients {
  readonly ledger: DynamoDBClient;
  readonly workspaces: WorkSpacesClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;
  readonly kms: KMSClient;
  readonly cloudFormation: CloudFormationClient;
  /** The client of the tests. */
  readonly table: DynamoDBClient;
  readonly console: WorkSpacesClient;
}

/** How often CloudFormation tries a deletion in a clean-up. */
const TRIES = 3;
/** The SDK's default. */
const LEDGER_ATTEMPTS = 3;

/** The final answer to CloudFormation, and the time that it took. */
export type Outcome =
  | {
    readonly status: 'SUCCESS';
    readonly data: BulkWorkspacesAttributes;
    readonly ids: string[];
    readonly minutes: number;
    /** What became of each try of the clean-up, if there were leavers. */
    readonly cleanUp?: readonly Outcome[];
  }
  | { readonly status: 'FAILED'; readonly reason: string; readonly minutes: number };

export type FleetProperties = Partial<BulkWorkspacesProperties> & {
  readonly users?: readonly string[];
  readonly settings?: Partial<NonNullable<BulkWorkspacesProperties['Settings']>[number]>;
};

/** The properties of a custom resource for these users, as CloudFormation sends them. */
export function properties({ users = [], settings = {}, ...more }: FleetProperties = {}): BulkWorkspacesProperties {
  return {
    ServiceToken: 'arn:aws:lambda:us-east-1:123456789012:function:framework-onEvent',
    DirectoryId: DIRECTORY,
    UserCount: String(users.length),
    Users: [{ Settings: '0', UserNames: [...users] }],
    Settings: [{ BundleId: BUNDLE, ...settings }],
    WaitFor: 'AVAILABLE',
    LateWorkspaces: 'ACCEPT',
    TimeoutSeconds: '3000',
    FailureTolerance: '0',
    AttributesVersion: ATTRIBUTES_VERSION,
    ...more,
    RemovedUsers: more.RemovedUsers ?? 'TERMINATE',
    BundleChange: more.BundleChange ?? 'REFUSE',
  };
}

/** The time of signing of a presigned URL. */
export function signingTime(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
}

export function names(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, i) => `user${String(from + i).padStart(3, '0')}`);
}

/**
 * The handler with the local services, in one process and in virtual time: a deployment of 50 minutes takes as long as
 * its calls do. It acts as the Provider framework: onEvent, then isComplete every 30 seconds.
 */
export class TestStack extends StackStatuses {
  /** Starts a stack with the clients of the AWS SDK, and dynalite. */
  static async start(options: Partial<WorkspacesOptions> = {}): Promise<TestStack> {
    const stack = new TestStack(options);
    await stack.dynamo.start();
    stack.endpoint
      .use((call, next) => stack.around(call, next))
      .register(stack.workspaces, stack.tagging, stack.kms, stack.dynamo, stack.cloudFormation());
    stack.use(stack.sdkClients());
    await createTable(stack.table, TABLE);
    return stack;
  }

  /** Starts a stack that is ten times as fast, with stand-ins for the SDK and DynamoDB. Tests in `test/stand-ins` compare both kinds. */
  static async startQuick(options: Partial<WorkspacesOptions> = {}): Promise<TestStack> {
    const stack = new TestStack(options);
    stack.use(stack.standIns());
    return stack;
  }

  readonly clock: VirtualClock;
  readonly kms: KmsService;
  readonly workspaces: WorkspacesService;
  readonly tagging: TaggingService;
  readonly faults: Faults;
  /** The objects in S3, by `bucket/key`. */
  readonly manifests = new Map<string, string>();
  /** What S3 says of an object that does not exist. Without the right to list the bucket, it is AccessDenied. */
  missingObject: 'AccessDenied' | 'NoSuchKey' = 'AccessDenied';
  /** The operations of all calls that steps have made, in order. */
  readonly log: string[] = [];
  /** The calls that the role's policy denies. */
  denies?: (call: Call) => boolean;
  /** The time from which WorkSpaces may use keys in the role's name. */
  keysUsableFrom = 0;
  /** The events for whose answer CloudFormation waits: the last one that it has sent for each logical id. */
  private readonly waitsFor = new Map<string, string>();
  /** How many of the next answers of DescribeTags are empty. */
  hideTags = 0;
  /** The services that the handler uses. Tests of one part may use them directly. */
  services!: Services;

  private readonly dynamo = new DynamoDbService();
  private readonly endpoint = new Endpoint();
  private clients!: Clients;
  private readonly uuid: string;
  private events = 0;
  private steps = 0;
  /** The logical id of the fleet that the methods of this class are about. */
  fleet = 'Fleet';
  /** Logical ids that the template does not have any more. They are deleted in the clean-up. */
  readonly removed = new Set<string>();
  /** The property of each fleet's resource for removals that is deployed. */
  private readonly removals = new Map<string, string>();
  /** The last status of such resources, under the physical ids that are deleted. */
  private readonly removing = new Map<string, { readonly physicalId: string; readonly status: string }>();
  private readonly sent: { operation: string; input: unknown }[] = [];
  private running = 0;
  private killed = false;
  /** When Lambda kills the step that runs, because it has taken too long. */
  private killedAt = Infinity;

  private constructor(options: Partial<WorkspacesOptions>, beside?: TestStack) {
    super();
    this.uuid = beside ? OTHER_UUID : UUID;
    this.clock = beside?.clock ?? new VirtualClock();
    this.kms = beside?.kms ?? new KmsService(this.clock, { account: '123456789012', region: 'us-east-1' });
    this.faults = new Faults({ clock: this.clock, isByFunction: () => this.running > 0, kill: () => { this.killed = true; } });
    this.workspaces = beside?.workspaces ?? new WorkspacesService(this.clock, this.kms, { buildTime: 15 * MINUTE, ...options }, {
      keyAccess: { mayUse: () => this.clock.now() >= this.keysUsableFrom },
    });
    this.tagging = new TaggingService(this.workspaces);
  }

  private onCall: (call: Call) => void = () => undefined;

  /** Starts another stack of the same account, with a ledger of its own. */
  async neighbour(): Promise<TestStack> {
    const stack = new TestStack({}, this);
    stack.use(stack.standIns());
    return stack;
  }

  async stop(): Promise<void> {
    Object.values(this.clients).forEach((client) => client.destroy());
    await this.dynamo.stop();
  }

  inject(...faults: Fault[]): void {
    this.faults.inject(...faults);
  }

  /** The client of an administrator. */
  get console(): WorkSpacesClient {
    return this.clients.console;
  }

  event(RequestType: FleetEvent['RequestType'], ResourceProperties: BulkWorkspacesProperties, more: Partial<FleetEvent> = {}): FleetEvent {
    const event = this.forged(RequestType, ResourceProperties, more);
    if (RequestType === 'Update' && this.status === 'CREATE_IN_PROGRESS') this.status = 'UPDATE_IN_PROGRESS';
    this.waitsFor.set(event.LogicalResourceId, event.ResponseURL);
    this.show(event.LogicalResourceId, `${RequestType.toUpperCase()}_IN_PROGRESS`);
    return event;
  }

  /** An event that CloudFormation has not sent. */
  forged(RequestType: FleetEvent['RequestType'], ResourceProperties: BulkWorkspacesProperties, more: Partial<FleetEvent> = {}): FleetEvent {
    const id = `${++this.events}`;
    return {
      RequestType,
      ResponseURL: this.responseUrl(id),
      StackId: this.stackId,
      RequestId: `request-${id}`,
      LogicalResourceId: this.fleet,
      ResourceProperties,
      ...more,
    };
  }

  /** Runs onEvent, as often as the framework tries it. An event may come twice. */
  async begin(event: FleetEvent): Promise<JoinedEvent> {
    return { ...event, ...await unlessDenied(this.clock, event, LOG_GROUP, () => joinAny(this.services, event)) };
  }

  /** Delivers an event, and runs it until its answer. If onEvent fails, the framework answers FAILED at once. */
  async answer(event: FleetEvent): Promise<Outcome> {
    let joined: JoinedEvent;
    try {
      joined = await this.begin(event);
    } catch (error) {
      this.answered(event, 'FAILED');
      return { status: 'FAILED', reason: (error as Error).message, minutes: 0 };
    }
    return this.finish(joined);
  }

  /** Runs isComplete once. Throws the error that fails the deployment. */
  async poll(event: JoinedEvent): Promise<{ IsComplete?: boolean; Data?: unknown }> {
    return checkComplete((each) => this.step(each), this.clock, event, LOG_GROUP, this.clock.now() + GOES_ON_FOR);
  }

  /** Runs a step in a Lambda process of its own. */
  async step(event: FleetEvent) {
    this.running++;
    this.killed = false;
    this.killedAt = this.clock.now() + STEP_TIMEOUT_SECONDS * SECOND;
    try {
      const result = await stepOf(this.services, event, `step-${++this.steps}`, this.clock.now() + (STEP_TIMEOUT_SECONDS - 40) * SECOND);
      this.killLate();
      if (this.killed) throw Object.assign(new Error('RequestId: x Error: Runtime exited with error: signal: killed'), { name: 'Runtime.ExitError' });
      return result;
    } finally {
      this.running--;
      this.killed = false;
    }
  }

  /** Runs an event until its answer, as the framework does. CloudFormation shows the answer, if it waits for it. */
  async finish(event: JoinedEvent, start = this.clock.now()): Promise<Outcome> {
    const outcome = await this.untilAnswered(event, start);
    this.answered(event, outcome.status);
    return outcome;
  }

  private answered({ LogicalResourceId: logicalId, ResponseURL }: FleetEvent, status: Outcome['status']): void {
    if (this.waitsFor.get(logicalId) !== ResponseURL) return;
    this.waitsFor.delete(logicalId);
    this.show(logicalId, this.resources.get(logicalId)!.status.replace('IN_PROGRESS', status === 'SUCCESS' ? 'COMPLETE' : 'FAILED'));
  }

  /** The status of the fleet in the stack. */
  get resourceStatus(): string {
    return this.resources.get(this.fleet)?.status ?? 'not in the stack';
  }

  set resourceStatus(status: string) {
    this.show(this.fleet, status);
  }

  private async untilAnswered(event: JoinedEvent, start: number): Promise<Outcome> {
    const minutes = () => Math.round((this.clock.now() - start) / MINUTE);
    for (let polls = 0; polls <= 120; polls++) {
      try {
        const { IsComplete, Data } = await this.poll(event);
        if (IsComplete) {
          const data = Data as BulkWorkspacesAttributes;
          return { status: 'SUCCESS', data, ids: data.WorkspaceIds?.split(',') ?? [], minutes: minutes() };
        }
      } catch (error) {
        return { status: 'FAILED', reason: (error as Error).message, minutes: minutes() };
      }
      await this.clock.sleep(QUERY_INTERVAL_SECONDS * SECOND);
    }
    return { status: 'FAILED', reason: 'Operation timed out', minutes: minutes() };
  }

  async create(wanted: FleetProperties): Promise<Outcome> {
    this.status = 'CREATE_IN_PROGRESS';
    return this.finish(await this.begin(this.event('Create', properties(wanted))));
  }

  /** An update that succeeds as a whole, with its clean-up. */
  async update(before: FleetProperties, after: FleetProperties): Promise<Outcome> {
    const outcome = await this.updateFleet(before, after);
    return outcome.status === 'SUCCESS' ? { ...outcome, ...await this.commit(outcome.data) } : outcome;
  }

  /** The fleet's part of an update. After that, something else may still fail. */
  async updateFleet(before: FleetProperties, after: FleetProperties): Promise<Outcome> {
    this.status = 'UPDATE_IN_PROGRESS';
    return this.finish(await this.begin(this.updateEvent(before, after)));
  }

  /** The rest of an update that succeeds: if there are leavers, the old physical id of the resource for removals is deleted, in up to three tries. */
  async commit({ Removals }: Pick<BulkWorkspacesAttributes, 'Removals'>, { tries = TRIES, directoryId = DIRECTORY } = {}): Promise<{ readonly cleanUp?: readonly Outcome[] }> {
    const before = this.removals.get(this.fleet) ?? '0';
    if (Removals === before) return {};
    this.removals.set(this.fleet, Removals);
    this.status = 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';
    const cleanUp: Outcome[] = [];
    while (cleanUp.length < tries && cleanUp.at(-1)?.status !== 'SUCCESS') cleanUp.push(await this.deleteRemovals(before, directoryId));
    this.status = 'UPDATE_COMPLETE';
    return { cleanUp };
  }

  /** One try to delete a physical id of the resource for removals. */
  async deleteRemovals(removals: string, directoryId = DIRECTORY): Promise<Outcome> {
    const outcome = await this.finish(await this.beginRemovals(removals, directoryId));
    this.removing.set(this.fleet, { ...this.removing.get(this.fleet)!, status: outcome.status === 'SUCCESS' ? 'DELETE_COMPLETE' : 'DELETE_FAILED' });
    return outcome;
  }

  /** Begins such a try. */
  async beginRemovals(removals: string, directoryId = DIRECTORY): Promise<JoinedEvent> {
    const event = this.removalsEvent('Delete', removals, directoryId);
    this.removing.set(this.fleet, { physicalId: event.PhysicalResourceId!, status: 'DELETE_IN_PROGRESS' });
    return this.begin(event as unknown as FleetEvent);
  }

  removalsEvent(RequestType: RemovalsEvent['RequestType'], removals: string, DirectoryId = DIRECTORY): RemovalsEvent {
    const { ServiceToken } = properties();
    const event = this.forged(RequestType, { ServiceToken, FleetId: this.fleetId, DirectoryId, Removals: removals } as never, {
      LogicalResourceId: `${this.fleet}Removals`,
      PhysicalResourceId: removalsId(this.fleetId, removals),
      ResourceType: REMOVALS_RESOURCE_TYPE,
    });
    return event as unknown as RemovalsEvent;
  }

  private responseUrl(id: string): string {
    return `https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/${id}?X-Amz-Date=${signingTime(this.clock.now())}&X-Amz-Signature=${id}`;
  }

  /** Rolls an update back, as CloudFormation does: an update with the properties swapped. */
  async rollBack(failed: FleetProperties, before: FleetProperties): Promise<Outcome> {
    this.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
    return this.finish(await this.begin(this.updateEvent(failed, before)));
  }

  async delete(last: FleetProperties, physicalId = this.physicalId, status = 'DELETE_IN_PROGRESS'): Promise<Outcome> {
    this.status = status;
    return this.finish(await this.begin(this.event('Delete', properties(last), { PhysicalResourceId: physicalId })));
  }

  updateEvent(before: FleetProperties, after: FleetProperties): FleetEvent {
    return this.event('Update', properties(after), { PhysicalResourceId: this.physicalId, OldResourceProperties: properties(before) });
  }

  get physicalId(): string {
    return `${this.fleetId}/${DIRECTORY}`;
  }

  private get stackId(): string {
    return `${STACK_PREFIX}${this.uuid}`;
  }

  get fleetId(): string {
    return fleetIdOf({ StackId: this.stackId, LogicalResourceId: this.fleet });
  }

  /** The ids of these users' desktops, in their order. */
  idsOf(users: readonly string[]): (string | undefined)[] {
    const byUser = new Map(this.present().map((each) => [each.userName, each.workspaceId]));
    return users.map((user) => byUser.get(user));
  }

  /** The users who have a desktop now, whoever created it. TERMINATING desktops do not count. */
  users(): string[] {
    return this.present().map(({ userName }) => userName).sort();
  }

  present() {
    return this.workspaces.desktops().filter(({ state }) => !['TERMINATING', 'TERMINATED', 'GONE'].includes(state));
  }

  /** All desktops, as far as a deployment can take them away. */
  everything() {
    return this.workspaces.desktops().map(({ workspaceId, state, tags }) => ({ workspaceId, state, tags }));
  }

  /** The users of all desktops that were ever created, including terminated ones. */
  made(): string[] {
    return this.workspaces.desktops().map(({ userName }) => userName).sort();
  }

  /** The requests that WorkSpaces got. */
  inputs(operation: string): unknown[] {
    return this.sent.filter((each) => each.operation === operation).map(({ input }) => input);
  }

  calls(operation: string): number {
    return this.workspaces.counts().calls[operation] ?? 0;
  }

  throttled(): number {
    return Object.values(this.workspaces.counts().throttled).reduce((sum, each) => sum + each, 0);
  }

  async rows(): Promise<Record<string, any>[]> {
    const { Items } = await this.table.send(new ScanCommand({ TableName: TABLE, ConsistentRead: true }));
    return Items!.map((item) => unmarshall(item))
      .map(({ records, ...row }) => (records === undefined ? row : { ...row, records: JSON.parse(records) }));
  }

  /** From now on the service answers some calls in its own way. */
  answers(change: (api: WorkspacesApi) => Partial<WorkspacesApi>): void {
    const { workspaces } = this.services;
    const changed = (api: WorkspacesApi) => Object.assign(Object.create(api) as WorkspacesApi, change(api));
    this.services = { ...this.services, workspaces: (pace, time) => changed(workspaces(pace, time)) };
  }

  /** Somebody puts a tag on a desktop. */
  async tag(ResourceId: string, Key: string, Value: string): Promise<void> {
    await this.console.send(new CreateTagsCommand({ ResourceId, Tags: [{ Key, Value }] }));
  }

  /** Somebody takes a tag off a desktop. */
  async untag(ResourceId: string, key: string): Promise<void> {
    await this.console.send(new DeleteTagsCommand({ ResourceId, TagKeys: [key] }));
  }

  /** Adds something that happens whenever time passes. */
  whileWaiting(happens: () => void): void {
    const sleep = this.clock.sleep.bind(this.clock);
    this.clock.sleep = (ms) => {
      happens();
      return sleep(ms);
    };
  }

  /** Adds something that is done at the time of a call; `*`: of every call. */
  whileCalling(operation: string, happens: (call: Call) => void): void {
    this.onCall = (call) => { if (operation === '*' || call.operation === operation) happens(call); };
  }

  /** Somebody deletes rows by hand. */
  async deleteRows(which: (row: Record<string, any>) => boolean): Promise<void> {
    for (const { pk, sk } of (await this.rows()).filter(which)) {
      await this.table.send(new DeleteItemCommand({ TableName: TABLE, Key: { pk: { S: pk }, sk: { S: sk } } }));
    }
  }

  /** Makes the ledger forget that desktops were adopted. */
  async forgetAdoption(): Promise<void> {
    const { Items } = await this.table.send(new ScanCommand({ TableName: TABLE, ConsistentRead: true }));
    for (const item of Items!) {
      if (item.records) await this.table.send(new PutItemCommand({ TableName: TABLE, Item: { ...item, records: { S: item.records.S!.replaceAll('"adopted":true,', '').replaceAll(',"adopted":true', '') } } }));
    }
  }

  /** Makes the ledger forget with which properties the fleet was deployed. */
  async forgetWhatWasDeployed(): Promise<void> {
    const { Items } = await this.table.send(new ScanCommand({ TableName: TABLE, ConsistentRead: true }));
    const row = Items!.find(({ sk }) => sk.S === 'fleet')!;
    const { to, ...settled } = row.settled.M!;
    if (!to) throw new Error('the ledger does not know it anyway');
    await this.table.send(new PutItemCommand({ TableName: TABLE, Item: { ...row, settled: { M: settled } } }));
  }

  /** The client with which somebody changes the table by hand. */
  get table(): DynamoDBClient {
    return this.clients.table;
  }

  private use(clients: Clients): void {
    this.clients = clients;
    const s3 = standIn<S3Client>(1, async (_, { Bucket, Key }: any) => {
      const text = this.manifests.get(`${Bucket}/${Key}`);
      if (text === undefined) throw new ServiceError(this.missingObject, 'Access Denied');
      return { status: 200, body: { Body: { transformToString: async () => text } } };
    });
    this.services = {
      clock: this.clock,
      ledger: new Ledger(clients.ledger, TABLE),
      seenEvents: new SeenEvents(clients.ledger, TABLE),
      manifestCopies: new ManifestCopies(clients.ledger, TABLE),
      removalOrders: new RemovalOrders(clients.ledger, TABLE),
      transfers: new Transfers(clients.ledger, TABLE),
      lease: new Lease(clients.ledger, TABLE, this.clock, STEP_TIMEOUT_SECONDS * SECOND),
      workspaces: (pace, time) => new AwsWorkspacesApi(clients.workspaces, pace, this.clock, time),
      tagIndex: awsTagIndex(clients.tagging),
      ownedInIndex: awsOwnedInIndex(clients.tagging),
      keys: new AwsKeysApi(clients.kms),
      readManifest: awsManifestStore(s3),
      stackStatus: awsStackStatus(clients.cloudFormation),
      lastUpdate: awsLastUpdate(clients.cloudFormation),
      showResource: awsShowResource(clients.cloudFormation),
      logicalIds: awsLogicalIds(clients.cloudFormation),
      showLastEvent: awsShowLastEvent(clients.cloudFormation),
      logGroupName: LOG_GROUP,
    };
  }

  private sdkClients(): Clients {
    const config: ClientConfig = {
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1',
      requestHandler: new EndpointHandler(this.endpoint),
      credentials: { accessKeyId: 'STEP', secretAccessKey: 'x' },
      maxAttempts: 1,
    };
    return {
      ledger: new DynamoDBClient({ ...config, maxAttempts: LEDGER_ATTEMPTS }),
      workspaces: new WorkSpacesClient(config),
      tagging: new ResourceGroupsTaggingAPIClient(config),
      kms: new KMSClient(config),
      cloudFormation: new CloudFormationClient(config),
      table: new DynamoDBClient(config),
      console: new WorkSpacesClient(config),
    };
  }

  private standIns(): Clients {
    const table = new Table();
    const client = <T>(service: string, handle: (call: Call) => Promise<Answer>, attempts = 1) => standIn<T>(attempts, (operation, input) => {
      const call: Call = { service, operation, region: 'us-east-1', caller: { accessKeyId: 'STEP' }, input: sent(service, input), request: undefined as never };
      return this.around(call, () => handle(call) as Promise<Reply>);
    });
    const onTable = async ({ operation, input }: Call) => ({ status: 200, body: table.handle(operation, input) });
    const onWorkspaces = (call: Call) => this.workspaces.handle(call);
    return {
      ledger: client('dynamodb', onTable, LEDGER_ATTEMPTS),
      workspaces: client('workspaces', onWorkspaces),
      tagging: client('tagging', (call) => this.tagging.handle(call)),
      kms: client('kms', (call) => this.kms.handle(call)),
      cloudFormation: client('cloudformation', async ({ operation, input }) => ({ status: 200, body: this.describe(operation, input) })),
      table: client('dynamodb', onTable),
      console: client('workspaces', onWorkspaces),
    };
  }

  /** Wraps every call: permissions, faults, and the death of a process. */
  private around(call: Call, next: () => Promise<Reply>): Promise<Reply> {
    return this.observe(call, () => this.faults.middleware(call, () => this.restrict(call, next)));
  }

  private killLate(): void {
    if (this.running > 0 && this.clock.now() > this.killedAt) this.killed = true;
  }

  private async observe(call: Call, next: () => Promise<Reply>): Promise<Reply> {
    this.killLate();
    // The code of a dead process goes on running here. This answer makes it end soon, without retries.
    if (this.killed) return { ...JSON_REPLY, status: 400, body: '{"__type":"ProcessKilled"}' };
    if (this.running > 0) this.log.push(call.operation);
    this.sent.push({ operation: call.operation, input: call.input });
    this.onCall(call);
    return next();
  }

  private async restrict(call: Call, next: () => Promise<Reply>): Promise<Reply> {
    if (call.operation === 'DescribeTags' && this.hideTags > 0) {
      this.hideTags--;
      return { ...JSON_REPLY, status: 200, body: '{"TagList":[]}' };
    }
    if (this.denies?.(call)) throw new ServiceError('AccessDeniedException', `User: Step is not authorized to perform: ${call.operation}`);
    return next();
  }

  /** The part of CloudFormation that the handler uses: the stack's status, and the events with its earlier statuses. */
  private describe(operation: string, { LogicalResourceId = '' }: { readonly LogicalResourceId?: string }): object {
    const stack = { StackId: this.stackId, StackName: 'Test' };
    if (operation === 'DescribeStackResource') {
      const shown = this.resources.get(LogicalResourceId);
      if (!shown) throw new ServiceError('ValidationError', `Resource ${LogicalResourceId} does not exist for stack Test`);
      const { status: ResourceStatus, type: ResourceType, since } = shown;
      const LastUpdatedTimestamp = new Date(since);
      const PhysicalResourceId = `${fleetIdOf({ StackId: this.stackId, LogicalResourceId })}/${DIRECTORY}`;
      return { StackResourceDetail: { ...stack, LogicalResourceId, PhysicalResourceId, ResourceType, ResourceStatus, LastUpdatedTimestamp } };
    }
    if (operation === 'DescribeStacks') return { Stacks: [{ ...stack, StackStatus: this.status, CreationTime: new Date('2026-01-01T00:00:00Z') }] };
    if (operation === 'GetTemplate') {
      const logicalIds = [...this.resources.keys()].filter((each) => !this.removed.has(each));
      return { TemplateBody: JSON.stringify({ Resources: Object.fromEntries(logicalIds.map((each) => [each, {}])) }) };
    }
    const removals = [...this.removing].map(([fleet, { physicalId: PhysicalResourceId, status: ResourceStatus }]) => ({
      ...stack, EventId: `removals of ${fleet}`, LogicalResourceId: `${fleet}Removals`, PhysicalResourceId, ResourceStatus, Timestamp: new Date(this.clock.now()),
    }));
    return {
      StackEvents: [...removals, ...this.statuses.map(({ status, at }, i) => ({
        ...stack, EventId: String(i), PhysicalResourceId: this.stackId, ResourceStatus: status, Timestamp: new Date(at),
      }))],
    };
  }

  private cloudFormation(): Service {
    const reply = (root: string, content: object, status = 200): Reply => (
      { status, headers: { 'content-type': 'text/xml' }, body: toXml(root, 'http://cloudformation.amazonaws.com/doc/2010-05-15/', content) }
    );
    return {
      signingName: 'cloudformation',
      parse: ({ body }) => {
        const { Action = '', ...input } = Object.fromEntries(new URLSearchParams(body.toString()));
        return { operation: Action, input };
      },
      handle: async ({ operation, input }) => reply(`${operation}Response`, { [`${operation}Result`]: this.describe(operation, input) }),
      reply: ({ code, message, status }) => reply('ErrorResponse', { Error: { Code: code, Message: message } }, status),
    };
  }
}
