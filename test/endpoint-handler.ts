import type { Endpoint } from '../local/core/endpoint';
import { LOST } from '../local/core/service';

/** A request as the SDK gives it to its request handler. */
interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Sends the calls of an SDK client to an endpoint in the same process. It needs no socket, so it is quicker, and works in virtual time. */
export class EndpointHandler {
  constructor(private readonly endpoint: Pick<Endpoint, 'dispatch'>) {}

  async handle({ method, path, query = {}, headers, body }: SdkRequest) {
    const pairs = Object.entries(query).flatMap(([key, value]) => [value].flat().map((each) => [key, each ?? ''] as [string, string]));
    const lowerCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const reply = await this.endpoint.dispatch({ method, path, query: new URLSearchParams(pairs), headers: lowerCase, body: bytesOf(body) });
    if (reply === LOST) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    return { response: { statusCode: reply.status, headers: { ...reply.headers }, body: Buffer.from(reply.body) } };
  }

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): object {
    return {};
  }

  destroy(): void {}
}

function bytesOf(body: string | Uint8Array = ''): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}
