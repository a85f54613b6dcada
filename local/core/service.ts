import type { IncomingHttpHeaders } from 'node:http';

/** Who signed a request, as far as an unverified signature tells. Each local function has an access key of its own. */
export interface Caller {
  readonly accessKeyId: string;
  /** Of a function: the sandbox that calls. */
  readonly sessionToken?: string;
}

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Decoded per segment is up to the service; this is the raw path, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One call of one operation. What middlewares (faults, IAM, counting) see. */
export interface Call {
  /** The signing name: `workspaces`, `dynamodb`, `kms`, `s3`, `lambda`, `states`, `ssm`, `sts`, `tagging`, `cloudformation`. */
  readonly service: string;
  /** The API's name of the operation: `CreateWorkspaces`, `PutObject`, ... */
  readonly operation: string;
  readonly region: string;
  readonly caller: Caller;
  /** The parsed body (JSON protocols) or parameters (query protocol); undefined for REST services. */
  readonly input: any;
  readonly request: WireRequest;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** In place of a reply that never comes: the connection breaks. */
export const LOST: Reply = { status: 0, body: '' };

/** A service of the local cloud. */
export interface Service {
  readonly signingName: string;
  /** The operation that a request asks for, and its parsed input. Throws `ServiceError` for one that it does not know. */
  parse(request: WireRequest): { readonly operation: string; readonly input: any };
  handle(call: Call): Promise<Reply>;
  /** An error in the service's own wire format. */
  reply(error: ServiceError): Reply;
}

/** Stands around every call: may answer, delay, refuse or record it. */
export type Middleware = (call: Call, next: () => Promise<Reply>) => Promise<Reply>;

/** An error that a service answers with. */
export class ServiceError extends Error {
  constructor(readonly code: string, message: string, readonly status = 400, readonly members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
  }
}
