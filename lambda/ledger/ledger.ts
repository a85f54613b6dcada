import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Property } from '../decide/settings-diff';
import { setAll } from './update-expression';
import { DesktopSettings, TABLE_PARTITION_KEY as PK, TABLE_SORT_KEY as SK } from '../../src/private/contract';

/** One fleet in one directory. */
export interface FleetKey {
  readonly fleetId: string;
  readonly directoryId: string;
}

/** What is known of a fleet as a whole. */
export interface FleetRow {
  /** Grows by one with every new event; a step for an older one does nothing. */
  readonly generation: number;
  /** When the current generation began, in milliseconds since 1970. */
  readonly startedAt: number;
  /** When the one before it began. */
  readonly startedBefore?: number;
  /** The generations of the events seen so far, by event id. They outlive a Delete. */
  readonly events: Readonly<Record<string, number>>;
  /** The last generation that succeeded, and the one that had succeeded before it. */
  readonly settled: number;
  readonly settledBefore: number;
  /** The generation of the last Create; absent when what was before this row is lost. Until it has settled, a delete undoes it. */
  readonly createdIn?: number;
  /** The one before it. */
  readonly createdBefore?: number;
  /** When the generation `settled` began, and its properties, hashed: what a rollback of what comes after it goes back to. */
  readonly settledTo?: { readonly generation: number; readonly at: number; readonly to: string };
  /** How many call rows there have been: a missing one shows. */
  readonly nextCall: number;
  /** This row was made for an update or a delete: what was before it is lost. */
  readonly lost: boolean;
  /** The generation for which users without a record have been noted for looking up. */
  readonly sweptIn?: number;
  /** The generation whose directory, bundles and keys have been looked at and found good. */
  readonly checkedIn?: number;
  /** ARNs of keys by the text that the template has for them. */
  readonly keys?: Readonly<Record<string, string>>;
  /** The generation whose removals have been held against the termination limit, and let pass. */
  readonly removalsJudgedIn?: number;
  /** The generation that has begun to remove desktops of users who left the list: what cannot be undone. */
  readonly removingIn?: number;
  /** The generation for which the directory has been searched for desktops of users who are to get one; and how far. */
  readonly surveyedIn?: number;
  readonly survey?: { readonly generation: number; readonly token: string; readonly pages: number; readonly after?: string };
  /** Hashes of the properties before and after, of the current event and of the one before it. */
  readonly changes?: Changes;
  readonly changesBefore?: Changes;
  /** The last update of which CloudFormation was asked whether it is a rollback, and the answer. */
  readonly rollback?: { readonly generation: number; readonly is: boolean };
  /** The user who was asked about last while waiting: the next step goes on after them. */
  readonly cursor?: string;
  /** Some of those who were not ready then: the next step asks about them first, since one who still is not is enough to know. */
  readonly pending?: readonly string[];
}

/** From which properties to which, hashed; a create has nothing before. */
export interface Changes {
  readonly from: string;
  readonly to: string;
}

/** An event, as far as the ledger is concerned. */
export interface Joining {
  readonly id: string;
  readonly requestType: string;
  /** From another directory; or it is the rollback of that, and what was here before is lost. */
  readonly isMove?: boolean;
  readonly changes: Changes;
}

/** Why a user has no working desktop. */
export interface MemberFailure {
  readonly code: string;
  readonly message: string;
  /** How often it was asked for in `generation`. */
  readonly attempts: number;
  readonly generation: number;
  /** When it was answered so, in milliseconds since 1970. */
  readonly at: number;
}

