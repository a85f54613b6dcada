import { BUNDLE, DIRECTORY, FleetProperties, MINUTE, names, SECOND, TestStack } from '../test-stack';

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.startQuick({ missingUsers: ['nobody'] });
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const before: FleetProperties = { users: ['ana', 'bo', 'chen'] };
const without: FleetProperties = { users: ['ana', 'chen'] };


describe('a user who leaves the list', () => {
  test('loses their desktop, and nobody else does', async () => {
    await stack.create(before);
    const ids = stack.idsOf(without.users!);
    expect(await stack.update(before, without)).toMatchObject({ status: 'SUCCESS', ids });
    expect(stack.idsOf(without.users!)).toEqual(ids);
    expect(stack.made()).toEqual(['ana', 'bo', 'chen']);
    expect((await stack.rows()).flatMap(({ records = [] }) => records.map(({ userName }: { userName: string }) => userName)).sort()).toEqual(['ana', 'chen']);
  });

  test('loses it only after everybody else has a desktop', async () => {
    await stack.create(before);
    const states: string[][] = [];
    stack.whileCalling('TerminateWorkspaces', () => states.push(stack.present().map(({ userName, state }) => `${userName} ${state}`)));
    expect(await stack.update(before, { users: ['ana', 'chen', 'dee', 'emil'] })).toMatchObject({ status: 'SUCCESS' });
    expect(states).toEqual([['ana', 'bo', 'chen', 'dee', 'emil'].map((name) => `${name} AVAILABLE`)]);
  });

  test('keeps it when the update fails', async () => {
    await stack.create(before);
    const failed = { users: ['ana', 'chen', 'nobody'] };
    const ids = stack.idsOf(before.users!);
    expect(await stack.update(before, failed)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('nobody') });
    expect(await stack.rollBack(failed, before)).toMatchObject({ status: 'SUCCESS', ids });
    expect(stack.users()).toEqual(['ana', 'bo', 'chen']);
  });

  test('loses it also if others are late and that is accepted: removals are requested before the answer is too late', async () => {
    await stack.create(before);
    stack.workspaces.configure({ buildTime: 3 * 60 * MINUTE });
    const outcome = await stack.update(before, { users: ['ana', 'chen', 'dee'], TimeoutSeconds: '3300' });
    expect(outcome).toMatchObject({ status: 'SUCCESS', data: { LateUsers: 'dee' } });
    expect(outcome.minutes).toBeLessThan(58);
    expect(stack.users()).toEqual(['ana', 'chen', 'dee']);
  });

  test('has no record any more if the desktop is already gone', async () => {
    await stack.create(before);
    stack.workspaces.terminateElsewhere(stack.idsOf(['bo'])[0]!);
    await stack.clock.sleep(20 * MINUTE);
    expect(await stack.update(before, without)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(without.users!) });
    expect(stack.made()).toEqual(['ana', 'bo', 'chen']);
  });

  test('keeps it if it lost its tag: it is no longer the fleet\'s', async () => {
    await stack.create(before);
    const [bo] = stack.idsOf(['bo']);
    await stack.untag(bo!, 'cdk-bulk-workspaces:fleet');
    expect(await stack.update(before, without)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.idsOf(['bo'])).toEqual([bo]);
  });

  test('and is added again gets a new desktop after the old one is gone', async () => {
    await stack.create(before);
    const [bo] = stack.idsOf(['bo']);
    await stack.update(before, without);
    expect(await stack.update(without, before)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(before.users!) });
    expect(stack.idsOf(['bo'])).not.toEqual([bo]);
    expect(stack.made()).toEqual(['ana', 'bo', 'bo', 'chen']);
  });

  test('and is added again while the desktop is being terminated waits for that', async () => {
    stack.workspaces.configure({ buildTime: 60 * MINUTE, terminateTime: 25 * MINUTE });
    await stack.create({ ...before, TimeoutSeconds: '60' });
    await stack.update(before, { ...without, TimeoutSeconds: '60' });
    stack.workspaces.configure({ buildTime: MINUTE });
    const outcome = await stack.update(without, { ...before, WaitFor: 'EXISTS' });
    expect(outcome).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(before.users!) });
    expect(stack.made()).toEqual(['ana', 'bo', 'bo', 'chen']);
  });

  test('keeps it when the update is rolled back after the fleet is done, because of another resource, an alarm, or a person', async () => {
    await stack.create(before);
    const ids = stack.idsOf(before.users!);
    const outcome = await stack.updateFleet(before, without);
    expect(outcome).toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringContaining(`bo (${ids[1]})`) } });
    expect(await stack.rollBack(without, before)).toMatchObject({ status: 'SUCCESS', ids, data: { RefusedUsers: 'none', Notices: 'none' } });
    expect(stack.idsOf(before.users!)).toEqual(ids);
  });

  test('before their desktop was ever seen is looked up, and the desktop is terminated', async () => {
    stack.inject({ operation: 'CreateWorkspaces', how: 'lose' });
    await stack.create({ ...before, TimeoutSeconds: '60', FailureTolerance: '3' });
    await stack.update(before, without);
    expect(stack.users()).toEqual(['ana', 'chen']);
  });
});

