import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as send } from 'node:https';
import { VirtualClock } from '../../local/core/clock';
import { ResponseUrls } from '../../local/response-url';

const NOW = Date.UTC(2026, 10, 27, 9, 5, 7, 250);
const urls = new ResponseUrls(new VirtualClock(NOW));

beforeAll(() => urls.start());
afterAll(() => urls.stop());

/** @returns the status */
function put(url: string, body: string): Promise<number> {
  const { pathname, search } = new URL(url);
  return new Promise((done, failed) => {
    const options = { host: 'localhost', port: urls.port, path: pathname + search, method: 'PUT', ca: readFileSync(urls.certificateFile) };
    send(options, (response) => response.resume().on('end', () => done(response.statusCode!))).on('error', failed).end(body);
  });
}

const STACK_ID = 'arn:aws:cloudformation:us-east-1:123456789012:stack/S/1';
const request = (requestId: string = randomUUID()) => ({ stackId: STACK_ID, logicalId: 'A', requestId });
const success = JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId: 'id' });

test('hands an answer over, once', async () => {
  const { url, answer } = urls.open(request());
  expect(url).toMatch(/^https:\/\/localhost\//);
  expect(url.length).toBeGreaterThan(1_000);
  expect(await put(url, success)).toBe(200);
  expect(await answer).toEqual({ Status: 'SUCCESS', PhysicalResourceId: 'id' });
  expect(await put(url, success)).toBe(200);
  expect(urls.ignored.at(-1)).toMatchObject({ why: 'late' });
});

test('records answers to unknown and abandoned URLs', async () => {
  expect(await put('https://localhost/nothing?a=b', success)).toBe(403);
  expect(urls.ignored.at(-1)).toEqual({ path: '/nothing', body: success, why: 'unknown' });
  const { url, abandon } = urls.open(request());
  abandon();
  expect(await put(url, success)).toBe(200);
  expect(urls.ignored.at(-1)).toMatchObject({ why: 'late' });
});

test('refuses as often as configured', async () => {
  const { url, answer } = urls.open(request());
  urls.refuseNext(2);
  expect([await put(url, success), await put(url, success), await put(url, success)]).toEqual([503, 503, 200]);
  expect((await answer).Status).toBe('SUCCESS');
});

test.each([
  ['is longer than 4096 bytes', JSON.stringify({ Status: 'SUCCESS', Data: { x: 'x'.repeat(4_096) } }), 400, 'Response object is too long.'],
  ['is not JSON', 'hello', 200, 'Invalid Response object: it is not JSON'],
  ['has another status', '{"Status":"OK"}', 200, 'Invalid Response object: Status must be SUCCESS or FAILED, got "OK"'],
])('fails the resource when an answer %s', async (_what, body, status, reason) => {
  const { url, answer } = urls.open(request());
  expect(await put(url, body)).toBe(status);
  expect(await answer).toEqual({ Status: 'FAILED', Reason: reason });
});

test('the path names stack, resource and request, and the query says when it was signed', () => {
  const url = new URL(urls.open(request('11111111-2222-3333-4444-555555555555')).url);
  expect(decodeURIComponent(url.pathname)).toBe(`/${STACK_ID}|A|11111111-2222-3333-4444-555555555555`);
  expect(url.pathname).toMatch(/^\/arn%3Aaws%3Acloudformation%3Aus-east-1%3A123456789012%3Astack\/S\/1%7CA%7C/);
  expect(url.searchParams.get('X-Amz-Date')).toBe('20261127T090507Z');
  expect(url.searchParams.get('X-Amz-Expires')).toBe('7200');
});

test('the older signature says when it expires', () => {
  urls.signature = 'AWSAccessKeyId';
  const { searchParams } = new URL(urls.open(request()).url);
  urls.signature = 'AWS4-HMAC-SHA256';
  expect(searchParams.get('Expires')).toBe(String(Math.floor(NOW / 1_000) + 7_200));
  expect(searchParams.has('X-Amz-Date')).toBe(false);
});

test('an answer to the URL of an earlier request with the same RequestId is taken for the later one', async () => {
  const earlier = urls.open(request('same'));
  earlier.abandon();
  const later = urls.open(request('same'));
  expect(await put(earlier.url, success)).toBe(200);
  expect(await later.answer).toEqual({ Status: 'SUCCESS', PhysicalResourceId: 'id' });
});
