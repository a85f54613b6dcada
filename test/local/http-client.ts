import { Agent, request } from 'node:http';
import { REGION } from '../../local/core/account';
import type { ClientReply, ClientRequest } from '../../local/core/client';

/** Sends requests that no SDK client would send, over a socket. */
export class HttpClient {
  private readonly agent = new Agent({ keepAlive: true });

  /** @param url a function, because the URL is known only after the endpoint has started */
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
          'x-amz-date': '20260101T000000Z', // nobody verifies signatures here
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
