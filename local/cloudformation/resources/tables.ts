import type { EndpointClient } from '../../core/client';
import { Clock, during } from '../../core/clock';
import { ResourceFailure } from '../errors';
import type { JsonObject } from '../json';
import type { TablePort } from './ports';

/** In the host's time, because the tables do not use the cloud's clock. */
const POLL_MS = 20;
const LONGEST_WAIT_MS = 10_000;

/** Tables of the DynamoDB service at the endpoint. */
export class EndpointTables implements TablePort {
  constructor(private readonly client: EndpointClient, private readonly accessKeyId: string, private readonly clock: Clock) {}

  async createTable(input: JsonObject): Promise<void> {
    await this.call('CreateTable', input);
    await this.until(async () => {
      const { Table } = await this.call('DescribeTable', { TableName: input.TableName }) as { Table: { TableStatus: string } };
      return Table.TableStatus === 'ACTIVE';
    }, `table ${String(input.TableName)} did not become ACTIVE`);
  }

  async deleteTable(name: string): Promise<void> {
    const isGone = async () => (await this.call('DescribeTable', { TableName: name }, 'ResourceNotFoundException')) === undefined;
    await this.call('DeleteTable', { TableName: name }, 'ResourceNotFoundException');
    await this.until(isGone, `table ${name} was not deleted`);
  }

  private async until(done: () => Promise<boolean>, failure: string): Promise<void> {
    for (const end = Date.now() + LONGEST_WAIT_MS; Date.now() < end;) {
      if (await done()) return;
      await during(this.clock, () => new Promise((resolve) => setTimeout(resolve, POLL_MS)));
    }
    throw new ResourceFailure(`${failure} within ${LONGEST_WAIT_MS / 1_000} seconds`);
  }

  /** @returns undefined if the service answered with `expectedError` */
  private async call(operation: string, input: object, expectedError?: string): Promise<object | undefined> {
    const { status, body } = await this.client.send({
      service: 'dynamodb',
      accessKeyId: this.accessKeyId,
      method: 'POST',
      path: '/',
      headers: { 'x-amz-target': `DynamoDB_20120810.${operation}`, 'content-type': 'application/x-amz-json-1.0' },
      body: JSON.stringify(input),
    });
    const answer = JSON.parse(body.toString('utf8')) as { __type?: string; message?: string; Message?: string };
    if (status < 300) return answer;
    if (expectedError && answer.__type?.endsWith(expectedError)) return undefined;
    throw new ResourceFailure(`${operation} failed: ${answer.message ?? answer.Message ?? body.toString('utf8')}`);
  }
}