describe('a SUSPENDED desktop, which cannot be terminated', () => {
  const gone: FleetProperties = { users: ['ana'], TerminationLimit: 'unlimited' };

  test('does not keep the others of the removal, and the clean-up names it in each try', async () => {
    await stack.create(before);
    const [bo] = stack.idsOf(['bo']);
    stack.workspaces.setState(bo!, 'SUSPENDED');
    const outcome = await stack.update(before, gone);
    const named = { status: 'FAILED', reason: expect.stringMatching(new RegExp(`bo \\(${bo}.*A SUSPENDED WorkSpace can be terminated after`)) };
    expect(outcome).toMatchObject({ status: 'SUCCESS', cleanUp: [named, named, named] });
    expect(stack.users()).toEqual(['ana', 'bo']);
  });

  test('is terminated with the others if it becomes AVAILABLE in time', async () => {
    await stack.create(before);
    const [bo] = stack.idsOf(['bo']);
    stack.workspaces.setState(bo!, 'SUSPENDED');
    const until = stack.clock.now() + 20 * MINUTE;
    let free = false;
    stack.whileWaiting(() => {
      if (!free && stack.clock.now() > until) stack.workspaces.setState(bo!, 'AVAILABLE');
      free ||= stack.clock.now() > until;
    });
    expect(await stack.update(before, gone)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(['ana']);
  });
});

describe('the termination limit', () => {
  test.each<[string | undefined, number, number, boolean]>([
    [undefined, 1, 0, true], // one can always go
    [undefined, 5, 4, true],
    [undefined, 5, 3, false],
    [undefined, 40, 36, true], // a tenth
    [undefined, 40, 35, false],
    ['2', 5, 3, true],
    ['2', 5, 2, false],
    ['0', 5, 4, false],
    ['50%', 5, 3, true], // rounded down
    ['50%', 5, 2, false],
    ['unlimited', 40, 1, true],
  ])('%s: from %i users to %i is allowed: %s', async (TerminationLimit, from, to, goes) => {
    stack.workspaces.configure({ buildTime: SECOND, throttle: 'off' });
    const [first, second] = [{ users: names(from) }, { users: [...names(to), 'extra'], TerminationLimit }];
    await stack.create(first);
    const world = stack.everything();
    const outcome = await stack.update(first, second);
    if (goes) {
      expect(outcome).toMatchObject({ status: 'SUCCESS' });
      expect(stack.users()).toEqual(['extra', ...names(to)]);
      return;
    }
    expect(outcome).toMatchObject({ status: 'FAILED', minutes: 0 });
    expect(stack.everything()).toEqual(world);
    expect(await stack.rollBack(second, first)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(first.users) });
    expect(stack.everything()).toEqual(world);
  });

  test('is at most 25 by default', async () => {
    stack.workspaces.configure({ buildTime: SECOND, throttle: 'off', invisibleFor: 0 });
    const first = { users: names(260) };
    const created = await stack.create({ ...first, WaitFor: 'EXISTS' });
    expect(created).toMatchObject({ status: 'SUCCESS' });
    expect(await stack.update(first, { users: names(234) })).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/26 of 260 users, and terminationLimit allows 25: /) });
    expect(stack.users()).toHaveLength(260);
  });

  test('is named with the count, the first names, and what to write to allow it', async () => {
    await stack.create(before);
    const [bo, chen] = stack.idsOf(['bo', 'chen']);
    expect(await stack.update(before, { users: ['ana'] })).toMatchObject({
      reason: expect.stringMatching(new RegExp(`the WorkSpaces of 2 of 3 users, and terminationLimit allows 1: bo \\(${bo}\\); chen \\(${chen}\\)\\. Nothing was changed\\..*"terminationLimit: TerminationLimit\\.count\\(2\\)"`)),
    });
  });

  test('does not count users who were never deployed, nor desktops that are being terminated', async () => {
    await stack.create(before);
    const failed = { users: [...before.users!, 'dee', 'emil', 'nobody'] };
    await stack.update(before, failed); // with its rollback disabled
    expect(await stack.update(failed, { users: ['ana', 'bo'] })).toMatchObject({ status: 'SUCCESS' });
    expect(await stack.update({ users: ['ana', 'bo'] }, { users: ['ana'] })).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(['ana']);
  });

  test('is judged once: other desktops that disappear meanwhile do not change the judgement', async () => {
    const many = { users: names(60) };
    stack.workspaces.configure({ buildTime: SECOND, throttle: 'off' });
    await stack.create(many);
    // 28 of 60 are below a half; 3 of 10 who are left would be as well, but 3 of 4 not.
    let terminated = 0;
    stack.whileCalling('TerminateWorkspaces', () => {
      if (terminated++ > 0) return;
      for (const id of stack.idsOf(names(31))) stack.workspaces.terminateElsewhere(id!);
    });
    stack.inject({ operation: 'TerminateWorkspaces', how: 'kill-after' });
    expect(await stack.update(many, { users: names(32), TerminationLimit: '50%' })).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users().filter((name) => !names(32).includes(name))).toEqual([]);
  });
});

