import { BUNDLE, FleetProperties, MINUTE, properties, TestStack } from '../test-stack';

// Faults that the random search (`test/chaos`) has found, each as a test that is as small as possible.

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.start({ buildTime: MINUTE });
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const OTHER_RESOURCE_FAILED = 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS';
const ANA: FleetProperties = { users: ['ana'] };

test('guarantee 7: retained desktops stay, also if the answer to the call that found them was lost', async () => {
  await stack.create(ANA);
  const ids = stack.idsOf(['ana']);
  // The fleet is removed from the stack. The desktops stay, and no event is sent. It comes back, that create is undone, and the ledger forgets it.
  await stack.create(ANA);
  await stack.delete(ANA, stack.physicalId, OTHER_RESOURCE_FAILED);
  expect(stack.idsOf(['ana'])).toEqual(ids);
  // The fleet comes back again. The answer that says that ana has a desktop is lost.
  await stack.clock.sleep(MINUTE);
  const create = await stack.begin(stack.event('Create', properties(ANA)));
  stack.inject({ operation: 'CreateWorkspaces', how: 'kill-after' });
  await stack.poll(create);
  await stack.delete(ANA, stack.physicalId, OTHER_RESOURCE_FAILED);
  expect(stack.idsOf(['ana'])).toEqual(ids);
});

test('guarantee 2: an update whose event comes after that of its rollback terminates nothing, with any limit', async () => {
  await stack.create(ANA);
  const ids = stack.idsOf(['ana']);
  const after = { users: ['bo'], TerminationLimit: '0' };
  const late = stack.updateEvent(ANA, after);
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  await stack.begin(stack.updateEvent(after, ANA));
  await stack.finish(await stack.begin(late));
  expect(stack.idsOf(['ana'])).toEqual(ids);
});

test('a user who is removed and added a day later gets a desktop with other settings, if the removal took longer than the update', async () => {
  const first: FleetProperties = { users: ['ana', 'chen'] };
  await stack.create(first);
  stack.workspaces.configure({ buildTime: 200 * MINUTE });
  const second: FleetProperties = { users: ['ana', 'bo'], TimeoutSeconds: '1800' };
  expect(await stack.update(first, second)).toMatchObject({ status: 'SUCCESS', data: { LateUsers: 'bo' } });
  await stack.clock.sleep(24 * 60 * MINUTE);
  stack.workspaces.configure({ buildTime: MINUTE });
  const third: FleetProperties = {
    ...second,
    users: ['ana', 'bo', 'chen'],
    Users: [{ Settings: '0', UserNames: ['ana', 'bo'] }, { Settings: '1', UserNames: ['chen'] }],
    Settings: [{ BundleId: BUNDLE }, { BundleId: 'wsb-b0s22j3d7' }],
  };
  expect(await stack.update(second, third)).toMatchObject({ status: 'SUCCESS' });
});

test('guarantee 1: a release that died before it removed the tag does not remove another fleet\'s tag', async () => {
  const first: FleetProperties = { users: ['ana', 'bo'] };
  await stack.create(first);
  const [, bo] = stack.idsOf(first.users!);
  stack.inject({ operation: 'DeleteTags', how: 'kill-before' });
  let isTagged = false;
  stack.whileWaiting(() => {
    if (stack.faults.happened.length > 0 && !isTagged) stack.clock.after(5_000, () => void stack.tag(bo!, 'cdk-bulk-workspaces:fleet', 'another/fleet'));
    isTagged ||= stack.faults.happened.length > 0;
  });
  expect(await stack.update(first, { ...ANA, RemovedUsers: 'RELEASE' })).toMatchObject({ status: 'SUCCESS', cleanUp: [{ status: 'SUCCESS' }] });
  expect(isTagged).toBe(true);
  expect(stack.workspaces.tagsOf(bo!)).toEqual({ 'cdk-bulk-workspaces:fleet': 'another/fleet' });
});
