import { LONGEST_CALL } from '../../../lambda/core/time-left';
import { BUNDLE, DIRECTORY, type FleetProperties, MINUTE, names, type Outcome, SECOND, TestStack } from '../test-stack';

// Whatever an operation has to do, and however long its calls take: it is answered in time, what is not done is named, and the next
// deployment goes on from there.

let stack: TestStack;
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const OWN = 'cdk-bulk-workspaces:fleet';
/** As slow as calls can be without being given up. */
const SLOW = 12 * SECOND;
const TIMEOUT = 5 * MINUTE;
const LONGEST = 55 * MINUTE;
/** An answer is the next one of a waiter that asks twice a minute. */
const ASKED_EVERY = 30 * SECOND;
const OPERATIONS = [
  '*', 'CreateWorkspaces', 'DescribeWorkspaces', 'DescribeTags', 'CreateTags', 'DeleteTags', 'ModifyWorkspaceProperties', 'MigrateWorkspace', 'TerminateWorkspaces',
  'DescribeWorkspaceDirectories', 'DescribeWorkspaceBundles',
];

/** What a fleet has to do, and how to see that all of it is done. */
interface Work {
  readonly title: string;
  /** Until when calls may take, from the beginning on. */
  readonly due: number;
  prepare?(): Promise<unknown>;
  deploy(): Promise<Outcome>;
  /** The next deployment. @default - the same once more */
  again?(): Promise<Outcome>;
  isDone(): boolean;
}

const some = { TimeoutSeconds: String(TIMEOUT / SECOND), FailureTolerance: '100%', WorkspaceIds: 'COUNT' } as const;
const many: FleetProperties = { ...some, users: names(150), settings: { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: '60' } };
const adopting: FleetProperties = { ...some, users: names(60), ExistingWorkspaces: { Adopt: 'UNOWNED' } };
const oneLeft: FleetProperties = { ...many, users: ['user000'], TerminationLimit: 'unlimited' };
const released: FleetProperties = { ...oneLeft, RemovedUsers: 'RELEASE' };
const other: FleetProperties = { ...many, BundleChange: 'MIGRATE', settings: { ...many.settings, BundleId: 'wsb-b0s22j3d7' }, TerminationLimit: 'unlimited' };
const tagged: FleetProperties = { ...many, Tags: { team: 'sales' } };
const set: FleetProperties = { ...many, settings: { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: '120' } };

const ours = () => stack.present().filter(({ tags }) => tags[OWN] !== undefined).map(({ userName }) => userName).sort();
const isDeployed = ({ users = [] }: FleetProperties) => JSON.stringify(ours()) === JSON.stringify(users);
function makeElsewhere({ users = [] }: FleetProperties): void {
  for (const userName of users) stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName });
}
const loseLedger = () => stack.deleteRows(({ pk }) => pk.startsWith('fleet#'));
const created = () => stack.create({ ...many, TimeoutSeconds: '3000' });
const slowly = (what: FleetProperties): FleetProperties => ({ ...what, TimeoutSeconds: '3300' });
const again = (what: FleetProperties) => () => stack.update(what, { ...slowly(what), Refresh: 'again' });
let updated: Outcome;
const committing = async (what: FleetProperties) => { updated = await stack.updateFleet(many, what); };
/** One try of the clean-up. */
async function cleanUp(): Promise<Outcome> {
  if (updated.status === 'FAILED') throw new Error(updated.reason);
  return (await stack.commit(updated.data, { tries: 1 })).cleanUp![0];
}

