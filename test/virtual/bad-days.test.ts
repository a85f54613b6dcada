import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { failingResource } from './failing-resource';
import { HOUR, MINUTE, Outcome, SECOND, VirtualStack } from './virtual-stack';
import type { DesktopSnapshot } from '../../local/workspaces';
import { BulkWorkspaces, BulkWorkspacesProps, ExistingWorkspaces, RemovedUsers, RunningMode, TerminationLimit, WorkspaceUsers } from '../../src';
import { ADOPTED_TAG, OWNERSHIP_TAG, RESOURCE_TYPE } from '../../src/private/contract';
import { newFleet } from '../fixtures';
import { names } from '../lambda/test-stack';

// Unusual behaviour of CloudFormation, Lambda and S3 towards a custom resource, each once, with the framework's own code.

let stack: VirtualStack;
afterEach(async () => {
  // In every case, the provider had the permissions that it needed.
  expect(stack.cloud.iam.denials).toEqual([]);
  await stack.stop();
});

async function start(...args: Parameters<typeof VirtualStack.start>): Promise<void> {
  stack = await VirtualStack.start(...args);
}

function fleet(users: string[], props: Partial<BulkWorkspacesProps> = {}): (stack: Stack) => BulkWorkspaces {
  const common = { removedUsers: RemovedUsers.terminate(), removalPolicy: RemovalPolicy.DESTROY };
  return (in_) => newFleet(in_, { ...common, users: WorkspaceUsers.fromNames(users), ...props });
}

const HERE = 'd-90670b2f8c';
const THERE = 'd-00000000ff';
const TEN = names(10);
const THIRTY = names(30);

/** Waits for the end of a deployment and some time after it. What still runs then must not change the result. */
async function expectFleet(outcome: Outcome, status: string, users: readonly string[]): Promise<void> {
  expect({ status: outcome.status, failures: outcome.failures }).toMatchObject({ status });
  expect(stack.users()).toEqual([...users].sort());
  await stack.pass(3 * HOUR);
  expect(stack.users()).toEqual([...users].sort());
}

/** The directories that have desktops. */
function directories(): string[] {
  return [...new Set(stack.present().map(({ directoryId }) => directoryId))];
}

/** The tags by which fleets identify their desktops. */
function ownTags({ tags }: DesktopSnapshot): string[] {
  return Object.keys(tags).filter((key) => [OWNERSHIP_TAG, ADOPTED_TAG].includes(key));
}

describe('an event that is delivered twice', () => {
  test.each([['at once', 0], ['one after the other, while it is worked on', 4 * MINUTE], ['after it has been answered', 40 * MINUTE]])('%s', async (_, afterMs) => {
    await start();
    stack.cloud.lambda.repeatEvents(1, afterMs);
    await expectFleet(await stack.deploy(fleet(TEN)), 'CREATE_COMPLETE', TEN);

    stack.cloud.lambda.repeatEvents(1, afterMs);
    await expectFleet(await stack.deploy(fleet(THIRTY)), 'UPDATE_COMPLETE', THIRTY);

    stack.cloud.lambda.repeatEvents(1, afterMs);
    await expectFleet(await stack.destroy(), 'DELETE_COMPLETE', []);
    expect(stack.made()).toEqual(THIRTY);
  });

  test('a Create that comes again after its fleet was deleted makes nothing', async () => {
    await start();
    const other = (in_: Stack) => newFleet(in_, { removalPolicy: RemovalPolicy.DESTROY }, 'Other');
    stack.cloud.lambda.repeatEvents(2, 90 * MINUTE);
    await stack.deploy((in_) => {
      fleet(TEN)(in_);
      other(in_);
    });
    await expectFleet(await stack.deploy(other), 'UPDATE_COMPLETE', ['ana-Other', 'bo-Other']);
    expect(stack.made()).toHaveLength(12);
  });
});

