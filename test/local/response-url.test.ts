import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { ResponseUrls } from '../../local/response-url';

const urls = new ResponseUrls();

beforeAll(() => urls.start());
afterAll(() => urls.stop());

/** @returns the status */
function put(url: string, body: string): Promise<number> {
  const { pathname, search } = new URL(url);
  return new Promise((done, failed) => {
    const options = { host: 'localhost', port: urls.port, path: pathname + search, method: 'PUT', ca: readFileSync(urls.certificateFile) };
    request(options, (response) => response.resume().on('end', () => done(response.statusCode!))).on('error', failed).end(body);
  });
}

const STACK_ID = 'arn:aws:cloudformation:us-east-1:123456789012:stack/S/1';
const success = JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId: 'id' });

test('hands an answer over, once', async () => {
  const { url, answer } = urls.open(STACK_ID, 'A');
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
  const { url, abandon } = urls.open(STACK_ID, 'A');
  abandon();
  expect(await put(url, success)).toBe(200);
  expect(urls.ignored.at(-1)).toMatchObject({ why: 'late' });
});

test('refuses as often as configured', async () => {
  const { url, answer } = urls.open(STACK_ID, 'A');
  urls.refuseNext(2);
  expect([await put(url, success), await put(url, success), await put(url, success)]).toEqual([503, 503, 200]);
  expect((await answer).Status).toBe('SUCCESS');
});

test.each([
  ['is longer than 4096 bytes', JSON.stringify({ Status: 'SUCCESS', Data: { x: 'x'.repeat(4_096) } }), 400, 'Response object is too long.'],
  ['is not JSON', 'hello', 200, 'Invalid Response object: it is not JSON'],
  ['has another status', '{"Status":"OK"}', 200, 'Invalid Response object: Status must be SUCCESS or FAILED, got "OK"'],
])('fails the resource when an answer %s', async (_what, body, status, reason) => {
  const { url, answer } = urls.open(STACK_ID, 'A');
  expect(await put(url, body)).toBe(status);
  expect(await answer).toEqual({ Status: 'FAILED', Reason: reason });
});