const WORK: readonly Work[] = [
  { title: 'a create', due: TIMEOUT, deploy: () => stack.create({ ...many, users: names(700) }), again: again({ ...many, users: names(700) }), isDone: () => isDeployed({ users: names(700) }) },
  {
    title: 'a create that adopts',
    due: TIMEOUT,
    prepare: async () => makeElsewhere(adopting),
    deploy: () => stack.create(adopting),
    again: again(adopting),
    isDone: () => isDeployed(adopting),
  },
  { title: 'an update of tags', due: TIMEOUT, prepare: created, deploy: () => stack.update(many, tagged), again: again(tagged), isDone: () => stack.present().every(({ tags }) => tags.team === 'sales') },
  { title: 'an update of settings', due: TIMEOUT, prepare: created, deploy: () => stack.update(many, set), again: again(set), isDone: () => stack.present().every(({ properties }) => properties.RunningModeAutoStopTimeoutInMinutes === 120) },
  { title: 'a clean-up that terminates', due: LONGEST, prepare: () => created().then(() => committing(oneLeft)), deploy: cleanUp, again: again(oneLeft), isDone: () => isDeployed(oneLeft) },
  { title: 'a clean-up that releases', due: LONGEST, prepare: () => created().then(() => committing(released)), deploy: cleanUp, again: again(released), isDone: () => isDeployed(released) },
  { title: 'an update that migrates', due: TIMEOUT, prepare: created, deploy: () => stack.update(many, other), again: again(other), isDone: () => stack.present().every(({ bundleId }) => bundleId === 'wsb-b0s22j3d7') },
  { title: 'an update after the ledger was lost', due: TIMEOUT, prepare: () => created().then(loseLedger), deploy: () => stack.update(many, { ...many, Refresh: '1' }), again: again(many), isDone: () => isDeployed(many) },
  { title: 'a delete', due: LONGEST, prepare: created, deploy: () => stack.delete(many), isDone: () => ours().length === 0 },
  { title: 'a delete after the ledger was lost', due: LONGEST, prepare: () => created().then(loseLedger), deploy: () => stack.delete(many), isDone: () => ours().length === 0 },
  {
    title: 'a rollback of an update that added users',
    due: LONGEST,
    prepare: () => created().then(() => stack.update(many, { ...many, users: names(700) })),
    deploy: () => stack.rollBack({ ...many, users: names(700) }, many),
    isDone: () => isDeployed(many),
  },
  {
    title: 'a rollback after the ledger was lost',
    due: LONGEST,
    prepare: () => created().then(() => stack.update(many, { ...many, Refresh: '1' })).then(loseLedger),
    deploy: () => stack.rollBack({ ...many, Refresh: '1' }, many),
    again: again(many),
    isDone: () => isDeployed(many),
  },
];

describe.each(WORK)('$title', ({ due, prepare, deploy, again: next = deploy, isDone }) => {
  test.each(OPERATIONS)('is answered in time, and the next deployment does the rest, if each call of %s is slow', async (operation) => {
    stack = await TestStack.startQuick({ buildTime: MINUTE, terminateTime: MINUTE, migrateTime: MINUTE, autoStop: false });
    await prepare?.();
    const start = stack.clock.now();
    let lastCall = start;
    stack.whileCalling('*', ({ service }) => { if (service === 'workspaces') lastCall = stack.clock.now(); });
    stack.inject({ service: 'workspaces', operation, how: 'slow', ms: SLOW, times: Infinity });
    const outcome = await deploy();
    expect(lastCall + LONGEST_CALL).toBeLessThanOrEqual(start + due);
    expect(stack.clock.now() - start).toBeLessThanOrEqual(due + ASKED_EVERY);

    // Whatever is not done is named.
    const left = outcome.status === 'SUCCESS' ? [outcome.data.RefusedUsers, outcome.data.LateUsers, outcome.data.Notices] : [outcome.reason];
    if (!isDone()) expect(left.join()).toContain('user');

    stack.faults.clear();
    expect(await next()).toMatchObject({ status: 'SUCCESS' });
    expect(isDone()).toBe(true);
  });
});

test('a fleet whose answer is due is answered by what is known, although all calls are throttled by then', async () => {
  stack = await TestStack.startQuick({ buildTime: ({ index }) => (index === 0 ? 60 : 2) * MINUTE });
  const from = stack.clock.now() + TIMEOUT - MINUTE;
  stack.whileCalling('*', ({ service, operation }) => {
    if (service === 'workspaces' && stack.clock.now() >= from) stack.inject({ service, operation, how: 'throttle' });
  });
  const start = stack.clock.now();
  expect(await stack.create({ users: ['ana', 'bo'], TimeoutSeconds: some.TimeoutSeconds })).toMatchObject({
    status: 'SUCCESS', ids: stack.idsOf(['ana', 'bo']), data: { LateUsers: expect.stringMatching(/^(ana|bo)$/) },
  });
  expect(stack.clock.now() - start).toBeLessThanOrEqual(TIMEOUT + ASKED_EVERY);
});

test('at the rate of an account, desktops are adopted as far as the time goes, and the next deployment adopts the others', async () => {
  stack = await TestStack.startQuick({ autoStop: false });
  const fleet: FleetProperties = { ...adopting, users: names(800) };
  makeElsewhere(fleet);
  expect(await stack.create(fleet)).toMatchObject({ status: 'SUCCESS', minutes: 4, data: { RefusedUsers: expect.stringMatching(/\(NotLookedUp\), .* more$/) } });
  expect(ours().length).toBeGreaterThan(150);
  expect(await again(fleet)()).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: 'none', LateUsers: 'none' } });
  expect(isDeployed(fleet)).toBe(true);
});