describe('another resource of the stack fails', () => {
  test('while desktops are made: CloudFormation invents an id for the Delete', async () => {
    await start();
    const deleted: unknown[] = [];
    stack.cloud.use((call, next) => {
      const event = call.operation === 'Invoke' ? JSON.parse(call.request.body.toString() || '{}') : {};
      if (event.RequestType === 'Delete' && event.ResourceType === RESOURCE_TYPE) deleted.push(event.PhysicalResourceId);
      return next();
    });
    const outcome = await stack.deploy((in_) => {
      fleet(THIRTY)(in_);
      failingResource(in_, { afterSeconds: 300 });
    });
    await expectFleet(outcome, 'ROLLBACK_COMPLETE', []);
    expect(outcome.failures).toMatchObject({ Thing: expect.stringContaining('told to fail') });
    expect(deleted[0]).toMatch(/^Test-Fleet\w*-[0-9A-F]{12}$/);
    expect(stack.made()).toEqual(THIRTY);
  });

  test('before any desktop was made', async () => {
    await start();
    const outcome = await stack.deploy((in_) => {
      fleet(THIRTY)(in_);
      failingResource(in_, { afterSeconds: 0 });
    });
    await expectFleet(outcome, 'ROLLBACK_COMPLETE', []);
  });

  test('after they have been made', async () => {
    await start();
    const outcome = await stack.deploy((in_) => failingResource(in_).node.addDependency(fleet(TEN)(in_)));
    await expectFleet(outcome, 'ROLLBACK_COMPLETE', []);
    expect(stack.made()).toEqual(TEN);
  });

  test('after an update has added desktops: only those are terminated', async () => {
    await start();
    const both = (users: string[], fails: boolean) => (in_: Stack) => failingResource(in_, { fails }).node.addDependency(fleet(users)(in_));
    await stack.deploy(both(TEN, false));
    await expectFleet(await stack.deploy(both(THIRTY, true)), 'UPDATE_ROLLBACK_COMPLETE', TEN);
    expect(stack.made()).toEqual([...THIRTY].sort());
  });
});

describe('another resource of the stack fails after an update', () => {
  /** An update that succeeds for the fleet, in a stack that then rolls back. */
  const rolledBack = async (before: Partial<BulkWorkspacesProps>, after: Partial<BulkWorkspacesProps>) => {
    const both = (props: Partial<BulkWorkspacesProps>, fails: boolean) => (in_: Stack) => {
      failingResource(in_, { fails }).node.addDependency(fleet(TEN, props)(in_));
    };
    expect((await stack.deploy(both(before, false))).status).toBe('CREATE_COMPLETE');
    const outcome = await stack.deploy(both(after, true));
    expect(outcome.failures).toEqual({ Thing: expect.stringContaining('told to fail') });
    return outcome;
  };

  test('to another directory: desktops there are terminated, and those here stay', async () => {
    await start({ directories: [{ directoryId: HERE }, { directoryId: THERE }] });
    const props = { terminationLimit: TerminationLimit.unlimited() };
    await expectFleet(await rolledBack(props, { ...props, directoryId: THERE }), 'UPDATE_ROLLBACK_COMPLETE', TEN);
    expect(stack.made()).toEqual([...TEN, ...TEN].sort());
    expect(directories()).toEqual([HERE]);

    await expectFleet(await stack.deploy(fleet(TEN, { ...props, directoryId: THERE })), 'UPDATE_COMPLETE', TEN);
    expect(directories()).toEqual([THERE]);
    await expectFleet(await stack.destroy(), 'DELETE_COMPLETE', []);
  });

  test('that has adopted a desktop: it has no owner again', async () => {
    await start();
    const before = stack.cloud.workspaces.createElsewhere({ directoryId: HERE, bundleId: 'wsb-clj85qzj1', userName: 'theirs' });
    const adopting = { users: WorkspaceUsers.fromNames([...TEN, 'theirs']), existingWorkspaces: ExistingWorkspaces.adopt() };
    await expectFleet(await rolledBack({}, adopting), 'UPDATE_ROLLBACK_COMPLETE', [...TEN, 'theirs']);
    const theirs = stack.present().find(({ userName }) => userName === 'theirs')!;
    expect({ id: theirs.workspaceId, tags: ownTags(theirs) }).toEqual({ id: before, tags: [] });
    await expectFleet(await stack.destroy(), 'DELETE_COMPLETE', ['theirs']);
  });

  test('that has changed desktops in place: they are changed back', async () => {
    await start();
    const before = { runningMode: RunningMode.autoStop(Duration.hours(1)), tags: { team: 'sales', season: 'spring' } };
    const modes: string[] = [];
    stack.cloud.use((call, next) => {
      if (call.operation === 'ModifyWorkspaceProperties') modes.push(JSON.parse(call.request.body.toString()).WorkspaceProperties.RunningMode);
      return next();
    });
    const outcome = await rolledBack(before, { runningMode: RunningMode.alwaysOn(), tags: { team: 'support', cost: '1' } });
    expect(modes).toEqual([...TEN.map(() => 'ALWAYS_ON'), ...TEN.map(() => 'AUTO_STOP')]);
    await expectFleet(outcome, 'UPDATE_ROLLBACK_COMPLETE', TEN);
    for (const { properties, tags } of stack.present()) {
      expect(properties).toMatchObject({ RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 60 });
      expect(tags).toEqual({ team: 'sales', season: 'spring', [OWNERSHIP_TAG]: expect.anything() });
    }
    expect(stack.made()).toEqual(TEN);
  });
});

