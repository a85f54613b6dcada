import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
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

  /** What other fleets ask `from` for. Several may have asked for the same desktop: the records of these fleets say which of them wants it now. */
  async of(from: FleetKey): Promise<readonly Transfer[]> {
    return await itemsOf(this.client, this.tableName, from, TRANSFER) as Transfer[];
  }

  /** Asks for a desktop. */
  async ask(from: FleetKey, transfer: Transfer): Promise<void> {
    const Item = marshall({ ...transfer, ...keyOf(from, transfer) }, { removeUndefinedValues: true });
    await named('dynamodb:PutItem', () => this.client.send(new PutItemCommand({ TableName: this.tableName, Item })));
  }

  /** Notes that a desktop is handed over, before its tag is changed. */
  async give(from: FleetKey, transfer: Transfer, givenAt: number): Promise<void> {
    await this.ask(from, { ...transfer, givenAt });
  }

  /** Forgets a transfer: it is over, or the user does not come after all. */
  async forget(from: FleetKey, transfer: Pick<Transfer, 'id' | 'to'>): Promise<void> {
    await named('dynamodb:DeleteItem', () => this.client.send(new DeleteItemCommand({ TableName: this.tableName, Key: marshall(keyOf(from, transfer)) })));
  }
}

function keyOf(from: FleetKey, { id, to }: Pick<Transfer, 'id' | 'to'>) {
  return { [PK]: partition(from), [SK]: `${TRANSFER}${id}#${to}` };
}
