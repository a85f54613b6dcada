import { ConditionalCheckFailedException, DeleteItemCommand, type DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { itemsOf, partition } from './partition';
import type { FleetKey, RemovalOrder } from './rows';
import type { RecordedUser } from './user';
import { isDesktop } from './user-record';
import { TABLE_PARTITION_KEY as PK, TABLE_SORT_KEY as SK } from '../../src/private/contract';
import { named } from '../aws/errors';

/** With names of 1,000 characters, the longest that the ledger has, an item is below 400 KB. */
const USERS_IN_A_PART = 250;
const ORDER = 'removals#';
/** The last one, and the one before. */
const KEPT = 2;

/** Who went, for people who look for them later: the leavers of the last two clean-ups. Nothing in the handler goes by it. */
export class RemovalOrders {
  constructor(private readonly client: DynamoDBClient, private readonly tableName: string) {}

  /** Notes an order, unless it is noted. @param generation the last one that has noted leavers @param howOf what happens to a leaver's desktop */
  async note(
    key: FleetKey, generation: number, at: number, leavers: readonly RecordedUser[], howOf: (leaver: RecordedUser) => string | undefined,
  ): Promise<void> {
    // The first part is written last: it shows that the others are there.
    for (let part = Math.ceil(leavers.length / USERS_IN_A_PART) - 1; part >= 0; part--) {
      const users = leavers.slice(part * USERS_IN_A_PART, (part + 1) * USERS_IN_A_PART).map((each) => (
        { userName: each.userName, id: isDesktop(each.record) ? each.record.id : undefined, how: howOf(each) }
      ));
      await this.put(key, { generation, part, at, users: JSON.stringify(users) });
    }
    const generations = [...new Set((await this.all(key)).map((each) => each.generation))];
    const last = generations.at(-KEPT) ?? 0;
    for (const each of await this.all(key)) if (each.generation < last) await this.delete(key, each);
  }

  async isNoted(key: FleetKey, generation: number): Promise<boolean> {
    return (await this.all(key)).some((each) => each.generation === generation && each.part === 0);
  }

  /** Notes that nobody of an order is left. */
  async finish(key: FleetKey, generation: number, doneAt: number): Promise<void> {
    try {
      await named('dynamodb:UpdateItem', () => this.client.send(new UpdateItemCommand({
        TableName: this.tableName,
        Key: marshall({ [PK]: partition(key), [SK]: sortKey({ generation, part: 0 }) }),
        UpdateExpression: 'SET #doneAt = :doneAt',
        ConditionExpression: 'attribute_exists(#pk)',
        ExpressionAttributeNames: { '#doneAt': 'doneAt', '#pk': PK },
        ExpressionAttributeValues: marshall({ ':doneAt': doneAt }),
      })));
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error; // there was nobody to remove
    }
  }

  /** In the order of generations, and of parts. */
  private async all(key: FleetKey): Promise<RemovalOrder[]> {
    return await itemsOf(this.client, this.tableName, key, ORDER) as RemovalOrder[];
  }

  private async put(key: FleetKey, order: RemovalOrder): Promise<void> {
    const Item = marshall({ ...order, [PK]: partition(key), [SK]: sortKey(order) }, { removeUndefinedValues: true });
    await named('dynamodb:PutItem', () => this.client.send(new PutItemCommand({ TableName: this.tableName, Item })));
  }

  private async delete(key: FleetKey, order: RemovalOrder): Promise<void> {
    const Key = marshall({ [PK]: partition(key), [SK]: sortKey(order) });
    await named('dynamodb:DeleteItem', () => this.client.send(new DeleteItemCommand({ TableName: this.tableName, Key })));
  }
}

function sortKey({ generation, part }: Pick<RemovalOrder, 'generation' | 'part'>): string {
  return `${ORDER}${String(generation).padStart(12, '0')}#${String(part).padStart(4, '0')}`;
}
