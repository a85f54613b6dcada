import { randomUUID } from 'node:crypto';
import { createServer, IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Call, LOST, Middleware, Reply, Service, ServiceError, WireRequest } from './service';

/**
 * One HTTP endpoint on 127.0.0.1 for all services. The credential scope of a request's signature names the service and the
 * Region. The access key identifies the caller.
 */
export class Endpoint {
  private readonly services = new Map<string, Service>();
  private readonly middlewares: Middleware[] = [];
  private server?: Server;

  /** @param region the only Region that signatures may name. @default - any */
  constructor(private readonly region?: string) {}

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
      void received(request).then((wire) => this.dispatch(wire), () => undefined).then((reply) => {
        if (!reply || reply === LOST) return response.destroy(); // without a reply the caller has hung up
        response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
        return response.end(request.method === 'HEAD' ? undefined : reply.body);
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

  /** Answers a request, or returns LOST. Callers in this process use this directly; requests from outside arrive here, too. */
  async dispatch(request: WireRequest): Promise<Reply> {
    const reply = await this.answer(request).catch((error: Error): Reply => ({ status: 500, body: `the local cloud itself failed: ${error.stack}` }));
    if (reply === LOST) return reply;
    return { ...reply, headers: { 'x-amzn-requestid': randomUUID(), ...reply.headers } };
  }

  private async answer(request: WireRequest): Promise<Reply> {
    const scope = credentialScope(request);
    if (!scope) {
      return refusal(403, 'MissingAuthenticationToken', `an unsigned request does not say which service it is for: ${request.method} ${request.path}`);
    }
    const service = this.services.get(scope.service);
    if (!service) {
      const known = [...this.services.keys()].join(', ');
      return refusal(400, 'UnknownService', `the local cloud has no service ${JSON.stringify(scope.service)} (in the credential scope of the signature); it has ${known}`);
    }
    if (this.region !== undefined && scope.region !== this.region) {
      const message = `Credential should be scoped to a valid Region, not '${scope.region}': the local cloud has ${this.region} only.`;
      return service.reply(new ServiceError('InvalidSignatureException', message, 403));
    }
    try {
      const { service: name, region, accessKeyId } = scope;
      const sessionToken = request.headers['x-amz-security-token'];
      const caller = { accessKeyId, sessionToken: typeof sessionToken === 'string' ? sessionToken : undefined };
      const call: Call = { ...service.parse(request), service: name, region, caller, request };
      const handle = () => service.handle(call);
      const chain = this.middlewares.reduceRight<() => Promise<Reply>>((next, middleware) => () => middleware(call, next), handle);
      return await chain();
    } catch (error) {
      if (error instanceof ServiceError) return service.reply(error);
      throw error;
    }
  }
}

/** A refusal for a request that belongs to no service, and so has no service's error format. */
function refusal(status: number, code: string, message: string): Reply {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code };
  return { status, headers, body: JSON.stringify({ __type: code, message }) };
}

async function received(message: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const url = new URL(message.url ?? '/', 'http://127.0.0.1');
  return {
    method: message.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: message.headers,
    body: Buffer.concat(chunks),
  };
}

/** Undefined if one of the five parts is missing. From `Authorization: AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, ...`, or its presigned form. */
function credentialScope(request: WireRequest): { accessKeyId: string; region: string; service: string } | undefined {
  const credential = /Credential=([^,\s]+)/.exec(String(request.headers.authorization ?? ''))?.[1] ?? request.query.get('X-Amz-Credential');
  const [accessKeyId, , region, service, terminator] = credential?.split('/') ?? [];
  return terminator === 'aws4_request' ? { accessKeyId, region, service } : undefined;
}
