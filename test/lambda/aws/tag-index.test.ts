import { FleetProperties, MINUTE, names, TestStack } from '../test-stack';

// How the tags of many desktops are read before these are terminated.

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

let stack: TestStack;
const users = names(30);
const few: FleetProperties = { users: ['user029'], TerminationLimit: 'unlimited' };
beforeEach(async () => {
  stack = await TestStack.start({ buildTime: MINUTE });
  await stack.create({ users });
  await stack.clock.sleep(20 * MINUTE);
});
afterEach(() => stack.stop());

test('tags are read in one call before they are terminated', async () => {
  expect(await stack.update({ users }, few)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['user029']);
  // The index answers for 25 in one call. The last 4 are read one by one.
  expect(stack.calls('DescribeTags')).toBe(4);
});

test('tags that the index still has, but somebody has removed: these desktops stay, and all others are terminated', async () => {
  const [gone, kept] = stack.idsOf(['user003', 'user005']);
  stack.tagging.freeze([gone!, kept!]);
  await stack.untag(kept!, 'cdk-bulk-workspaces:fleet');
  stack.workspaces.terminateElsewhere(gone!);
  await stack.clock.sleep(20 * MINUTE);
  // As the role's policy does.
  stack.denies = ({ operation, input }) => operation === 'TerminateWorkspaces'
    && input.TerminateWorkspaceRequests.some(({ WorkspaceId }: any) => stack.workspaces.tagsOf(WorkspaceId)?.['cdk-bulk-workspaces:fleet'] === undefined);
  expect(await stack.update({ users }, few)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['user005', 'user029']);
});

test('tags are read one by one when the index cannot be asked', async () => {
  stack.denies = ({ operation }) => operation === 'GetResources';
  expect(await stack.update({ users }, few)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['user029']);
  expect(stack.calls('DescribeTags')).toBe(29);
});

test('tags of a desktop that the index does not know yet are read from the desktop', async () => {
  const [first] = stack.idsOf(['user000']);
  const { tagIndex } = stack.services;
  stack.services = { ...stack.services, tagIndex: async (...args) => new Map([...await tagIndex(...args)].filter(([id]) => id !== first)) };
  expect(await stack.update({ users }, few)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['user029']);
});

test('tags of an adopted desktop say so, even if the ledger has lost it', async () => {
  await stack.tag(stack.idsOf(['user004'])[0]!, 'cdk-bulk-workspaces:adopted', 'true');
  expect(await stack.update({ users }, few)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['user004', 'user029']);
  expect(Object.keys(stack.workspaces.tagsOf(stack.idsOf(['user004'])[0]!)!)).toEqual([]);
});