test('lost rows of the ledger do not hide users to remove', async () => {
  await stack.create(before);
  await stack.deleteRows(() => true);
  expect(await stack.update(before, without)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(without.users!) });
  expect(stack.users()).toEqual(['ana', 'chen']);
});

test('lost rows do not hide the number of removals', async () => {
  await stack.create(before);
  await stack.deleteRows(() => true);
  expect(await stack.update(before, { users: ['ana'] })).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('2 of 3 users') });
  expect(stack.users()).toEqual(['ana', 'bo', 'chen']);
});

test('a desktop of somebody else is never taken for that of a user who leaves', async () => {
  const first: FleetProperties = { users: ['ana', 'theirs'], FailureTolerance: '1' };
  stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'theirs' });
  await stack.create(first);
  expect(await stack.update(first, { users: ['ana'] })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['ana', 'theirs']);
});

describe('what fails in the middle of a removal', () => {
  test('a step dies in it: the next one goes on', async () => {
    await stack.create(before);
    stack.inject({ operation: 'TerminateWorkspaces', how: 'kill-after' });
    expect(await stack.update(before, without)).toMatchObject({ status: 'SUCCESS', cleanUp: [{ status: 'SUCCESS' }] });
    expect(stack.users()).toEqual(['ana', 'chen']);
  });

  test.each(['UPDATE_ROLLBACK_FAILED', 'UPDATE_FAILED', 'UPDATE_ROLLBACK_COMPLETE'])('nothing is terminated if the stack is %s meanwhile', async (status) => {
    await stack.create(before);
    const forward = await stack.begin(stack.updateEvent(before, { users: ['ana', 'chen', 'dee'] }));
    stack.status = 'UPDATE_IN_PROGRESS';
    await stack.poll(forward);
    stack.status = status;
    for (let minutes = 0; minutes < 40; minutes++) {
      await stack.clock.sleep(MINUTE);
      await stack.poll(forward).catch(() => undefined);
    }
    expect(stack.users()).toEqual(['ana', 'bo', 'chen', 'dee']);
  });

  test('an update whose event comes after its rollback terminates nothing', async () => {
    await stack.create(before);
    const late = stack.updateEvent(before, without);
    expect(await stack.rollBack(without, before)).toMatchObject({ status: 'SUCCESS' });
    stack.status = 'UPDATE_ROLLBACK_COMPLETE';
    const forward = await stack.begin(late);
    for (let i = 0; i < 10; i++) {
      await stack.poll(forward).catch(() => undefined);
      await stack.clock.sleep(MINUTE);
    }
    expect(stack.users()).toEqual(['ana', 'bo', 'chen']);
  });

  test('many are removed in time, also if others are late', async () => {
    stack.workspaces.configure({ buildTime: SECOND });
    const many: FleetProperties = { users: names(200) };
    await stack.create(many);
    stack.workspaces.configure({ buildTime: 3 * 60 * MINUTE });
    const outcome = await stack.update(many, { users: [...names(10), 'dee'], TerminationLimit: 'unlimited', TimeoutSeconds: '3300' });
    expect(outcome).toMatchObject({ status: 'SUCCESS', data: { LateUsers: 'dee' } });
    expect(outcome.minutes).toBeLessThan(58);
    expect(stack.users()).toHaveLength(11);
  });

  test('a step is not killed during it, even if calls are very slow', async () => {
    stack.workspaces.configure({ buildTime: SECOND });
    const thirty: FleetProperties = { users: names(30) };
    await stack.create(thirty);
    stack.workspaces.configure({ throttle: { perSecond: 0.3, burst: 1 } });
    const longest: number[] = [];
    const step = stack.step.bind(stack);
    stack.step = async (event) => {
      const begun = stack.clock.now();
      try {
        return await step(event);
      } finally {
        longest.push(stack.clock.now() - begun);
      }
    };
    expect(await stack.update(thirty, { users: names(5), TerminationLimit: 'unlimited' })).toMatchObject({ status: 'SUCCESS' });
    expect(Math.max(...longest)).toBeLessThan(90 * SECOND);
  });

  test('a desktop that is gone has no tags for the policy: it is left out, or all 25 would be denied', async () => {
    await stack.create(before);
    const [bo] = stack.idsOf(['bo']);
    stack.workspaces.terminateElsewhere(bo!);
    await stack.clock.sleep(60 * MINUTE);
    stack.denies = ({ operation, input }) => (
      operation === 'TerminateWorkspaces' && input.TerminateWorkspaceRequests.some(({ WorkspaceId }: { WorkspaceId: string }) => WorkspaceId === bo)
    );
    expect(await stack.update(before, { users: ['ana'], TerminationLimit: '2' })).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(['ana']);
    expect(await stack.delete({ users: ['ana'] })).toMatchObject({ status: 'SUCCESS' });
  });
});

