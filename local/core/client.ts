import { Agent, IncomingHttpHeaders, request } from 'node:http';
import { REGION } from './account';

export interface ClientRequest {
  /** The signing name of the service to call. */
  readonly service: string;
  /** Who calls. */
  readonly accessKeyId: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface ClientReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * How one service of the local cloud calls another: over the endpoint, so that every middleware (faults, IAM, counting)
 * stands around these calls as well. Not `fetch`, which gives up after five minutes, earlier than a Lambda may answer.
 */
export class EndpointClient {
  private readonly agent = new Agent({ keepAlive: true });

  /** @param url asked for at every call, because it is known only once the endpoint has started */
  constructor(private readonly url: () => string) {}

  send(call: ClientRequest): Promise<ClientReply> {
    const body = Buffer.from(call.body ?? '');
    const credential = `${call.accessKeyId}/20260101/${REGION}/${call.service}/aws4_request`;
    return new Promise((resolve, reject) => {
      const outgoing = request(new URL(call.path, this.url()), {
        agent: this.agent,
        method: call.method,
        headers: {
          ...call.headers,
          'authorization': `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=local`,
          'x-amz-date': '20260101T000000Z', // nobody verifies signatures here, but dynalite wants one to look whole
          'content-length': body.length,
        },
      }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
