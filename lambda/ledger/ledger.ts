import { isDeepStrictEqual } from 'node:util';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { restored, stored } from './call-row';
import { comesAfter } from './order';
import { itemsOf, partition } from './partition';
import { type CallRow, type CurrentGeneration, type FleetKey, type FleetRow, type SeenEvent, sentAtOf, waitsSince } from './rows';
import { setAll } from './update-expression';
import { TABLE_PARTITION_KEY as PK, TABLE_SORT_KEY as SK } from '../../src/private/contract';
import { named } from '../aws/errors';

/** An event that CloudFormation has confirmed. */
export interface Joining extends Omit<SeenEvent, 'seenAt'>, Pick<CurrentGeneration, 'statusSince' | 'rollsBack' | 'stackBeganAt'> {
  readonly id: string;
  readonly logicalId?: string;
}

/**
 * What becomes of an event that CloudFormation has confirmed. `overtaken`: it was sent before the current one. `taken`: the same status of the resource
 * has confirmed another event.
 */
export type Joined = 'current' | 'overtaken' | 'taken';

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

type Conditions = Pick<PutItemCommandInput, 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>;

const FLEET = 'fleet';
const CALL = 'call#';

/** The table that records what was asked for. If a step dies, nothing is lost. Every write is of a single item. */
export class Ledger {
  constructor(private readonly client: DynamoDBClient, private readonly tableName: string) {}

  /**
   * Makes an event the fleet's current generation that CloudFormation has confirmed. An event that asks for the same as the current one, and that the same
   * status of the resource confirms, is that one, sent again.
   */
  async join(key: FleetKey, event: Joining, now: number): Promise<Joined> {
    for (;;) {
      const fleet = await this.fleet(key);
      const joined = fleet?.events[event.id];
      if (fleet && joined !== undefined) return joined === fleet.generation ? 'current' : 'overtaken';
      if (fleet && (!comesAfter(event, fleet.current) || isUndone(event, fleet.current))) return 'overtaken';
      const isSameStatus = event.statusSince !== undefined && fleet?.current.statusSince === event.statusSince;
      const isAgain = isSameStatus && asksForTheSame(event, fleet!.current);
      if (isSameStatus && !isAgain) return 'taken';
      try {
        await (!fleet ? this.begin(key, event, now) : isAgain ? this.sentAgain(key, fleet, event) : this.advance(key, fleet, event, now));
        return 'current';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error; // else another event came first: read again
      }
    }
  }

  async fleet(key: FleetKey): Promise<FleetRow | undefined> {
    const { Item } = await named('dynamodb:GetItem', () => this.client.send(new GetItemCommand({ TableName: this.tableName, Key: this.key(key, FLEET), ConsistentRead: true })));
    return Item && (unmarshall(Item) as FleetRow);
  }

  /** The call rows, in the order of the calls. */
  async calls(key: FleetKey): Promise<CallRow[]> {
    return (await itemsOf(this.client, this.tableName, key, CALL)).map(restored);
  }

  /**
   * Writes a new row, before its call is made. The row is counted after it is written: if the step dies in between, the next one finds it, and nothing
   * looks lost.
   * @param replaces the row without records that has this number now. It is counted already
   * @returns the row as the table has it
   * @throws SupersededError if another generation has begun
   */
  async addCall(key: FleetKey, generation: number, row: CallRow, replaces?: CallRow): Promise<CallRow> {
    const fleet = await this.requireCurrent(key, generation);
    const added = await this.put(key, row, replaces);
    if (!replaces) await this.count(key, fleet, row);
    return added;
  }

  /**
   * Writes a new row for records that are in another row already. Also if another generation has begun: what an answer says must not get lost. Then
   * the row is counted with the next one.
   */
  async addPart(key: FleetKey, generation: number, row: CallRow, replaces?: CallRow): Promise<CallRow> {
    const fleet = await this.fleet(key);
    const added = await this.put(key, row, replaces);
    try {
      if (!replaces && fleet?.generation === generation) await this.count(key, fleet, row);
    } catch (error) {
      if (!(error instanceof SupersededError)) throw error;
    }
    return added;
  }

