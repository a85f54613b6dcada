import { Readable } from 'node:stream';
import { CreateWorkspacesCommand, DescribeWorkspacesCommand, WorkSpacesClient } from '@aws-sdk/client-workspaces';
import { AwsWorkspacesApi } from '../../../lambda/aws/aws-workspaces-api';
import { failureOf } from '../../../lambda/aws/errors';
import { keepNewerMembers } from '../../../lambda/aws/newer-members';
import { Pace } from '../../../lambda/aws/pace';
import { TimeLeft } from '../../../lambda/core/time-left';
import { VirtualClock } from '../../../local/core/clock';

// Members that no version of the SDK will ever have.
const ANSWER = {
  Workspaces: [{
    WorkspaceId: 'ws-1',
    UserName: 'ana',
    State: 'AVAILABLE',
    FromTomorrow: { Deep: ['x'] },
    WorkspaceProperties: { RunningMode: 'MANUAL', RootVolumeSizeGib: 80, FromTomorrow: true },
  }, { WorkspaceId: 'ws-2', WorkspaceProperties: { FromTomorrow: false } }],
};

let sent: unknown;
let answer: { statusCode: number; body: string; breaksOff?: boolean };

function* chunksOf(bytes: Buffer) {
  yield* [bytes.subarray(0, 10), bytes.subarray(10)].filter(({ length }) => length > 0);
  if (answer.breaksOff) throw new Error('aborted');
}

/** A client of the real SDK whose answers come as a stream of two chunks. */
function clientWith(...plugins: ((client: WorkSpacesClient) => void)[]): WorkSpacesClient {
  const client = new WorkSpacesClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
    requestHandler: {
      handle: async ({ body }: { body: string | Uint8Array }) => {
        sent = JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
        const stream = Readable.from(chunksOf(Buffer.from(answer.body)));
        return { response: { statusCode: answer.statusCode, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: stream } };
      },
    } as never,
  });
  plugins.forEach((plugin) => plugin(client));
  return client;
}

beforeEach(() => {
  answer = { statusCode: 200, body: JSON.stringify(ANSWER) };
});

const asked = { DirectoryId: 'd-1', UserName: 'ana', BundleId: 'b', Later: { On: '1' }, WorkspaceProperties: { RunningMode: 'MANUAL', FromTomorrow: true } };

test('without it, the SDK drops members that it does not know', async () => {
  answer.body = '{}';
  await clientWith().send(new CreateWorkspacesCommand({ Workspaces: [asked as never] }));
  expect(JSON.stringify(sent)).not.toContain('FromTomorrow');
});

test('a request has every member that was asked for, at every depth, and nothing else', async () => {
  answer.body = '{}';
  await clientWith(keepNewerMembers).send(new CreateWorkspacesCommand({ Workspaces: [{ ...asked, Nothing: undefined } as never, { ...asked, UserName: 'bo' } as never] }));
  expect(sent).toEqual({ Workspaces: [asked, { ...asked, UserName: 'bo' }] });
});

test('an answer has every member that was sent, and those that the SDK knows as it reads them', async () => {
  expect(await clientWith(keepNewerMembers).send(new DescribeWorkspacesCommand({}))).toMatchObject(ANSWER);
  answer.body = JSON.stringify({ Directories: null, Unknown: null });
  expect(await clientWith(keepNewerMembers).send(new DescribeWorkspacesCommand({}))).not.toHaveProperty('Unknown');
});

test('a change of such a member in place shows in what the handler sees of a desktop', async () => {
  const clock = new VirtualClock();
  const api = new AwsWorkspacesApi(clientWith(), new Pace(clock), clock, new TimeLeft(clock, Infinity));
  expect((await api.describe(['ws-1', 'ws-2'])).map(({ actual }) => actual)).toEqual([ANSWER.Workspaces[0].WorkspaceProperties, { FromTomorrow: false }]);
  answer.body = '{}';
  await api.modify('ws-1', { FromTomorrow: true });
  expect(sent).toEqual({ WorkspaceId: 'ws-1', WorkspaceProperties: { FromTomorrow: true } });
});

test('errors are read as without it, and the SDK refuses what is no JSON', async () => {
  answer = { statusCode: 400, body: '{"__type":"InvalidParameterValuesException","message":"no"}' };
  await expect(clientWith(keepNewerMembers).send(new DescribeWorkspacesCommand({}))).rejects.toMatchObject({ name: 'InvalidParameterValuesException', message: 'no' });
  answer = { statusCode: 502, body: '<html>bad gateway</html>' };
  await expect(clientWith(keepNewerMembers).send(new DescribeWorkspacesCommand({}))).rejects.toMatchObject({ $metadata: { httpStatusCode: 502 } });
});

test.each([200, 400, 500])('an answer of status %i that breaks off is an error with that status, as without it', async (statusCode) => {
  answer = { statusCode, body: '{"Workspaces":[', breaksOff: true };
  const errorOf = (client: WorkSpacesClient) => client.send(new DescribeWorkspacesCommand({})).catch((error) => error);
  const errors = [await errorOf(clientWith()), await errorOf(clientWith(keepNewerMembers))];
  for (const error of errors) expect(error).toMatchObject({ message: expect.stringContaining('aborted'), $metadata: { httpStatusCode: statusCode } });
  expect(failureOf(errors[1])).toBe(failureOf(errors[0]));
});
