import type { IncomingHttpHeaders } from 'node:http';
import { REGION } from './account';
import type { Endpoint } from './endpoint';
import { LOST } from './service';

export interface ClientRequest {
  /** The signing name of the service to call. */
  readonly service: string;
  /** The access key of the caller. */
  readonly accessKeyId: string;
  readonly method: string;
  readonly path: string;
  /** With names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface ClientReply {
  readonly status: number;
  /** With names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Calls from one service of the local cloud to another. They go through the endpoint, so that every middleware (faults, IAM,
 * counting) sees them. They use no socket, so that virtual time need not wait for one.
 */
export class EndpointClient {
  constructor(private readonly endpoint: Pick<Endpoint, 'dispatch'>) {}

  /** Rejects if the answer is lost. */
  async send(call: ClientRequest): Promise<ClientReply> {
    const { service, accessKeyId, method, path, headers } = call;
    const body = Buffer.from(call.body ?? '');
    const { pathname, searchParams } = new URL(path, 'http://127.0.0.1');
    const credential = `${accessKeyId}/20260101/${REGION}/${service}/aws4_request`;
    const reply = await this.endpoint.dispatch({
      method,
      path: pathname,
      query: searchParams,
      headers: {
        ...headers,
        'authorization': `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=local`,
        'x-amz-date': '20260101T000000Z', // nobody verifies signatures here, but dynalite requires a complete one
        'content-length': String(body.length),
      },
      body,
    });
    if (reply === LOST) throw new Error('socket hang up');
    return { status: reply.status, headers: reply.headers ?? {}, body: Buffer.from(reply.body) };
  }
}