test('another resource fails beside a fleet that adopts: existing desktops stay', async () => {
  await start();
  stack.cloud.workspaces.createElsewhere({ directoryId: HERE, bundleId: 'wsb-clj85qzj1', userName: TEN[4] });
  const adopting = fleet(TEN, { existingWorkspaces: ExistingWorkspaces.adopt() });
  const outcome = await stack.deploy((in_) => failingResource(in_).node.addDependency(adopting(in_)));
  await expectFleet(outcome, 'ROLLBACK_COMPLETE', [TEN[4]]);
  expect(stack.present().flatMap(ownTags)).toEqual([]);
  expect(stack.made()).toEqual(TEN);
});

test('an update is cancelled, and its waiter continues', async () => {
  await start();
  await stack.deploy(fleet(TEN));
  await stack.begin(fleet(THIRTY));
  await stack.pass(3 * MINUTE);
  expect(stack.users()).toEqual(THIRTY);
  await stack.cancelUpdate();
  await expectFleet(await stack.settled(), 'UPDATE_ROLLBACK_COMPLETE', TEN);
  await expectFleet(await stack.deploy(fleet(THIRTY)), 'UPDATE_COMPLETE', THIRTY);
});

test('a RequestId is used again when a deployment is tried again', async () => {
  await start({ missingUsers: ['user020'] });
  stack.cloud.customResources.reuseRequestIds = true;
  await stack.deploy(fleet(TEN));
  const refused = await stack.deploy(fleet(THIRTY));
  expect(Object.values(refused.failures).join()).toMatch(/user020/);
  await expectFleet(refused, 'UPDATE_ROLLBACK_COMPLETE', TEN);
  stack.cloud.workspaces.configure({ missingUsers: [] });
  await expectFleet(await stack.deploy(fleet(THIRTY)), 'UPDATE_COMPLETE', THIRTY);
});

