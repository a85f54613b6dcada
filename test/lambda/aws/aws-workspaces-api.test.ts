import type { DescribeWorkspacesCommand, WorkSpacesClient } from '@aws-sdk/client-workspaces';
import { AwsWorkspacesApi } from '../../../lambda/aws/aws-workspaces-api';
import { Pace } from '../../../lambda/aws/pace';
import { TimeLeft } from '../../../lambda/core/time-left';
import { VirtualClock } from '../../../local/core/clock';

const desktop = { id: 'ws-1', userName: 'ana', rootEncrypted: false, userEncrypted: false, changes: {} };

function apiOver(answer: (input: any, command: string) => object): AwsWorkspacesApi {
  const client = {
    middlewareStack: { add: () => undefined },
    send: async (command: { input: object }) => answer(command.input, command.constructor.name),
  };
  const clock = new VirtualClock();
  return new AwsWorkspacesApi(client as unknown as WorkSpacesClient, new Pace(clock), clock, new TimeLeft(clock, Infinity));
}

test.each(['', undefined])('all pages of DescribeWorkspaces are read, the last of which has the token %j', async (last) => {
  const pages: Record<string, object> = {
    first: { Workspaces: [{ WorkspaceId: 'ws-1', UserName: 'ana' }], NextToken: 'second' },
    second: { Workspaces: [{ WorkspaceId: 'ws-2', UserName: 'bo', State: 'ERROR', ErrorCode: 'X' }, {}], NextToken: last },
  };
  const client = { middlewareStack: { add: () => undefined }, send: async ({ input }: DescribeWorkspacesCommand) => pages[input.NextToken ?? 'first'] };
  const clock = new VirtualClock();
  const api = new AwsWorkspacesApi(client as unknown as WorkSpacesClient, new Pace(clock), clock, new TimeLeft(clock, Infinity));
  expect(await api.describe(['ws-1', 'ws-2'])).toMatchObject([
    { ...desktop, state: 'PENDING' },
    { id: 'ws-2', userName: 'bo', state: 'ERROR', errorCode: 'X' },
  ]);
});

test('bundles are asked for 25 at a time, and only those that the service names exist', async () => {
  const asked: string[][] = [];
  const ids = Array.from({ length: 60 }, (_, i) => `wsb-${i}`);
  const api = apiOver(({ BundleIds }) => {
    asked.push(BundleIds);
    return { Bundles: BundleIds.filter((id: string) => id !== 'wsb-30').map((BundleId: string) => ({ BundleId })) };
  });
  expect([...await api.bundles(ids)]).toEqual(ids.filter((id) => id !== 'wsb-30'));
  expect(asked.map((each) => each.length)).toEqual([25, 25, 10]);
});

test('a directory other than the one asked for counts as none', async () => {
  const answer = [{ DirectoryId: 'd-2', State: 'ERROR' }, { DirectoryId: 'd-1', State: 'REGISTERED', WorkspaceType: 'PERSONAL' }];
  expect(await apiOver(() => ({ Directories: answer })).directory('d-1')).toEqual({ id: 'd-1', state: 'REGISTERED', type: 'PERSONAL' });
  expect(await apiOver(() => ({ Directories: answer.slice(0, 1) })).directory('d-1')).toBeUndefined();
  expect(await apiOver(() => ({})).directory('d-1')).toBeUndefined();
});

test('answers without lists, and with desktops that have no id, are understood', async () => {
  expect(await apiOver(() => ({})).create([])).toEqual({ made: [], refused: [] });
  expect(await apiOver(() => ({ PendingRequests: [{ UserName: 'ana' }] })).create([])).toEqual({ made: [], refused: [] });
  expect(await apiOver(() => ({})).terminate(['ws-1'])).toEqual([]);
  expect(await apiOver(() => ({})).tags('ws-1')).toEqual({});
});
