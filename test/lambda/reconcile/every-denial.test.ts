import type { Call } from '../../../local/core/service';
import type { OddAnswer } from '../../../local/workspaces/odd-answers';
import { DIRECTORY, BUNDLE, type FleetProperties, MINUTE, names, type Outcome, TestStack } from '../test-stack';

// In every stack operation, every action is denied for one desktop of 60, or WorkSpaces rejects it, or the desktop is suspended or gone.
// In each case, the other desktops end as desired, the one is named with the permission, and the event is answered within an hour.

const OTHER_BUNDLE = 'wsb-b0s22j3d7';
const ONE_OF = {
  stays: 'user007', leaver: 'user001', comer: 'user061', adopted: 'user055',
};
type Part = keyof typeof ONE_OF;

const users = names(60);
const adopted = names(3, 54);
const leavers = names(5);
const comers = names(5, 60);
const staying = [...users.slice(5), ...comers];

const base: FleetProperties = {
  users, settings: { RunningMode: 'ALWAYS_ON', Tags: { team: 'a', old: 'x' } }, FailureTolerance: '1', ExistingWorkspaces: { Adopt: 'UNOWNED' },
};
const changed: FleetProperties = { ...base, users: staying, settings: { RunningMode: 'AUTO_STOP', Tags: { team: 'b' } }, TerminationLimit: 'unlimited' };
const migrated: FleetProperties = { ...base, settings: { ...base.settings, BundleId: OTHER_BUNDLE }, BundleChange: 'MIGRATE', TerminationLimit: 'unlimited' };
const replaced: FleetProperties = { ...migrated, BundleChange: 'REPLACE' };
const released: FleetProperties = { ...changed, RemovedUsers: 'RELEASE' };
const failing = (to: FleetProperties): FleetProperties => ({ ...to, users: [...to.users!, 'nobody'], FailureTolerance: '0' });

/** The result for a user's desktop, in one word. */
type End = 'base' | 'changed' | 'migrated' | 'free' | 'none';

interface Scenario {
  readonly first?: (stack: TestStack) => Promise<unknown>;
  readonly run: (stack: TestStack) => Promise<Outcome>;
  readonly ends: (user: string) => End;
}

const create = (stack: TestStack) => stack.create(base);
const inChanged = (user: string): End => (leavers.includes(user) ? 'none' : 'changed');
const inBase = (user: string): End => (comers.includes(user) ? 'none' : 'base');
const inMigrated = (user: string): End => (comers.includes(user) ? 'none' : adopted.includes(user) ? 'base' : 'migrated');
const failedTo = (to: FleetProperties) => async (stack: TestStack) => {
  await create(stack);
  expect(await stack.update(base, failing(to))).toMatchObject({ status: 'FAILED' });
};

const SCENARIOS: Record<string, Scenario> = {
  'create': { run: create, ends: inBase },
  'update': { first: create, run: (stack) => stack.update(base, changed), ends: inChanged },
  'update that releases': { first: create, run: (stack) => stack.update(base, released), ends: (user) => (leavers.includes(user) ? 'free' : 'changed') },
  'update that migrates': { first: create, run: (stack) => stack.update(base, migrated), ends: inMigrated },
  'update that replaces': { first: create, run: (stack) => stack.update(base, replaced), ends: inMigrated },
  'rollback of an update that failed': { first: failedTo(changed), run: (stack) => stack.rollBack(failing(changed), base), ends: inBase },
  'delete': { first: create, run: (stack) => stack.delete(base), ends: (user) => (adopted.includes(user) ? 'free' : 'none') },
  'delete of a failed create': {
    first: async (stack) => expect(await stack.create(failing(base))).toMatchObject({ status: 'FAILED' }),
    run: (stack) => stack.delete(failing(base), stack.physicalId, 'ROLLBACK_IN_PROGRESS'),
    ends: (user) => (adopted.includes(user) ? 'free' : 'none'),
  },
};

/** What every look at desktops has in common. */
const LOOKS: Partial<Record<keyof typeof SCENARIOS, readonly Part[]>> = {
  'update that releases': ['leaver'],
  'update that migrates': ['stays'],
  'update that replaces': ['stays'],
  'rollback of an update that failed': ['stays', 'comer'],
  'delete': ['stays', 'adopted'],
};

