import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { freeze, requiredSince } from './frozen';
import type { JoinedEvent } from '../../lambda/request/events';
import type { Fault } from '../../local/faults';
import type { BulkWorkspacesAttributes, BulkWorkspacesProperties, DesktopSettings, ManifestDocument } from '../../src/private/contract';
import { DIRECTORY, MINUTE, Outcome, TestStack } from '../lambda/test-stack';

// What a handler sends, writes and leaves behind, at moments at which a newer handler can replace it. It is recorded once for each version of
// the contract, with the handler of that version; see README.md.

export const FIXTURES = path.join(__dirname, 'fixtures');
const LEDGER = 'Ledger';

/** One moment. */
export interface Fixture {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The last event from CloudFormation and onEvent of that version, for isComplete. */
  readonly event: JoinedEvent;
  /** The answer to CloudFormation, if there was one. */
  readonly answer?: BulkWorkspacesAttributes;
  readonly manifests: Readonly<Record<string, string>>;
  /** The items of the table, in DynamoDB's format. */
  readonly ledger: readonly Readonly<Record<string, any>>[];
  readonly desktops: readonly LeftDesktop[];
}

export type LeftDesktop = Pick<
  ReturnType<TestStack['workspaces']['desktops']>[number], 'workspaceId' | 'directoryId' | 'userName' | 'bundleId' | 'state' | 'tags' | 'properties' | 'encryption'
>;

/** Users by the index of their settings, which are below. */
type Users = readonly (readonly [plainOrEncrypted: '0' | '1', ...names: string[]])[];

const PLAIN = { BundleId: 'wsb-clj85qzj1', RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: '60' };
const ENCRYPTED = { VolumeEncryptionKey: 'alias/aws/workspaces', RootVolumeEncryptionEnabled: 'true', UserVolumeEncryptionEnabled: 'true' };
const SETTINGS: BulkWorkspacesProperties['Settings'] = [PLAIN, { ...PLAIN, ...ENCRYPTED, Tags: { team: 'finance' } }];

/** For each version, the options that it sends for the first time, from a construct with all its options. */
const SINCE: Readonly<Record<number, Partial<BulkWorkspacesProperties>>> = {
  1: {
    TerminationLimit: '2',
    RemovedUsers: 'TERMINATE',
    BundleChange: 'REFUSE',
    RetainOnReplace: 'true',
    AttributesVersion: '1',
    WorkspaceIds: 'COUNT',
    IdsInOneRead: '270',
  },
  5: { AttributesVersion: '2' },
};

/** For each version, the settings of a desktop that it has for the first time, in the moment `all-settings`. */
const SETTINGS_SINCE: Readonly<Record<number, Partial<DesktopSettings>>> = {
  1: {
    BundleId: 'wsb-clj85qzj1',
    VolumeEncryptionKey: 'alias/aws/workspaces',
    RootVolumeEncryptionEnabled: 'true',
    UserVolumeEncryptionEnabled: 'true',
    RunningMode: 'AUTO_STOP',
    RunningModeAutoStopTimeoutInMinutes: '60',
    ComputeTypeName: 'STANDARD',
    RootVolumeSizeGib: '80',
    UserVolumeSizeGib: '50',
    Protocols: ['WSP'],
    OperatingSystemName: 'WINDOWS_SERVER_2022',
    GlobalAccelerator: { Mode: 'ENABLED_AUTO', PreferredProtocol: 'TCP' },
    NestedVirtualizationEnabled: 'false',
    Ipv6Address: '2001:db8::1',
    Tags: { team: 'finance' },
  },
};

export const BEFORE: Users = [['0', 'ana', 'bo'], ['1', 'Chen'], ['0', 'nobody']];
export const DEPLOYED: Users = [...BEFORE, ['0', 'dee']];

