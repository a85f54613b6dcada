import type { Call } from '../../../local/core/service';
import { BUNDLE, type FleetProperties, MINUTE, names, type Outcome, SECOND, TestStack } from '../test-stack';

// Each action is denied for one desktop of 60, in each operation. The other 59 are as if nothing had been denied; the one is, too, or is named.

const OTHER_BUNDLE = 'wsb-b0s22j3d7';
let stack: TestStack;
const start = () => TestStack.startQuick({
  buildTime: MINUTE, migrateTime: MINUTE, terminateTime: MINUTE, bundles: [BUNDLE, OTHER_BUNDLE].map((bundleId) => ({ bundleId })),
});
beforeEach(async () => {
  stack = await start();
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const ACTIONS = [
  'CreateWorkspaces', 'DescribeWorkspaces', 'DescribeTags', 'CreateTags', 'DeleteTags', 'ModifyWorkspaceProperties', 'MigrateWorkspace', 'TerminateWorkspaces',
];
const users = names(60);
const THE_ONE = 'user030';
const fleet = (more: Omit<FleetProperties, 'users'> = {}, of: readonly string[] = users): FleetProperties => ({
  users: of, FailureTolerance: '1', TerminationLimit: 'unlimited', WorkspaceIds: 'COUNT', settings: { RunningMode: 'AUTO_STOP' }, Tags: { team: 'sales', season: 'spring' }, ...more,
});
const before = fleet();
/** With another mode, a tag less, and another tag. */
const changed = fleet({ settings: { RunningMode: 'ALWAYS_ON' }, Tags: { team: 'support' } });

/** From now on, an action is denied for the one: by name, and by the ids of all desktops of that user. */
function deny(action: string): void {
  stack.denies = ({ operation, input }: Call) => {
    if (operation !== action) return false;
    const text = JSON.stringify(input);
    const ids = stack.workspaces.desktops().filter(({ userName }) => userName === THE_ONE).map(({ workspaceId }) => workspaceId);
    return [...ids, THE_ONE].some((each) => text.includes(`"${each}"`));
  };
}

/** What each desktop is like, without its id. The one by itself. */
function world(): { readonly others: unknown; readonly one: unknown } {
  const all = stack.workspaces.desktops().filter(({ state }) => !['TERMINATING', 'TERMINATED', 'GONE'].includes(state))
    .map(({ userName, state, bundleId, tags, properties }) => ({ userName, state, bundleId, tags, properties }))
    .sort((a, b) => (a.userName < b.userName ? -1 : 1));
  return { others: all.filter(({ userName }) => userName !== THE_ONE), one: all.filter(({ userName }) => userName === THE_ONE) };
}

interface Operation {
  readonly prepare?: () => Promise<unknown>;
  readonly run: () => Promise<Outcome>;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'a create': { run: () => stack.create(before) },
  'an update that changes all': { prepare: () => stack.create(before), run: () => stack.update(before, changed) },
  'an update that migrates all': {
    prepare: () => stack.create(before),
    run: () => stack.update(before, { ...before, BundleChange: 'MIGRATE', settings: { ...before.settings, BundleId: OTHER_BUNDLE } }),
  },
  'an update after which 20 are terminated': { prepare: () => stack.create(before), run: () => stack.update(before, fleet({}, [...users.slice(0, 20), ...users.slice(40)])) },
  'an update after which 20 are released': {
    prepare: () => stack.create(before), run: () => stack.update(before, fleet({ RemovedUsers: 'RELEASE' }, [...users.slice(0, 20), ...users.slice(40)])),
  },
  'a rollback of changes': {
    prepare: async () => {
      await stack.create(before);
      await stack.updateFleet(before, changed);
    },
    run: () => stack.rollBack(changed, before),
  },
  'a rollback of 40 new desktops': {
    prepare: async () => {
      await stack.create(fleet({}, users.slice(0, 20)));
      await stack.updateFleet(fleet({}, users.slice(0, 20)), before);
    },
    run: () => stack.rollBack(before, fleet({}, users.slice(0, 20))),
  },
  'a delete': { prepare: () => stack.create(before), run: () => stack.delete(before) },
};

async function play({ prepare, run }: Operation, action?: string): Promise<{ readonly outcome: Outcome; readonly left: ReturnType<typeof world> }> {
  await prepare?.();
  await stack.clock.sleep(30 * MINUTE);
  if (action !== undefined) deny(action);
  const outcome = await run();
  stack.denies = undefined;
  await stack.clock.sleep(10 * SECOND);
  return { outcome, left: world() };
}

describe.each(Object.entries(OPERATIONS))('%s', (_, operation) => {
  test.each(ACTIONS)('%s is denied for one', async (action) => {
    const { left: expected } = await play(operation);
    await stack.stop();
    stack = await start();
    const { outcome, left } = await play(operation, action);
    expect(left.others).toEqual(expected.others);
    const isAsOthers = JSON.stringify(left.one) === JSON.stringify(expected.one);
    if (!isAsOthers) expect(JSON.stringify(outcome)).toContain(THE_ONE);
    if (outcome.status === 'FAILED') expect(outcome.reason).toContain(action === 'CreateWorkspaces' ? THE_ONE : `workspaces:${action}`);
  });
});
