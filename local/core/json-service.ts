import { Call, Reply, Service, ServiceError, WireRequest } from './service';

export type Operation = (input: any, call: Call) => Promise<object> | object;

/** A service with the protocol AWS JSON 1.0 or 1.1: `X-Amz-Target` names the operation, `__type` the error. */
export abstract class JsonService implements Service {
  abstract readonly signingName: string;
  /** The part before the dot in `X-Amz-Target`. */
  protected abstract readonly targetPrefix: string;
  protected readonly version: '1.0' | '1.1' = '1.1';
  protected abstract readonly operations: Readonly<Record<string, Operation>>;

  parse(request: WireRequest): { operation: string; input: any } {
    const target = String(request.headers['x-amz-target'] ?? '');
    const [prefix, operation] = target.split('.');
    if (prefix !== this.targetPrefix || !operation || !Object.hasOwn(this.operations, operation)) {
      throw new ServiceError('UnknownOperationException', `the local ${this.signingName} service does not have ${JSON.stringify(target)}; it has ${Object.keys(this.operations).join(', ')}`);
    }
    try {
      return { operation, input: request.body.length === 0 ? {} : JSON.parse(request.body.toString('utf8')) };
    } catch {
      throw new ServiceError('SerializationException', `the body of ${operation} is not JSON`);
    }
  }

  async handle(call: Call): Promise<Reply> {
    const output = await this.operations[call.operation](call.input, call);
    return { status: 200, headers: this.headers, body: JSON.stringify(output) };
  }

  reply(error: ServiceError): Reply {
    return {
      status: error.status,
      headers: { ...this.headers, 'x-amzn-errortype': error.code },
      body: JSON.stringify({ __type: error.code, message: error.message, ...error.members }),
    };
  }

  private get headers(): Record<string, string> {
    return { 'content-type': `application/x-amz-json-${this.version}` };
  }
}
