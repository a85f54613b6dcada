import { ConditionalCheckFailedException, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { partition } from './partition';
import type { FleetKey, SeenEvent } from './rows';
import { TABLE_PARTITION_KEY as PK, TABLE_SORT_KEY as SK } from '../../src/private/contract';
import { named } from '../aws/errors';
import { HOUR } from '../core/clock';

/** The events are attributes of one item, so that each is written by itself, without reading the others. */
const EVENT = 'event:';
/** CloudFormation waits for an hour at most. After that, nobody needs to know that an event was seen. */
const FORGOTTEN_AFTER = 2 * HOUR;
/** So many events are kept for each fleet. Whoever invents more of them only makes older ones be forgotten. */
const MOST = 50;
/** An expression has at most 4 KB. */
const FORGOTTEN_AT_ONCE = 50;

/** The events of a fleet that have arrived, and that CloudFormation has not confirmed yet. They change nothing of the fleet. */
export class SeenEvents {
  constructor(private readonly client: DynamoDBClient, private readonly tableName: string) {}

  /** Notes an event. One that is noted already stays as it is. */
  async note(key: FleetKey, id: string, event: SeenEvent): Promise<void> {
    const seen = await this.all(key);
    if (seen.has(id)) return;
    const others = [...seen].sort(([, a], [, b]) => b.seenAt - a.seenAt);
    const forgotten = others.filter(([, { seenAt }], i) => i >= MOST - 1 || event.seenAt - seenAt > FORGOTTEN_AFTER).map(([each]) => each);
    try {
      await this.change(key, forgotten.slice(0, FORGOTTEN_AT_ONCE), { id, event });
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error; // else another delivery of it came first
    }
  }

  async find(key: FleetKey, id: string): Promise<SeenEvent | undefined> {
    return (await this.all(key)).get(id);
  }

  async all(key: FleetKey): Promise<ReadonlyMap<string, SeenEvent>> {
    const { Item } = await named('dynamodb:GetItem', () => (
      this.client.send(new GetItemCommand({ TableName: this.tableName, Key: this.key(key), ConsistentRead: true }))
    ));
    const members = Object.entries(unmarshall(Item ?? {})).filter(([name]) => name.startsWith(EVENT));
    return new Map(members.map(([name, event]) => [name.slice(EVENT.length), event as SeenEvent]));
  }

  /** Forgets an event: it is the current one now, or it was refused. */
  async forget(key: FleetKey, id: string): Promise<void> {
    await this.change(key, [id]);
  }

  private async change(key: FleetKey, forgotten: readonly string[], noted?: { readonly id: string; readonly event: SeenEvent }): Promise<void> {
    const names = Object.fromEntries(forgotten.map((id, i) => [`#forgotten${i}`, EVENT + id]));
    const remove = forgotten.length > 0 ? ` REMOVE ${Object.keys(names).join(', ')}` : '';
    await named('dynamodb:UpdateItem', () => this.client.send(new UpdateItemCommand({
      TableName: this.tableName,
      Key: this.key(key),
      UpdateExpression: `${noted ? 'SET #event = :event' : ''}${remove}`.trim(),
      ExpressionAttributeNames: { ...names, ...noted && { '#event': EVENT + noted.id } },
      ...noted && {
        ConditionExpression: 'attribute_not_exists(#event)',
        ExpressionAttributeValues: marshall({ ':event': noted.event }, { removeUndefinedValues: true }),
      },
    })));
  }

  private key(key: FleetKey) {
    return marshall({ [PK]: partition(key), [SK]: 'seen' });
  }
}
