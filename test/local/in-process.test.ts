import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { makeRole } from './roles';
import { LocalCloud } from '../../local/cloud';
import { VirtualClock } from '../../local/core/clock';

// Behaviour that only functions in this process have. For the behaviour of all functions, see test/local/lambda.test.ts.

const cloud = new LocalCloud({ clock: new VirtualClock(Date.UTC(2026, 5, 1)) });
let client: LambdaClient;

beforeAll(async () => {
  await cloud.start();
  makeRole(cloud.iam, 'test');
  client = new LambdaClient({ endpoint: cloud.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
});

async function run(code: string, event: unknown = {}): Promise<any> {
  await cloud.lambda.put({
    name: 'function',
    arn: 'arn:aws:lambda:us-east-1:123456789012:function:function',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    memoryMb: 128,
    roleArn: 'arn:aws:iam::123456789012:role/test',
    timeoutSeconds: 900,
    environment: {},
    description: '',
    code: { source: code },
  });
  const { Payload } = await client.send(new InvokeCommand({ FunctionName: 'function', Payload: JSON.stringify(event) }));
  return JSON.parse(Payload!.transformToString());
}

test('their time is the cloud\'s, and jumps', async () => {
  const [start, seconds, ...dates] = await run(`
    const { promisify } = require('node:util');
    const timers = require('node:timers/promises');
    exports.handler = async (event, context) => {
      const start = Date.now();
      await new Promise((done) => setTimeout(done, 60_000));
      await promisify(setTimeout)(60_000);
      await timers.setTimeout(60_000);
      await new Promise((done) => { let n = 0; const timer = setInterval(() => { if (++n === 3) { clearInterval(timer); done(); } }, 60_000); });
      clearTimeout(setTimeout(() => { throw new Error('it was cleared'); }, 1));
      return [start, (Date.now() - start) / 1000, new Date().getFullYear(), new Date(0).toISOString(), new Date() instanceof Date,
        Math.round(context.getRemainingTimeInMillis() / 1000)];
    };
  `);
  expect(start).toBeGreaterThanOrEqual(Date.UTC(2026, 5, 1));
  expect(seconds).toBe(360);
  expect(dates).toEqual([2026, '1970-01-01T00:00:00.000Z', true, 540]);
});

test('their globals are their own', async () => {
  await run('globalThis.mine = 1; process.env.MINE = "1"; exports.handler = async () => [globalThis.mine, global.mine];');
  expect(await run('exports.handler = async () => [typeof globalThis.mine, process.env.MINE ?? null, globalThis.Buffer === Buffer];')).toEqual(['undefined', null, true]);
  expect(process.env.MINE).toBeUndefined();
  expect(globalThis).not.toHaveProperty('mine');
});

test.each([
  ['https', 'https://example.com/', /can reach only http:\/\/127\.0\.0\.1:\d+ and its ResponseURL, got https:\/\/example\.com/],
  ['http', 'http://127.0.0.1:1/', /can reach only http:\/\/127\.0\.0\.1:\d+ and its ResponseURL, got http:\/\/127\.0\.0\.1:1\//],
])('they reach nothing beyond the local cloud by %s', async (scheme, url, message) => {
  const answer = await run(`
    const client = require('node:${scheme}');
    exports.handler = (event) => new Promise((done) => client.request(event, () => done('an answer')).on('error', (error) => done(error.message)).end());
  `, url);
  expect(answer).toMatch(message);
});

test('nor by fetch', async () => {
  expect((await run('exports.handler = async () => fetch("https://example.com/");')).errorMessage).toMatch(/fetch would reach beyond the local cloud: use node:http/);
});

test('what they read takes no time', async () => {
  expect(await run(`
    const { readFile } = require('node:fs/promises');
    exports.handler = async () => {
      const start = Date.now();
      for (let i = 0; i < 20; i++) await readFile(__filename);
      return Date.now() - start;
    };
  `)).toBe(0);
});

test('a timer that throws ends the function, and nothing else', async () => {
  const thrown = await run('exports.handler = () => new Promise(() => setTimeout(() => { throw new Error("from a timer"); }, 10));');
  expect(thrown).toMatchObject({ errorType: 'Error', errorMessage: 'from a timer' });
  expect(await run('exports.handler = async () => 1;')).toBe(1);
});
