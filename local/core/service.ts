import type { IncomingHttpHeaders } from 'node:http';

/** Who signed a request. The signature is not verified. Each local function has an access key of its own. */
export interface Caller {
  readonly accessKeyId: string;
  /** For a function: the id of the calling sandbox. */
  readonly sessionToken?: string;
}

/** A request as it was received. */
export interface WireRequest {
  readonly method: string;
  /** The raw path without the query. The service decodes it, segment by segment. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One call of an operation, as middlewares (faults, IAM, counting) see it. */
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

/** Stands for a reply that never comes, because the connection breaks. */
export const LOST: Reply = { status: 0, body: '' };

/** A service of the local cloud. */
export interface Service {
  readonly signingName: string;
  /** The operation that a request names, and its parsed input. Throws `ServiceError` for an unknown operation. */
  parse(request: WireRequest): { readonly operation: string; readonly input: any };
  handle(call: Call): Promise<Reply>;
  /** An error in the service's own wire format. */
  reply(error: ServiceError): Reply;
}

/** Wraps every call. It may answer, delay, refuse or record the call. */
export type Middleware = (call: Call, next: () => Promise<Reply>) => Promise<Reply>;

/** An error that a service answers. */
export class ServiceError extends Error {
  constructor(readonly code: string, message: string, readonly status = 400, readonly members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
  }
}
