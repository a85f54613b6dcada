import { randomUUID } from 'node:crypto';
import { Clock, during, RunningClock } from '../local/core/clock';
import { Call, Reply, Service, ServiceError, WireRequest } from '../local/core/service';

/** The variable with moto's address. Moto is a server that can act as DynamoDB. */
export const ENDPOINT_VARIABLE = 'CROSSCHECK_DYNAMODB';

const KEPT = ['authorization', 'content-type', 'x-amz-date', 'x-amz-target'];

/** Replaces `local/dynamodb`: the same service, with its tables on moto. Each instance has tables of its own, even with the same names. */
export class DynamoDbService implements Service {
  readonly signingName = 'dynamodb';
  private readonly suffix = `-${randomUUID()}`;
  /** One call at a time: DynamoDB checks a condition and writes in one step, but moto's threads do not. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly clock: Clock = new RunningClock()) {}

  async start(): Promise<void> {
    if (!process.env[ENDPOINT_VARIABLE]) throw new Error(`${ENDPOINT_VARIABLE} must be the URL of moto_server; ledger.test.ts sets it`);
  }

  async stop(): Promise<void> {}

  parse({ headers, body }: WireRequest): { operation: string; input: any } {
    return { operation: String(headers['x-amz-target']).split('.')[1], input: JSON.parse(body.toString()) };
  }

  async handle({ input, request }: Call): Promise<Reply> {
    const headers = Object.fromEntries(KEPT.map((name) => [name, String(request.headers[name])]));
    const body = JSON.stringify({ ...input, TableName: input.TableName + this.suffix });
    const turn = this.last.then(() => undefined, () => undefined);
    const reply = during(this.clock, async () => {
      await turn;
      const response = await fetch(process.env[ENDPOINT_VARIABLE]!, { method: 'POST', headers, body });
      return {
        status: response.status,
        headers: { 'content-type': response.headers.get('content-type') ?? '', 'x-amz-crc32': response.headers.get('x-amz-crc32') ?? '' },
        body: await response.text(),
      };
    });
    this.last = reply;
    return reply;
  }

  reply({ code, message, status }: ServiceError): Reply {
    return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify({ __type: code, message }) };
  }
}
