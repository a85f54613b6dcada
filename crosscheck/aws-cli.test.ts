import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment, tool } from './tools';
import { LocalCloud } from '../local/cloud';

const DIRECTORY = 'd-90677cc91c';
const BUNDLE = 'wsb-clj85qzj1';

const cloud = new LocalCloud({
  workspaces: {
    throttle: 'off',
    buildTime: 0,
    invisibleFor: 0,
    directories: [{ directoryId: DIRECTORY }],
    bundles: [{ bundleId: BUNDLE }, { bundleId: 'wsb-bh8rsxt14', owner: 'AMAZON', name: 'Value' }],
    missingUsers: ['nobody'],
  },
});
const folder = mkdtempSync(join(tmpdir(), 'aws-cli-test-'));

beforeAll(() => cloud.start());
afterAll(async () => {
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

/** Runs a command of the aws CLI. Its environment has only the variables of the local cloud. */
async function aws(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(tool('aws'), args, { cwd: folder, env: environment(cloud.environment) }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** The output of a command that must succeed. */
async function json(...args: string[]): Promise<any> {
  const { code, stdout, stderr } = await aws(...args, '--output', 'json');
  if (code !== 0) throw new Error(`aws ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout.trim() === '' ? undefined : JSON.parse(stdout);
}

const request = (UserName: string, more: object = {}) => ({ DirectoryId: DIRECTORY, BundleId: BUNDLE, UserName, ...more });
const create = (...requests: object[]) => json('workspaces', 'create-workspaces', '--workspaces', JSON.stringify(requests));
const describe = (...args: string[]) => json('workspaces', 'describe-workspaces', ...args);
const usersOf = ({ Workspaces }: { Workspaces: { UserName: string }[] }) => Workspaces.map(({ UserName }) => UserName).sort();

test('an administrator makes desktops, looks at them, tags them and terminates them', async () => {
  const users = Array.from({ length: 12 }, (_, i) => `user${String(i).padStart(2, '0')}`);
  const made = await create(...users.map((each) => request(each, { Tags: [{ Key: 'team', Value: 'sales' }] })), request('nobody'));
  expect(made.PendingRequests).toHaveLength(12);
  expect(made.FailedRequests).toEqual([expect.objectContaining({ ErrorCode: 'ResourceNotFound.User' })]);
  const id = made.PendingRequests.find((each: any) => each.UserName === 'user03').WorkspaceId;

  const [byId, byDirectory, byUser, byBundle, paged, firstFive] = await Promise.all([
    describe('--workspace-ids', id),
    describe('--directory-id', DIRECTORY),
    describe('--directory-id', DIRECTORY, '--user-name', 'USER03'),
    describe('--bundle-id', BUNDLE),
    describe('--page-size', '5'),
    describe('--max-items', '5', '--page-size', '2'),
  ]);
  expect(usersOf(byId)).toEqual(['user03']);
  expect(usersOf(byDirectory)).toEqual(users);
  expect(usersOf(byUser)).toEqual(['user03']);
  expect(usersOf(byBundle)).toEqual(users);
  expect(usersOf(paged)).toEqual(users);
  expect(firstFive.Workspaces).toHaveLength(5);
  const rest = await describe('--starting-token', firstFive.NextToken);
  expect([...usersOf(firstFive), ...usersOf(rest)].sort()).toEqual(users);

  await json('workspaces', 'create-tags', '--resource-id', id, '--tags', 'Key=floor,Value=3');
  await json('workspaces', 'delete-tags', '--resource-id', id, '--tag-keys', 'team');
  expect((await json('workspaces', 'describe-tags', '--resource-id', id)).TagList).toEqual([{ Key: 'floor', Value: '3' }]);

  await json('workspaces', 'terminate-workspaces', '--terminate-workspace-requests', id);
  const { Workspaces } = await describe('--workspace-ids', id);
  expect(Workspaces).toEqual([expect.objectContaining({ WorkspaceId: id, State: 'TERMINATING' })]);
  expect(cloud.workspaces.desktops().filter(({ state }) => state === 'TERMINATING').map(({ userName }) => userName)).toEqual(['user03']);
});

test('an administrator changes desktops, and takes them for maintenance', async () => {
  const made = await create(request('changing'), request('rebooting'), request('maintained'), request('moving'));
  expect(made.PendingRequests).toHaveLength(4);
  const idOf = (user: string): string => made.PendingRequests.find((each: any) => each.UserName === user).WorkspaceId;
  const desktop = (id: string) => cloud.workspaces.desktops().find(({ workspaceId }) => workspaceId === id)!;

  const properties = 'RunningMode=AUTO_STOP,RunningModeAutoStopTimeoutInMinutes=120';
  await json('workspaces', 'modify-workspace-properties', '--workspace-id', idOf('changing'), '--workspace-properties', properties);
  expect(desktop(idOf('changing')).properties).toMatchObject({ RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 120 });

  await json('workspaces', 'reboot-workspaces', '--reboot-workspace-requests', idOf('rebooting'));
  expect(desktop(idOf('rebooting')).state).toBe('REBOOTING');

  await json('workspaces', 'modify-workspace-state', '--workspace-id', idOf('maintained'), '--workspace-state', 'ADMIN_MAINTENANCE');
  expect(desktop(idOf('maintained')).state).toBe('ADMIN_MAINTENANCE');

  const { TargetWorkspaceId } = await json('workspaces', 'migrate-workspace', '--source-workspace-id', idOf('moving'), '--bundle-id', 'wsb-bh8rsxt14');
  expect(desktop(TargetWorkspaceId)).toMatchObject({ userName: 'moving', bundleId: 'wsb-bh8rsxt14' });
});

test('an administrator lists bundles and directories', async () => {
  const [own, amazon, directories] = await Promise.all([
    json('workspaces', 'describe-workspace-bundles'),
    json('workspaces', 'describe-workspace-bundles', '--owner', 'AMAZON'),
    json('workspaces', 'describe-workspace-directories'),
  ]);
  expect(own.Bundles.map((each: any) => each.BundleId)).toEqual([BUNDLE]);
  expect(amazon.Bundles.map((each: any) => each.Name)).toEqual(['Value']);
  expect(directories.Directories).toEqual([expect.objectContaining({ DirectoryId: DIRECTORY, State: 'REGISTERED' })]);
});

test.each([
  [['workspaces', 'describe-workspaces', '--directory-id', 'fake-id-000'], 'An error occurred (ValidationException) when calling the DescribeWorkspaces operation: The Directory ID fake-id-000 in the request is invalid.'],
  [['workspaces', 'describe-tags', '--resource-id', 'ws-000000000'], 'An error occurred (ResourceNotFoundException) when calling the DescribeTags operation'],
  [['cloudformation', 'describe-stacks', '--stack-name', 'None'], 'An error occurred (ValidationError) when calling the DescribeStacks operation: Stack with id None does not exist'],
  [['ds', 'describe-directories'], 'the local cloud has no service "ds"'],
])('an error is told as AWS tells it: %j', async (args, message) => {
  const { code, stderr, stdout } = await aws(...args);
  expect(code).toBeGreaterThan(0);
  expect(stderr).toContain(message);
  expect(stdout).toBe('');
});

test('a template is deployed, changed and deleted', async () => {
  const deploy = async (value: string) => {
    const Parameter = { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Name: '/cli', Value: value } };
    writeFileSync(join(folder, 'template.json'), JSON.stringify({ Resources: { Parameter }, Outputs: { Name: { Value: { Ref: 'Parameter' } } } }));
    const { code, stderr } = await aws('cloudformation', 'deploy', '--stack-name', 'Cli', '--template-file', 'template.json', '--no-fail-on-empty-changeset');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  };
  await deploy('one');
  expect((await json('ssm', 'get-parameter', '--name', '/cli')).Parameter).toMatchObject({ Value: 'one', Version: 1 });
  const { Stacks } = await json('cloudformation', 'describe-stacks', '--stack-name', 'Cli');
  expect(Stacks[0]).toMatchObject({ StackStatus: 'CREATE_COMPLETE', Outputs: [{ OutputKey: 'Name', OutputValue: '/cli' }] });
  await json('cloudformation', 'delete-stack', '--stack-name', 'Cli');
  for (let stacks = 1; stacks > 0;) {
    stacks = (await json('cloudformation', 'describe-stacks')).Stacks.length;
  }
  expect(cloud.ssm.value('/cli')).toBeUndefined();
}, 120_000);

test('objects, items, keys and the caller', async () => {
  expect(await json('sts', 'get-caller-identity')).toMatchObject({ Account: '123456789012' });

  writeFileSync(join(folder, 'object.txt'), 'some text');
  await json('s3api', 'create-bucket', '--bucket', 'cli-bucket');
  expect((await aws('s3', 'cp', 'object.txt', 's3://cli-bucket/a/object.txt')).stderr).toBe('');
  expect((await aws('s3', 'cp', 's3://cli-bucket/a/object.txt', 'copy.txt')).stderr).toBe('');
  expect(readFileSync(join(folder, 'copy.txt'), 'utf8')).toBe('some text');
  expect((await aws('s3', 'ls', 's3://cli-bucket/a/')).stdout).toMatch(/ 9 object\.txt\n$/);

  await json('dynamodb', 'create-table', '--table-name', 'Cli', '--billing-mode', 'PAY_PER_REQUEST',
    '--attribute-definitions', 'AttributeName=pk,AttributeType=S', '--key-schema', 'AttributeName=pk,KeyType=HASH');
  await json('dynamodb', 'wait', 'table-exists', '--table-name', 'Cli');
  await json('dynamodb', 'put-item', '--table-name', 'Cli', '--item', '{"pk":{"S":"a"}}');
  expect(await json('dynamodb', 'scan', '--table-name', 'Cli')).toMatchObject({ Count: 1, Items: [{ pk: { S: 'a' } }] });

  const { KeyMetadata } = await json('kms', 'create-key', '--description', 'by the CLI');
  await json('kms', 'create-alias', '--alias-name', 'alias/cli', '--target-key-id', KeyMetadata.KeyId);
  expect((await json('kms', 'describe-key', '--key-id', 'alias/cli')).KeyMetadata).toMatchObject({ Arn: KeyMetadata.Arn, Description: 'by the CLI' });
});
