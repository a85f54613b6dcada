import { gunzipSync, gzipSync } from 'node:zlib';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { itemsOf, partition } from './partition';
import type { FleetKey, ManifestPart } from './rows';
import { TABLE_PARTITION_KEY as PK, TABLE_SORT_KEY as SK } from '../../src/private/contract';
import { named } from '../aws/errors';

/** DynamoDB allows 400 KB an item. */
const LARGEST_PART = 300_000;
const COPY = 'manifest#';

interface Location {
  readonly Bucket: string;
  readonly Key: string;
}

/**
 * Copies of the manifests with which a fleet was deployed: the last one, and the one before. CloudFormation rolls back to one of them, and by then
 * somebody may have deleted the S3 object.
 */
export class ManifestCopies {
  constructor(private readonly client: DynamoDBClient, private readonly tableName: string) {}

  /** @param generation the one that succeeds with it */
  async keep(key: FleetKey, generation: number, { Bucket, Key }: Location, text: string): Promise<void> {
    const packed = gzipSync(text).toString('base64');
    const parts = Math.ceil(packed.length / LARGEST_PART);
    for (let part = 0; part < parts; part++) {
      const slice = packed.slice(part * LARGEST_PART, (part + 1) * LARGEST_PART);
      const row: ManifestPart = { generation, bucket: Bucket, key: Key, part, parts, text: slice };
      await named('dynamodb:PutItem', () => this.client.send(new PutItemCommand({ TableName: this.tableName, Item: marshall({ ...row, [PK]: partition(key), [SK]: sortKey(row) }) })));
    }
  }

  /** @returns undefined if there is no copy, or not all of it */
  async read(key: FleetKey, { Bucket, Key }: Location): Promise<string | undefined> {
    const all = (await this.parts(key)).filter((each) => each.bucket === Bucket && each.key === Key);
    for (const generation of new Set(all.map((each) => each.generation).reverse())) {
      const copy = all.filter((each) => each.generation === generation);
      if (copy.length === copy[0].parts) return gunzipSync(Buffer.from(copy.map(({ text }) => text).join(''), 'base64')).toString();
    }
    return undefined;
  }

  /** Deletes the copies of earlier generations. */
  async dropBefore(key: FleetKey, generation: number): Promise<void> {
    for (const part of (await this.parts(key)).filter((each) => each.generation < generation)) {
      await named('dynamodb:DeleteItem', () => this.client.send(new DeleteItemCommand({ TableName: this.tableName, Key: marshall({ [PK]: partition(key), [SK]: sortKey(part) }) })));
    }
  }

  /** In the order of generations, and of parts. */
  private async parts(key: FleetKey): Promise<ManifestPart[]> {
    return await itemsOf(this.client, this.tableName, key, COPY) as ManifestPart[];
  }
}

function sortKey({ generation, part }: Pick<ManifestPart, 'generation' | 'part'>): string {
  return `${COPY}${String(generation).padStart(12, '0')}#${String(part).padStart(4, '0')}`;
}