const ACTIONS: Record<string, Partial<Record<keyof typeof SCENARIOS, readonly Part[]>>> = {
  CreateWorkspaces: { 'create': ['stays'], 'update': ['comer'], 'update that replaces': ['stays'] },
  DescribeWorkspaces: { ...LOOKS, 'create': ['stays', 'adopted'], 'update': ['stays', 'leaver', 'comer'], 'delete of a failed create': ['stays'] },
  DescribeTags: { ...LOOKS, 'create': ['adopted'], 'update': ['stays', 'leaver'], 'delete of a failed create': ['stays', 'adopted'] },
  CreateTags: { 'create': ['adopted'], 'update': ['stays'], 'rollback of an update that failed': ['stays'] },
  DeleteTags: {
    'update': ['stays'], 'update that releases': ['leaver'], 'rollback of an update that failed': ['stays'], 'delete': ['adopted'], 'delete of a failed create': ['adopted'],
  },
  ModifyWorkspaceProperties: { 'create': ['adopted'], 'update': ['stays'], 'rollback of an update that failed': ['stays'] },
  MigrateWorkspace: { 'update that migrates': ['stays'] },
  TerminateWorkspaces: {
    'update': ['leaver'], 'update that replaces': ['stays'], 'rollback of an update that failed': ['comer'], 'delete': ['stays'], 'delete of a failed create': ['stays'],
  },
};

const cases = Object.entries(ACTIONS).flatMap(([action, scenarios]) => (
  Object.entries(scenarios).flatMap(([scenario, parts]) => parts!.map((part) => [action, scenario, part] as const))
));

let stack: TestStack;
let said: string[];
beforeEach(async () => {
  said = [];
  jest.spyOn(console, 'log').mockImplementation((line: unknown) => { said.push(JSON.stringify(line)); });
  stack = await TestStack.startQuick({ buildTime: MINUTE, missingUsers: ['nobody'], migrateTime: 5 * MINUTE });
  for (const userName of adopted) stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await stack.stop();
});

/** All desktops that a user has ever had. */
const desktopsOf = (user: string) => stack.workspaces.desktops().filter(({ userName }) => userName === user);
const isAbout = (user: string) => ({ input }: Call) => {
  const text = JSON.stringify(input);
  return [user, ...desktopsOf(user).map(({ workspaceId }) => workspaceId)].some((each) => text.includes(`"${each}"`));
};

/** Finds the result for a user's desktop. */
function endOf(user: string): string {
  const [desktop, ...more] = stack.present().filter(({ userName }) => userName === user);
  if (!desktop) return 'none';
  if (more.length > 0) return 'several';
  const { 'cdk-bulk-workspaces:fleet': fleet, 'cdk-bulk-workspaces:adopted': mark, ...tags } = stack.workspaces.tagsOf(desktop.workspaceId)!;
  if (fleet === undefined) return mark === undefined ? 'free' : 'marked';
  const mode = desktop.properties.RunningMode;
  if (mode === 'AUTO_STOP' && tags.team === 'b' && tags.old === undefined) return 'changed';
  if (mode === 'ALWAYS_ON' && tags.team === 'a' && tags.old === 'x') return desktop.bundleId === OTHER_BUNDLE ? 'migrated' : 'base';
  return JSON.stringify({ mode, tags });
}

async function play(scenario: string, part: Part, goesWrong: (user: string) => void, isHidden = false) {
  const { first, run, ends } = SCENARIOS[scenario];
  const one = ONE_OF[part];
  await first?.(stack);
  if (first) await stack.clock.sleep(20 * MINUTE);
  said = [];
  goesWrong(one);
  const outcome = await run(stack);
  const cleanUp = outcome.status === 'SUCCESS' ? outcome.cleanUp ?? [] : [];
  const reasons = cleanUp.flatMap((each) => (each.status === 'FAILED' ? [each.reason] : []));
  const text = [outcome.status === 'SUCCESS' ? JSON.stringify(outcome.data) : outcome.reason, ...reasons, ...said.filter((line) => line.includes('"what":"notice"'))].join('\n');
  const [end, desired] = [endOf(one), ends(one)];
  const others = [...users, ...comers].filter((each) => each !== one).map((user) => ({ user, end: endOf(user), desired: ends(user) }));
  // A delete or a rollback fails only because of a desktop that the fleet created, and that cannot be terminated or observed.
  const fails = (end !== desired || isHidden) && desired === 'none' && /^delete|^rollback/.test(scenario);
  return { outcome, text, one, end, desired, others, status: fails ? 'FAILED' : 'SUCCESS' };
}

