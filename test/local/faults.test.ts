import { ListExportsCommand, CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { LocalCloud } from '../../local/cloud';
import { VirtualClock } from '../../local/core/clock';
import type { Fault } from '../../local/faults';

const BUCKET = 'cdk-hnb659fds-assets-123456789012-us-east-1';
const ALLOW = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
const TRUST = { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' } };

/** Puts the objects that its event names, one after the other, and answers with the result of each. */
const HANDLER = `
const { S3Client, PutObjectCommand } = require('@aws-sdk/client-s3');
exports.handler = async ({ keys }) => {
  const s3 = new S3Client({ maxAttempts: 1, requestHandler: { requestTimeout: 15_000, throwOnRequestTimeout: true } });
  const ends = [];
  for (const Key of keys) ends.push(await s3.send(new PutObjectCommand({ Bucket: '${BUCKET}', Key, Body: 'x' })).then(() => 'ok', ({ code, name }) => code ?? name));
  return ends;
};
`;

let cloud: LocalCloud;
let lambda: LambdaClient;

beforeEach(async () => {
  cloud = new LocalCloud({ clock: new VirtualClock() });
  await cloud.start();
  cloud.iam.createRole('writer', TRUST).inline.set('all', ALLOW);
  await cloud.lambda.put({
    name: 'writer',
    arn: 'arn:aws:lambda:us-east-1:123456789012:function:writer',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    memoryMb: 128,
    roleArn: 'arn:aws:iam::123456789012:role/writer',
    timeoutSeconds: 300,
    environment: {},
    description: '',
    code: { source: HANDLER },
  });
  lambda = new LambdaClient({ endpoint: cloud.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });
});
afterEach(async () => {
  lambda.destroy();
  await cloud.stop();
});

async function write(...keys: string[]): Promise<any> {
  const start = cloud.clock.now();
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'writer', Payload: JSON.stringify({ keys }) }));
  const answer = JSON.parse(Payload!.transformToString());
  return { answer: answer.errorMessage ?? answer, seconds: (cloud.clock.now() - start) / 1_000, there: cloud.s3.keys(BUCKET) };
}

const KILLED = expect.stringMatching(/Runtime exited with error: signal: killed$/);

test.each<[Fault['how'], Partial<Fault>, object]>([
  ['refuse', {}, { answer: ['InternalFailure'], there: [], seconds: 0 }],
  ['refuse', { code: 'NoSuchBucket' }, { answer: ['NoSuchBucket'], there: [], seconds: 0 }],
  ['throttle', {}, { answer: ['SlowDown'], there: [], seconds: 0 }],
  ['lose', {}, { answer: ['ECONNRESET'], there: ['a'], seconds: 0 }],
  ['slow', { ms: 10_000 }, { answer: ['ok'], there: ['a'], seconds: 10 }],
  ['slow', {}, { answer: ['ETIMEDOUT'], there: ['a'], seconds: 15 }],
  ['late', { ms: 10_000 }, { answer: ['ok'], there: ['a'], seconds: 10 }],
  ['late', {}, { answer: ['ETIMEDOUT'], there: [], seconds: 15 }], // it acts 5 seconds later
  ['kill-before', {}, { answer: KILLED, there: [], seconds: 0 }],
  ['kill-after', {}, { answer: KILLED, there: ['a'], seconds: 0 }],
])('%s %j', async (how, more, end) => {
  cloud.faults.inject({ operation: 'PutObject', how, ...more });
  expect(await write('a')).toEqual(end);
  expect(cloud.faults.happened).toEqual([`s3:PutObject ${how}`]);
});

test('a late answer comes after nobody waits for it any more', async () => {
  cloud.faults.inject({ operation: 'PutObject', how: 'late' });
  expect((await write('a')).there).toEqual([]);
  await cloud.clock.sleep(6_000);
  expect(cloud.s3.keys(BUCKET)).toEqual(['a']);
});

test('a script says which calls are hit', async () => {
  cloud.faults.inject(
    { service: 's3', operation: '*', how: 'throttle', after: 1, times: 2 },
    { service: 'dynamodb', operation: '*', how: 'kill-before' },
    { operation: 'PutObject', how: 'lose', after: 3 },
  );
  expect((await write('a', 'b', 'c', 'd', 'e')).answer).toEqual(['ok', 'SlowDown', 'SlowDown', 'ECONNRESET', 'ok']);
});

test('a process that was killed is followed by a new one, and does nothing more itself', async () => {
  cloud.faults.inject({ operation: 'PutObject', how: 'kill-after', after: 1 });
  expect(await write('a', 'b', 'c')).toMatchObject({ answer: KILLED, there: ['a', 'b'] });
  await cloud.clock.sleep(60_000);
  expect(await write('d')).toMatchObject({ answer: ['ok'], there: ['a', 'b', 'd'] });
});

test('the same seed gives the same random faults', async () => {
  const keys = Array.from({ length: 200 }, (_, i) => `key${i}`);
  const runs: string[][] = [];
  for (const seed of [1, 1, 2]) {
    cloud.faults.injectRandomly({ seed, rate: 0.2, kinds: ['refuse', 'throttle', 'lose'] });
    runs.push((await write(...keys)).answer);
    cloud.faults.clear();
  }
  expect(runs[1]).toEqual(runs[0]);
  expect(runs[2]).not.toEqual(runs[0]);
  const hit = runs[0].filter((end) => end !== 'ok').length;
  expect(hit).toBeGreaterThan(20);
  expect(hit).toBeLessThan(60);
  expect((await write(...keys)).answer).not.toContain('ECONNRESET');
});

test('no more faults than the limit, and a wrong rate is refused', async () => {
  cloud.faults.injectRandomly({ seed: 3, rate: 1, kinds: ['throttle'], most: 2 });
  expect((await write('a', 'b', 'c')).answer).toEqual(['SlowDown', 'SlowDown', 'ok']);
  expect(() => cloud.faults.injectRandomly({ seed: 1, rate: 2 })).toThrow('the rate of random faults must be from 0 to 1, got 2');
});

test('others are hit only where a fault says so', async () => {
  cloud.faults.inject({ operation: '*', how: 'refuse', times: Infinity });
  cloud.faults.inject({ by: 'anyone', service: 'lambda', operation: 'Invoke', how: 'throttle' });
  await expect(write('a')).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  expect((await write('a')).answer).toEqual(['InternalFailure']);
  const client = new CloudFormationClient({ endpoint: cloud.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  expect((await client.send(new ListExportsCommand({}))).Exports ?? []).toEqual([]);
  client.destroy();
});