/** The properties as the construct of a version sends them, with the users inline. */
export function propertiesOf(version: number, users: Users, more: Partial<BulkWorkspacesProperties> = {}): BulkWorkspacesProperties {
  return { ...common(version, users), Users: users.map(([Settings, ...UserNames]) => ({ Settings, UserNames })), Settings: SETTINGS, ...more };
}

/** The same with a manifest; the name of the first user is known only when the stack is deployed, and so is the key. */
export function manifestOf(version: number, users: Users): { readonly properties: BulkWorkspacesProperties } & Record<'name' | 'text', string> {
  const [, first] = users[0];
  const document: ManifestDocument = {
    Users: users.map(([Settings, ...names]) => ({ Settings, UserNames: names.map((name) => (name === first ? { Value: '0' } : name)) })),
    Settings: SETTINGS!.map((each) => (each.VolumeEncryptionKey ? { ...each, VolumeEncryptionKey: { Value: '1' } } : each)),
  };
  const Manifest = { Bucket: 'cdk-hnb659fds-assets-123456789012-us-east-1', Key: `${users.flat().join('-').toLowerCase()}.fleet-0a1b2c3d` };
  const Values = [first, 'alias/aws/workspaces'];
  return { properties: { ...common(version, users), Manifest, Values }, name: `${Manifest.Bucket}/${Manifest.Key}`, text: JSON.stringify(document) };
}

function common(version: number, users: Users) {
  return {
    ServiceToken: 'arn:aws:lambda:us-east-1:123456789012:function:framework-onEvent',
    ServiceTimeout: '3600',
    DirectoryId: DIRECTORY,
    UserCount: String(users.flatMap(([, ...names]) => names).length),
    Tags: { department: 'sales' },
    WaitFor: 'AVAILABLE',
    LateWorkspaces: 'ACCEPT',
    TimeoutSeconds: '3000',
    FailureTolerance: '1',
    Refresh: '1',
    ...upTo(version, SINCE),
  } as const;
}

/** Everything that the versions up to this one have. */
function upTo<T extends object>(version: number, since: Readonly<Record<number, T>>): any {
  return Object.assign({}, ...Object.entries(since).filter(([first]) => Number(first) <= version).map(([, each]) => each));
}

/** Plays a history up to a moment. */
type Scenario = (stage: Stage) => Promise<{ readonly event: JoinedEvent; readonly outcome?: Outcome }>;

class Stage {
  constructor(readonly stack: TestStack, readonly version: number) {}

  properties(users: Users, more?: Partial<BulkWorkspacesProperties>) {
    return propertiesOf(this.version, users, more);
  }

  async begin(type: 'Create' | 'Update' | 'Delete', properties: BulkWorkspacesProperties, OldResourceProperties?: BulkWorkspacesProperties): Promise<JoinedEvent> {
    this.stack.status = { Create: 'CREATE_IN_PROGRESS', Update: 'UPDATE_IN_PROGRESS', Delete: 'DELETE_IN_PROGRESS' }[type];
    const PhysicalResourceId = type === 'Create' ? undefined : this.stack.physicalId;
    return this.stack.begin(this.stack.event(type, properties, { PhysicalResourceId, OldResourceProperties }));
  }

  /** Runs steps until the moment is reached at which the handler is replaced. */
  async pollUntil(event: JoinedEvent, hasCome: () => boolean): Promise<{ readonly event: JoinedEvent }> {
    for (let polls = 0; !hasCome(); polls++) {
      if (polls > 20) throw new Error('it does not come about');
      if (polls > 0) await this.stack.clock.sleep(MINUTE / 2);
      await this.stack.poll(event);
    }
    return { event };
  }

  /** Deploys a fleet, and stops in the middle of an update. @param faults the call in which the step dies, if it dies */
  async updating(after: BulkWorkspacesProperties, hasCome: () => boolean, ...faults: Fault[]) {
    await this.deploy();
    const event = await this.begin('Update', after, this.properties(DEPLOYED));
    this.stack.inject(...faults);
    return this.pollUntil(event, hasCome);
  }

