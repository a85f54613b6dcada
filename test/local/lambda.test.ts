import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetFunctionCommand, InvocationType, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { zip } from './zip';
import { LocalCloud } from '../../local/cloud';
import { VirtualClock } from '../../local/core/clock';
import type { FunctionConfiguration } from '../../local/lambda/function-configuration';
import { unzip } from '../../local/lambda/unzip';

const BUCKET = 'cdk-hnb659fds-assets-123456789012-us-east-1';
const TRUST = { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' } };
const ANYTHING = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };

const PLACES: [string, () => LocalCloud][] = [
  ['a process of its own', () => new LocalCloud()],
  ['this process, in virtual time', () => new LocalCloud({ clock: new VirtualClock() })],
];

describe.each(PLACES)('in %s', (place, make) => {
  const isOwnProcess = place === PLACES[0][0];
  const cloud = make();
  let client: LambdaClient;

  beforeAll(async () => {
    await cloud.start();
    cloud.iam.createRole('test', TRUST).inline.set('anything', ANYTHING);
    client = new LambdaClient({ endpoint: cloud.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    await cloud.stop();
  });

  async function put(name: string, source: string | Record<string, string>, changes: Partial<FunctionConfiguration> = {}): Promise<void> {
    await cloud.lambda.put({
      name,
      arn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
      runtime: 'nodejs24.x',
      handler: 'index.handler',
      roleArn: 'arn:aws:iam::123456789012:role/test',
      timeoutSeconds: 10,
      memoryMb: 256,
      environment: {},
      description: '',
      code: typeof source === 'string' ? { source } : { archive: zip(source) },
      ...changes,
    });
  }

  async function invoke(FunctionName: string, event: unknown = {}) {
    const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
    return { error: FunctionError, payload: JSON.parse(Payload!.transformToString()) };
  }

  /** The answer of a handler with this body. */
  async function outcome(body: string, changes: Partial<FunctionConfiguration> = {}) {
    await put('outcome', `exports.handler = async (event, context) => { ${body} };`, changes);
    return invoke('outcome', { its: 'event' });
  }

  describe('a handler that', () => {
    test('answers', async () => {
      expect(await outcome('return { got: event, name: context.functionName };')).toEqual({ payload: { got: { its: 'event' }, name: 'outcome' } });
    });

    test('answers undefined', async () => {
      expect(await outcome('')).toEqual({ payload: null });
    });

    test('calls back', async () => {
      await put('callback', 'exports.handler = (event, context, callback) => setTimeout(() => callback(null, event.n + 1), 5);');
      expect(await invoke('callback', { n: 1 })).toEqual({ payload: 2 });
    });

    test('throws: the type is the name of the error, not of its class', async () => {
      const { error, payload } = await outcome('class Special extends Error {} throw new Special("it is broken");');
      expect(error).toBe('Unhandled');
      expect(payload).toEqual({ errorType: 'Error', errorMessage: 'it is broken', trace: expect.any(Array) });
      expect(payload.trace[0]).toBe('Error: it is broken');
      expect(payload.trace[1]).toContain('index.js');
    });

    test('throws an error with a name', async () => {
      expect((await outcome('throw Object.assign(new Error("no"), { name: "Named" });')).payload).toMatchObject({ errorType: 'Named', errorMessage: 'no' });
    });

    test('throws a string', async () => {
      expect((await outcome('throw "text";')).payload).toEqual({ errorType: 'string', errorMessage: 'text', trace: [] });
    });

    test('takes too long', async () => {
      const { error, payload } = await outcome('await new Promise((done) => setTimeout(done, 60_000));', { timeoutSeconds: 1 });
      expect(error).toBe('Unhandled');
      expect(payload).toEqual({ errorType: 'Sandbox.Timedout', errorMessage: expect.stringMatching(/^RequestId: \S{36} Error: Task timed out after 1.00 seconds$/) });
    });

    if (isOwnProcess) {
      test('blocks', async () => {
        expect((await outcome('for (;;);', { timeoutSeconds: 1 })).payload.errorType).toBe('Sandbox.Timedout');
      });
    }

    test('ends its process', async () => {
      expect((await outcome('process.exit(3);')).payload).toEqual({
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/^RequestId: \S{36} Error: Runtime exited with error: exit status 3$/),
      });
      expect((await invoke('outcome')).payload.errorType).toBe('Runtime.ExitError');
    });

    if (isOwnProcess) {
      test('is killed', async () => {
        expect((await outcome('process.kill(process.pid, "SIGKILL"); await new Promise(() => {});')).payload.errorMessage).toMatch(/signal: killed$/);
      });
    }

    if (isOwnProcess) {
      test('has the heap that Lambda gives it, and ends what it writes with what it has used', async () => {
        const { payload } = await outcome('return process.execArgv;', { memoryMb: 512 });
        expect(payload).toEqual(expect.arrayContaining(['--max-semi-space-size=25', '--max-old-space-size=461']));
        for (let i = 0; i < 100 && !cloud.lambda.log('outcome').includes('Memory Size: 512'); i++) await new Promise((done) => setTimeout(done, 50));
        expect(cloud.lambda.log('outcome')).toMatch(/^REPORT RequestId: \S{36}\tMemory Size: 512 MB\tMax Memory Used: \d{2,3} MB\tCPU: \d+ ms$/m);
      });

      test('forgets a promise that rejects', async () => {
        expect((await outcome('Promise.reject(new Error("forgotten")); await new Promise((done) => setTimeout(done, 1_000));')).payload).toMatchObject({
          errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'forgotten',
        });
      });
    }

    test('answers with what is not JSON', async () => {
      expect((await outcome('return 1n;')).payload).toMatchObject({ errorType: 'Runtime.MarshalError' });
    });
  });

  describe('code that', () => {
    test.each([
      ['throws while it is loaded', 'throw new TypeError("at start");', {}, { errorType: 'TypeError', errorMessage: 'at start' }],
      ['has no such handler', 'exports.other = 1;', {}, { errorType: 'Runtime.HandlerNotFound', errorMessage: 'index.handler is undefined or not exported' }],
      ['has no such file', '', { handler: 'main.handler' }, { errorType: 'Runtime.ImportModuleError', errorMessage: "Error: Cannot find module 'main'" }],
      ['needs a module that is not there', 'require("nowhere");', {}, { errorType: 'Runtime.ImportModuleError' }],
      ['is no JavaScript', 'this is not', {}, { errorType: 'Runtime.UserCodeSyntaxError' }],
    ])('%s', async (_what, source, changes, payload) => {
      await put('broken', source, changes);
      expect(await invoke('broken')).toEqual({ error: 'Unhandled', payload: expect.objectContaining(payload) });
    });

    test('comes in an archive', async () => {
      await put('archive', { 'sub/index.js': 'exports.handler = async () => require("../other").value;', 'other.js': 'exports.value = 7;' }, { handler: 'sub/index.handler' });
      expect(await invoke('archive')).toEqual({ payload: 7 });
    });

    test('is an ES module', async () => {
      await put('module', { 'index.mjs': 'export const handler = async () => import.meta.url.endsWith("index.mjs");' });
      const { payload } = await invoke('module');
      if (isOwnProcess) expect(payload).toBe(true);
      else expect(payload.errorMessage).toMatch(/index\.mjs is an ES module, and the local cloud cannot run it in this process: bundle/);
    });

    test('would write outside of its folder is refused', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'unzip-test-'));
      try {
        for (const name of ['../evil.js', '/evil.js', 'a/../../evil.js']) await expect(unzip(zip({ [name]: '' }), folder)).rejects.toThrow(name);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });

  describe('a function', () => {
    test('has an environment of its own and nothing of the host', async () => {
      process.env.SECRET_OF_THE_HOST = 'secret';
      await put('environment', 'exports.handler = async () => process.env;', { environment: { MINE: 'yes' } });
      const { payload } = await invoke('environment');
      expect(payload).toMatchObject({ MINE: 'yes', AWS_LAMBDA_FUNCTION_NAME: 'environment', AWS_ENDPOINT_URL: cloud.endpointUrl, AWS_REGION: 'us-east-1' });
      expect(payload).not.toHaveProperty('SECRET_OF_THE_HOST');
      expect(payload).not.toHaveProperty('PATH');
      expect(cloud.iam.principalOf({ accessKeyId: payload.AWS_ACCESS_KEY_ID })).toEqual({
        kind: 'function', name: 'environment', roleArn: 'arn:aws:iam::123456789012:role/test',
      });
      delete process.env.SECRET_OF_THE_HOST;
    });

    test('is used again, but handles one event at a time', async () => {
      await put('warm', 'const id = require("crypto").randomUUID(); let n = 0; exports.handler = async () => { n += 1; const mine = n; await new Promise((done) => setTimeout(done, 200)); return [id, mine, n]; };');
      const together = await Promise.all([invoke('warm'), invoke('warm')]);
      expect(together.map(({ payload }) => payload.slice(1))).toEqual([[1, 1], [1, 1]]);
      expect(together[0].payload[0]).not.toBe(together[1].payload[0]);
      const later = await invoke('warm');
      expect(together.map(({ payload }) => payload[0])).toContain(later.payload[0]);
      expect(later.payload[1]).toBe(2);
    });

    test('is throttled at its reserved concurrency', async () => {
      await put('reserved', 'exports.handler = async () => new Promise((done) => setTimeout(done, 500, "done"));', { reservedConcurrency: 1 });
      const results = await Promise.allSettled([invoke('reserved'), invoke('reserved')]);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { name: 'TooManyRequestsException' } });
    });

    test('finds the SDK, which talks to the local cloud as the function', async () => {
      await put('sdk', `
      const { SFN } = require('@aws-sdk/client-sfn');
        exports.handler = async () => new SFN().startExecution({ stateMachineArn: 'arn:nothing' }).catch((error) => error.name);
      `);
      const callers: unknown[] = [];
      cloud.use((call, next) => {
        if (call.service === 'states') callers.push(cloud.iam.principalOf(call.caller)?.name);
        return next();
      });
      expect(await invoke('sdk')).toEqual({ payload: 'StateMachineDoesNotExist' });
      expect(callers).toEqual(['sdk']);
    });

    test('can be described, by its ARN too', async () => {
      await put('described', '');
      const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName: 'arn:aws:lambda:us-east-1:123456789012:function:described' }));
      expect(Configuration).toMatchObject({ State: 'Active', LastUpdateStatus: 'Successful', Handler: 'index.handler' });
    });

    test('runs after an asynchronous invocation has been accepted', async () => {
      await put('later', 'exports.handler = async (event) => console.log("ran with", event.n);');
      const { StatusCode } = await client.send(new InvokeCommand({ FunctionName: 'later', InvocationType: InvocationType.Event, Payload: '{"n":5}' }));
      expect(StatusCode).toBe(202);
      for (let i = 0; i < 100 && !cloud.lambda.log('later').includes('ran with 5'); i++) await new Promise((done) => setTimeout(done, 50));
      expect(cloud.lambda.log('later')).toContain('ran with 5');
    });

    test('that is killed in a call does nothing more', async () => {
      await put('victim', `
        const { S3 } = require('@aws-sdk/client-s3');
        exports.handler = async () => {
          const s3 = new S3({ maxAttempts: 1 });
          for (const Key of ['a', 'b']) await s3.putObject({ Bucket: '${BUCKET}', Key, Body: 'x' }).catch(() => undefined);
        };
      `);
      cloud.faults.inject({ operation: 'PutObject', how: 'kill-after' });
      expect((await invoke('victim')).payload).toMatchObject({ errorType: 'Runtime.ExitError', errorMessage: expect.stringMatching(/signal: killed$/) });
      expect(cloud.s3.keys(BUCKET)).toEqual(['a']);
      expect(await invoke('victim')).toEqual({ payload: null });
      expect(cloud.s3.keys(BUCKET)).toEqual(['a', 'b']);
    });

    test('that does not exist cannot be invoked', async () => {
      await expect(invoke('nobody')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    });
  });
});
