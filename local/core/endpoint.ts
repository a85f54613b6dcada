import { randomUUID } from 'node:crypto';
import { createServer, IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Call, Middleware, Reply, Service, ServiceError, WireRequest } from './service';

/**
 * One HTTP endpoint on 127.0.0.1 for all services. The credential scope of a request's signature says which service it
 * is for (and in which region); the access key says who is calling.
 */
export class Endpoint {
  private readonly services = new Map<string, Service>();
  private readonly middlewares: Middleware[] = [];
  private server?: Server;

  register(...services: Service[]): this {
    for (const service of services) this.services.set(service.signingName, service);
    return this;
  }

  /** The first one added is the outermost. */
  use(middleware: Middleware): this {
    this.middlewares.push(middleware);
    return this;
  }

  /** @returns the URL to set as AWS_ENDPOINT_URL */
  async start(port = 0): Promise<string> {
    const server = createServer((request, response) => {
      void this.answer(request)
        .catch((error: Error): Reply => ({ status: 500, body: `the local cloud itself failed: ${error.stack}` }))
        .then((reply) => {
          response.writeHead(reply.status, { 'x-amzn-requestid': randomUUID(), ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
          response.end(request.method === 'HEAD' ? undefined : reply.body);
        });
    });
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    this.server = server;
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const server = this.server;
    if (!server) return;
    this.server = undefined;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  private async answer(message: IncomingMessage): Promise<Reply> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk);
    const url = new URL(message.url ?? '/', 'http://127.0.0.1');
    const request: WireRequest = {
      method: message.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: message.headers,
      body: Buffer.concat(chunks),
    };

    const scope = credentialScope(request);
    if (!scope) {
      return { status: 403, body: `an unsigned request does not say which service it is for: ${request.method} ${request.path}` };
    }
    const service = this.services.get(scope.service);
    if (!service) {
      return { status: 400, body: `the local cloud has no service ${JSON.stringify(scope.service)}; it has ${[...this.services.keys()].join(', ')}` };
    }
    try {
      const { service: name, region, accessKeyId } = scope;
      const call: Call = { ...service.parse(request), service: name, region, caller: { accessKeyId }, request };
      const handle = () => service.handle(call);
      const chain = this.middlewares.reduceRight<() => Promise<Reply>>((next, middleware) => () => middleware(call, next), handle);
      return await chain();
    } catch (error) {
      if (error instanceof ServiceError) return service.reply(error);
      throw error;
    }
  }
}

/** From `Authorization: AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, ...`, or its presigned form. */
function credentialScope(request: WireRequest): { accessKeyId: string; region: string; service: string } | undefined {
  const credential = /Credential=([^,\s]+)/.exec(String(request.headers.authorization ?? ''))?.[1] ?? request.query.get('X-Amz-Credential');
  const [accessKeyId, , region, service] = credential?.split('/') ?? [];
  return service ? { accessKeyId, region, service } : undefined;
}
