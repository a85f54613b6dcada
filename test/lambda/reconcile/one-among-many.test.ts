import type { Call } from '../../../local/core/service';
import { MINUTE, names, TestStack, type FleetProperties } from '../test-stack';

// If one desktop cannot be terminated or observed, this does not stop the work on the others.

let stack: TestStack;
beforeEach(async () => { stack = await TestStack.startQuick({ buildTime: MINUTE }); });
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const all = names(60);
const held = 'user007';
const others = all.filter((each) => each !== held);

/** The id of a user's desktop, even after it is gone. */
const idOf = (user: string) => stack.workspaces.desktops().find(({ userName }) => userName === user)?.workspaceId;
/** Whether a call is about a user's desktop. */
const isAbout = ({ input }: Call, user: string) => [user, idOf(user)].some((each) => each !== undefined && JSON.stringify(input).includes(`"${each}"`));
const deny = (operation: string, user: string = held) => { stack.denies = (call) => call.operation === operation && isAbout(call, user); };

test('a termination that is denied for one: the delete terminates all others, and names the one, with the permission and the way out; the next one goes on', async () => {
  await stack.create({ users: all });
  deny('TerminateWorkspaces');
  const outcome = await stack.delete({ users: all });
  expect(outcome).toMatchObject({
    status: 'FAILED', reason: expect.stringMatching(/1 WorkSpace of this fleet could not be terminated or released: user007 \(ws-\w+, AccessDeniedException: AWS denies workspaces:TerminateWorkspaces: .*look for a service control policy/),
  });
  expect(outcome.minutes).toBeLessThan(15);
  expect(stack.users()).toEqual([held]);
  stack.denies = undefined;
  expect(await stack.delete({ users: all })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('terminations that are denied for a third', async () => {
  await stack.create({ users: all });
  const hold = all.filter((_, i) => i % 3 === 0);
  stack.denies = (call) => call.operation === 'TerminateWorkspaces' && hold.some((each) => isAbout(call, each));
  expect(await stack.delete({ users: all })).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/^20 WorkSpaces of this fleet could not be terminated or released: .*look for/) });
  expect(stack.users()).toEqual(hold);
});

test('the clean-up of an update that takes several away, and one of them is denied, removes the others, and each try says what was denied', async () => {
  await stack.create({ users: all });
  await stack.clock.sleep(20 * MINUTE);
  deny('TerminateWorkspaces');
  const after: FleetProperties = { users: all.slice(10), TerminationLimit: 'unlimited' };
  const outcome = await stack.update({ users: all }, after);
  const named = { status: 'FAILED', reason: expect.stringMatching(/^1 WorkSpace .*user007 \(ws-\w+, .*AWS denies workspaces:TerminateWorkspaces: .*look for .*deploy the fleet again/) };
  expect(outcome).toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringMatching(/^10 users left the list/) }, cleanUp: [named, named, named] });
  for (const each of (outcome as unknown as { cleanUp: { minutes: number }[] }).cleanUp) expect(each.minutes).toBeLessThan(20);
  expect(stack.users()).toEqual([held, ...all.slice(10)]);
  // It is not forgotten.
  stack.denies = undefined;
  expect(await stack.update(after, { ...after, Refresh: '2', TerminationLimit: '0' })).toMatchObject({ status: 'SUCCESS', cleanUp: [{ status: 'SUCCESS' }] });
  expect(stack.users()).toEqual(all.slice(10));
});

test('what a failed update has made is taken back, all but the one', async () => {
  await stack.create({ users: all.slice(0, 3) });
  deny('TerminateWorkspaces');
  stack.workspaces.configure({ missingUsers: ['nobody'] });
  const failing = { users: [...all, 'nobody'] };
  expect(await stack.update({ users: all.slice(0, 3) }, failing)).toMatchObject({ status: 'FAILED' });
  expect(await stack.rollBack(failing, { users: all.slice(0, 3) })).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/user007 \(ws-\w+, AccessDenied.*look for/) });
  expect(stack.users()).toEqual([...all.slice(0, 3), held]);
});

