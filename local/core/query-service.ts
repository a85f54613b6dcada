import { randomUUID } from 'node:crypto';
import type { Operation } from './json-service';
import { Call, Reply, Service, ServiceError, WireRequest } from './service';
import { toXml } from './xml';

/** A service with the query protocol: the request is a form with `Action`, the answer is XML. */
export abstract class QueryService implements Service {
  abstract readonly signingName: string;
  protected abstract readonly namespace: string;
  protected abstract readonly operations: Readonly<Record<string, Operation>>;

  parse(request: WireRequest): { operation: string; input: any } {
    const form = new URLSearchParams(request.body.toString('utf8'));
    const operation = form.get('Action') ?? '';
    if (!Object.hasOwn(this.operations, operation)) {
      const known = Object.keys(this.operations).join(', ');
      throw new ServiceError('InvalidAction', `the local ${this.signingName} service does not have ${JSON.stringify(operation)}; it has ${known}`);
    }
    return { operation, input: parseForm(form) };
  }

  async handle(call: Call): Promise<Reply> {
    const output = await this.operations[call.operation](call.input, call);
    return this.xml(200, `${call.operation}Response`, {
      [`${call.operation}Result`]: output,
      ResponseMetadata: { RequestId: randomUUID() },
    });
  }

  reply(error: ServiceError): Reply {
    return this.xml(error.status, 'ErrorResponse', {
      Error: { Type: error.status < 500 ? 'Sender' : 'Receiver', Code: error.code, Message: error.message },
      RequestId: randomUUID(),
    });
  }

  private xml(status: number, root: string, content: object): Reply {
    return { status, headers: { 'content-type': 'text/xml' }, body: toXml(root, this.namespace, content) };
  }
}

interface Tree { [key: string]: Tree | string }

/** `Tags.member.1.Key=a` becomes `{ Tags: [{ Key: 'a' }] }`. */
export function parseForm(form: URLSearchParams): Record<string, unknown> {
  const root: Tree = {};
  for (const [path, value] of form) {
    const keys = path.split('.');
    let at = root;
    for (const key of keys.slice(0, -1)) {
      const next = at[key];
      at = typeof next === 'object' ? next : (at[key] = Object.create(null) as Tree);
    }
    at[keys[keys.length - 1]] = value;
  }
  return listsIn(root) as Record<string, unknown>;
}

function listsIn(tree: Tree | string): unknown {
  if (typeof tree === 'string') return tree;
  if (typeof tree.member === 'object') {
    return Object.entries(tree.member).sort(([a], [b]) => Number(a) - Number(b)).map(([, member]) => listsIn(member));
  }
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, listsIn(value)]));
}
