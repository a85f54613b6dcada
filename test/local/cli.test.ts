import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CreateWorkspacesCommand, WorkSpacesClient } from '@aws-sdk/client-workspaces';
import { printed } from '../../local/cli/environment';
import { LocalOptions, parseOptions } from '../../local/cli/options';

const PROJECT = join(__dirname, '..', '..');

/** The options that `npm run local` reads from its arguments, or its exit code, and its output. */
function parsed(...args: string[]): { options: LocalOptions | number; said: string } {
  const said: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write').mockImplementation((text) => said.push(String(text)) > 0));
  const options = parseOptions(args);
  spies.forEach((spy) => spy.mockRestore());
  return { options, said: said.join('') };
}

test('the defaults are what the examples use', () => {
  expect(parsed().options).toEqual({
    port: 4600, speed: 60, directories: ['d-90670b2f8c'], bundles: ['wsb-clj85qzj1'], missingUsers: [], shell: 'posix', logs: undefined, quiet: false,
  });
});

test('an account and a Region can be set', () => {
  expect(parsed('--account', '111122223333', '--region', 'ap-southeast-2').options).toMatchObject({ account: '111122223333', region: 'ap-southeast-2' });
});

test('an option that may be repeated replaces the default', () => {
  const { options } = parsed('--directory', 'd-0000000001', '--directory', 'd-0000000002', '--missing-user', 'bo', '--missing-user', 'chen', '--speed', '0.5');
  expect(options).toMatchObject({ directories: ['d-0000000001', 'd-0000000002'], missingUsers: ['bo', 'chen'], speed: 0.5 });
});

test.each([
  [['--port', '65536'], /--port .*65536.*0 to 65535/],
  [['--port', 'x'], /0 to 65535/],
  [['--speed', '0'], /above 0, at most 1000/],
  [['--speed', '1001'], /above 0, at most 1000/],
  [['--account', '1111'], /12 digits/],
  [['--region', 'cn-north-1'], /a Region such as eu-west-1/],
  [['--directory', 'corp'], /must look like d-90670b2f8c/],
  [['--bundle', 'standard'], /must look like wsb-clj85qzj1/],
  [['--shell', 'fish'], /posix, powershell or json/],
  [['--nonsense'], /unknown option '--nonsense'/],
  [['more'], /too many arguments/],
])('%j is refused with what is allowed', (args, message) => {
  const { options, said } = parsed(...args);
  expect(options).toBe(2);
  expect(said).toMatch(message);
  expect(said).toMatch(/usage: npm run local --/);
});

test('--help lists every option', () => {
  const { options, said } = parsed('--help');
  expect(options).toBe(0);
  for (const option of ['--port', '--speed', '--account', '--region', '--directory', '--bundle', '--missing-user', '--shell', '--logs', '--quiet']) expect(said).toContain(option);
});

test('the variables are printed for each shell; what must not be set is unset', () => {
  const environment = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_CONFIG_FILE: "/it's", AWS_PROFILE: undefined };
  expect(printed(environment, 'posix')).toBe("export AWS_ENDPOINT_URL='http://127.0.0.1:1'\nexport AWS_CONFIG_FILE='/it'\\''s'\nunset AWS_PROFILE");
  expect(printed(environment, 'powershell')).toBe("$env:AWS_ENDPOINT_URL = 'http://127.0.0.1:1'\n$env:AWS_CONFIG_FILE = '/it''s'\nRemove-Item Env:AWS_PROFILE -ErrorAction Ignore");
  expect(JSON.parse(printed(environment, 'json'))).toEqual({ ...environment, AWS_PROFILE: null });
});

test('a port that is in use ends it, and the error says what to do', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const child = spawn(process.execPath, [join(PROJECT, 'node_modules', 'tsx', 'dist', 'cli.mjs'), 'local/cli/main.ts', '--port', String(port)], { cwd: PROJECT });
  let said = '';
  child.stderr.on('data', (text) => { said += text; });
  expect(await once(child, 'exit')).toEqual([1, null]);
  expect(said).toContain(`cannot listen on 127.0.0.1:${port}`);
  expect(said).toContain('Give another --port, or 0 for any free port');
  taken.close();
});

/** Starts `npm run local` with these options, and waits until it has printed its variables. */
async function started(...args: string[]) {
  const command = [join(PROJECT, 'node_modules', 'tsx', 'dist', 'cli.mjs'), '--tsconfig', 'tsconfig.development.json', 'local/cli/main.ts'];
  const child = spawn(process.execPath, [...command, '--port', '0', '--shell', 'json', ...args], { cwd: PROJECT });
  const ended = once(child, 'exit');
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  let json = '';
  for await (const line of createInterface({ input: child.stdout })) {
    json += line;
    if (line === '}') break;
  }
  return { child, ended, said, environment: JSON.parse(json) };
}

test('the access key is of one account: the cdk CLI remembers whose account a key is', async () => {
  const keys = [];
  for (const account of ['111122223333', '444455556666']) {
    const { child, ended, environment } = await started('--account', account);
    keys.push(environment.AWS_ACCESS_KEY_ID);
    child.kill('SIGINT');
    await ended;
  }
  expect(new Set(keys).size).toBe(2);
});

test('it runs until it is interrupted, and an SDK with the printed variables talks to it', async () => {
  const { child, ended, said, environment } = await started('--missing-user', 'bo');
  const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PROFILE } = environment;
  expect(AWS_ENDPOINT_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(AWS_PROFILE).toBeNull();

  const client = new WorkSpacesClient({
    endpoint: AWS_ENDPOINT_URL, region: AWS_REGION, credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
  });
  const { PendingRequests, FailedRequests } = await client.send(new CreateWorkspacesCommand({
    Workspaces: ['ana', 'bo'].map((UserName) => ({ UserName, DirectoryId: 'd-90670b2f8c', BundleId: 'wsb-clj85qzj1' })),
  }));
  client.destroy();
  expect(PendingRequests).toMatchObject([{ UserName: 'ana' }]);
  expect(FailedRequests).toMatchObject([{ WorkspaceRequest: { UserName: 'bo' }, ErrorCode: 'ResourceNotFound.User' }]);

  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
  expect(said.join('\n')).toMatch(/listens on http:\/\/127\.0\.0\.1:\d+ only/);
  expect(said.join('\n')).toMatch(/workspaces:CreateWorkspaces {2}ok/);
});