  /**
   * Counts a row. The count may arrive once more, late: it must not take back a later one, nor that of a deleted fleet, which has no rows.
   * @param before the fleet's row, as it was before
   */
  private async count(key: FleetKey, { generation, nextCall, lost }: FleetRow, { number }: CallRow): Promise<void> {
    const { ConditionExpression, ExpressionAttributeValues, ...update } = setAll({ nextCall: number + 1 }, { generation, lost });
    await this.update(key, generation, {
      ...update,
      ConditionExpression: `${ConditionExpression} AND #nextCall >= :before AND #nextCall <= :snextCall`,
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ...marshall({ ':before': nextCall }) },
    });
  }

  /** Writes a row that is counted, and that somebody has deleted. */
  async restore(key: FleetKey, row: CallRow): Promise<CallRow> {
    return this.put(key, row);
  }

  /** Writes a row again. @param row as it was read, or as it was written last, with other lists */
  async save(key: FleetKey, row: CallRow): Promise<CallRow> {
    return this.put(key, row, row);
  }

  /**
   * A write may arrive once more, late. It must not replace what was written after it.
   * @param before what the table has now: the row before this write, or nothing
   */
  private async put(key: FleetKey, row: CallRow, before?: CallRow): Promise<CallRow> {
    const written: CallRow = { ...row, writes: (before?.writes ?? 0) + 1 };
    const Item = marshall({ ...stored(written), [PK]: partition(key), [SK]: callKey(row.number) });
    try {
      await named('dynamodb:PutItem', () => this.client.send(new PutItemCommand({ TableName: this.tableName, Item, ...before ? isStill(before) : isNoRow() })));
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // Else the first try was carried out, and its answer was lost.
      if (!(await this.has(key, written))) throw new Error(`the row ${row.number} of ${partition(key)} is not as this step has left it: another step works`);
    }
    return written;
  }

  private async has(key: FleetKey, row: CallRow): Promise<boolean> {
    const Key = this.key(key, callKey(row.number));
    const { Item } = await named('dynamodb:GetItem', () => this.client.send(new GetItemCommand({ TableName: this.tableName, Key, ConsistentRead: true })));
    return Item !== undefined && isDeepStrictEqual(stored(restored(unmarshall(Item))), stored(row));
  }

  /**
   * Sets members of the fleet's row.
   * @param before the row as it is now. Then the write has no effect when it arrives once more, late
   * @throws SupersededError if another generation has begun, or the row is gone
   */
  async change(key: FleetKey, generation: number, set: Partial<FleetRow>, before?: FleetRow): Promise<FleetRow> {
    return before ? this.follow(key, before, set) : this.update(key, generation, setAll(set, { generation }));
  }

  /** The same, of what is known of the current generation. Each member is set by itself. */
  async progress(key: FleetKey, generation: number, set: Partial<CurrentGeneration>, before?: FleetRow): Promise<FleetRow> {
    return before ? this.follow(key, before, set, 'current') : this.update(key, generation, setAll(set, { generation }, 'current'));
  }

  /** @param within as of `setAll` */
  private async follow(key: FleetKey, { generation, writes }: FleetRow, set: Readonly<Record<string, unknown>>, within?: 'current'): Promise<FleetRow> {
    const { UpdateExpression, ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = setAll(set, { generation }, within);
    const next = (writes ?? 0) + 1;
    try {
      return await this.update(key, generation, {
        UpdateExpression: `${UpdateExpression}, #writes = :next`,
        ConditionExpression: `${ConditionExpression} AND ${writes === undefined ? 'attribute_not_exists(#writes)' : '#writes = :writes'}`,
        ExpressionAttributeNames: { ...ExpressionAttributeNames, '#writes': 'writes' },
        ExpressionAttributeValues: { ...ExpressionAttributeValues, ...marshall({ ':next': next, ':writes': writes }, { removeUndefinedValues: true }) },
      });
    } catch (error) {
      if (!(error instanceof SupersededError)) throw error;
      // Else the first try was carried out, and its answer was lost.
      const now = await this.fleet(key);
      if (now?.generation !== generation || now.writes !== next || !has(within ? now[within] : now, set)) throw error;
      return now;
    }
  }

  /** @throws SupersededError if another generation has begun, or the row is gone */
  async requireCurrent(key: FleetKey, generation: number): Promise<FleetRow> {
    const fleet = await this.fleet(key);
    if (fleet?.generation !== generation) throw superseded(key, generation);
    return fleet;
  }

  /**
   * Deletes the call rows of a fleet that has no desktops any more. First the fleet's row says that there is none: if the step dies before all are
   * deleted, nothing looks lost, and the next one deletes the rest. The events stay, so that a late repeat is recognized.
   */
  async forget(key: FleetKey, generation: number, rows: readonly CallRow[]): Promise<void> {
    await this.change(key, generation, { nextCall: 0, lost: false, settled: { generation }, settledBefore: generation });
    for (let i = 0; i < rows.length; i += AT_ONCE) {
      await Promise.all(rows.slice(i, i + AT_ONCE).map((row) => this.delete(key, row)));
    }
  }

  /** A delete may arrive once more, late. It must not delete a newer row with the same number. */
  private async delete(key: FleetKey, { number, generation, at }: CallRow): Promise<void> {
    try {
      await named('dynamodb:DeleteItem', () => this.client.send(new DeleteItemCommand({
        TableName: this.tableName,
        Key: this.key(key, callKey(number)),
        ConditionExpression: 'attribute_not_exists(#pk) OR (#generation = :generation AND #at = :at)',
        ExpressionAttributeNames: { '#pk': PK, '#generation': 'generation', '#at': 'at' },
        ExpressionAttributeValues: marshall({ ':generation': generation, ':at': at }),
      })));
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  private async update(key: FleetKey, generation: number, expressions: ReturnType<typeof setAll>): Promise<FleetRow> {
    try {
      const { Attributes } = await named('dynamodb:UpdateItem', () => this.client.send(new UpdateItemCommand({
        TableName: this.tableName,
        Key: this.key(key, FLEET),
        ...expressions,
        ReturnValues: 'ALL_NEW',
      })));
      return unmarshall(Attributes!) as FleetRow;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw superseded(key, generation);
      throw error;
    }
  }

  /**
   * The generations of a new row start at the clock's time. If an older row was lost, everything made before counts as
   * older and settled, and no update undoes it.
   */
  private async begin(key: FleetKey, event: Joining, now: number): Promise<void> {
    const { id, logicalId, requestType, isMove = false } = event;
    const generation = Math.floor(now / 1000);
    const row: FleetRow = {
      logicalId,
      generation,
      events: { [id]: generation },
      current: currentOf(event, now),
      settled: { generation: generation - 1 },
      settledBefore: generation - 1,
      created: requestType === 'Create' ? { generation, before: 0 } : undefined,
      nextCall: 0,
      lost: isMove || requestType !== 'Create',
    };
    await named('dynamodb:PutItem', () => this.client.send(new PutItemCommand({
      TableName: this.tableName,
      Item: marshall({ ...row, [PK]: partition(key), [SK]: FLEET }, { removeUndefinedValues: true }),
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': PK },
    })));
  }

  private async advance(key: FleetKey, before: FleetRow, event: Joining, now: number): Promise<void> {
    const { generation, current: { startedAt, sentAt, digests }, created } = before;
    const next = generation + 1;
    const set: Partial<FleetRow> = {
      logicalId: event.logicalId,
      generation: next,
      current: currentOf(event, now),
      previous: { startedAt, sentAt, digests },
      created: event.requestType === 'Create' ? { generation: next, before: created?.generation ?? 0 } : undefined,
      ...undoneBy(event, before),
    };
    await this.addEvent(key, before, event.id, setAll(set, { generation }), ':sgeneration');
  }

  /**
   * It is the later one from now on, but the answer is due as before: somebody waits since it was sent first, whose answer goes to the same place. If
   * that one's time ran out first, it would fail the deployment.
   */
  private async sentAgain(key: FleetKey, { generation, ...before }: FleetRow, event: Joining): Promise<void> {
    const sentAt = Math.max(event.sentAt, sentAtOf(before.current));
    const firstSentAt = Math.min(event.sentAt, waitsSince(before.current));
    await this.addEvent(key, before, event.id, setAll({ sentAt, firstSentAt }, { generation }, 'current'), ':cgeneration');
  }

  /** @param generation the name of the value that has the event's generation */
  private async addEvent(
    key: FleetKey, { events }: Pick<FleetRow, 'events'>, id: string, expressions: ReturnType<typeof setAll>, generation: string,
  ): Promise<void> {
    const forgotten = Object.entries(events).sort(([, a], [, b]) => b - a).slice(EVENTS_KEPT - 1, EVENTS_KEPT + 99).map(([each]) => each);
    const names = Object.fromEntries(forgotten.map((each, i) => [`#forgotten${i}`, each]));
    const remove = forgotten.length > 0 ? ` REMOVE ${Object.keys(names).map((name) => `#events.${name}`).join(', ')}` : '';
    const { ExpressionAttributeNames, ExpressionAttributeValues, UpdateExpression, ConditionExpression } = expressions;
    await named('dynamodb:UpdateItem', () => this.client.send(new UpdateItemCommand({
      TableName: this.tableName,
      Key: this.key(key, FLEET),
      UpdateExpression: `${UpdateExpression}, #events.#event = ${generation}${remove}`,
      ConditionExpression: `${ConditionExpression} AND attribute_not_exists(#events.#event)`,
      ExpressionAttributeNames: { ...ExpressionAttributeNames, '#events': 'events', '#event': id, ...names },
      ExpressionAttributeValues,
    })));
  }

  private key(key: FleetKey, sortKey: string) {
    return marshall({ [PK]: partition(key), [SK]: sortKey });
  }
}

function superseded(key: FleetKey, generation: number): SupersededError {
  return new SupersededError(`generation ${generation} of ${partition(key)} is no longer the current one, or another step works for it`);
}

/** Whether members that are set have these values. */
function has(row: object, set: Readonly<Record<string, unknown>>): boolean {
  const written = unmarshall(marshall(set, { removeUndefinedValues: true }));
  return Object.entries(written).every(([member, value]) => isDeepStrictEqual((row as Record<string, unknown>)[member], value));
}

function currentOf(event: Joining, now: number): CurrentGeneration {
  const { sentAt, digests, requestType, requestId, statusSince, rollsBack, stackBeganAt, abandons } = event;
  return { startedAt: now, sentAt, digests, requestType, requestId, statusSince, rollsBack, stackBeganAt, abandons };
}

/** If CloudFormation goes on from where a rollback has gone back to that was answered without its confirmation, the rollback has taken place. */
function undoneBy({ digests }: Joining, { heldBack, settled, settledBefore }: FleetRow): Partial<FleetRow> {
  if (!heldBack || !settled.to || settled.to.properties !== heldBack.from || digests.from !== heldBack.to) return {};
  return { settled: { generation: settledBefore, to: { at: settled.to.at, properties: heldBack.to } } };
}

/** CloudFormation may show what confirms an update a little late, when its rollback is the current event already. Its own clock says so. */
function isUndone({ statusSince }: Joining, current: CurrentGeneration): boolean {
  return current.rollsBack === true && statusSince !== undefined && current.statusSince !== undefined && statusSince < current.statusSince;
}

/** Two Deletes of a fleet ask for the same, whatever else they have. */
function asksForTheSame({ requestType, requestId, digests }: Joining, current: CurrentGeneration): boolean {
  if (requestType !== current.requestType) return false;
  return requestType === 'Delete' || (requestId === current.requestId && isDeepStrictEqual(digests, current.digests));
}

/** Condition of a write: the table has this row, and nothing was written since. */
function isStill({ generation, at, writes }: CallRow): Conditions {
  return {
    ConditionExpression: `#generation = :generation AND #at = :at AND ${writes === undefined ? 'attribute_not_exists(#writes)' : '#writes = :writes'}`,
    ExpressionAttributeNames: { '#generation': 'generation', '#at': 'at', '#writes': 'writes' },
    ExpressionAttributeValues: marshall({ ':generation': generation, ':at': at, ':writes': writes }, { removeUndefinedValues: true }),
  };
}

function isNoRow(): Conditions {
  return { ConditionExpression: 'attribute_not_exists(#pk)', ExpressionAttributeNames: { '#pk': PK } };
}

/** The number is padded, so that the keys have the order of the calls. */
function callKey(number: number): string {
  return `${CALL}${String(number).padStart(8, '0')}`;
}
