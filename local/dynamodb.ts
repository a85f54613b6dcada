import { Agent, IncomingHttpHeaders, request as httpRequest, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { Clock, during, RunningClock } from './core/clock';
import { Call, Reply, Service, ServiceError, WireRequest } from './core/service';
import { requireLimits } from './dynamodb-limits';

const TARGET_PREFIX = 'DynamoDB_20120810';
const CONTENT_TYPE = 'application/x-amz-json-1.0';

/** DynamoDB by dynalite, in memory. Dynalite listens on a port of its own on 127.0.0.1, behind this service. */
export class DynamoDbService implements Service {
  readonly signingName = 'dynamodb';
  private server?: Server;
  private agent?: Agent;
  /** Partition keys, by table, or by table and index: what permissions may depend on. */
  private readonly partitionKeys = new Map<string, string>();

  constructor(private readonly clock: Clock = new RunningClock()) {}

  async start(): Promise<void> {
    if (this.server) return;
    const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    this.server = server;
    this.agent = new Agent({ keepAlive: true });
  }

  /** Stops dynalite. The tables are lost. */
  async stop(): Promise<void> {
    const server = this.server;
    if (!server) return;
    this.server = undefined;
    this.agent?.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  parse(request: WireRequest): { operation: string; input: any } {
    const target = String(request.headers['x-amz-target'] ?? '');
    const [prefix, operation] = target.split('.');
    if (prefix !== TARGET_PREFIX || !operation) {
      throw new ServiceError('UnknownOperationException', `the local dynamodb service speaks ${TARGET_PREFIX}, not ${JSON.stringify(target)}`);
    }
    try {
      return { operation, input: request.body.length === 0 ? {} : JSON.parse(request.body.toString('utf8')) };
    } catch {
      throw new ServiceError('SerializationException', `the body of ${operation} is not JSON`);
    }
  }

  partitionKeyOf(tableName: string, indexName?: string): string | undefined {
    return this.partitionKeys.get(indexName === undefined ? tableName : `${tableName}/${indexName}`);
  }

  async handle({ operation, input, request }: Call): Promise<Reply> {
    requireLimits(input);
    const reply = await during(this.clock, () => this.forward(request));
    // Dynalite's own error does not name the operation.
    if (reply.status >= 400 && /UnknownOperationException/.test(reply.body.toString())) {
      throw new ServiceError('UnknownOperationException', `the local dynamodb service is dynalite, which does not have ${operation}`);
    }
    if (operation === 'CreateTable' && reply.status < 400) this.notePartitionKeys(input);
    return reply;
  }

  reply(error: ServiceError): Reply {
    return {
      status: error.status,
      headers: { 'content-type': CONTENT_TYPE },
      body: JSON.stringify({ __type: error.code, message: error.message, ...error.members }),
    };
  }

  private notePartitionKeys({ TableName, KeySchema, GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] }: any): void {
    const indexes = [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes].map((index: any) => [`${TableName}/${index.IndexName}`, index.KeySchema]);
    for (const [name, schema] of [[TableName, KeySchema], ...indexes]) {
      this.partitionKeys.set(name, schema.find(({ KeyType }: { KeyType: string }) => KeyType === 'HASH').AttributeName);
    }
  }

  private async forward({ method, path, query, headers, body }: WireRequest): Promise<Reply> {
    const address = this.server?.address() as AddressInfo | null | undefined;
    if (!address) throw new Error('the local dynamodb service has not been started: await start() first');
    const search = query.size > 0 ? `?${query}` : '';
    return new Promise<Reply>((resolve, reject) => {
      const sent = httpRequest(
        { host: '127.0.0.1', port: address.port, agent: this.agent, method, path: path + search, headers: endToEnd(headers, body) },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('error', reject);
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => resolve({
            status: response.statusCode ?? 500,
            headers: answered(response.headers),
            body: Buffer.concat(chunks),
          }));
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

/** The caller's headers, without those of the caller's own connection. */
function endToEnd(headers: IncomingHttpHeaders, body: Buffer): IncomingHttpHeaders {
  const { 'connection': _, 'transfer-encoding': __, 'expect': ___, ...rest } = headers;
  return { ...rest, 'content-length': String(body.length) };
}

/** Includes dynalite's checksum: the SDK compares it with the body. */
function answered(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(['content-type', 'x-amz-crc32', 'x-amzn-requestid'].flatMap((name) =>
    typeof headers[name] === 'string' ? [[name, headers[name]]] : []));
}
