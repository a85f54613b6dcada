import { BUNDLE, DIRECTORY, FleetProperties, MINUTE, names, SECOND, TestStack } from '../test-stack';

// If the template does not say what happens to users who leave the list, an update takes nobody's desktop away.

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.startQuick({ missingUsers: ['nobody'] });
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const REFUSE = { RemovedUsers: 'REFUSE' } as const;
const before: FleetProperties = { users: ['ana', 'bo', 'chen'], ...REFUSE };
const without: FleetProperties = { users: ['ana', 'chen'], ...REFUSE };

const world = () => stack.workspaces.desktops().map(({ workspaceId, state, tags, properties }) => ({ workspaceId, state, tags, properties }));
const CHANGES = /^(Create|Modify|Migrate|Terminate|Delete)/;

test('an update that would take a desktop away fails before anything is changed, names the user, and says what to write', async () => {
  await stack.create(before);
  const [bo] = stack.idsOf(['bo']);
  const was = world();
  stack.log.length = 0;
  const after: FleetProperties = { ...without, users: ['ana', 'chen', 'dee'], settings: { RunningMode: 'ALWAYS_ON' } };
  expect(await stack.update(before, after)).toMatchObject({
    status: 'FAILED',
    minutes: 0,
    reason: expect.stringMatching(new RegExp(
      `^this update takes 1 user with a WorkSpace off the list: bo \\(${bo}\\)\\. Nothing was changed\\. Put these users back into "users", or write `
      + '"removedUsers: RemovedUsers\\.terminate\\(\\)" to terminate their WorkSpaces \\(what is on them is lost for ever; adopted ones are released\\), '
      + 'or RemovedUsers\\.release\\(\\) to leave them running without an owner',
    )),
  });
  expect(stack.log.filter((operation) => CHANGES.test(operation))).toEqual([]);
  expect(world()).toEqual(was);
  expect(await stack.rollBack(after, before)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(before.users!) });
  expect(world()).toEqual(was);
});

test('of many, the first few are named', async () => {
  stack.workspaces.configure({ buildTime: SECOND, throttle: 'off' });
  await stack.create({ ...before, users: names(40) });
  expect(await stack.update({ ...before, users: names(40) }, { ...before, users: names(4), TerminationLimit: 'unlimited' })).toMatchObject({
    status: 'FAILED', reason: expect.stringMatching(/takes 36 users .*: user004 \(ws-\w+\); (user\w+ \(ws-\w+\); ){3}user008 \(ws-\w+\) and 31 more\. Nothing/),
  });
  expect(stack.users()).toEqual(names(40));
});