test('tags that IAM sees after four minutes: the delete of a fleet that was made just now waits for them', async () => {
  await stack.create({ users: all });
  const from = stack.clock.now() + 4 * MINUTE;
  stack.denies = ({ operation }) => operation === 'TerminateWorkspaces' && stack.clock.now() < from;
  expect(await stack.delete({ users: all })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a desktop that is denied to be made: the others are made, and the one is named', async () => {
  deny('CreateWorkspaces');
  const outcome = await stack.create({ users: all, FailureTolerance: '1' });
  expect(outcome).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: 'user007 (AccessDeniedException)', Notices: expect.stringMatching(/^user007: AWS denies workspaces:CreateWorkspaces: look for a service control policy/) } });
  expect(stack.users()).toEqual(others);
  expect(await stack.delete({ users: all })).toMatchObject({ status: 'SUCCESS' });

  const failed = await stack.create({ users: all });
  expect(failed).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/^1 of 60 .*user007 \(AccessDeniedException: AWS denies workspaces:CreateWorkspaces: .*look for a service control policy.*raise failureTolerance/) });
});

test.each(['AccessDeniedException', 'AccessDenied.WorkSpace', 'UnauthorizedOperation'])('a single user who is refused with %s is asked for again for some minutes', async (code) => {
  const refuse = (until: number) => stack.answers((api) => ({
    create: async (requests) => {
      const isRefused = ({ UserName }: { UserName: string }) => UserName === held && stack.clock.now() < until;
      const rest = requests.filter((each) => !isRefused(each));
      const { made, refused } = rest.length > 0 ? await api.create(rest) : { made: [], refused: [] };
      return { made, refused: [...refused, ...requests.filter(isRefused).map(({ UserName }) => ({ who: UserName, code, message: 'not you' }))] };
    },
  }));
  const { services } = stack;
  refuse(stack.clock.now() + 4 * MINUTE);
  expect(await stack.create({ users: all })).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: 'none' } });
  expect(await stack.delete({ users: all })).toMatchObject({ status: 'SUCCESS' });
  stack.services = services;
  refuse(Infinity);
  expect(await stack.create({ users: all })).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/user007 \(.*: AWS denies workspaces:CreateWorkspaces: not you\)/) });
});

describe('a key that the role may not grant', () => {
  const key = () => stack.kms.createKey().arn;
  const denied = [
    { scope: 'item', code: 'AccessDenied.Key', message: 'The specified key could not be used.' },
    { scope: 'item', code: 'ResourceNotFound.Key', message: 'The specified key could not be found.' },
    { scope: 'call', code: 'AccessDeniedException', message: 'User is not authorized to perform: kms:CreateGrant' },
  ] as const;

  test.each(denied)('$code for the $scope: names the permission, the key and where to look', async (keyDenied) => {
    const VolumeEncryptionKey = key();
    stack.workspaces.configure({ keyDenied });
    stack.keysUsableFrom = Infinity;
    const outcome = await stack.create({ users: all, settings: { VolumeEncryptionKey, UserVolumeEncryptionEnabled: 'true' } });
    expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('kms:CreateGrant') });
    expect(outcome).toMatchObject({ reason: expect.stringMatching(/permissions boundary or a key policy/) });
    expect(outcome).toMatchObject({ reason: expect.stringContaining(VolumeEncryptionKey) });
    expect(outcome.minutes).toBeGreaterThanOrEqual(2);
    expect(stack.users()).toEqual([]);
  });

  test.each(denied)('$code for the $scope: is waited for', async (keyDenied) => {
    stack.workspaces.configure({ keyDenied });
    stack.keysUsableFrom = stack.clock.now() + 4 * MINUTE;
    expect(await stack.create({ users: all.slice(0, 3), settings: { VolumeEncryptionKey: key(), UserVolumeEncryptionEnabled: 'true' } })).toMatchObject({ status: 'SUCCESS' });
  });
});