/** One user of a call of CreateWorkspaces, and what became of the desktop. */
export interface Member {
  readonly userName: string;
  /** Index into the row's settings; -1 when what the desktop was made with is not known any more. */
  readonly settings: number;
  /** The create answer named it, or its tag was read: this desktop is ours. */
  readonly id?: string;
  /**
   * Whether the user has a desktop, and whose, is to be looked up: `call` since a call was begun whose answer is not
   * known (yet, or any more); `exists` since the service said that there is one.
   */
  readonly unknown?: 'call' | 'exists';
  /** Whoever terminates the desktop that stands in the way: it is on its way out. */
  readonly leaving?: boolean;
  /**
   * The service said that the user has a desktop, and it has our tag: from a fleet that was retained, by all we know. It
   * is this fleet's to terminate only when a deployment with it has succeeded.
   */
  readonly found?: boolean;
  /** The last generation in which it was seen in the state asked for. */
  readonly readyIn?: number;
  /** The last generation in which the service would have terminated it. */
  readonly removableIn?: number;
  /** It is about to be terminated, or has been by a step that died: to be looked up if it is wanted again. */
  readonly terminating?: boolean;
  /** When the service took our request to terminate it, in milliseconds since 1970. */
  readonly terminatedAt?: number;
  /** The generation that lets it go, or has; noted before our tag is taken off, so that a rollback knows what to take back. */
  readonly releasedIn?: number;
  /** Our tag has been taken off. */
  readonly untagged?: boolean;
  /** When it was put on again, in milliseconds since 1970; until it is certain that it stays. */
  readonly reclaimedAt?: number;
  readonly failure?: MemberFailure;
  /** It was somebody's before it became the fleet's: never terminated by us, only released. */
  readonly adopted?: boolean;
  /** A change that is asked for; noted before the call, until the desktop shows it. */
  readonly changing?: Changing;
  /** What is left for a later deployment. */
  readonly notes?: { readonly generation: number; readonly notes: readonly Note[] };
  /** The service has refused a change. */
  readonly changeFailure?: MemberFailure & { readonly property?: Property };
  /** When the service took a change for which the next one has to wait, by what waits; in milliseconds since 1970. */
  readonly changedAt?: Readonly<Record<string, number>>;
  /** What the desktop was like where the template did not say, before a generation changed that: for its rollback. */
  readonly was?: { readonly generation: number; readonly settings: Partial<DesktopSettings> };
  /** The desktop that `id` takes the place of, until it is gone. */
  readonly migrating?: Migrating;
}

/** A change of one property. */
export interface Changing {
  readonly property: Property;
  /** What the record said before. */
  readonly from: DesktopSettings;
  /** Of the call, in milliseconds since 1970. */
  readonly at: number;
  /** The service has taken it. */
  readonly isTaken: boolean;
  readonly asked: Readonly<Record<string, unknown>>;
}

/** A change that is left for later, and why. */
export interface Note {
  readonly property: Property | 'BundleId' | 'Encryption';
  readonly text: string;
}

/** A MigrateWorkspace, noted before the call. */
export interface Migrating {
  readonly from: string;
  readonly bundleBefore: string;
  readonly at: number;
  /** The id of the new desktop; not known while the call's answer is not. */
  readonly to?: string;
}

/** One call of CreateWorkspaces: written before it, with nothing known of its members, and again after it. */
export interface CallRow {
  readonly number: number;
  readonly generation: number;
  /** When the call was made, in milliseconds since 1970. */
  readonly at: number;
  readonly settings: readonly DesktopSettings[];
  readonly members: readonly Member[];
}

/** The generation of a step is not the current one any more. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

const FLEET = 'fleet';
const CALL = 'call#';

/** The table that remembers what was asked for, so that a step that dies loses nothing. Single-item writes only. */
export class Ledger {
  constructor(private readonly client: DynamoDBClient, private readonly tableName: string) {}

  /**
   * Makes an event that was not seen before the fleet's current generation. A repeat keeps the generation that it had.
   * @returns when the current generation began
   */
  async join(key: FleetKey, event: Joining, now: number): Promise<number> {
    for (;;) {
      const fleet = await this.fleet(key);
      if (fleet?.events[event.id] !== undefined) return fleet.startedAt;
      try {
        await (fleet ? this.advance(key, fleet, event, now) : this.begin(key, event, now));
        return now;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error; // else another event was quicker: look again
      }
    }
  }

  async fleet(key: FleetKey): Promise<FleetRow | undefined> {
    const { Item } = await this.client.send(new GetItemCommand({ TableName: this.tableName, Key: this.key(key, FLEET), ConsistentRead: true }));
    return Item && (unmarshall(Item) as FleetRow);
  }

  /** In the order of the calls. */
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
   * Writes a new row, before what it is about is done.
   * @throws SupersededError when another generation than this has begun
   */
  async addCall(key: FleetKey, generation: number, row: CallRow): Promise<void> {
    await this.change(key, generation, { nextCall: row.number + 1 });
    await this.save(key, row);
  }

  async save(key: FleetKey, row: CallRow): Promise<void> {
    await this.client.send(new PutItemCommand({
      TableName: this.tableName,
      Item: marshall({ ...item(row), [PK]: partition(key), [SK]: callKey(row.number) }),
    }));
  }