  async run(type: 'Create' | 'Update', properties: BulkWorkspacesProperties, before?: BulkWorkspacesProperties) {
    const event = await this.begin(type, properties, before);
    return { event, outcome: await this.stack.finish(event) };
  }

  /** A create and then an update. It has rows of two generations, one refused user, and one encrypted desktop. */
  async deploy() {
    const [before, after] = [this.properties(BEFORE), this.properties(DEPLOYED)];
    expectSuccess((await this.run('Create', before)).outcome);
    const second = await this.run('Update', after, before);
    expectSuccess(second.outcome);
    await this.stack.clock.sleep(60 * MINUTE);
    return second;
  }
}

/** The first version that has each moment, and the last one, if it does not come about any more. */
const MOMENTS: Readonly<Record<string, { readonly since: number; readonly until?: number; readonly play: Scenario }>> = {
  'deployed': { since: 1, play: (stage) => stage.deploy() },
  'deployed-manifest': {
    since: 1,
    play: async (stage) => {
      const { properties, name, text } = manifestOf(stage.version, BEFORE);
      stage.stack.manifests.set(name, text);
      return stage.run('Create', properties);
    },
  },
  'creating': {
    since: 1,
    play: async (stage) => {
      const event = await stage.begin('Create', stage.properties(BEFORE));
      await stage.stack.poll(event);
      return { event };
    },
  },
  // CloudFormation has not confirmed it yet.
  'update-seen': {
    since: 4,
    play: async (stage) => {
      await stage.deploy();
      return { event: await stage.begin('Update', stage.properties([...DEPLOYED, ['0', 'emil']]), stage.properties(DEPLOYED)) };
    },
  },
  // The step dies in the middle of CreateWorkspaces, so the ledger does not know two desktops.
  'updating': {
    since: 1,
    play: (stage) => stage.updating(
      stage.properties([...DEPLOYED, ['0', 'emil', 'finn']]), () => stage.stack.users().length === 6, { operation: 'CreateWorkspaces', how: 'kill-after' },
    ),
  },
  'update-failed': {
    since: 1,
    play: async (stage) => {
      await stage.deploy();
      const run = await stage.run('Update', stage.properties([...DEPLOYED, ['0', 'emil', 'nemo']]), stage.properties(DEPLOYED));
      if (run.outcome.status !== 'FAILED') throw new Error('it was to fail');
      return { event: run.event };
    },
  },
  'deleting': {
    since: 1,
    play: async (stage) => {
      await stage.deploy();
      const event = await stage.begin('Delete', stage.properties(DEPLOYED));
      await stage.stack.poll(event);
      return { event };
    },
  },
  // The step dies in the middle of TerminateWorkspaces, in an update: until version 4, updates removed leavers' desktops.
  'removing': {
    since: 1,
    until: 4,
    play: (stage) => stage.updating(
      stage.properties([['0', 'ana'], ...DEPLOYED.slice(1)]), () => stage.stack.users().length === 3, { operation: 'TerminateWorkspaces', how: 'kill-after' },
    ),
  },
  'released': {
    since: 1,
    until: 4,
    play: async (stage) => {
      await stage.deploy();
      return stage.run('Update', stage.properties([['0', 'ana'], ...DEPLOYED.slice(1)], { RemovedUsers: 'RELEASE' }), stage.properties(DEPLOYED));
    },
  },
  // The update is done, and its clean-up has not begun.
  'leaving': {
    since: 5,
    play: async (stage) => {
      await stage.deploy();
      return stage.run('Update', stage.properties([['0', 'ana'], ...DEPLOYED.slice(1)]), stage.properties(DEPLOYED));
    },
  },
  // The step dies in the middle of TerminateWorkspaces.
  'cleaning-up': {
    since: 5,
    play: async (stage) => {
      const { stack } = stage;
      await stage.deploy();
      const run = await stage.run('Update', stage.properties([['0', 'ana'], ...DEPLOYED.slice(1)]), stage.properties(DEPLOYED));
      if (run.outcome.status === 'FAILED') throw new Error(run.outcome.reason);
      stack.inject({ operation: 'TerminateWorkspaces', how: 'kill-after' });
      stack.status = 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';
      const order = stack.beginRemovals('0');
      await stage.pollUntil(await order, () => stack.users().length === 3);
      return run;
    },
  },
  'adopted': {
    since: 1,
    play: async (stage) => {
      stage.stack.workspaces.createElsewhere({
        directoryId: DIRECTORY, bundleId: 'wsb-b0s22j3d7', userName: 'bo', properties: { RunningMode: 'ALWAYS_ON' }, tags: { cost: '42' },
      });
      return stage.run('Create', stage.properties(BEFORE, { ExistingWorkspaces: { Adopt: 'UNOWNED', FleetIds: ['0a0b0c0d-1111-2222-3333-444455556666/deadbeef'] } }));
    },
  },
  'all-settings': {
    since: 1,
    play: async (stage) => {
      const run = await stage.run('Create', stage.properties([['0', 'ana']], { Settings: [upTo(stage.version, SETTINGS_SINCE)] }));
      expectSuccess(run.outcome);
      return run;
    },
  },
  // The step dies in the middle of ModifyWorkspaceProperties.
  'changing': {
    since: 1,
    play: (stage) => {
      const Settings = SETTINGS!.map((each) => ({ ...each, RunningModeAutoStopTimeoutInMinutes: '120' }));
      const operation = 'ModifyWorkspaceProperties';
      return stage.updating(stage.properties(DEPLOYED, { Settings }), () => stage.stack.calls(operation) > 0, { operation, how: 'kill-after' });
    },
  },
  'migrating': {
    since: 1,
    play: (stage) => {
      const Settings = SETTINGS!.map((each) => ({ ...each, BundleId: 'wsb-b0s22j3d7' }));
      return stage.updating(stage.properties(DEPLOYED, { Settings, BundleChange: 'MIGRATE' }), () => stage.stack.made().length > 5);
    },
  },
};