test.each<[FleetProperties['RemovedUsers'], string[]]>([['TERMINATE', ['ana', 'chen']], ['RELEASE', ['ana', 'bo', 'chen']]])('%s is said by the update itself', async (RemovedUsers, users) => {
  await stack.create(before);
  await stack.update(before, without);
  await stack.rollBack(without, before);
  expect(await stack.update(before, { ...without, RemovedUsers })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(users);
  expect(stack.present().filter(({ tags }) => tags['cdk-bulk-workspaces:fleet'] !== undefined).map(({ userName }) => userName).sort()).toEqual(['ana', 'chen']);
});

test('deleting the fleet still terminates its desktops', async () => {
  await stack.create(before);
  expect(await stack.delete(before)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a rollback removes what the update before it has made', async () => {
  await stack.create(before);
  const more = { ...before, users: [...before.users!, 'dee'] };
  expect(await stack.update(before, more)).toMatchObject({ status: 'SUCCESS' });
  expect(await stack.rollBack(more, before)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(before.users!) });
  expect(stack.users()).toEqual(before.users);
});

test('who has never been deployed may leave the list', async () => {
  await stack.create(before);
  const failed = { ...before, users: [...before.users!, 'dee', 'nobody'] };
  await stack.update(before, failed); // with its rollback disabled
  expect(await stack.update(failed, before)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(before.users);
});

test('who has no desktop may leave the list', async () => {
  const tolerant = { ...before, users: [...before.users!, 'nobody'], FailureTolerance: '1' };
  await stack.create(tolerant);
  expect(await stack.update(tolerant, before)).toMatchObject({ status: 'SUCCESS' });
});

describe('a desktop that somebody has terminated', () => {
  test('holds nobody on the list', async () => {
    await stack.create(before);
    stack.workspaces.terminateElsewhere(stack.idsOf(['bo'])[0]!);
    await stack.clock.sleep(20 * MINUTE);
    expect(await stack.update(before, without)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(without.users!) });
    expect(stack.calls('TerminateWorkspaces')).toBe(0);
  });

  test('does not hide one that stands, however many they are', async () => {
    stack.workspaces.configure({ buildTime: SECOND, throttle: 'off' });
    const many = { ...before, users: names(60) };
    await stack.create(many);
    for (const id of stack.idsOf(names(59))) stack.workspaces.terminateElsewhere(id!);
    await stack.clock.sleep(20 * MINUTE);
    const [last] = stack.idsOf(['user059']);
    expect(await stack.update(many, { ...before, users: ['ana'] })).toMatchObject({
      status: 'FAILED', reason: expect.stringContaining(`takes 1 user with a WorkSpace off the list: user059 (${last}). Nothing`),
    });
    expect(stack.users()).toEqual(['user059']);
  });
});

describe('an adopted desktop', () => {
  const adopting: FleetProperties = { ...before, ExistingWorkspaces: { Adopt: 'UNOWNED' } };
  const leaving: FleetProperties = { ...adopting, users: ['ana', 'chen'] };
  const tagsOf = () => stack.present().find(({ userName }) => userName === 'bo')!.tags;
  beforeEach(async () => {
    stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'bo', tags: { cost: '42' } });
    expect(await stack.create(adopting)).toMatchObject({ status: 'SUCCESS' });
  });

  test('leaves the list as well: nobody would look after it', async () => {
    const was = tagsOf();
    expect(await stack.update(adopting, leaving)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('bo (ws-') });
    expect(tagsOf()).toEqual(was);
  });

  test('is released when the template says that those who leave lose theirs', async () => {
    expect(await stack.update(adopting, { ...leaving, RemovedUsers: 'TERMINATE' })).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(before.users);
    expect(tagsOf()).toEqual({ cost: '42' });
  });
});

test('a user whose desktop may have been made, which is not known yet, is not let go', async () => {
  stack.inject({ operation: 'CreateWorkspaces', how: 'lose' });
  await stack.create({ ...before, TimeoutSeconds: '60', FailureTolerance: '3' });
  expect(await stack.update(before, without)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('bo (') });
  expect(stack.users()).toEqual(before.users);
});

test('lost rows of the ledger do not hide who leaves', async () => {
  await stack.create(before);
  await stack.deleteRows(() => true);
  expect(await stack.update(before, without)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('bo (ws-') });
  expect(stack.users()).toEqual(before.users);
});

test.each<['RELEASE' | 'TERMINATE', string]>([['RELEASE', 'DeleteTags'], ['TERMINATE', 'TerminateWorkspaces']])('what a clean-up has failed to %s, the next one does', async (RemovedUsers, operation) => {
  await stack.create(before);
  await stack.clock.sleep(20 * MINUTE);
  const begun = { ...without, RemovedUsers };
  stack.denies = (call) => call.operation === operation;
  expect(await stack.update(before, begun)).toMatchObject({ status: 'SUCCESS', cleanUp: Array(3).fill({ status: 'FAILED' }) });
  expect(stack.present().filter(({ tags }) => tags['cdk-bulk-workspaces:fleet'] !== undefined)).toHaveLength(3);
  stack.denies = undefined;
  // It was judged, so it is neither refused nor counted again.
  expect(await stack.update(begun, { ...without, TerminationLimit: '0' })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(without.users!) });
  expect(stack.present().filter(({ tags }) => tags['cdk-bulk-workspaces:fleet'] !== undefined).map(({ userName }) => userName).sort()).toEqual(['ana', 'chen']);
});

test('replacements are for the termination limit to judge, not for this', async () => {
  await stack.create(before);
  const replaced: FleetProperties = { ...before, settings: { BundleId: 'wsb-b0s22j3d7' }, BundleChange: 'REPLACE', TerminationLimit: '3' };
  expect(await stack.update(before, replaced)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.made()).toHaveLength(6);
});