test('a SUSPENDED desktop that is no longer the fleet\'s does not stop an update', async () => {
  await stack.create(before);
  await stack.clock.sleep(60 * MINUTE);
  const [bo] = stack.idsOf(['bo']);
  await stack.untag(bo!, 'cdk-bulk-workspaces:fleet');
  stack.workspaces.setState(bo!, 'SUSPENDED');
  expect(await stack.update(before, without)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['ana', 'bo', 'chen']);
});

test('a rollback does not wait for removals of an earlier update', async () => {
  stack.workspaces.configure({ terminateTime: 5 * 60 * MINUTE });
  await stack.create(before);
  expect(await stack.update(before, without)).toMatchObject({ status: 'SUCCESS' });
  const failing = { users: [...without.users!, 'nobody'] };
  expect(await stack.update(without, failing)).toMatchObject({ status: 'FAILED' });
  expect(await stack.rollBack(failing, without)).toMatchObject({ status: 'SUCCESS' });
});

test.each([1, 10])('an update that undoes one of %i days ago, and is cancelled, is no rollback: the limit holds', async (days) => {
  const [few, many]: FleetProperties[] = [{ users: names(3) }, { users: names(40) }];
  stack.workspaces.configure({ buildTime: SECOND });
  await stack.create(few);
  await stack.update(few, many);
  await stack.clock.sleep(days * 24 * 60 * MINUTE);
  for (const status of ['UPDATE_COMPLETE', 'UPDATE_IN_PROGRESS']) stack.status = status;
  const forward = await stack.begin(stack.updateEvent(many, few));
  await stack.clock.sleep(SECOND);
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  expect(await stack.finish(forward)).toMatchObject({ status: 'FAILED' });
  expect(stack.users()).toHaveLength(40);
});