function expectSuccess(outcome: Outcome): void {
  if (outcome.status !== 'SUCCESS') throw new Error(outcome.reason);
}

async function record(version: number, play: Scenario): Promise<Fixture> {
  const stack = await startStack();
  try {
    const { event, outcome } = await play(new Stage(stack, version));
    const { Items } = await inside(stack).table.send(new ScanCommand({ TableName: LEDGER, ConsistentRead: true }));
    const desktops = stack.workspaces.desktops().filter(({ state }) => state !== 'GONE').map((each): LeftDesktop => {
      const { workspaceId, directoryId, userName, bundleId, state, tags, properties, encryption } = each;
      return { workspaceId, directoryId, userName, bundleId, state, tags, properties, encryption };
    });
    const ledger = [...Items!].sort((a, b) => (key(a) < key(b) ? -1 : 1));
    const answer = outcome?.status === 'SUCCESS' ? outcome.data : undefined;
    return { now: stack.clock.now(), event, answer, manifests: Object.fromEntries(stack.manifests), ledger, desktops };
  } finally {
    await stack.stop();
  }
}

export function startStack(): Promise<TestStack> {
  return TestStack.start({ missingUsers: ['nobody', 'nemo'], migrateTime: 20 * MINUTE, autoStop: false });
}

/** Restores the state in which the handler of another version left a stack. Desktops that were PENDING or TERMINATING continue. */
export async function restore(stack: TestStack, fixture: Fixture): Promise<Fixture> {
  // Older than its record in the ledger.
  stack.status = { Create: 'CREATE_IN_PROGRESS', Update: 'UPDATE_IN_PROGRESS', Delete: 'DELETE_IN_PROGRESS' }[fixture.event.RequestType];
  await stack.clock.sleep(fixture.now - stack.clock.now());
  inside(stack).latest = fixture.now; // CloudFormation's next status comes after what the older handler has seen
  for (const [name, text] of Object.entries(fixture.manifests)) stack.manifests.set(name, text);
  // The id of the key that AWS manages differs in each account.
  let text = JSON.stringify(fixture).replace(/arn:aws:kms:[^"]+/g, stack.kms.resolve('alias/aws/workspaces')!.arn);
  const building: string[] = [];
  for (const { state, encryption, ...others } of (JSON.parse(text) as Fixture).desktops) {
    const desktop = { ...others, properties: { ...others.properties }, encryption: encryption && { ...encryption, grantId: undefined } };
    const source = stack.workspaces.desktops().find(({ userName, state: is }) => userName === desktop.userName && is !== 'GONE');
    if (source) {
      // Only a migration creates a second desktop, and WorkSpaces chooses its id.
      text = text.replaceAll(desktop.workspaceId, stack.workspaces.others.migrate(source.workspaceId, desktop.bundleId));
      continue;
    }
    const isLeaving = state === 'TERMINATING' || state === 'TERMINATED';
    const isMigrated = fixture.desktops.some(({ userName, workspaceId }) => userName === desktop.userName && workspaceId !== desktop.workspaceId);
    stack.workspaces.createElsewhere({ ...desktop, state: isLeaving || isMigrated ? 'AVAILABLE' : state as never });
    if (isLeaving) stack.workspaces.terminateElsewhere(desktop.workspaceId);
    if (state === 'PENDING' && !isMigrated) building.push(desktop.workspaceId);
  }
  const restored: Fixture = JSON.parse(text);
  inside(stack).events = 100; // the next events must differ from those in the ledger
  for (const Item of restored.ledger) await inside(stack).table.send(new PutItemCommand({ TableName: LEDGER, Item }));
  stack.clock.after(10 * MINUTE, () => {
    const pending = stack.present().filter(({ workspaceId, state }) => state === 'PENDING' && building.includes(workspaceId));
    pending.forEach(({ workspaceId }) => stack.workspaces.setState(workspaceId, 'AVAILABLE'));
  });
  return restored;
}

/** Access to private members that no other test needs. */
function inside(stack: TestStack): { readonly table: DynamoDBClient; events: number; latest: number } {
  return stack as unknown as ReturnType<typeof inside>;
}

function key({ pk, sk }: Record<string, any>): string {
  return `${pk.S} ${sk.S}`;
}

/** Reads the moments of a version, by name. */
export function fixturesOf(version: number): Readonly<Record<string, Fixture>> {
  return JSON.parse(fs.readFileSync(path.join(FIXTURES, `${version}.json`), 'utf8'));
}

/** Records a version, one moment a line, and freezes it. */
async function main(version: number): Promise<void> {
  const file = path.join(FIXTURES, `${version}.json`);
  if (fs.existsSync(file)) throw new Error(`version ${version} has been recorded, and stays as it is: record another one`);
  const required = requiredSince();
  if (required.length > 0) throw new Error(`older versions do not send ${required.join(', ')}: make it optional`);
  const { log } = console;
  console.log = () => undefined;
  const lines: string[] = [];
  for (const [name, { since, until = Infinity, play }] of Object.entries(MOMENTS)) {
    if (version >= since && version <= until) lines.push(`${JSON.stringify(name)}: ${JSON.stringify(await record(version, play))}`);
  }
  const text = `{\n${lines.join(',\n')}\n}\n`;
  fs.mkdirSync(FIXTURES, { recursive: true });
  fs.writeFileSync(file, text);
  freeze(path.basename(file), createHash('sha256').update(text).digest('hex'));
  console.log = log;
  console.log(`${path.relative('', file)}: ${lines.length} moments`);
}

if (require.main === module) {
  const version = Number(process.argv[2]);
  if (!(version >= 1)) throw new Error('usage: npx tsx test/contract/record.ts <number of the version>');
  void main(version);
}