  /**
   * Sets members of the fleet's row.
   * @throws SupersededError when another generation has begun, or the row is gone
   */
  async change(key: FleetKey, generation: number, set: Partial<FleetRow>): Promise<FleetRow> {
    try {
      const { Attributes } = await this.client.send(new UpdateItemCommand({
        TableName: this.tableName,
        Key: this.key(key, FLEET),
        ...setAll(set, { generation }),
        ReturnValues: 'ALL_NEW',
      }));
      return unmarshall(Attributes!) as FleetRow;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw new SupersededError(`generation ${generation} of ${partition(key)} is not the current one any more`);
      throw error;
    }
  }

  /** @throws SupersededError when another generation has begun, or the row is gone */
  async requireCurrent(key: FleetKey, generation: number): Promise<void> {
    if ((await this.fleet(key))?.generation !== generation) throw new SupersededError(`generation ${generation} of ${partition(key)} is not the current one any more`);
  }

  /** Forgets the calls of a fleet that has no desktops any more. The events stay: a late repeat must still be seen as one. */
  async forget(key: FleetKey, generation: number, rows: readonly CallRow[]): Promise<void> {
    for (const row of rows) {
      await this.client.send(new DeleteItemCommand({ TableName: this.tableName, Key: this.key(key, callKey(row.number)) }));
    }
    await this.change(key, generation, { nextCall: 0, lost: false, settled: generation, settledBefore: generation });
  }

  /**
   * Generations of a new row count on from the clock: if the row before it was lost, all that was made before counts as
   * older and settled, and no update takes it for something that it may undo.
   */
  private async begin(key: FleetKey, { id, requestType, isMove = false, changes }: Joining, now: number): Promise<void> {
    const generation = Math.floor(now / 1000);
    const row: FleetRow = {
      generation,
      startedAt: now,
      events: { [id]: generation },
      settled: generation - 1,
      settledBefore: generation - 1,
      createdIn: requestType === 'Create' ? generation : undefined,
      nextCall: 0,
      lost: isMove || requestType !== 'Create',
      changes,
    };
    await this.client.send(new PutItemCommand({
      TableName: this.tableName,
      Item: marshall({ ...row, [PK]: partition(key), [SK]: FLEET }, { removeUndefinedValues: true }),
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': PK },
    }));
  }

  private async advance(key: FleetKey, before: FleetRow, event: Joining, now: number): Promise<void> {
    const { generation, startedAt: startedBefore, changes: changesBefore, createdIn: createdBefore } = before;
    const next = generation + 1;
    const created = event.requestType === 'Create' ? { createdIn: next, createdBefore } : {};
    const { ExpressionAttributeNames, ExpressionAttributeValues, UpdateExpression, ConditionExpression } = setAll(
      { generation: next, startedAt: now, startedBefore, ...created, changes: event.changes, changesBefore },
      { generation },
    );
    await this.client.send(new UpdateItemCommand({
      TableName: this.tableName,
      Key: this.key(key, FLEET),
      UpdateExpression: `${UpdateExpression}, #events.#event = :sgeneration`,
      ConditionExpression: `${ConditionExpression} AND attribute_not_exists(#events.#event)`,
      ExpressionAttributeNames: { ...ExpressionAttributeNames, '#events': 'events', '#event': event.id },
      ExpressionAttributeValues,
    }));
  }

  private key(key: FleetKey, sortKey: string) {
    return marshall({ [PK]: partition(key), [SK]: sortKey });
  }
}

/** The lists as JSON: of 10,000 users, a step reads 400 rows, and as DynamoDB's own types they take it several times as long. */
function item({ settings, members, ...row }: CallRow) {
  return { ...row, settings: JSON.stringify(settings), members: JSON.stringify(members) };
}

function callRow({ settings, members, ...row }: Record<string, any>): CallRow {
  // The first handlers kept them as DynamoDB's own types, and their rows are still there.
  const list = (value: any) => (typeof value === 'string' ? JSON.parse(value) : value);
  return { ...row as CallRow, settings: list(settings), members: list(members) };
}

function partition(key: FleetKey): string {
  return `fleet#${key.fleetId}#${key.directoryId}`;
}

/** Padded, so that the order of the keys is the order of the calls. */
function callKey(number: number): string {
  return `${CALL}${String(number).padStart(8, '0')}`;
}
