import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type CallRow, type PropertiesDigests, type CurrentGeneration, type FleetKey, type FleetRow, sentAtOf } from './rows';
import { setAll } from './update-expression';
import { TABLE_PARTITION_KEY as PK, TABLE_SORT_KEY as SK } from '../../src/private/contract';
import { SECOND } from '../core/clock';

/** What the ledger needs to know of an event. */
export interface Joining {
  readonly id: string;
  readonly requestType: string;
  readonly requestId: string;
  /** When CloudFormation sent it, in milliseconds since 1970. */
  readonly sentAt: number;
  /** The fleet comes from another directory. Or this is the rollback of such a move, and the fleet's row here is lost. */
  readonly isMove?: boolean;
  readonly digests: PropertiesDigests;
}

/** The generation of a step is no longer the current one. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

/** So many rows are deleted at the same time: a fleet of 20,000 has 800 of them, and each takes some milliseconds. */
const AT_ONCE = 25;

/**
 * So many events of a fleet are remembered. Lambda delivers an event again within six hours at most, and within six hours a stack cannot be updated so
 * often.
 */
const EVENTS_KEPT = 400;

const FLEET = 'fleet';
const CALL = 'call#';

/** The table that records what was asked for. If a step dies, nothing is lost. Every write is of a single item. */
export class Ledger {
  constructor(private readonly client: DynamoDBClient, private readonly tableName: string) {}

  /**
   * Makes a new event the fleet's current generation, unless a newer one is. A repeated event keeps its generation.
   * @returns whether it is the current one now
   */
  async join(key: FleetKey, event: Joining, now: number): Promise<boolean> {
    for (;;) {
      const fleet = await this.fleet(key);
      const joined = fleet?.events[event.id];
      if (fleet && joined !== undefined) return joined === fleet.generation;
      if (fleet && !comesAfter(event, fleet.current)) return false;
      try {
        await (fleet ? this.advance(key, fleet, event, now) : this.begin(key, event, now));
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error; // else another event came first: read again
      }
    }
  }

  async fleet(key: FleetKey): Promise<FleetRow | undefined> {
    const { Item } = await this.client.send(new GetItemCommand({ TableName: this.tableName, Key: this.key(key, FLEET), ConsistentRead: true }));
    return Item && (unmarshall(Item) as FleetRow);
  }