/** Checks that the others end as desired, that released desktops have none of the fleet's tags, and that nobody has two desktops. */
function expectOthersAsDesired({ others, outcome, status }: Awaited<ReturnType<typeof play>>): void {
  expect(others.filter(({ end, desired }) => end !== desired)).toEqual([]);
  expect(outcome).toMatchObject({ status });
}

describe.each(cases)('%s in: %s, for one who is: %s', (action, scenario, part) => {
  test('is denied', async () => {
    const played = await play(scenario, part, (one) => stack.inject({ operation: action, how: 'refuse', code: 'AccessDeniedException', which: isAbout(one), times: Infinity }), action === 'DescribeWorkspaces');
    const { outcome, text, one, end, desired } = played;
    expectOthersAsDesired(played);
    expect(outcome.minutes).toBeLessThan(30);
    if (end !== desired || outcome.status === 'FAILED') {
      expect(text).toContain(one);
      expect(text).toContain(`workspaces:${action}`);
      expect(text).toContain('look for a service control policy');
    }
  });

  test('is denied for some minutes', async () => {
    const played = await play(scenario, part, (one) => {
      const until = stack.clock.now() + 90_000;
      stack.inject({ operation: action, how: 'refuse', code: 'AccessDeniedException', which: (call) => stack.clock.now() < until && isAbout(one)(call), times: Infinity });
    });
    expectOthersAsDesired(played);
    expect(played).toMatchObject({ outcome: { status: 'SUCCESS' }, end: played.desired });
  });

  test.each(['ValidationException', 'ResourceNotFoundException'])('is rejected with %s', async (code) => {
    const played = await play(scenario, part, (one) => stack.inject({ operation: action, how: 'refuse', code, message: 'not that one', which: isAbout(one), times: Infinity }));
    const { outcome, text, one, end, desired } = played;
    expectOthersAsDesired(played);
    expect(outcome.minutes).toBeLessThan(60);
    // If WorkSpaces says that the desktop is gone, the handler does not look for it.
    if (code !== 'ResourceNotFoundException' && (end !== desired || outcome.status === 'FAILED')) expect(text).toContain(one);
  });
});

/** By what a scenario changes, what an update that fails would have changed to. */
const UPDATES: Record<string, FleetProperties> = {
  'update': changed, 'update that releases': released, 'update that migrates': migrated, 'update that replaces': replaced,
};
const updates = cases.filter(([, scenario]) => scenario in UPDATES);

test.each(updates)('%s in: %s, for one who is: %s: if that fails the update, its rollback under the same denial restores all others', async (action, scenario, part) => {
  const to: FleetProperties = { ...UPDATES[scenario], FailureTolerance: '0' };
  const one = ONE_OF[part];
  await stack.create(base);
  await stack.clock.sleep(20 * MINUTE);
  stack.inject({ operation: action, how: 'refuse', code: 'AccessDeniedException', which: isAbout(one), times: Infinity });
  const outcome = await stack.update(base, to);
  expect(outcome.minutes).toBeLessThan(30);
  const ends = (user: string) => [endOf(user), SCENARIOS[scenario].ends(user)];
  const everybody = [...users, ...comers].filter((each) => each !== one);
  if (outcome.status === 'SUCCESS') return expect(everybody.map(ends).filter(([end, desired]) => end !== desired)).toEqual([]);

  expect(outcome.reason).toContain(one);
  expect(outcome.reason).toContain(`workspaces:${action}`);
  const back = await stack.rollBack(to, base);
  expect(everybody.map((user) => [user, endOf(user), inBase(user)]).filter(([, end, desired]) => end !== desired)).toEqual([]);
  expect(back.minutes).toBeLessThan(30);
  // What the update has made must be seen to be gone.
  const isLeft = inBase(one) === 'none' && (endOf(one) !== 'none' || action === 'DescribeWorkspaces');
  expect(back.status).toBe(isLeft ? 'FAILED' : 'SUCCESS');
});