test('a list that was cut by mistake fails the update, and the rollback has nothing to do', async () => {
  await start();
  const kept = { removedUsers: undefined }; // the default
  await expectFleet(await stack.deploy(fleet(THIRTY, kept)), 'CREATE_COMPLETE', THIRTY);
  const inShort = ({ workspaceId, tags }: DesktopSnapshot) => ({ workspaceId, tags });
  const before = stack.present().map(inShort);
  const outcome = await stack.deploy(fleet(TEN, { ...kept, terminationLimit: TerminationLimit.unlimited(), tags: { team: 'sales' } }));
  expect(Object.values(outcome.failures).join()).toContain('takes 20 users with a WorkSpace off the list: ');
  await expectFleet(outcome, 'UPDATE_ROLLBACK_COMPLETE', THIRTY);
  expect(stack.present().map(inShort)).toEqual(before);

  const meant = fleet(TEN, { removedUsers: RemovedUsers.terminate(), terminationLimit: TerminationLimit.count(20) });
  await expectFleet(await stack.deploy(meant), 'UPDATE_COMPLETE', TEN);
  await expectFleet(await stack.destroy(), 'DELETE_COMPLETE', []);
});

test('a rollback brings properties of an older shape', async () => {
  await start({ missingUsers: ['user020'] });
  const olderShape = (template: any) => {
    const { Properties } = Object.values<any>(template.Resources).find(({ Type }) => Type === RESOURCE_TYPE);
    for (const name of Object.keys(Properties)) {
      if (!['ServiceToken', 'ServiceTimeout', 'DirectoryId', 'UserCount', 'Users', 'Settings', 'WaitFor', 'LateWorkspaces', 'TimeoutSeconds', 'FailureTolerance'].includes(name)) delete Properties[name];
    }
  };
  await stack.deploy(fleet(TEN), olderShape);
  await expectFleet(await stack.deploy(fleet(THIRTY)), 'UPDATE_ROLLBACK_COMPLETE', TEN);
});

describe('the ResponseURL refuses an answer', () => {
  test('a few times: the framework tries again', async () => {
    await start();
    stack.cloud.responseUrls.refuseNext(3);
    await expectFleet(await stack.deploy(fleet(TEN)), 'CREATE_COMPLETE', TEN);
  });

  test('so often that the framework asks again whether the fleet is complete', async () => {
    await start();
    stack.cloud.responseUrls.refuseNext(14);
    await expectFleet(await stack.deploy(fleet(TEN)), 'CREATE_COMPLETE', TEN);
    expect(stack.made()).toEqual(TEN);
  });

  test('until CloudFormation has stopped listening: the rollback removes what was made', async () => {
    await start();
    stack.cloud.responseUrls.refuseNext(Infinity);
    stack.clock.after(65 * MINUTE, () => stack.cloud.responseUrls.refuseNext(0));
    const outcome = await stack.deploy(fleet(TEN));
    expect(Object.values(outcome.failures).join()).toMatch(/did not receive a response/);
    await expectFleet(outcome, 'ROLLBACK_COMPLETE', []);
  });
});

describe('a function is killed', () => {
  test.each([
    ['in the middle of a create', { operation: 'CreateWorkspaces', how: 'kill-after' as const }],
    ['before a create', { operation: 'CreateWorkspaces', how: 'kill-before' as const }],
    ['when it has noted a create', { operation: 'PutItem', how: 'kill-after' as const, after: 1 }],
    ['that waits for another', { service: 'lambda', operation: 'Invoke', how: 'kill-before' as const, after: 3 }],
  ])('%s', async (_, fault) => {
    await start();
    stack.cloud.faults.inject(fault);
    await expectFleet(await stack.deploy(fleet(THIRTY)), 'CREATE_COMPLETE', THIRTY);
    expect(stack.cloud.faults.happened).toHaveLength(1);
    expect(stack.made()).toEqual(THIRTY);
  });

  test('at its timeout, because its calls are slow', async () => {
    await start();
    // Each is shorter than the time after which the SDK gives a call up. Together they take longer than the function may run. They begin with the first
    // step's lease: when the step looks at its time for the last time, just enough is left to go on to the create, whose records are then written slowly.
    stack.cloud.faults.inject({ service: 'dynamodb', operation: '*', how: 'slow', ms: 12 * SECOND, after: 11, times: 12 });
    const outcome = await stack.deploy(fleet(THIRTY));
    expect(stepLogs()).toMatch(/Task timed out after 90/);
    await expectFleet(outcome, 'CREATE_COMPLETE', THIRTY);
    expect(stack.made()).toEqual(THIRTY);
  });
});

