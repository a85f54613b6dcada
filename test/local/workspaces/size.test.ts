import { ask, BUNDLE, describeAll, DIRECTORY, failureOf, service, start, terminate } from './harness';
import { Desktops } from '../../../local/workspaces/store';

const MANY = 10_000;

function makeMany(): string[] {
  return Array.from({ length: MANY }, (_, i) => service.createElsewhere({ directoryId: DIRECTORY, userName: `user${i}`, bundleId: BUNDLE }));
}

test('among 10,000 desktops, ids and users are found, and the quota is kept, without looking at all of them', async () => {
  await start({ invisibleFor: 0, quota: MANY });
  const ids = makeMany();
  const all = jest.spyOn(Desktops.prototype, 'present');
  const asked = ids.slice(5_000, 5_025);
  expect((await describeAll({ WorkspaceIds: asked })).map(({ WorkspaceId }) => WorkspaceId).sort()).toEqual([...asked].sort());
  expect(await describeAll({ DirectoryId: DIRECTORY, UserName: 'USER9999' })).toMatchObject([{ WorkspaceId: ids[9_999] }]);
  expect(await failureOf(ask('user17'))).toMatchObject({ code: 'ResourceExists.WorkSpace' });
  await expect(failureOf(ask('another'))).rejects.toMatchObject({ name: 'ResourceLimitExceededException' });
  expect(await terminate(...asked)).toEqual([]);
  expect(all).not.toHaveBeenCalled();
  all.mockRestore();
});

test('10,000 desktops come in pages, each once', async () => {
  await start();
  const ids = makeMany();
  const found = await describeAll({ DirectoryId: DIRECTORY });
  expect(found.map(({ WorkspaceId }) => WorkspaceId)).toEqual([...ids].sort());
});