describe('workspaces:DeleteTags is denied', () => {
  const tagged = { users: all, settings: { Tags: { team: 'a', old: 'x' } } };
  const untagged = { users: all, settings: { Tags: { team: 'b' } } };
  const adopting: FleetProperties = { users: all, ExistingWorkspaces: { Adopt: 'UNOWNED' } };
  const denyTags = () => { stack.denies = ({ operation }) => operation === 'DeleteTags'; };
  const tagsOf = (user: string) => stack.workspaces.tagsOf(idOf(user)!);

  test('for one of several: the others are released, and each try of the clean-up names the one', async () => {
    await stack.create({ users: all });
    deny('DeleteTags');
    const named = { status: 'FAILED', reason: expect.stringMatching(/could not be terminated or released: user007 \(ws-\w+, AccessDeniedException: AWS denies workspaces:DeleteTags/) };
    expect(await stack.update({ users: all }, { users: all.slice(10), RemovedUsers: 'RELEASE' })).toMatchObject({ status: 'SUCCESS', cleanUp: [named, named, named] });
    expect(all.slice(0, 10).filter((each) => 'cdk-bulk-workspaces:fleet' in tagsOf(each)!)).toEqual([held]);
  });

  test('an update that drops a tag succeeds, the tag stays, and a notice says so', async () => {
    await stack.create(tagged);
    denyTags();
    const outcome = await stack.update(tagged, untagged);
    expect(outcome).toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringMatching(/user000: the tag "old" stays, because AWS denies workspaces:DeleteTags/) } });
    expect(all.map(tagsOf)).toEqual(all.map(() => expect.objectContaining({ team: 'b', old: 'x' })));
    expect(await stack.rollBack(untagged, tagged)).toMatchObject({ status: 'SUCCESS' });
    stack.denies = undefined;
    expect(await stack.update(tagged, untagged)).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
    expect(all.filter((each) => 'old' in tagsOf(each)!)).toEqual([]);
  });

  test('a fleet that has adopted hundreds is deleted: its own desktops go, and the adopted ones keep the tag', async () => {
    const users = names(250);
    const wanted: FleetProperties = { ...adopting, users, FailureTolerance: '0', WorkspaceIds: 'COUNT', IdsInOneRead: '1' };
    for (const userName of users.slice(5)) stack.workspaces.createElsewhere({ directoryId: 'd-90677cc91c', bundleId: 'wsb-clj85qzj1', userName });
    await stack.clock.sleep(5 * MINUTE);
    expect(await stack.create(wanted)).toMatchObject({ status: 'SUCCESS' });
    denyTags();
    expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(users.slice(5));
    expect(users.slice(5).filter((each) => !('cdk-bulk-workspaces:fleet' in tagsOf(each)!))).toEqual([]);
  });

  test('a create that has adopted, and fails, is taken back: its own desktops go, and the adopted one keeps the tag', async () => {
    const id = stack.workspaces.createElsewhere({ directoryId: 'd-90677cc91c', bundleId: 'wsb-clj85qzj1', userName: held });
    stack.workspaces.configure({ missingUsers: ['user059'] });
    denyTags();
    expect(await stack.create(adopting)).toMatchObject({ status: 'FAILED' });
    const outcome = await stack.delete(adopting, stack.physicalId, 'ROLLBACK_IN_PROGRESS');
    expect(outcome).toMatchObject({ status: 'SUCCESS' });
    expect(outcome.minutes).toBeLessThan(15);
    expect(stack.present().map(({ workspaceId }) => workspaceId)).toEqual([id]);
    expect(stack.workspaces.tagsOf(id)).toHaveProperty(['cdk-bulk-workspaces:adopted']);
    // A new fleet in the same place finds it again.
    stack.denies = undefined;
    stack.workspaces.configure({ missingUsers: [] });
    expect(await stack.create(adopting)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.idsOf([held])).toEqual([id]);
    expect(await stack.delete(adopting)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.present()).toMatchObject([{ workspaceId: id, tags: {} }]);
  });
});