/** The results of the steps that isComplete invoked. */
function stepLogs(): string {
  return stack.cloud.lambda.names.map((name) => stack.cloud.lambda.log(name)).join('\n');
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('anything at random: seed %i', async (seed) => {
  await start();
  stack.cloud.faults.injectRandomly({ seed, rate: 0.04, most: 25 });
  await stack.deploy(fleet(THIRTY));
  stack.cloud.faults.clear();
  const { status } = await stack.settled();
  // The deployment may fail, and its rollback, too. If isComplete is killed, or another function of the framework, the framework gives up at once. Then
  // the stack's status says so, and deleting the stack leaves nothing.
  expect(['CREATE_COMPLETE', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED']).toContain(status);
  if (status === 'ROLLBACK_FAILED') expect(await stack.destroy()).toMatchObject({ status: 'DELETE_COMPLETE' });
  expect(stack.users()).toEqual(status === 'CREATE_COMPLETE' ? THIRTY : []);
  expect(stack.made()).toEqual([...new Set(stack.made())]);
});

test.each([1, 2, 3, 4])('anything at random in an update that changes, adopts and adds: seed %i', async (seed) => {
  await start();
  const theirs = stack.cloud.workspaces.createElsewhere({ directoryId: HERE, bundleId: 'wsb-clj85qzj1', userName: 'theirs' });
  const before = { runningMode: RunningMode.autoStop(Duration.hours(1)), tags: { team: 'sales', season: 'spring' } };
  const after = { runningMode: RunningMode.alwaysOn(), tags: { team: 'support' }, existingWorkspaces: ExistingWorkspaces.adopt() };
  expect((await stack.deploy(fleet(TEN, before))).status).toBe('CREATE_COMPLETE');
  stack.cloud.faults.injectRandomly({ seed, rate: 0.04, most: 25 });
  await stack.deploy(fleet([...TEN, 'theirs', 'zoe'], after));
  stack.cloud.faults.clear();
  const { status } = await stack.settled();
  expect(['UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_FAILED']).toContain(status);

  // In every case, nobody has lost a desktop, and nobody has two.
  expect(stack.users()).toEqual(expect.arrayContaining([...TEN, 'theirs']));
  expect(stack.made()).toEqual([...new Set(stack.made())]);
  const shown = byUser(stack.present().map(({ userName, tags, properties: { RunningMode: mode } }) => ({ userName, tags, mode })));
  const own = { [OWNERSHIP_TAG]: expect.any(String) };
  if (status === 'UPDATE_COMPLETE') {
    const expected = [...TEN, 'theirs', 'zoe'].map((userName) => ({ userName, tags: { ...after.tags, ...own }, mode: 'ALWAYS_ON' }));
    const adopted = (each: typeof expected[number]) => ({ ...each, tags: { ...each.tags, [ADOPTED_TAG]: 'true' } });
    expect(shown).toEqual(byUser(expected.map((each) => (each.userName === 'theirs' ? adopted(each) : each))));
  } else if (status === 'UPDATE_ROLLBACK_COMPLETE') {
    const expected = TEN.map((userName) => ({ userName, tags: { ...before.tags, ...own }, mode: 'AUTO_STOP' }));
    expect(shown).toEqual(byUser([...expected, { userName: 'theirs', tags: expect.not.objectContaining(own), mode: expect.any(String) }]));
  }
  expect(await stack.destroy()).toMatchObject({ status: 'DELETE_COMPLETE' });
  expect(stack.present()).toMatchObject([{ workspaceId: theirs }]);
  expect(stack.present().flatMap(ownTags)).toEqual([]);
});

function byUser<T extends { readonly userName: string }>(desktops: readonly T[]): T[] {
  return [...desktops].sort((a, b) => (a.userName < b.userName ? -1 : 1));
}
