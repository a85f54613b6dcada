import * as http from 'node:http';
import * as https from 'node:https';
import { Readable, Writable } from 'node:stream';
import type { Waits } from './waits';
import { LOST } from '../../core/service';
import type { Host } from '../host';

type Respond = (response: http.IncomingMessage) => void;
type Exchange = (request: { readonly method: string; readonly path: string; readonly headers: http.IncomingHttpHeaders; readonly body: Buffer })
=> Promise<{ readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string | Buffer }>;

/** `http` and `https` for a function in this process. They reach only the endpoint and the ResponseURLs. */
export function networkModules(host: Host, waits: Waits): Record<string, unknown> {
  const endpoint = new URL(host.endpointUrl);

  const toEndpoint: Exchange = ({ method, path, headers, body }) => {
    const url = new URL(path, endpoint);
    return host.endpoint.dispatch({ method, path: url.pathname, query: url.searchParams, headers, body });
  };
  const toResponseUrls: Exchange = async ({ method, path, body }) => ({ status: await host.responses.receive(method, path, body), body: '' });

  const requestTo = (scheme: 'http' | 'https') => (...args: unknown[]) => {
    const { options, respond } = parsed(args);
    const name = String(options.hostname ?? options.host ?? 'localhost');
    const isEndpoint = scheme === 'http' && name === endpoint.hostname && String(options.port) === endpoint.port;
    const isResponseUrl = scheme === 'https' && name === 'localhost';
    const exchange: Exchange = isEndpoint ? toEndpoint : isResponseUrl ? toResponseUrls : async () => {
      throw new Error(`a function of the local cloud can reach only ${host.endpointUrl} and its ResponseURL, got ${scheme}://${name}:${options.port ?? ''}${options.path ?? ''}`);
    };
    return new MemoryRequest(options, exchange, waits, respond);
  };
  // A namespace has the real module as `default`, which an import would prefer.
  return {
    http: { ...http, request: requestTo('http'), default: undefined },
    https: { ...https, request: requestTo('https'), default: undefined },
  };
}

/** `request(options, callback)` or `request(url, options, callback)`. */
function parsed(args: unknown[]): { options: http.RequestOptions; respond?: Respond } {
  const respond = args.find((each): each is Respond => typeof each === 'function');
  const [first, second] = args;
  const url = typeof first === 'string' || first instanceof URL ? new URL(first) : undefined;
  const options = (url ? (typeof second === 'object' ? second : {}) : first) as http.RequestOptions;
  return {
    options: url ? { hostname: url.hostname, port: url.port, path: url.pathname + url.search, ...options } : options,
    respond,
  };
}

/** The socket of every request. It is connected at once. */
const CONNECTED = {
  connecting: false,
  setKeepAlive: () => undefined,
  setTimeout: () => undefined,
  on: () => undefined,
  once: () => undefined,
  removeListener: () => undefined,
  destroy: () => undefined,
};

/** The part of http.ClientRequest that clients use. */
class MemoryRequest extends Writable {
  readonly socket = CONNECTED;
  private readonly chunks: Buffer[] = [];
  private readonly over: () => boolean;

  constructor(private readonly options: http.RequestOptions, private readonly exchange: Exchange, private readonly waits: Waits, respond?: Respond) {
    super({ autoDestroy: false }); // the request is not over when all is sent
    this.over = waits.begin();
    if (respond) this.once('response', respond);
    process.nextTick(() => this.emit('socket', this.socket));
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: () => void): void {
    this.chunks.push(Buffer.from(chunk as string, encoding));
    done();
  }

  override _final(done: () => void): void {
    done();
    void this.send();
  }

  /** Called by the owner, who no longer needs an answer. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.over();
    done(error);
  }

  setTimeout(): this { return this; }
  setNoDelay(): this { return this; }
  setSocketKeepAlive(): this { return this; }

  private async send(): Promise<void> {
    if (this.waits.ended) return; // a killed function's later work has no effect
    const { method = 'GET', headers = {} } = this.options;
    const path = this.options.path ?? '/';
    const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
    let reply: Awaited<ReturnType<Exchange>>;
    try {
      reply = await this.exchange({ method, path, headers: Object.fromEntries(lowerCase), body: Buffer.concat(this.chunks) });
    } catch (error) {
      if (this.over()) this.destroy(error as Error);
      return;
    }
    if (!this.over()) return;
    if (reply === LOST) {
      this.destroy(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
      return;
    }
    const body = method === 'HEAD' ? [] : [Buffer.from(reply.body)].filter(({ length }) => length > 0);
    const response = Object.assign(Readable.from(body, { objectMode: false }), { statusCode: reply.status, headers: reply.headers ?? {} });
    response.once('close', () => this.destroy());
    this.emit('response', response);
  }
}
