import { ConditionalCheckFailedException, DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type Claim, isWaiting, nextTurn } from './turn';
import { TABLE_PARTITION_KEY as PK, TABLE_SORT_KEY as SK } from '../../src/private/contract';
import { named } from '../aws/errors';
import type { PaceState } from '../aws/pace';
import { Clock, SECOND } from '../core/clock';

/** The clocks of two machines differ a little. */
const MARGIN = 15 * SECOND;
/** A claim is written again after this time, not each time its fleet asks. */
const CLAIM_AGAIN_AFTER = 10 * SECOND;
/** The claims are attributes of the lease's item, one for each fleet, so that each is written by itself. */
const CLAIM = 'waits:';

/** So many claims that have ended are removed in one write: an expression has at most 4 KB. The next step removes more. */
const REMOVED_AT_ONCE = 100;

/** Who asks for the lease. */
export interface Asking {
  /** The name of this run of a step. */
  readonly holder: string;
  readonly fleet: string;
  /** When the fleet's answer is due, in milliseconds since 1970. */
  readonly dueAt: number;
}

/** `taken`, with the pace as the previous step left it. `next`: it is this fleet's turn as soon as the lease is free. `later`: others are before it. */
export type Turn = { readonly turn: 'taken'; readonly pace?: PaceState } | { readonly turn: 'next' | 'later' };

interface LeaseRow {
  readonly holder?: string;
  /** The holder's fleet. */
  readonly fleet?: string;
  readonly until?: number;
  readonly pace?: PaceState;
}

/**
 * Allows one step at a time, over all fleets of a stack. Steps never overlap, and they share one pace. Fleets take turns. If a step is
 * killed, its lease runs out after the function's timeout. By then the step's last call has ended, too.
 */
export class Lease {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
    private readonly clock: Clock,
    private readonly stepTimeoutMs: number,
  ) {}

  /** Takes the lease if it is free, and it is this fleet's turn. Else the fleet's claim is noted. */
  async take(asking: Asking): Promise<Turn> {
    const now = this.clock.now();
    const { row, claims } = await this.read();
    const mine = claims.get(asking.fleet);
    const isFree = row.until === undefined || row.until < now || row.holder === asking.holder;
    // Another step of the same fleet works already. It does what this one would do.
    if (!isFree && row.fleet === asking.fleet) return { turn: 'later' };
    const claim: Claim = { since: mine && isWaiting(mine, now) ? mine.since : now, dueAt: asking.dueAt, askedAt: now };
    const isNext = nextTurn(new Map([...claims, [asking.fleet, claim]]), now) === asking.fleet;
    if (isFree && isNext) {
      const ended = [...claims].filter(([fleet, each]) => fleet !== asking.fleet && !isWaiting(each, now)).map(([fleet]) => fleet);
      const over = [...mine ? [asking.fleet] : [], ...ended];
      const taken = await this.hold(asking, now, over.slice(0, REMOVED_AT_ONCE));
      if (taken) return taken;
    }
    if (!mine || now - mine.askedAt >= CLAIM_AGAIN_AFTER) await this.claim(asking.fleet, claim);
    return { turn: isNext ? 'next' : 'later' };
  }

  /** @returns whether another fleet waits for the lease */
  async release({ holder, fleet }: Pick<Asking, 'holder' | 'fleet'>, pace: PaceState): Promise<boolean> {
    try {
      const { Attributes } = await named('dynamodb:UpdateItem', () => this.client.send(new UpdateItemCommand({
        TableName: this.tableName,
        Key: this.key,
        UpdateExpression: 'SET #pace = :pace REMOVE #holder, #fleet, #until',
        ConditionExpression: '#holder = :holder',
        ExpressionAttributeNames: { '#holder': 'holder', '#fleet': 'fleet', '#until': 'until', '#pace': 'pace' },
        ExpressionAttributeValues: marshall({ ':holder': holder, ':pace': pace }),
        ReturnValues: 'ALL_OLD',
      })));
      const now = this.clock.now();
      return [...claimsIn(unmarshall(Attributes ?? {}))].some(([each, claim]) => each !== fleet && isWaiting(claim, now));
    } catch (error) {
      // The lease ran out, and another step has it: there is nothing to release.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return true;
    }
  }

  private async read(): Promise<{ readonly row: LeaseRow; readonly claims: ReadonlyMap<string, Claim> }> {
    const { Item } = await named('dynamodb:GetItem', () => this.client.send(new GetItemCommand({ TableName: this.tableName, Key: this.key, ConsistentRead: true })));
    const item = unmarshall(Item ?? {});
    return { row: item, claims: claimsIn(item) };
  }

  /** @param over fleets whose claims have ended */
  private async hold({ holder, fleet }: Asking, now: number, over: readonly string[]): Promise<Turn | undefined> {
    const names = Object.fromEntries(over.map((each, i) => [`#over${i}`, CLAIM + each]));
    const remove = over.length > 0 ? ` REMOVE ${Object.keys(names).join(', ')}` : '';
    try {
      const { Attributes } = await named('dynamodb:UpdateItem', () => this.client.send(new UpdateItemCommand({
        TableName: this.tableName,
        Key: this.key,
        UpdateExpression: `SET #holder = :holder, #fleet = :fleet, #until = :until${remove}`,
        // Also if we hold it already: the answer to our first try may have been lost.
        ConditionExpression: 'attribute_not_exists(#until) OR #until < :now OR #holder = :holder',
        ExpressionAttributeNames: { '#holder': 'holder', '#fleet': 'fleet', '#until': 'until', ...names },
        ExpressionAttributeValues: marshall({ ':holder': holder, ':fleet': fleet, ':until': now + this.stepTimeoutMs + MARGIN, ':now': now }),
        ReturnValues: 'ALL_OLD',
      })));
      return { turn: 'taken', pace: Attributes && (unmarshall(Attributes).pace as PaceState | undefined) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return undefined;
    }
  }

  private async claim(fleet: string, claim: Claim): Promise<void> {
    await named('dynamodb:UpdateItem', () => this.client.send(new UpdateItemCommand({
      TableName: this.tableName,
      Key: this.key,
      UpdateExpression: 'SET #claim = :claim',
      ExpressionAttributeNames: { '#claim': CLAIM + fleet },
      ExpressionAttributeValues: marshall({ ':claim': claim }),
    })));
  }

  private get key() {
    return marshall({ [PK]: 'lease', [SK]: 'lease' });
  }
}

function claimsIn(item: Readonly<Record<string, unknown>>): Map<string, Claim> {
  return new Map(Object.entries(item).filter(([name]) => name.startsWith(CLAIM)).map(([name, claim]) => [name.slice(CLAIM.length), claim as Claim]));
}