  /** The call rows, in the order of the calls. */
  async calls(key: FleetKey): Promise<CallRow[]> {
    const rows: CallRow[] = [];
    let from: QueryCommand['input']['ExclusiveStartKey'];
    do {
      const page = await this.client.send(new QueryCommand({
        TableName: this.tableName,
        KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :call)',
        ExpressionAttributeNames: { '#pk': PK, '#sk': SK },
        ExpressionAttributeValues: marshall({ ':pk': partition(key), ':call': CALL }),
        ConsistentRead: true,
        ExclusiveStartKey: from,
      }));
      rows.push(...(page.Items ?? []).map((each) => callRow(unmarshall(each))));
      from = page.LastEvaluatedKey;
    } while (from);
    return rows;
  }

  /**
   * Writes a new row, before its call is made. The row is counted after it is written: if the step dies in between, the next one finds it, and nothing
   * looks lost.
   * @param replaces the row without records that has this number now. It is counted already
   * @throws SupersededError if another generation has begun
   */
  async addCall(key: FleetKey, generation: number, row: CallRow, replaces?: CallRow): Promise<void> {
    await this.requireCurrent(key, generation);
    await this.putNew(key, row, replaces);
    if (!replaces) await this.change(key, generation, { nextCall: row.number + 1 });
  }

  /** A repetition of this write that arrives late must not replace what was written after it. */
  private async putNew(key: FleetKey, row: CallRow, replaces?: CallRow): Promise<void> {
    const condition: Partial<PutItemCommandInput> = replaces ? {
      ConditionExpression: '#generation = :generation AND #at = :at',
      ExpressionAttributeNames: { '#generation': 'generation', '#at': 'at' },
      ExpressionAttributeValues: marshall({ ':generation': replaces.generation, ':at': replaces.at }),
    } : { ConditionExpression: 'attribute_not_exists(#pk)', ExpressionAttributeNames: { '#pk': PK } };
    try {
      await this.client.send(new PutItemCommand({ TableName: this.tableName, Item: this.item(key, row), ...condition }));
    } catch (error) {
      // The first try was carried out, and its answer was lost.
      if (!(error instanceof ConditionalCheckFailedException) || !(await this.has(key, row))) throw error;
    }
  }

  private async has(key: FleetKey, row: CallRow): Promise<boolean> {
    const Key = this.key(key, callKey(row.number));
    const { Item } = await this.client.send(new GetItemCommand({ TableName: this.tableName, Key, ConsistentRead: true }));
    return Item !== undefined && JSON.stringify(item(callRow(unmarshall(Item)))) === JSON.stringify(item(row));
  }

  async save(key: FleetKey, row: CallRow): Promise<void> {
    await this.client.send(new PutItemCommand({
      TableName: this.tableName,
      Item: this.item(key, row),
    }));
  }

  /**
   * Sets members of the fleet's row.
   * @throws SupersededError if another generation has begun, or the row is gone
   */
  async change(key: FleetKey, generation: number, set: Partial<FleetRow>): Promise<FleetRow> {
    return this.update(key, generation, setAll(set, { generation }));
  }

  /**
   * The same, of what is known of the current generation. Each member is set by itself: a write may arrive once more, late, and must not
   * take back what has been noted after it.
   */
  async progress(key: FleetKey, generation: number, set: Partial<CurrentGeneration>): Promise<FleetRow> {
    return this.update(key, generation, setAll(set, { generation }, 'current'));
  }

  /** @throws SupersededError if another generation has begun, or the row is gone */
  async requireCurrent(key: FleetKey, generation: number): Promise<void> {
    if ((await this.fleet(key))?.generation !== generation) throw new SupersededError(`generation ${generation} of ${partition(key)} is no longer the current one`);
  }

  /**
   * Deletes the call rows of a fleet that has no desktops any more. First the fleet's row says that there is none: if the step dies before all are
   * deleted, nothing looks lost, and the next one deletes the rest. The events stay, so that a late repeat is recognized.
   */
  async forget(key: FleetKey, generation: number, rows: readonly CallRow[]): Promise<void> {
    await this.change(key, generation, { nextCall: 0, lost: false, settled: { generation }, settledBefore: generation });
    for (let i = 0; i < rows.length; i += AT_ONCE) {
      await Promise.all(rows.slice(i, i + AT_ONCE).map(({ number }) => (
        this.client.send(new DeleteItemCommand({ TableName: this.tableName, Key: this.key(key, callKey(number)) }))
      )));
    }
  }

  private async update(key: FleetKey, generation: number, expressions: ReturnType<typeof setAll>): Promise<FleetRow> {
    try {
      const { Attributes } = await this.client.send(new UpdateItemCommand({
        TableName: this.tableName,
        Key: this.key(key, FLEET),
        ...expressions,
        ReturnValues: 'ALL_NEW',
      }));
      return unmarshall(Attributes!) as FleetRow;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw new SupersededError(`generation ${generation} of ${partition(key)} is no longer the current one`);
      throw error;
    }
  }

  /**
   * The generations of a new row start at the clock's time. If an older row was lost, everything made before counts as
   * older and settled, and no update undoes it.
   */
  private async begin(key: FleetKey, event: Joining, now: number): Promise<void> {
    const { id, requestType, isMove = false } = event;
    const generation = Math.floor(now / 1000);
    const row: FleetRow = {
      generation,
      events: { [id]: generation },
      current: currentOf(event, now),
      settled: { generation: generation - 1 },
      settledBefore: generation - 1,
      created: requestType === 'Create' ? { generation, before: 0 } : undefined,
      nextCall: 0,
      lost: isMove || requestType !== 'Create',
    };
    await this.client.send(new PutItemCommand({
      TableName: this.tableName,
      Item: marshall({ ...row, [PK]: partition(key), [SK]: FLEET }, { removeUndefinedValues: true }),
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': PK },
    }));
  }

  private async advance(key: FleetKey, before: FleetRow, event: Joining, now: number): Promise<void> {
    const { generation, current: { startedAt, sentAt, digests }, created } = before;
    const next = generation + 1;
    const set: Partial<FleetRow> = {
      generation: next,
      current: currentOf(event, now),
      previous: { startedAt, sentAt, digests },
      created: event.requestType === 'Create' ? { generation: next, before: created?.generation ?? 0 } : undefined,
    };
    const { ExpressionAttributeNames, ExpressionAttributeValues, UpdateExpression, ConditionExpression } = setAll(set, { generation });
    const forgotten = Object.entries(before.events).sort(([, a], [, b]) => b - a).slice(EVENTS_KEPT - 1, EVENTS_KEPT + 99).map(([id]) => id);
    const names = Object.fromEntries(forgotten.map((id, i) => [`#forgotten${i}`, id]));
    const remove = forgotten.length > 0 ? ` REMOVE ${Object.keys(names).map((name) => `#events.${name}`).join(', ')}` : '';
    await this.client.send(new UpdateItemCommand({
      TableName: this.tableName,
      Key: this.key(key, FLEET),
      UpdateExpression: `${UpdateExpression}, #events.#event = :sgeneration${remove}`,
      ConditionExpression: `${ConditionExpression} AND attribute_not_exists(#events.#event)`,
      ExpressionAttributeNames: { ...ExpressionAttributeNames, '#events': 'events', '#event': event.id, ...names },
      ExpressionAttributeValues,
    }));
  }

  private item(key: FleetKey, row: CallRow) {
    return marshall({ ...item(row), [PK]: partition(key), [SK]: callKey(row.number) });
  }

  private key(key: FleetKey, sortKey: string) {
    return marshall({ [PK]: partition(key), [SK]: sortKey });
  }
}

/** Two events whose times are closer than this may have been sent in either order: a ResponseURL has whole seconds only. */
const SAME_TIME = 2 * SECOND;

/**
 * Whether an event was sent after the current one. Of two at the same time, a Delete is the later one, because it undoes the other; else the one that
 * arrives later is.
 */
function comesAfter({ sentAt, requestType }: Joining, current: CurrentGeneration): boolean {
  const later = sentAt - sentAtOf(current);
  if (later < -SAME_TIME) return false;
  return later > SAME_TIME || current.requestType !== 'Delete' || requestType === 'Delete';
}

function currentOf({ sentAt, digests, requestType, requestId }: Joining, now: number): CurrentGeneration {
  return { startedAt: now, sentAt, digests, requestType, requestId };
}

/** The lists are JSON. For 10,000 users, a step reads 400 rows; lists of DynamoDB's own types would take several times as long. */
function item({ settings, records, ...row }: CallRow) {
  return { ...row, settings: JSON.stringify(settings), records: JSON.stringify(records) };
}

function callRow({ settings, records, ...row }: Record<string, any>): CallRow {
  return { ...row as CallRow, settings: JSON.parse(settings), records: JSON.parse(records) };
}

export function partition(key: FleetKey): string {
  return `fleet#${key.fleetId}#${key.directoryId}`;
}

/** The number is padded, so that the keys have the order of the calls. */
function callKey(number: number): string {
  return `${CALL}${String(number).padStart(8, '0')}`;
}
