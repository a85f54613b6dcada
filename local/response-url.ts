import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer, Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { REGION } from './core/account';
import { type Clock, RunningClock } from './core/clock';

/** The largest answer of a custom resource. */
const LARGEST_ANSWER = 4_096;
/** How long a URL can be used. */
const VALID_SECONDS = 7_200;

export interface CustomResourceAnswer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly PhysicalResourceId?: string;
  readonly StackId?: string;
  readonly RequestId?: string;
  readonly LogicalResourceId?: string;
  readonly NoEcho?: boolean;
  readonly Data?: Record<string, unknown>;
}

/** An answer that nobody was waiting for: it came late or twice, or its URL is unknown. */
export interface IgnoredAnswer { readonly path: string; readonly body: string; readonly why: 'late' | 'unknown' }

/** The request whose answer a URL takes. */
export interface Answered { readonly stackId: string; readonly logicalId: string; readonly requestId: string }

/** How a URL is signed. Both forms have been seen on AWS: the second in older Regions, where it has no time of signing, but a time of expiry. */
export type Signature = 'AWS4-HMAC-SHA256' | 'AWSAccessKeyId';

export interface AwaitedAnswer {
  readonly url: string;
  readonly answer: Promise<CustomResourceAnswer>;
  /** Stops waiting. An answer that comes now is late. */
  abandon(): void;
}

interface Waiting { open: boolean; resolve: (answer: CustomResourceAnswer) => void }

/** Receives the answers of custom resources: https on 127.0.0.1, with URLs as long as AWS's presigned ones. */
export class ResponseUrls {
  readonly ignored: IgnoredAnswer[] = [];
  signature: Signature = 'AWS4-HMAC-SHA256';
  private readonly waiting = new Map<string, Waiting>();
  private refusals = 0;
  private server?: Server;
  private directory?: string;

  constructor(private readonly clock: Clock = new RunningClock()) {}

  get port(): number {
    return (this.server!.address() as AddressInfo).port;
  }

  /** The certificate that a function must trust to answer. */
  get certificateFile(): string {
    return join(this.directory!, 'certificate.pem');
  }

  async start(): Promise<void> {
    this.directory = await mkdtemp(join(tmpdir(), 'local-cloud-responses-'));
    const names = [{ type: 2 as const, value: 'localhost' }, { type: 7 as const, ip: '127.0.0.1' }];
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      notBeforeDate: new Date(Date.now() - 86_400_000),
      extensions: [{ name: 'basicConstraints', cA: true }, { name: 'subjectAltName', altNames: names }],
    });
    await writeFile(this.certificateFile, cert);

    const server = createServer({ key, cert }, (request, response) => {
      void this.read(request).then((status) => response.writeHead(status).end(), () => response.destroy());
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    this.server = server;
  }

  async stop(): Promise<void> {
    const { server, directory } = this;
    this.server = undefined;
    if (server) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    if (directory) await rm(directory, { recursive: true, force: true });
  }

  /** Answers the next `times` requests with 503, as if S3 were unavailable. */
  refuseNext(times: number): void {
    this.refusals = times;
  }

  /**
   * The path names the stack, the resource and the request, so a request with the RequestId of an earlier one has its path, too: an answer
   * to the earlier URL is then taken for the later request's.
   */
  open({ stackId, logicalId, requestId }: Answered): AwaitedAnswer {
    const path = `/${encodeURIComponent(`${stackId}|${logicalId}|${requestId}`).replaceAll('%2F', '/')}`;
    const waiting: Waiting = { resolve: () => undefined, open: true };
    const answer = new Promise<CustomResourceAnswer>((resolve) => { waiting.resolve = resolve; });
    this.waiting.set(path, waiting);
    return { url: `https://localhost${path}?${presignature(this.signature, this.clock.now())}`, answer, abandon: () => { waiting.open = false; } };
  }

  private async read(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    return this.receive(request.method ?? 'GET', request.url ?? '/', Buffer.concat(chunks));
  }

  /** Receives an answer from outside, or from a function in this process. @returns the HTTP status */
  receive(method: string, url: string, body: Buffer): number {
    const path = url.split('?')[0];
    if (method !== 'PUT') return 405;
    if (this.refusals > 0) {
      this.refusals -= 1;
      return 503;
    }

    const waiting = this.waiting.get(path);
    const tooLong = body.length > LARGEST_ANSWER;
    if (waiting?.open) {
      waiting.open = false;
      waiting.resolve(tooLong ? { Status: 'FAILED', Reason: 'Response object is too long.' } : parseAnswer(body.toString('utf8')));
    } else {
      this.ignored.push({ path, body: body.toString('utf8'), why: waiting ? 'late' : 'unknown' });
    }
    if (!waiting) return 403;
    return tooLong ? 400 : 200;
  }
}

function parseAnswer(text: string): CustomResourceAnswer {
  try {
    const answer = JSON.parse(text) as CustomResourceAnswer;
    if (answer.Status === 'SUCCESS' || answer.Status === 'FAILED') return answer;
    return { Status: 'FAILED', Reason: `Invalid Response object: Status must be SUCCESS or FAILED, got ${JSON.stringify(answer.Status)}` };
  } catch {
    return { Status: 'FAILED', Reason: 'Invalid Response object: it is not JSON' };
  }
}

/** The URL is as long as a real one, because functions pass their event on, and several services limit its size. */
function presignature(signature: Signature, now: number): string {
  if (signature === 'AWSAccessKeyId') {
    return new URLSearchParams([
      ['AWSAccessKeyId', 'ASIALOCALCLOUDFORMAT'],
      ['Expires', String(Math.floor(now / 1_000) + VALID_SECONDS)],
      ['x-amz-security-token', randomBytes(570).toString('base64')],
      ['Signature', randomBytes(20).toString('base64')],
    ]).toString();
  }
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  return new URLSearchParams({
    'X-Amz-Security-Token': randomBytes(570).toString('base64'),
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Date': time,
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Expires': String(VALID_SECONDS),
    'X-Amz-Credential': `ASIALOCALCLOUDFORMAT/${time.slice(0, 8)}/${REGION}/s3/aws4_request`,
    'X-Amz-Signature': randomBytes(32).toString('hex'),
  }).toString();
}
