import {
  CreateWorkspacesCommand, DescribeTagsCommand, DescribeWorkspacesCommand, MigrateWorkspaceCommand, TerminateWorkspacesCommand,
} from '@aws-sdk/client-workspaces';
import { BUNDLE, client, clock, createOne, DIRECTORY, MINUTE, service, start } from './harness';
import type { OddAnswer } from '../../../local/workspaces/odd-answers';

const oddly = (...oddAnswers: OddAnswer[]) => start({ buildTime: MINUTE, missingUsers: ['nobody'], oddAnswers });
const create = (...names: string[]) => client.send(new CreateWorkspacesCommand({
  Workspaces: names.map((UserName) => ({ DirectoryId: DIRECTORY, BundleId: BUNDLE, UserName })),
}));
const suspended = async () => {
  const id = await createOne('ana');
  await clock.sleep(2 * MINUTE);
  service.others.suspend(id);
  const { FailedRequests } = await client.send(new TerminateWorkspacesCommand({ TerminateWorkspaceRequests: [{ WorkspaceId: id }] }));
  return { id, failed: FailedRequests };
};

const CODE = 'ResourceNotFound.User';

test.each<[OddAnswer, unknown[][], unknown[][]]>([
  ['made and refused', [['ana', true]], [['nobody', CODE], ['ana', 'InternalError']]],
  ['made without id', [['ana', false]], [['nobody', CODE]]],
  ['refused without request', [['ana', true]], [[undefined, CODE]]],
  ['refused without code', [['ana', true]], [['nobody', undefined]]],
])('%s: CreateWorkspaces says so, and has made what it can', async (odd, made, refused) => {
  await oddly(odd);
  const { PendingRequests, FailedRequests } = await create('ana', 'nobody');
  expect(PendingRequests!.map(({ UserName, WorkspaceId }) => [UserName, WorkspaceId !== undefined])).toEqual(made);
  expect(FailedRequests!.map(({ WorkspaceRequest, ErrorCode }) => [WorkspaceRequest?.UserName, ErrorCode])).toEqual(refused);
  expect(service.desktops()).toMatchObject([{ userName: 'ana' }]);
});

test.each<[OddAnswer, (id: string) => unknown[]]>([
  ['refused without code', (id) => [id, undefined]],
  ['not terminated, without id', () => [undefined, 'InvalidResourceState.WorkSpace']],
  ['not terminated, another id', () => ['ws-000000000', 'InvalidResourceState.WorkSpace']],
])('%s: TerminateWorkspaces says so of a desktop that is SUSPENDED, which stays', async (odd, expected) => {
  await oddly(odd);
  const { id, failed } = await suspended();
  expect(failed!.map(({ WorkspaceId, ErrorCode }) => [WorkspaceId, ErrorCode])).toEqual([expected(id)]);
  expect(service.desktops()).toMatchObject([{ state: 'SUSPENDED' }]);
});

test('terminated, and another id not: the desktop is terminated', async () => {
  await oddly('terminated, and another id not');
  const id = await createOne('ana');
  await clock.sleep(2 * MINUTE);
  const { FailedRequests } = await client.send(new TerminateWorkspacesCommand({ TerminateWorkspaceRequests: [{ WorkspaceId: id }] }));
  expect(FailedRequests).toMatchObject([{ WorkspaceId: 'ws-000000000' }]);
  expect(service.desktops()).toMatchObject([{ state: 'TERMINATING' }]);
});

test('migrated without target: there is a second desktop', async () => {
  await oddly('migrated without target');
  const SourceWorkspaceId = await createOne('ana');
  await clock.sleep(2 * MINUTE);
  const answer = await client.send(new MigrateWorkspaceCommand({ SourceWorkspaceId, BundleId: 'wsb-b0s22j3d7' }));
  expect(answer).toMatchObject({ SourceWorkspaceId });
  expect(answer.TargetWorkspaceId).toBeUndefined();
  expect(service.desktops()).toHaveLength(2);
});

test('of tags, of states, of empty lists, and pages of ids', async () => {
  await oddly();
  const ids: string[] = [];
  for (const name of ['ana', 'bo', 'chen', 'dee']) ids.push(await createOne(name, { Tags: [{ Key: 'team', Value: 'sales' }] }));
  await clock.sleep(2 * MINUTE);
  const tags = () => client.send(new DescribeTagsCommand({ ResourceId: ids[0] }));
  const shown = (NextToken?: string) => client.send(new DescribeWorkspacesCommand({ WorkspaceIds: ids, NextToken }));
  service.configure({ oddAnswers: ['no tags'] });
  expect((await tags()).TagList).toEqual([]);
  service.configure({ oddAnswers: ['no list of tags'] });
  expect((await tags()).TagList).toBeUndefined();
  service.configure({ oddAnswers: ['no state'] });
  expect((await shown()).Workspaces!.map(({ State }) => State)).toEqual(ids.map(() => undefined));
  service.configure({ oddAnswers: ['empty lists are absent'] });
  expect((await create('eve')).FailedRequests).toBeUndefined();
  service.configure({ oddAnswers: ['short pages'] });
  const first = await shown();
  expect(first.Workspaces).toHaveLength(3);
  expect((await shown(first.NextToken)).Workspaces).toHaveLength(1);
});
