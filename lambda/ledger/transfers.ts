import { ConditionalCheckFailedException, DeleteItemCommand, type DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { itemsOf, partition } from './partition';
import type { FleetKey, Transfer } from './rows';
import { TABLE_PARTITION_KEY as PK, TABLE_SORT_KEY as SK } from '../../src/private/contract';
import { named } from '../aws/errors';

const TRANSFER = 'transfer#';

/**
 * The desktops of a fleet that other fleets of the stack ask for, because their users are on the lists of these now. They are noted with the fleet
 * that has the desktop.
 */
export class Transfers {
  constructor(private readonly client: DynamoDBClient, private readonly tableName: string) {}

  /** What other fleets ask `from` for, by the desktop's id. */
  async of(from: FleetKey): Promise<ReadonlyMap<string, Transfer>> {
    const items = await itemsOf(this.client, this.tableName, from, TRANSFER) as Transfer[];
    return new Map(items.map((each) => [each.id, each]));
  }

  /** Asks for a desktop. A fleet that has asked for it earlier does not get it any more. */
  async ask(from: FleetKey, transfer: Transfer): Promise<void> {
    const Item = marshall({ ...transfer, ...keyOf(from, transfer.id) }, { removeUndefinedValues: true });
    await named('dynamodb:PutItem', () => this.client.send(new PutItemCommand({ TableName: this.tableName, Item })));
  }

  /** Notes that a desktop is handed over, before its tag is changed. */
  async give(from: FleetKey, { id, to }: Transfer, givenAt: number): Promise<void> {
    await this.unlessAskedByAnother(() => named('dynamodb:UpdateItem', () => this.client.send(new UpdateItemCommand({
      TableName: this.tableName,
      Key: marshall(keyOf(from, id)),
      UpdateExpression: 'SET #givenAt = :givenAt',
      ConditionExpression: '#to = :to',
      ExpressionAttributeNames: { '#givenAt': 'givenAt', '#to': 'to' },
      ExpressionAttributeValues: marshall({ ':givenAt': givenAt, ':to': to }),
    }))));
  }

  /** Forgets a transfer: it is over, or the user does not come after all. */
  async forget(from: FleetKey, { id, to }: Pick<Transfer, 'id' | 'to'>): Promise<void> {
    await this.unlessAskedByAnother(() => named('dynamodb:DeleteItem', () => this.client.send(new DeleteItemCommand({
      TableName: this.tableName,
      Key: marshall(keyOf(from, id)),
      ConditionExpression: '#to = :to',
      ExpressionAttributeNames: { '#to': 'to' },
      ExpressionAttributeValues: marshall({ ':to': to }),
    }))));
  }

  private async unlessAskedByAnother(write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}

function keyOf(from: FleetKey, id: string) {
  return { [PK]: partition(from), [SK]: TRANSFER + id };
}