test.each([
  ['CreateWorkspaces', changed], ['DescribeWorkspaces', changed], ['DescribeTags', changed], ['CreateTags', changed], ['ModifyWorkspaceProperties', changed],
  ['MigrateWorkspace', migrated], ['TerminateWorkspaces', replaced],
] as const)('%s is denied for everybody: the update fails within a quarter of an hour, with few calls, and nobody has lost a desktop', async (action, to) => {
  await stack.create(base);
  await stack.clock.sleep(20 * MINUTE);
  const ids = stack.idsOf(users);
  const calls = stack.calls(action);
  stack.inject({ operation: action, how: 'refuse', code: 'AccessDeniedException', times: Infinity });
  const outcome = await stack.update(base, to);
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/AWS denies.*look for a service control policy/) });
  expect(outcome.minutes).toBeLessThan(15);
  expect(stack.calls(action) - calls).toBeLessThan(300);
  expect(stack.idsOf(users)).toEqual(ids);
});

test('tags that IAM sees after four minutes: an update right after the create waits for them', async () => {
  await stack.create(base);
  const from = stack.clock.now() + 4 * MINUTE;
  stack.inject({ operation: 'ModifyWorkspaceProperties', how: 'refuse', code: 'AccessDeniedException', which: () => stack.clock.now() < from, times: Infinity });
  expect(await stack.update(base, { ...changed, FailureTolerance: '0' })).toMatchObject({ status: 'SUCCESS' });
});

/** Who is one of the fleet's in each scenario. */
const PARTS: Record<string, readonly Part[]> = {
  'update': ['stays', 'leaver', 'adopted'],
  'update that releases': ['stays', 'leaver'],
  'update that migrates': ['stays', 'adopted'],
  'update that replaces': ['stays', 'adopted'],
  'rollback of an update that failed': ['stays', 'adopted', 'comer'],
  'delete': ['stays', 'adopted'],
  'delete of a failed create': ['stays', 'adopted'],
};
const everyPart = Object.entries(PARTS).flatMap(([scenario, parts]) => parts.map((part) => [scenario, part] as const));

test.each(everyPart)('%s, and one who is: %s, is SUSPENDED', async (scenario, part) => {
  const played = await play(scenario, part, (one) => stack.workspaces.setState(desktopsOf(one).at(-1)!.workspaceId, 'SUSPENDED'));
  expectOthersAsDesired(played);
  if (played.end !== played.desired) expect(played.text).toContain(played.one);
});

test.each(everyPart)('%s, and one who is: %s, is terminated by somebody else', async (scenario, part) => {
  const played = await play(scenario, part, (one) => stack.workspaces.terminateElsewhere(desktopsOf(one).at(-1)!.workspaceId));
  expectOthersAsDesired(played);
  expect(stack.present().filter(({ userName }) => userName === played.one).length).toBeLessThan(2);
});

const ODD: readonly OddAnswer[] = [
  'made and refused', 'made without id', 'refused without request', 'not terminated, without id', 'terminated, and another id not', 'migrated without target', 'short pages',
];
const oddly = Object.keys(SCENARIOS).flatMap((scenario) => ODD.map((odd) => [scenario, odd] as const));

test.each(oddly)('%s, with odd answers: %s: everybody ends as desired', async (scenario, odd) => {
  const { first, run, ends } = SCENARIOS[scenario];
  stack.workspaces.configure({ oddAnswers: [odd] });
  await first?.(stack);
  if (first) await stack.clock.sleep(20 * MINUTE);
  expect(await run(stack)).toMatchObject({ status: 'SUCCESS' });
  expect([...users, ...comers].map((user) => [user, endOf(user), ends(user)]).filter(([, end, desired]) => end !== desired)).toEqual([]);
});
