import { DescribeWorkspacesCommand, DescribeWorkspacesCommandInput } from '@aws-sdk/client-workspaces';
import { BUNDLE, client, create, createOne, describeAll, DIRECTORY, service, start, terminate, users } from './harness';

const describeWith = (input: DescribeWorkspacesCommandInput) => client.send(new DescribeWorkspacesCommand(input));

test('pages of 25, each desktop once, in an order of its own', async () => {
  await start({ invisibleFor: 0 });
  for (const from of [0, 20, 40]) await create(...users(20, from));
  const first = await describeWith({});
  expect(first.Workspaces).toHaveLength(25);
  const second = await describeWith({ NextToken: first.NextToken });
  expect(second.Workspaces).toHaveLength(25);
  const third = await describeWith({ NextToken: second.NextToken });
  expect(third.Workspaces).toHaveLength(10);
  expect(third.NextToken).toBeUndefined();
  const ids = [first, second, third].flatMap((page) => page.Workspaces!.map((desktop) => desktop.WorkspaceId!));
  expect(new Set(ids).size).toBe(60);
  expect(ids).not.toEqual(service.desktops().map((desktop) => desktop.workspaceId));
  expect((await describeAll({ DirectoryId: DIRECTORY, Limit: 7 })).map((desktop) => desktop.WorkspaceId).sort()).toEqual([...ids].sort());
  expect(await describeAll({ WorkspaceIds: ids.slice(0, 25), Limit: 5 })).toHaveLength(25);
});

test.each(['creation', 'newest-first'] as const)('can answer in the order %s', async (describeOrder) => {
  await start({ invisibleFor: 0, describeOrder });
  await create(...users(25));
  await create(...users(5, 25));
  const ids = service.desktops().map((desktop) => desktop.workspaceId);
  expect((await describeAll()).map((desktop) => desktop.WorkspaceId)).toEqual(describeOrder === 'creation' ? ids : ids.reverse());
});

test('desktops that disappear between two pages hide no others', async () => {
  await start({ invisibleFor: 0, terminateTime: 0 });
  await create(...users(25));
  await create(...users(25, 25));
  const first = await describeWith({});
  await terminate(...first.Workspaces!.slice(0, 10).map((desktop) => desktop.WorkspaceId!));
  const second = await describeWith({ NextToken: first.NextToken });
  expect(second.Workspaces).toHaveLength(25);
});

test('the last page can have an empty NextToken', async () => {
  await start({ invisibleFor: 0, lastPageToken: 'empty' });
  await createOne();
  expect(await describeWith({})).toMatchObject({ NextToken: '' });
  expect(await describeAll()).toHaveLength(1);
});

test('filters', async () => {
  await start({ invisibleFor: 0 });
  const alice = await createOne('Alice');
  const bob = await createOne('bob', { DirectoryId: 'd-0000000001' });
  const carol = await createOne('carol', { BundleId: 'wsb-00000000a' });
  const ids = async (input: DescribeWorkspacesCommandInput) => (await describeAll(input)).map((desktop) => desktop.WorkspaceId).sort();
  expect(await ids({})).toEqual([alice, bob, carol].sort());
  expect(await ids({ WorkspaceIds: [alice, bob, 'ws-00000000a'] })).toEqual([alice, bob].sort());
  expect(await ids({ DirectoryId: DIRECTORY })).toEqual([alice, carol].sort());
  expect(await ids({ DirectoryId: DIRECTORY, UserName: 'ALICE' })).toEqual([alice]);
  expect(await ids({ DirectoryId: 'd-0000000001', UserName: 'alice' })).toEqual([]);
  expect(await ids({ BundleId: 'wsb-00000000a' })).toEqual([carol]);
});

const EXCLUSIVE = 'An invalid number of parameters provided with DescribeWorkspaces. Only one of the following are allowed to be specified: BundleId, DirectoryId, WorkSpaceIds, Filters.';
test.each<[DescribeWorkspacesCommandInput, string, string]>([
  [{ DirectoryId: DIRECTORY, BundleId: BUNDLE }, 'InvalidParameterValuesException', EXCLUSIVE],
  [{ DirectoryId: DIRECTORY, WorkspaceIds: ['ws-00000000a'] }, 'InvalidParameterValuesException', EXCLUSIVE],
  [{ UserName: 'alice' }, 'InvalidParameterValuesException', 'The DirectoryId parameter is required when UserName is used.'],
  [{ DirectoryId: 'fake-id' }, 'ValidationException', 'The Directory ID fake-id in the request is invalid.'],
  [{ WorkspaceIds: ['ws-1'] }, 'ValidationException', 'The WorkSpace ID ws-1 in the request is invalid.'],
  [{ WorkspaceIds: Array(26).fill('ws-00000000a') }, 'ValidationException', expect.stringContaining('26')],
  [{ Limit: 26 }, 'ValidationException', 'The Limit 26 in the request is invalid.'],
  [{ Limit: 0 }, 'ValidationException', 'The Limit 0 in the request is invalid.'],
  [{ NextToken: 'mine' }, 'InvalidParameterValuesException', 'The NextToken mine in the request is invalid.'],
])('refuses %j', async (input, name, message) => {
  await start();
  await expect(describeWith(input)).rejects.toMatchObject({ name, message });
});

test('refuses the token of another request', async () => {
  await start({ invisibleFor: 0 });
  await create(...users(2));
  const { NextToken } = await describeWith({ Limit: 1 });
  await expect(describeWith({ NextToken, DirectoryId: DIRECTORY })).rejects.toMatchObject({ name: 'InvalidParameterValuesException' });
});
